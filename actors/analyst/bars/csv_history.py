"""Daily bars from files that the operator keeps, one a symbol, `SYMBOL.csv`: for back tests, or without an account.

    date,open,high,low,close,volume
    2025-11-27,72500,73010,72400,72665,9000000

Adjusted for splits and rights, oldest first. A file that is not there or not understood is no answer, as an outage is
none: it is asked for again, and its name and line are told.
"""

import csv
from datetime import date
from pathlib import Path

from actors.analyst.bars.history import Bar, Instrument
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue

__all__ = ["CsvHistory"]

COLUMNS = ("date", "open", "high", "low", "close", "volume")


class CsvHistory:
    """The files in one directory. They tell neither base prices nor names."""

    name = "csv"

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def daily_bars(self, symbol: str, _venue: Venue, first: date, last: date) -> list[Bar]:
        """Return the bars from *first* to *last*; raises TemporaryFailure."""
        return [bar for bar in self._read(symbol) if first <= bar.session_date <= last]

    async def base_price(self, _symbol: str, _venue: Venue) -> float | None:
        """Return None: the last close is all that is known."""
        return None

    async def find(self, symbol: str, venues: tuple[Venue, ...], _today: date) -> Instrument | None:
        """Return *symbol* if there is a file of it."""
        return Instrument(symbol=symbol, name=symbol, venue=venues[0]) if self._path(symbol).exists() else None

    async def close(self) -> None:
        """Hold nothing."""

    def _path(self, symbol: str) -> Path:
        # The stroke in the class of a share (BRK/B) would be a directory's.
        return self._directory / f"{symbol.replace('/', '.')}.csv"

    def _read(self, symbol: str) -> list[Bar]:
        path = self._path(symbol)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                if tuple(rows.fieldnames or ()) != COLUMNS:
                    message = (
                        f"{path}: expected the columns {','.join(COLUMNS)}, found {','.join(rows.fieldnames or ())}"
                    )
                    raise TemporaryFailure(message)
                return [_bar(row, f"{path}:{rows.line_num}") for row in rows]
        except (OSError, UnicodeDecodeError) as error:
            message = f"expected daily bars in {path}, found none: {error}"
            raise TemporaryFailure(message) from error


def _bar(row: dict[str, str | None], place: str) -> Bar:
    try:
        on, *prices, volume = (row[name] or "" for name in COLUMNS)
        opened, high, low, close = map(float, prices)
        return Bar(
            session_date=date.fromisoformat(on), open=opened, high=high, low=low, close=close, volume=int(volume)
        )
    except ValueError as error:
        message = f"{place}: expected a date, four prices and a volume, found {row}: {error}"
        raise TemporaryFailure(message) from error
