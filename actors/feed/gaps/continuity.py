"""Notice in the volumes what a stream has lost, repeated or delivered late. Pure, and on the hot path.

KRX and NXT: the cumulative volume of a record steps exactly by the record's own volume, so

- a step that is larger tells how many shares were missed: a `Step`. It may be a frame that comes later, out of order:
  then it is delivered, and the step is `healed`;
- a cumulative volume that was reached before, and is not missing, is a repeat and is dropped. The key is symbol,
  session date and cumulative volume: many trades share a second and a price.

Steps are judged between two trades of one session only: the day's first trade knows nothing of what was before, and the
fixed-price trades around the regular session count in the volume without being printed. The US stream is one exchange's
and has about half of the prints: its volumes show repeats alone.
"""

from collections.abc import Collection

from msgspec import Struct

from actors.kis.frames import KRX_TRADES, NXT_TRADES, US_TRADES
from actors.kis.messages import Stream
from actors.kis.records import us_instrument
from protocol.messages import Session, Trade, Venue
from protocol.moments import MINUTE_NS

__all__ = ["Continuity", "Key", "Step", "key_of", "key_of_stream"]

Key = tuple[str, Venue]
"""One stream of trades: a symbol on a venue."""

KRX, NXT = Venue.KRX, Venue.NXT
_KOREAN = {KRX_TRADES: KRX, NXT_TRADES: NXT}
MOST_STEPS = 20
"""A symbol with more steps in a minute has volumes that do not add up: it is not judged by them that day."""


def key_of(trade: Trade) -> Key:
    """Return the stream that *trade* belongs to."""
    return trade.symbol, trade.venue


def key_of_stream(stream: Stream) -> Key | None:
    """Return which trades come over *stream*; None if it is not one of trades."""
    venue = _KOREAN.get(stream.tr_id)
    if venue is not None:
        return stream.key, venue
    return us_instrument(stream.key) if stream.tr_id == US_TRADES else None


class Step(Struct, frozen=True, kw_only=True):
    """So many *shares* were traded between two trades that we know (UTC epoch ns) and never told."""

    key: Key
    from_ns: int
    to_ns: int
    shares: int


class _Settled(Struct, frozen=True):
    """Minutes have told of what came behind *volume*, the cumulative one of a trade, until a moment (UTC epoch ns).

    `told` is the cumulative volume up to which they have; 0 is not known, and then counts as all of it.
    """

    volume: int
    until_ns: int
    told: int


class _Missing(Struct):
    """Ranges of cumulative volume that were stepped over, each above its first number up to its second."""

    ranges: list[tuple[int, int]]

    def take(self, trade: Trade) -> bool:
        """Say whether *trade* is one that was missing, which it then is no more."""
        upper = trade.cumulative_volume
        lower = upper - trade.volume
        for place, (first, last) in enumerate(self.ranges):
            if first <= lower and upper <= last:
                left = [(first, lower), (upper, last)]
                self.ranges[place : place + 1] = [(start, end) for start, end in left if start < end]
                return True
        return False


