"""The calendar as shipped, for tests: the library that knows the closed days is asked once a process."""

import functools

import msgspec

from actors.market.closed_days import ClosedDays, compute_closed_days
from actors.market.config import MarketConfig
from actors.market.sessions import Calendar
from actors.runtime.config import Settings

__all__ = ["calendar", "closed_days", "lay_out_closed_days"]


@functools.cache
def closed_days() -> ClosedDays:
    """Return the closed days of both countries."""
    return compute_closed_days()


@functools.cache
def calendar() -> Calendar:
    """Return the calendar with the default hours."""
    return Calendar(MarketConfig(), closed_days())


def lay_out_closed_days(settings: Settings) -> None:
    """Let the file be there that an actor would otherwise have made by a child process."""
    (settings.data_dir / "closed-days.json").write_bytes(msgspec.json.encode(closed_days(), order="sorted"))
