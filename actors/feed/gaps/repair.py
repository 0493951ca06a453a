"""Fill what a stream has lost with one-minute bars, before the stream goes on. Pure.

    (whole) --lost--> BLIND --it flows again--> HOLDING --bars--> (whole)         its trades wait for the bars
                      BLIND --bars, again and again--> BLIND                      what is known so far goes out
                      BLIND --bars--> (whole)                                     a stream that nobody carries any more
    (whole) --a step in the volume------------> HOLDING --late frames--> (whole)  not a hole at all
                                                HOLDING --waited too long, or too many--> (whole), told as unrepaired

While a stream is HOLDING, what it brings is held back and let go with the bars, so that everybody meets its trades in
the order of their time; the other streams are not held. A hole that was given up is not tried again: bars that come
behind newer trades would be out of order. What remains of it is the day's low of a Korean trade, if that is a new one.

Each minute of the hole becomes two trades at the minute's begin: its low (`BAR`), which only what waits below is fired
by, and its high (`HIGH`), for what waits above. What was seen of the hole's first minute need not be known: a
target that it reached has left its rule resting beyond the minute's begin. Of its last minute the held trades tell
themselves what they saw, and a low or high that goes no further is left out. The last bar's close comes behind it as
another low, so that the message ends with the newest price.

A stream that stays BLIND is followed minute by minute, the running minute too: told again, it tells how much further it
has gone. Prices of the moment would tell sooner of a fall that lasts, and leave rules resting over an earlier one.

A hole reaches no further back than the session date of its end.
"""

import bisect
import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from msgspec import Struct

from actors.feed.config import FeedConfig
from actors.feed.gaps.book import Cause, Gap, GapBook
from actors.feed.gaps.continuity import Key, Step
from actors.kis.minute_bars import MINUTE_NS, MinuteBar, MinuteBars
from protocol.messages import Origin, Session, Trade, Venue
from protocol.moments import NS

__all__ = ["Ask", "Place", "Repairs", "TradingHours", "trades_of_bars"]

NEVER = float("inf")


class Place(Struct, frozen=True):
    """Where a minute belongs."""

    session: Session
    session_date: date


class TradingHours(Protocol):
    """When a venue trades; `actors.feed.demand.hours.Hours` is the real one. Moments are UTC epoch ns."""

    def place(self, venue: Venue, at_ns: int) -> Place | None:
        """Return the session of a trade at that moment, None where nothing trades."""

    def span(self, venue: Venue, first_ns: int, last_ns: int) -> tuple[int, int] | None:
        """Return what the sessions on the date of *last_ns* leave of a stretch, None if nothing."""


class Ask(Struct, frozen=True):
    """Ask for the minutes of a stream from *first_ns* to *last_ns*, UTC epoch ns.

    It flows since `flows_at_ns`, 0 while it does not.
    """

    key: Key
    first_ns: int
    last_ns: int
    flows_at_ns: int
    number: int


class _Incident(Struct):
    """What took *keys* together; it is told as a gap once it is known that there is something to repair."""

    cause: Cause
    keys: set[Key]
    since_ns: int
    gap: Gap | None = None


class _Hole(Struct, kw_only=True):
    """What one stream has not seen; `flows_at_ns` is 0 while it is blind."""

    incident: _Incident
    since_ns: int
    flows_at_ns: int = 0
    due_at: float = NEVER
    give_up_at: float = NEVER
    asked: int = 0
    """The number of the question that is under way, 0 if none is."""
    is_leaving: bool = False
    """Whether nobody expects its stream any more: once its minutes have come it is whole."""
    told: dict[int, MinuteBar] = {}
    """What was told last of each minute that may be told again."""
    bars: int = 0
    """How many minutes were told while it was blind."""
    shares: int = 0
    has_failed: bool = False
    """Whether KIS was asked for it in vain."""
    reason: str = "no answer in time"
    held: list[Trade] = []
    lost_again_ns: int = 0
    """When it was lost once more while it was HOLDING, 0 if it was not."""

    def is_late(self, now: float, *, is_answering: bool) -> bool:
        """Say whether its minutes are waited for no longer; KIS *is_answering* when it tells of others' holes."""
        return self.give_up_at <= now and (self.has_failed or not is_answering)


