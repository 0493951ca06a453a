"""The minutes of the day of an alert, for its picture. They are asked of the source each time and kept by nobody."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from actors.kis.minute_bars import MinuteBars
from actors.market.errors import BeyondCalendar
from actors.market.sessions import Calendar, SessionTimes, zone_of
from actors.runtime.errors import CommandRefused, TemporaryFailure
from protocol.messages import Session, Venue
from protocol.moments import from_ns

__all__ = ["FetchMinutes", "answer_minutes"]

FetchMinutes = Callable[[str, Venue, datetime, datetime], Awaitable[MinuteBars]]
"""Symbol, venue, first and last minute → the bars between them; raises TemporaryFailure."""


class _Question(Struct, frozen=True):
    symbol: Annotated[str, Meta(min_length=1)]
    venue: Venue
    at: Annotated[datetime, Meta(tz=True)]


async def answer_minutes(
    arguments: dict[str, object], calendar: Calendar, now: datetime, fetch: FetchMinutes | None
) -> dict[str, object]:
    """Return the minutes from the day's open until *now*, and from when to when that day trades.

    The day is the regular session, together with the one before or after it in which the moment asked about lies.

    Raises:
        CommandRefused: the question is not understood, or nothing trades then.
        TemporaryFailure: the source did not do its part, or tells no minutes at all.
    """
    try:
        question = msgspec.convert(arguments, _Question)
        on = question.at.astimezone(zone_of(question.venue)).date()
        sessions = calendar.sessions_on(question.venue, on)
    except (msgspec.ValidationError, OverflowError, BeyondCalendar) as error:
        example = '{"symbol": "005930", "venue": "KRX", "at": "2025-11-28T09:30:00+09:00"}'
        message = f"expected arguments such as {example}, found {arguments}: {error}"
        raise CommandRefused(message) from None
    if fetch is None:
        message = "expected a source that tells minutes, found one of daily bars only"
        raise TemporaryFailure(message)
    shown = _shown(sessions, question.at)
    if not shown:
        message = f"expected a day on which {question.venue.value} trades, found {on}"
        raise CommandRefused(message)
    opens_at, closes_at = shown[0].opens_at, shown[-1].closes_at
    last = min(now, closes_at)
    bars = (await fetch(question.symbol, question.venue, opens_at, last)).bars if last >= opens_at else []
    return {
        "opens_at": opens_at.isoformat(),
        "closes_at": closes_at.isoformat(),
        "minutes": [[from_ns(bar.begins_ns).isoformat(), bar.low, bar.high, bar.close] for bar in bars],
    }


def _shown(sessions: tuple[SessionTimes, ...], at: datetime) -> list[SessionTimes]:
    """Return those of a day's *sessions* that are seen: the regular one, and the one that holds *at*."""
    return [each for each in sessions if each.session is Session.REGULAR or each.holds(at)]
