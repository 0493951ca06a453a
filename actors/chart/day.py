"""What is to be seen in the picture of a day: its minutes, the targets, and the moment of an alert. Pure."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from actors.chart.drawing import TargetLine, lines_of, target_lines
from protocol.messages import PictureWanted, Venue

__all__ = ["DayDrawing", "Minute", "Minutes", "plan_day"]

Moment = Annotated[datetime, Meta(tz=True)]


class Minute(Struct, frozen=True, array_like=True):
    """What was traded in the minute that began at `begins_at`."""

    begins_at: Moment
    low: float
    high: float
    close: float


class Minutes(Struct, frozen=True):
    """analyst's answer: the minutes of a day so far, oldest first, and from when to when that day trades."""

    opens_at: Moment
    closes_at: Moment
    minutes: list[Minute]


class DayDrawing(Struct, frozen=True, kw_only=True, tag="day"):
    """All that a picture of a day shows, in numbers."""

    symbol: str
    name: str
    venue: Venue
    opens_at: Moment
    closes_at: Moment
    minutes: list[Minute]
    targets: list[TargetLine]
    """Shallowest first."""
    is_alert: bool
    """Whether it goes with an alert, of that moment and price."""
    level: float
    """The level that was reached; 0: a price that is of none, or none at all."""
    price: float
    base_price: float
    traded_at: Moment
    """When the price was traded: the moment of the alert, or the begin of the last minute."""

    @property
    def has_price(self) -> bool:
        """Whether the price is one of that day: without an alert and a minute nobody knows any."""
        return self.is_alert or bool(self.minutes)


def plan_day(wanted: PictureWanted, told: Minutes) -> DayDrawing:
    """Return what to draw for *wanted*. Without a minute there is still the alert's own trade, or the base price."""
    if not (wanted.level or wanted.target):
        return _without_alert(wanted, told)
    return DayDrawing(
        symbol=wanted.symbol,
        name=wanted.name,
        venue=wanted.venue,
        opens_at=min(told.opens_at, wanted.traded_at),
        closes_at=max(told.closes_at, wanted.traded_at),
        minutes=told.minutes,
        targets=lines_of(wanted),
        is_alert=True,
        level=wanted.level,
        price=wanted.price,
        base_price=wanted.base_price,
        traded_at=wanted.traded_at,
    )


def _without_alert(wanted: PictureWanted, told: Minutes) -> DayDrawing:
    """Return the day as far as it has come, which ends with the price now."""
    last = told.minutes[-1] if told.minutes else None
    return DayDrawing(
        symbol=wanted.symbol,
        name=wanted.name,
        venue=wanted.venue,
        opens_at=told.opens_at,
        closes_at=told.closes_at,
        minutes=told.minutes,
        targets=target_lines(wanted.base_price, wanted.sigma) if wanted.sigma else [],
        is_alert=False,
        level=wanted.level,
        price=last.close if last else wanted.price,
        base_price=wanted.base_price,
        traded_at=last.begins_at if last else told.opens_at,
    )