class Repairs:
    """The holes of all streams."""

    def __init__(self, config: FeedConfig, speed: float = 1.0) -> None:
        """Begin with everything whole; the market's time goes *speed* times as fast as ours."""
        self.book = GapBook()
        self._config = config
        self.margin_ns = int(config.gap_margin_s * speed * NS)
        """How far before its known begin a hole may reach."""
        self._holes: dict[Key, _Hole] = {}
        self._holding: set[Key] = set()
        self._order: dict[Key, int] = {}
        self._held = 0
        self._asked = 0
        self._answered_at = float("-inf")

    @property
    def has_holes(self) -> bool:
        """Whether any stream is not whole, so that trades must come through `hold`."""
        return bool(self._holes)

    @property
    def incomplete(self) -> Collection[Key]:
        """Whose minutes are still to come, whether the stream flows again or not.

        A price of the moment, told before them, would leave rules resting over an earlier crossing.
        """
        return self._holes.keys()

    def is_due(self, now: float) -> bool:
        """Say whether `next_ask` has something."""
        return any(hole.due_at <= now and not hole.asked for hole in self._holes.values())

    def oldest_ns(self, otherwise: int) -> int:
        """Return since when something is not known, UTC epoch ns; *otherwise* while everything is."""
        return min([hole.since_ns for hole in self._holes.values()], default=otherwise)

    # -- what happens to streams --------------------------------------------------------------------------------

    def watch(self, keys: Sequence[Key]) -> None:
        """Care for these streams, the most important first; what another stream loses is nobody's loss."""
        self._order = {key: place for place, key in enumerate(keys)}
        for key in self._holes.keys() - self._order.keys() - self._holding:
            self._close(key)

    def lose(self, lost: Mapping[Key, int], cause: Cause) -> None:
        """Note that streams bring nothing any more, each since its moment (UTC epoch ns)."""
        for key in lost.keys() & self._holding:
            self._holes[key].lost_again_ns = self._holes[key].lost_again_ns or lost[key]
        fresh = {key: since_ns for key, since_ns in lost.items() if key in self._order and key not in self._holes}
        incident = _Incident(cause, set(fresh), min(fresh.values(), default=0))
        for key, since_ns in fresh.items():
            self._holes[key] = _Hole(incident=incident, since_ns=since_ns)

    def follow(self, keys: Iterable[Key], leaving: Iterable[Key], now: float) -> None:
        """Have the minutes of those of *keys* that are blind asked for, after a moment and then again and again.

        Of those that are *leaving* they are asked for once: other sources tell of them from then on.
        """
        leaving = set(leaving)
        for key in self._holes.keys() & set(keys) - self._holding:
            hole = self._holes[key]
            hole.is_leaving = key in leaving
            if hole.due_at == NEVER:
                hole.due_at = now + self._config.poll_after_s

    def flow(self, key: Key, now_ns: int, now: float) -> None:
        """Note that a stream brings its trades again: from here on they wait for the bars."""
        hole = self._holes.get(key)
        if hole is None or (key in self._holding and not hole.lost_again_ns):
            return
        hole.flows_at_ns, hole.lost_again_ns, hole.asked = now_ns, 0, 0
        self._hold(key, hole, due_at=now, now=now)

    def step(self, step: Step, now: float) -> None:
        """Note that shares are missing inside a connection: they may come late, or never."""
        key = step.key
        if key not in self._holes:
            incident = _Incident(Cause.STEP, {key}, step.from_ns)
            hole = self._holes[key] = _Hole(incident=incident, since_ns=step.from_ns, flows_at_ns=step.to_ns)
            self._hold(key, hole, due_at=now + self._config.late_frames_s, now=now)
        hole = self._holes[key]
        hole.shares += step.shares
        if hole.flows_at_ns:
            hole.flows_at_ns = max(hole.flows_at_ns, step.to_ns)

    def heal(self, key: Key) -> list[Trade]:
        """Let go what a stream holds whose missing trades have all come, unless KIS has been asked for them."""
        hole = self._holes.get(key)
        if hole is None or hole.incident.cause is not Cause.STEP or hole.incident.gap is not None:
            return []
        return self._close(key)

    def hold(self, trades: list[Trade], now: float) -> list[Trade]:
        """Return those of *trades* that need not wait; a stream that was blind flows with its first trade."""
        free = []
        for trade in trades:
            key = (trade.symbol, trade.venue)
            hole = self._holes.get(key)
            if hole is None:
                free.append(trade)
                continue
            if key not in self._holding:
                self.flow(key, trade.received_at_ns, now)
            held = hole.held
            self._held += 1
            if held and trade.cumulative_volume < held[-1].cumulative_volume:
                bisect.insort(held, trade, key=lambda each: each.cumulative_volume)
            else:
                held.append(trade)
        return free

    # -- what is asked, and what comes of it --------------------------------------------------------------------

    def next_ask(self, hours: TradingHours, now_ns: int, now: float) -> Ask | list[Trade] | None:
        """Return what to ask KIS for at this moment: first for whose trades wait, the most important of them first.

        Where a hole lies outside all sessions there is nothing to ask: then it is what goes on now.
        """
        due = [key for key, hole in self._holes.items() if hole.due_at <= now and not hole.asked]
        if not due:
            return None
        key = min(due, key=self._turn)
        hole, incident = self._holes[key], self._holes[key].incident
        span = hours.span(key[1], hole.since_ns - self.margin_ns, now_ns)
        if span is None and key in self._holding:
            return self._close(key)
        if span is None:
            hole.due_at = now + self._config.poll_interval_s
            return []
        self._asked += 1
        hole.asked = self._asked
        if incident.gap is None:
            incident.gap = self.book.open(incident.cause, incident.keys, incident.since_ns)
        return Ask(key, *span, hole.flows_at_ns, hole.asked)

    def on_bars(self, ask: Ask, page: MinuteBars, hours: TradingHours, now_ns: int, now: float) -> list[Trade]:
        """Return what goes out now in order of time: the minutes of the hole that *ask* is about, and what was held."""
        self._answered_at = now
        hole = self._holes.get(ask.key)
        if hole is None or hole.asked != ask.number:
            return []
        ends_ns = hole.flows_at_ns + self.margin_ns if hole.flows_at_ns else NEVER
        news = [bar for bar in page.bars if bar.begins_ns < ends_ns and bar != hole.told.get(bar.begins_ns)]
        base = hole.held[-1].base_price if hole.held else page.base_price
        minutes = trades_of_bars(ask.key, base, news, hours, now_ns)
        filled = _beyond(hole.held, minutes)
        hole.bars += len({trade.traded_at_ns for trade in filled} - hole.told.keys())
        if ask.key not in self._holding and not hole.is_leaving:
            hole.since_ns = max(hole.since_ns, ask.last_ns - ask.last_ns % MINUTE_NS)
            hole.told = {bar.begins_ns: bar for bar in page.bars}
            hole.asked, hole.due_at = 0, now + self._config.poll_interval_s
            return filled
        hole.flows_at_ns = hole.flows_at_ns or ask.last_ns
        # What was lost may lie between trades that are held. A minute in which the stream went once more may tell of
        # what came behind all of them, and of the newest price.
        doubtful_from_ns = hole.lost_again_ns - hole.lost_again_ns % MINUTE_NS or NEVER
        between = [trade for trade in filled if trade.traded_at_ns < doubtful_from_ns]
        behind = filled[len(between) :]
        newest = minutes[-1:] if behind and behind[-1] is not minutes[-1] else []
        held = self._close(ask.key, reason="")
        return [*heapq.merge(between, held, key=lambda trade: trade.traded_at_ns), *behind, *newest]

    def on_failure(self, ask: Ask, reason: str, retry_at: float) -> None:
        """Note that KIS did not tell; it is asked again at *retry_at*, if the stream still waits then."""
        hole = self._holes.get(ask.key)
        if hole is not None and hole.asked == ask.number:
            hole.asked, hole.due_at, hole.reason, hole.has_failed = 0, retry_at, reason, True

    def give_up(self, now: float) -> list[Trade]:
        """Return what has waited too long, or takes too much room: it goes on without its bars.

        While KIS answers, each in its turn, nobody waits in vain who has not been asked for in vain.
        """
        is_full = self._held > self._config.hold_trades
        is_answering = now < self._answered_at + self._config.hold_s
        late = [key for key in self._holding if is_full or self._holes[key].is_late(now, is_answering=is_answering)]
        return [trade for key in late for trade in self._close(key)]

    def blind(self) -> dict[Key, int]:
        """Return since when each stream that brings nothing has been blind, UTC epoch ns."""
        since_ns = {
            key: hole.lost_again_ns if key in self._holding else hole.since_ns for key, hole in self._holes.items()
        }
        return {key: at_ns for key, at_ns in since_ns.items() if at_ns}

    def _turn(self, key: Key) -> tuple[bool, float]:
        """Return what those are ordered by that are due: who is blind has its turn after who has waited longer."""
        if key in self._holding:
            return False, self._order.get(key, len(self._order))
        return True, self._holes[key].due_at

    def _hold(self, key: Key, hole: _Hole, *, due_at: float, now: float) -> None:
        hole.due_at = due_at
        if key not in self._holding:
            self._holding.add(key)
            hole.give_up_at = now + self._config.hold_s

    def _close(self, key: Key, *, reason: str | None = None) -> list[Trade]:
        """Forget the hole of *key* and return what was held; if it was told of, it was not repaired for a reason."""
        hole = self._holes.pop(key)
        self._holding.discard(key)
        self._held -= len(hole.held)
        incident = hole.incident
        if incident.gap is not None:
            why = hole.reason if reason is None else reason
            self.book.close(
                incident.gap,
                key,
                hole.flows_at_ns,
                missing_from_ns=hole.since_ns,
                bars=hole.bars,
                shares=hole.shares,
                reason=why,
            )
        else:
            incident.keys.discard(key)
        if hole.lost_again_ns:
            self.lose({key: hole.lost_again_ns}, Cause.LINK)
        return hole.held


