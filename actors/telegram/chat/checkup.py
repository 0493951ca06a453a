"""What somebody may want to know on a quiet day: whether all that stands between a price and his phone works.

Asked of the others when he wants it, with little patience; what does not answer is told as unknown.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from msgspec import Struct

from actors.market.choices import SessionChoice
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from actors.telegram.chat.answers import ActorReport, KnownTarget
from actors.telegram.chat.calls import Call
from actors.telegram.chat.targets import read_targets
from actors.telegram.people.person import Watch
from protocol.messages import Market, State, Venue

__all__ = ["Checkup", "LastTrade", "check_up", "unmade"]

TIMEOUT_S = 2.0
CONFIRMED = "confirmed"
US_POLLER = "us_poller"
RUNNING = State.RUNNING.value
REGULAR_SESSIONS = {Market.KRX: SessionChoice.KRX_REGULAR, Market.US: SessionChoice.US_REGULAR}


class LastTrade(Struct, frozen=True, kw_only=True):
    """The newest trade of any stock that the person watches."""

    watch: Watch
    price: float
    traded_at: datetime


class Checkup(Struct, frozen=True, kw_only=True):
    """What was found."""

    watched: int
    last_trade: LastTrade | None
    """None where none is known."""
    target_dates: list[date]
    """For which session dates the person's targets are, each once."""
    unmade: dict[tuple[Market, date], int]
    """Of how many of his stocks the targets of their market's session date are not made yet."""
    without_target: int
    """Of how many of his stocks there is none, for a reason."""
    streamed: int | None
    """How many of his stocks come live; None where feed does not answer."""
    polled: int
    """How many are asked for every few seconds instead."""
    unseen: int
    """How many of those whose sessions he has chosen trade now and come in neither way."""
    is_trading: bool
    """Whether the regular session of any of his stocks is on."""
    opens_next: tuple[datetime, Venue] | None
    """When, and where, the next regular session of any of them opens; None where nobody tells."""
    reports: list[ActorReport]
    """How every actor is."""


class _Price(Struct, frozen=True):
    price: float
    traded_at: datetime


class _Stream(Struct, frozen=True, kw_only=True):
    symbol: str
    of_trades: bool
    standing: str
    polled: bool = False


class _Streams(Struct, frozen=True):
    streams: list[_Stream]


async def check_up(call: Call) -> Checkup:
    """Return what is found out for the person of *call*."""
    office = call.office
    watched = office.register.watches_of(call.person.id)
    symbols = [watch.symbol for watch in watched]
    last, streams, reports, days = await asyncio.gather(
        _last_trade(call, watched), _streams(call), office.glance.reports(), office.glance.sessions()
    )
    try:
        targets = read_targets(office.actor.settings, symbols)
    except TemporaryFailure:
        targets = {}
    missing = unmade(watched, days.sessions, targets)
    aimed = {symbol: each for symbol, each in targets.items() if not each.obstacle and symbol not in missing}
    live = {symbol for symbol in symbols if _is(symbol, streams or [], lambda stream: stream.standing == CONFIRMED)}
    polled = {symbol for symbol in symbols if _is(symbol, streams or [], lambda stream: stream.polled)} - live
    awaited = {
        watch.symbol
        for watch in watched
        if watch.symbol in days.open and REGULAR_SESSIONS[watch.venue.market] in call.person.sessions
    }
    # Who asks for what no stream brings from the US does so for all of it, and says if he cannot.
    if any(report.actor == US_POLLER and report.state == RUNNING for report in reports):
        awaited -= {watch.symbol for watch in watched if watch.venue.market is Market.US}
    opens = [(days.opens[watch.symbol], watch.venue) for watch in watched if watch.symbol in days.opens]
    return Checkup(
        watched=len(watched),
        last_trade=last,
        target_dates=sorted({target.session_date for target in aimed.values()}),
        unmade=_counted(watched, missing),
        without_target=len(watched) - len(aimed) - len(missing),
        streamed=None if streams is None else len(live),
        polled=len(polled),
        unseen=len(awaited - live - polled),
        is_trading=not days.open.isdisjoint(symbols),
        opens_next=min(opens, key=lambda each: each[0], default=None),
        reports=reports,
    )


def unmade(
    watched: Sequence[Watch], sessions: Mapping[str, date], targets: Mapping[str, KnownTarget]
) -> dict[str, date]:
    """Return the stocks of which nobody knows yet at what price they alert, with the session date that it is for.

    Args:
        watched: all of the person's.
        sessions: of which session date the targets of each are to be now, by its own market's calendar; what is not
            there nobody knows.
        targets: the newest of each, or why there is none; of an earlier session that says nothing.
    """
    made = {symbol: target.session_date for symbol, target in targets.items()}
    wanted = {watch.symbol: sessions[watch.symbol] for watch in watched if watch.symbol in sessions}
    return {symbol: on for symbol, on in wanted.items() if made.get(symbol) != on}


def _counted(watched: Sequence[Watch], missing: Mapping[str, date]) -> dict[tuple[Market, date], int]:
    """Return how many are *missing* of each market and session date, Korea's first."""
    found = Counter((watch.venue.market, missing[watch.symbol]) for watch in watched if watch.symbol in missing)
    return dict(sorted(found.items(), key=lambda each: (each[0][0].value, each[0][1])))


async def _last_trade(call: Call, watched: Sequence[Watch]) -> LastTrade | None:
    try:
        answer = await call.office.actor.ports.ask("evaluator", "prices", timeout_s=TIMEOUT_S)
        prices = msgspec.convert(answer, dict[str, _Price])
    except (CommandRefused, Unanswered, msgspec.ValidationError):
        return None
    trades = [
        LastTrade(watch=watch, price=prices[watch.symbol].price, traded_at=prices[watch.symbol].traded_at)
        for watch in watched
        if watch.symbol in prices
    ]
    return max(trades, key=lambda trade: trade.traded_at, default=None)


async def _streams(call: Call) -> list[_Stream] | None:
    try:
        answer = await call.office.actor.ports.ask("feed", "subscriptions", timeout_s=TIMEOUT_S)
        return msgspec.convert(answer, _Streams).streams
    except (CommandRefused, Unanswered, msgspec.ValidationError):
        return None


def _is(symbol: str, streams: Sequence[_Stream], wanted: Callable[[_Stream], bool]) -> bool:
    """Say whether a stream of *symbol*'s trades is as *wanted*."""
    return any(wanted(stream) for stream in streams if stream.symbol == symbol and stream.of_trades)
