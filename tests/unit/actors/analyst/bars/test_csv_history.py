"""Daily bars from files."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from actors.analyst.bars.csv_history import CsvHistory
from actors.analyst.bars.history import Bar
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue

HEADER = "date,open,high,low,close,volume\n"
WEDNESDAY = "2025-11-26,72000,72100,71900,72050,100\n"
THURSDAY = "2025-11-27,72500,73010,72400,72665,9000000\n"


def bars_in(directory: Path, content: str, name: str = "122630.csv", symbol: str = "122630") -> list[Bar]:
    """Return Thursday's bars of a file with *content*."""
    (directory / name).write_text(content, encoding="utf-8")
    source = CsvHistory(directory)
    return asyncio.run(source.daily_bars(symbol, Venue.KRX, date(2025, 11, 27), date(2025, 11, 28)))


def test_the_days_that_are_asked_for_are_read(tmp_path: Path) -> None:
    """A file may hold twenty years."""
    (found,) = bars_in(tmp_path, HEADER + WEDNESDAY + THURSDAY)

    assert found == Bar(session_date=date(2025, 11, 27), open=72500, high=73010, low=72400, close=72665, volume=9000000)


def test_a_class_of_share_has_a_file(tmp_path: Path) -> None:
    """A stroke in a symbol must not lead into another directory."""
    assert len(bars_in(tmp_path, HEADER + THURSDAY, "BRK.B.csv", "BRK/B")) == 1


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("day;price\n", "found day;price"),
        (HEADER + "2025-11-27,72500,73010,72400,,9\n", r"csv:2: expected a date, four prices"),
        (HEADER + "yesterday,1,1,1,1,1\n", r"csv:2: expected a date"),
        (HEADER + "2025-11-27,1\n", r"csv:2: expected a date"),
        ("", "found $"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line(tmp_path: Path, content: str, found: str) -> None:
    """Whoever wrote the file has to find the place."""
    with pytest.raises(TemporaryFailure, match=found):
        bars_in(tmp_path, content)


def test_a_missing_file_is_an_unknown_symbol_and_no_bars(tmp_path: Path) -> None:
    """`/add` says so at once; a file that comes later is read then."""
    source = CsvHistory(tmp_path)
    with pytest.raises(TemporaryFailure, match=r"005930\.csv"):
        asyncio.run(source.daily_bars("005930", Venue.KRX, date(2025, 1, 1), date(2025, 2, 1)))

    assert asyncio.run(source.find("005930", (Venue.KRX,), date(2025, 1, 1))) is None
    (tmp_path / "005930.csv").write_text(HEADER, encoding="utf-8")
    found = asyncio.run(source.find("005930", (Venue.KRX,), date(2025, 1, 1)))
    assert found is not None
    assert asyncio.run(source.base_price("005930", Venue.KRX)) is None
    asyncio.run(source.close())