def trades_of_bars(
    key: Key, base_price: float, bars: Sequence[MinuteBar], hours: TradingHours, received_at_ns: int
) -> list[Trade]:
    """Return what stands for the minutes *bars* of a stream: low and high of each, and last the newest price."""
    placed = [(bar, place) for bar in bars if (place := hours.place(key[1], bar.begins_ns)) is not None]
    prices = [
        (bar, place, price, origin)
        for bar, place in placed
        for price, origin in ((bar.low, Origin.BAR), (bar.high, Origin.HIGH))
    ]
    prices += [(bar, place, bar.close, Origin.BAR) for bar, place in placed[-1:]]
    return [
        Trade(
            symbol=key[0],
            venue=key[1],
            session_date=place.session_date,
            session=place.session,
            price=price,
            change=price - base_price,
            volume=bar.volume,
            cumulative_volume=0,
            day_low=0.0,
            day_low_at_ns=0,
            traded_at_ns=bar.begins_ns,
            received_at_ns=received_at_ns,
            origin=origin,
        )
        for bar, place, price, origin in prices
    ]


def _beyond(held: Iterable[Trade], filled: Iterable[Trade]) -> list[Trade]:
    """Return those *filled* trades that go further than the trades *held* of the same minute."""
    seen: dict[int, list[float]] = {}
    for trade in held:
        seen.setdefault(trade.traded_at_ns - trade.traded_at_ns % MINUTE_NS, []).append(trade.price)
    lows = {minute_ns: min(prices) for minute_ns, prices in seen.items()}
    highs = {minute_ns: max(prices) for minute_ns, prices in seen.items()}
    return [
        trade
        for trade in filled
        if (
            trade.price < lows.get(trade.traded_at_ns, NEVER)
            if trade.origin is Origin.BAR
            else trade.price > highs.get(trade.traded_at_ns, -NEVER)
        )
    ]
