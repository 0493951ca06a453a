"""The child process in which FinanceDataReader lives: `python -m actors.fdr.worker`.

Its codes are always given with their source (`NAVER:005930`, `YAHOO:TQQQ`): left to itself the library takes whatever
does not look Korean to Yahoo, and some names for indices.
"""

from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from actors.runtime.worker_child import serve

__all__ = ["Row", "Rows", "RowsWanted", "read_rows", "rows_of"]

COLUMNS = ["Open", "High", "Low", "Close", "Volume"]
# Yahoo leaves out the end itself, counted in this machine's time zone.
BEYOND_END = timedelta(days=2)
# What an outage, a page of HTML or a hole in an answer becomes inside the library; UnboundLocalError is its own bug.
UPSTREAM_ERRORS = (OSError, ValueError, LookupError, TypeError, AttributeError, NameError)


class RowsWanted(Struct, frozen=True):
    """Which daily rows: both dates included, the exchange's own."""

    code: str
    first: date
    last: date


class Row(Struct, frozen=True, array_like=True):
    """One day as the library has it: adjusted for splits; zeros on a suspended day, NaN in a hole."""

    session_date: date
    open: float
    high: float
    low: float
    close: float
    volume: float


class Rows(Struct, frozen=True):
    """Oldest first."""

    rows: list[Row]


def read_rows(wanted: RowsWanted) -> Rows:
    """Ask the library; none where it has no answer, whatever the reason."""
    import FinanceDataReader  # noqa: PLC0415 - 80 MB that only this process shall pay

    end = wanted.last + BEYOND_END
    return rows_of(FinanceDataReader.DataReader(wanted.code, wanted.first.isoformat(), end.isoformat()))


def rows_of(frame: Any) -> Rows:  # noqa: ANN401 - a pandas frame, which has no types here
    """Return what is in *frame*, a data frame of daily rows by date."""
    if frame.empty:
        return Rows([])
    days = [moment.date() for moment in frame.index]
    prices = frame[COLUMNS].astype(float).values.tolist()
    return Rows([Row(on, *row) for on, row in zip(days, prices, strict=True)])


if __name__ == "__main__":
    serve(read_rows, RowsWanted, expected=UPSTREAM_ERRORS)
