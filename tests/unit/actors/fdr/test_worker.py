"""What the child process makes of the library's frames."""

import math
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from actors.fdr.worker import Row, Rows, rows_of


def test_a_frame_becomes_rows_whatever_its_types() -> None:
    """Naver's prices are whole numbers, Yahoo's floats, and a hole is NaN."""
    days = pd.to_datetime(["2025-11-27", "2025-11-28"])
    frame = pd.DataFrame(
        {"Open": [1, 2], "High": [3, 4], "Low": [1, 1], "Close": [2, 3], "Volume": [5.0, math.nan], "Change": 0.0},
        index=days,
    )

    rows = rows_of(frame).rows

    assert rows[0] == Row(date(2025, 11, 27), 1.0, 3.0, 1.0, 2.0, 5.0)
    assert math.isnan(rows[1].volume)


def test_an_empty_frame_becomes_no_rows() -> None:
    """That is the library's answer to an outage: a frame without a single column."""
    assert rows_of(pd.DataFrame()) == Rows([])


@pytest.mark.parametrize("module", ["actors.fdr.client", "actors.analyst.shell", "actors.us_poller.shell"])
def test_the_actor_itself_never_loads_the_library(module: str) -> None:
    """110 MB that would stay for months, on a machine that has 2 GB for everything."""
    loaded = f"import sys, {module}; sys.exit('pandas' in sys.modules or 'FinanceDataReader' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
