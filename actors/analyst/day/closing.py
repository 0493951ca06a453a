"""What came of a day, and of a week, for one person. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from actors.analyst.bars.history import Bar
from actors.analyst.day.person import Person, PersonalWatch
from actors.market.sessions import SessionTimes, zone_of
from protocol.letters import DayClosed, FiredPoint, Letter, WeekClosed, WeekLine
from protocol.messages import Market, Venue
from protocol.moments import from_ns
from protocol.rules import Direction, RuleKind

__all__ = ["FiredAlert", "LastPrice", "Seen", "closing_letter", "week_letter"]

SOON_ENOUGH = timedelta(minutes=30)
"""Trades that came until so long before the close came until the end: not every symbol trades in the last minute."""


class FiredAlert(Struct, frozen=True, kw_only=True):
    """One of evaluator's alerts."""

    person_id: int
    symbol: str
    name: str
    venue: Venue
    level: float
    target_price: float
    price: float
    traded_at_ns: int
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction = Direction.BELOW
    reference: float = 0.0


class LastPrice(Struct, frozen=True):
    """The newest trade of a symbol."""

    price: float
    traded_at: datetime


class Seen(Struct, frozen=True, kw_only=True):
    """How well we have watched."""

    prices: Mapping[str, LastPrice] = {}
    """By symbol, as far as evaluator knows them."""
    unseen: Collection[str] = ()
    """Symbols of which feed has missed something today that could not be made good."""


def closing_letter(
    person: Person, market: Market, regular: SessionTimes, alerts: Sequence[FiredAlert], seen: Seen
) -> Letter | None:
    """Return what *person* is told after the close, None where nothing was watched before it: so no first evening is.

    Args:
        person: who reads it.
        market: whose day it was.
        regular: that day's regular session.
        alerts: this person's of that day, in the order in which they were decided.
        seen: how well we have watched.
    """
    watches = [watch for watch in person.watches_in(market) if watch.since < regular.closes_at]
    if not watches:
        return None
    on = regular.session_date
    today = {
        symbol: last
        for symbol, last in seen.prices.items()
        if last.traded_at.astimezone(zone_of(watches[0].venue)).date() == on
    }
    newest = max((today[watch.symbol].traded_at for watch in watches if watch.symbol in today), default=None)
    matter = DayClosed(
        market=market,
        session_date=on,
        watched=len(watches),
        fired=_points(alerts, today),
        last_traded_at=newest,
        is_whole=newest is not None and newest >= regular.closes_at - SOON_ENOUGH,
        unseen=[watch.name for watch in watches if watch.symbol in seen.unseen],
    )
    return Letter(id=f"analyst:closing:{market.value}:{on}:{person.id}", person_id=person.id, matter=matter)


def week_letter(
    person: Person,
    market: Market,
    sessions: Sequence[date],
    alerts: Sequence[FiredAlert],
    bars: Mapping[str, Sequence[Bar]],
    *,
    prices: Mapping[str, LastPrice] | None = None,
    so_far: bool = False,
) -> Letter | None:
    """Return what *person* is told after a week, None where nothing is watched.

    Args:
        person: who reads it.
        market: whose week it was.
        sessions: its session dates, the earliest first; at least one.
        alerts: this person's of those days.
        bars: by symbol; those of the week and some before it.
        prices: by symbol: what stands for the close as long as there is none.
        so_far: whether the week is not over.
    """
    watches = person.watches_in(market)
    if not watches:
        return None
    first, last = sessions[0], sessions[-1]
    lines = []
    for watch in watches:
        closes = {bar.session_date: bar.close for bar in bars.get(watch.symbol, ())}
        before = max((on for on in closes if on < first), default=None)
        close = closes.get(last)
        if close is None and prices is not None:
            newest = max((on for on in closes if first <= on), default=last)
            close = _price_on(last, watch, prices) or closes.get(newest)
        lines.append(
            WeekLine(
                symbol=watch.symbol,
                name=watch.name,
                venue=watch.venue,
                close=close,
                change=close / closes[before] - 1 if close and before else None,
                alerts=sum(alert.symbol == watch.symbol for alert in alerts),
            )
        )
    matter = WeekClosed(market=market, first=first, last=last, lines=lines, so_far=so_far)
    return Letter(id=f"analyst:week:{market.value}:{last}:{person.id}", person_id=person.id, matter=matter)


def _price_on(on: date, watch: PersonalWatch, prices: Mapping[str, LastPrice]) -> float | None:
    last = prices.get(watch.symbol)
    return last.price if last and last.traded_at.astimezone(zone_of(watch.venue)).date() == on else None


def _points(alerts: Sequence[FiredAlert], today: Mapping[str, LastPrice]) -> list[FiredPoint]:
    by_point: dict[tuple[object, ...], list[FiredAlert]] = {}
    for alert in alerts:
        point = alert.symbol, alert.kind, alert.direction, alert.level, alert.reference
        by_point.setdefault(point, []).append(alert)
    return [
        FiredPoint(
            symbol=fired[0].symbol,
            name=fired[0].name,
            venue=fired[0].venue,
            level=fired[0].level,
            target_price=fired[0].target_price,
            price=fired[0].price,
            reached_at=from_ns(fired[0].traded_at_ns),
            times=len(fired),
            price_now=today[fired[0].symbol].price if fired[0].symbol in today else None,
            kind=fired[0].kind,
            direction=fired[0].direction,
            reference=fired[0].reference,
        )
        for fired in by_point.values()
    ]