class Continuity:
    """The last trade of each stream, and what is missing before it."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        """What was found; to be taken away by whoever repairs it."""
        self.healed: list[Key] = []
        """Whose missing trades have all come after all."""
        self.repeats = 0
        """How many trades were dropped because they had come before."""
        self._distrusted: list[Key] = []
        self._krx: dict[str, Trade] = {}
        self._nxt: dict[str, Trade] = {}
        self._us: dict[str, Trade] = {}
        self._missing: dict[Key, _Missing] = {}
        self._stepped: dict[Key, list[int]] = {}
        self._settled: dict[Key, _Settled] = {}
        """Whose next step is known, or its beginning."""

    def last_trade(self, key: Key) -> Trade | None:
        """Return the last trade of a stream, in order of its volumes."""
        return self._book(key[1]).get(key[0])

    def check(self, trades: list[Trade]) -> list[Trade]:
        """Return *trades* without those that had come before; `steps` and `healed` grow by what they show."""
        krx = self._krx
        repeats: list[Trade] | None = None
        for trade in trades:
            book = krx if trade.venue is KRX else self._book(trade.venue)
            symbol = trade.symbol
            before = book.get(symbol)
            if before is not None and before.cumulative_volume == trade.cumulative_volume - trade.volume:
                book[symbol] = trade
            elif not self._is_news(book, before, trade):
                repeats = [*(repeats or ()), trade]
        if repeats is None:
            return trades
        self.repeats += len(repeats)
        # By identity: a repeat is equal to the trade that it repeats.
        dropped = {id(trade) for trade in repeats}
        return [trade for trade in trades if id(trade) not in dropped]

    def last_trades(self) -> list[Trade]:
        """Return the last trade of each stream."""
        return [trade for book in (self._nxt, self._us, self._krx) for trade in book.values()]

    def take_distrusted(self) -> list[Key]:
        """Return whose volumes do not add up, once."""
        distrusted, self._distrusted = self._distrusted, []
        return distrusted

    def take_healed(self) -> list[Key]:
        """Return of whom all that was missing has come after all, once."""
        healed, self.healed = self.healed, []
        return [key for key in healed if key not in self._missing]

    def watch(self, keys: Collection[Key]) -> None:
        """Forget all streams but these: what was traded while nobody watched is nobody's loss."""
        for book in (self._krx, self._nxt, self._us):
            for key in [key_of(trade) for trade in book.values() if key_of(trade) not in keys]:
                del book[key[0]]
                self._missing.pop(key, None)
                self._settled.pop(key, None)

    def settle(self, key: Key, flows_at_ns: int, day_volume: int) -> None:
        """Expect nothing that is missing any more of a stream which flows since a moment: minutes have told of it.

        Where no trade has come since then, the step that the first one makes is known, too, as far as the cumulative
        volume was *day_volume* when they were told; 0 is not known.
        """
        self._missing.pop(key, None)
        last = self.last_trade(key)
        if last is not None and last.received_at_ns < flows_at_ns:
            self._settled[key] = _Settled(last.cumulative_volume, flows_at_ns, day_volume)

    def _book(self, venue: Venue) -> dict[str, Trade]:
        if venue is KRX:
            return self._krx
        return self._nxt if venue is NXT else self._us

    def _is_news(self, book: dict[str, Trade], before: Trade | None, trade: Trade) -> bool:
        """Say whether a trade that does not follow the one *before* is to go on."""
        if before is None or trade.session_date > before.session_date:
            book[trade.symbol] = trade
            self._missing.pop(key_of(trade), None)
            return True
        if trade.session_date < before.session_date:
            return False
        if book is self._us:
            is_new = trade.cumulative_volume != before.cumulative_volume
            book[trade.symbol] = trade
            return is_new
        if trade.cumulative_volume > before.cumulative_volume:
            self._note_step(before, trade)
        elif trade.traded_at_ns <= before.traded_at_ns:
            return self._is_late(trade)
        # Less than before, and newer: the exchange has taken shares back, or counts anew.
        book[trade.symbol] = trade
        return True

    def _is_late(self, trade: Trade) -> bool:
        """Say whether *trade*, which comes behind later ones, was missing until now."""
        key = key_of(trade)
        missing = self._missing.get(key)
        if missing is None or not missing.take(trade):
            return False
        if not missing.ranges:
            del self._missing[key]
            self.healed.append(key)
        return True

    def _note_step(self, before: Trade, trade: Trade) -> None:
        reached = trade.cumulative_volume - trade.volume
        is_one_session = trade.session is before.session is not Session.PRE_MARKET
        key = key_of(trade)
        known, since_ns = before.cumulative_volume, before.traded_at_ns
        settled = self._settled.pop(key, None)
        if settled is not None and settled.volume == known:
            known, since_ns = settled.told or reached, settled.until_ns
        if reached <= known or not is_one_session or self._has_too_many(key, trade):
            return
        self._missing.setdefault(key, _Missing([])).ranges.append((known, reached))
        self.steps.append(Step(key=key, from_ns=since_ns, to_ns=trade.traded_at_ns, shares=reached - known))

    def _has_too_many(self, key: Key, trade: Trade) -> bool:
        stepped = self._stepped.setdefault(key, [])
        if len(stepped) > MOST_STEPS:
            # Of another day they are forgotten.
            if stepped[0] // (1440 * MINUTE_NS) == trade.traded_at_ns // (1440 * MINUTE_NS):
                return True
            stepped.clear()
        recent = [at_ns for at_ns in stepped if at_ns > trade.traded_at_ns - MINUTE_NS]
        stepped[:] = [*recent, trade.traded_at_ns]
        if len(stepped) <= MOST_STEPS:
            return False
        self._distrusted.append(key)
        return True
