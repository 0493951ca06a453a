"""What is to be seen in a picture, before anything is drawn. Pure.

The bars are those of the year before the session; bars older than that only feed the averages. The session's own bar is
unfinished and never drawn: the price now stands in its place.
"""

import math
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from actors.market.sigma import first_day_of_look_back, target_price
from protocol.messages import PictureWanted, Venue

__all__ = [
    "AVERAGE_SESSIONS",
    "LEVELS",
    "Bar",
    "Drawing",
    "TargetLine",
    "bars_since",
    "is_sound",
    "moving_average",
    "plan_drawing",
    "target_lines",
]

AVERAGE_SESSIONS = (20, 60, 120)
LEVELS = (1.0, 2.0)


class Bar(Struct, frozen=True, kw_only=True, array_like=True):
    """A day's trading: prices adjusted for splits and rights, volume in shares."""

    session_date: date
    open: float
    high: float
    low: float
    close: float
    volume: int


class TargetLine(Struct, frozen=True, kw_only=True):
    """A line across the picture at the price of a level."""

    level: float
    """0: of none, but a price that somebody named."""
    price: float


class Drawing(Struct, frozen=True, kw_only=True, tag="year"):
    """All that a picture of a year shows, in numbers."""

    symbol: str
    name: str
    venue: Venue
    bars: list[Bar]
    """Oldest first, at least one."""
    averages: dict[int, list[float | None]]
    """By number of sessions: the mean of the closes up to each bar, None where history is too short."""
    targets: list[TargetLine]
    """Shallowest first."""
    level: float
    """The level that was reached; 0: a price that is of none."""
    price: float
    base_price: float
    traded_at: Annotated[datetime, Meta(tz=True)]
    """When the price was traded."""


def bars_since(session_date: date) -> date:
    """Return from when on bars are of use: a year to draw, and before it what its first averages need."""
    return first_day_of_look_back(first_day_of_look_back(session_date))


def moving_average(closes: Sequence[float], sessions: int) -> list[float | None]:
    """Return for each close the mean of the last *sessions* closes up to it, None where there are fewer."""
    averages: list[float | None] = []
    for end in range(1, len(closes) + 1):
        window = closes[max(0, end - sessions) : end]
        averages.append(math.fsum(window) / sessions if len(window) == sessions else None)
    return averages


def plan_drawing(wanted: PictureWanted, bars: Sequence[Bar]) -> Drawing | None:
    """Return what to draw for *wanted* from *bars*, oldest first; None while there is nothing to draw."""
    usable = [bar for bar in bars if bar.session_date < wanted.session_date and is_sound(bar)]
    first_day = first_day_of_look_back(wanted.session_date)
    shown = [bar for bar in usable if bar.session_date >= first_day]
    if not shown:
        return None
    closes = [bar.close for bar in usable]
    return Drawing(
        symbol=wanted.symbol,
        name=wanted.name,
        venue=wanted.venue,
        bars=shown,
        averages={sessions: moving_average(closes, sessions)[-len(shown) :] for sessions in AVERAGE_SESSIONS},
        targets=lines_of(wanted),
        level=wanted.level,
        price=wanted.price,
        base_price=wanted.base_price,
        traded_at=wanted.traded_at,
    )


def lines_of(wanted: PictureWanted) -> list[TargetLine]:
    """Return the lines in the picture of an alert, highest first: those of `LEVELS`, and what was reached."""
    if not wanted.target:
        return target_lines(wanted.base_price, wanted.sigma, {*LEVELS, wanted.level})
    lines = [*target_lines(wanted.base_price, wanted.sigma), TargetLine(level=0.0, price=wanted.target)]
    return sorted(lines, key=lambda line: -line.price)


def target_lines(base_price: float, sigma: float, levels: Collection[float] = LEVELS) -> list[TargetLine]:
    """Return the lines of *levels*, shallowest first."""
    return [TargetLine(level=level, price=target_price(base_price, sigma, level)) for level in sorted(levels)]


def is_sound(bar: Bar) -> bool:
    """Say whether *bar* can be drawn: a suspended day comes with open, high and low of zero."""
    return all(0 < price < math.inf for price in (bar.open, bar.high, bar.low, bar.close))
