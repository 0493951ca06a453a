"""Analyst's bars are read as analyst wrote them."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert

from actors.chart.store import BarStore
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store, path_of
from protocol.tables.analyst import bars as bars_table
from tests.support.actor import make_settings
from tests.support.charts import a_year_of_bars


def write_bars(directory: Path, symbol: str = "122630") -> None:
    """Write three bars as analyst does, in no order."""
    rows = [{**msgspec.structs.asdict(bar), "symbol": symbol, "source": "test"} for bar in reversed(a_year_of_bars(3))]
    store = open_store("analyst", make_settings(directory))
    with store.begin() as connection:
        connection.execute(insert(bars_table), rows)
    store.dispose()


def test_the_bars_of_a_symbol_come_oldest_first(tmp_path: Path) -> None:
    """Averages and the picture itself go by that order."""
    write_bars(tmp_path)
    store = BarStore(make_settings(tmp_path))

    assert store.read("122630", date(2025, 1, 1)) == a_year_of_bars(3)
    assert store.read("122630", date(2025, 11, 27)) == a_year_of_bars(3)[-1:]
    assert store.read("005930", date(2025, 1, 1)) == []
    store.close()


def test_bars_written_after_the_first_question_are_found(tmp_path: Path) -> None:
    """On a new installation chart may be asked before analyst has made its database."""
    store = BarStore(make_settings(tmp_path))
    assert store.read("122630", date(2025, 1, 1)) == []

    write_bars(tmp_path)

    assert len(store.read("122630", date(2025, 1, 1))) == 3
    store.close()


def test_a_database_that_cannot_be_read_is_a_failure_for_now(tmp_path: Path) -> None:
    """One picture is missing; the actor and the next picture are not."""
    write_bars(tmp_path)
    settings = make_settings(tmp_path)
    store = BarStore(settings)
    assert store.read("122630", date(2025, 1, 1))
    store.close()
    owner = open_store("analyst", settings)
    with owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE bars RENAME TO gone")
    owner.dispose()

    with pytest.raises(TemporaryFailure, match="bars"):
        store.read("122630", date(2025, 1, 1))
    assert path_of("analyst", settings).exists()
