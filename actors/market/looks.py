"""Which trades a price that was asked for tells of. Pure: it is handed the moment.

An answer is the last trade so far, without its time. It is taken for a trade of now if the price or the volume of the
session has moved since the look before. At the first look of a session nothing has moved yet: it counts all the same
(after a restart nobody must wait), except within one interval of the open, when the last trade may still be the
pre-market's, which is nobody's regular price. Outside the regular session of the US a first look never counts: where
nobody has traded yet it repeats the close.

Two sources do not agree to the second: after a change of source the first look is only what the next is compared with.
So it is with a symbol that another process's stream has carried: it may have told of later trades than the first look.
Where the stream was our own, its last trade is the look before, and an answer that knows of fewer shares is older.

A day's low that has fallen between two looks was traded between them: the trade carries it with the moment of the
earlier look, so that whoever waited for that price since then is told. A day's high that has risen between them comes
as a trade of its own, of that moment, in front of it. Where the price itself is the new low or high, nothing is hidden:
at the earlier look it stood elsewhere, and who waited for it is told of it as of now.
"""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from actors.market.choices import choice_of, is_low_of
from actors.market.sessions import SessionTimes
from protocol.messages import Origin, Session, Trade, Venue
from protocol.moments import from_ns

__all__ = ["Looks", "Quotation"]

DECIMALS = 4
"""No price has more; what lies beyond is the noise of floats."""


class Quotation(Struct, frozen=True, kw_only=True):
    """What a source answers: prices, and the shares traded in the session so far, 0 before its first trade."""

    price: float
    base_price: float
    cumulative_volume: int
    day_low: float = 0.0
    day_high: float = 0.0
    """0 where the source tells none, as of the low."""
    source: str = ""
    """Who answered."""


class _Look(Struct, frozen=True):
    session: SessionTimes
    quotation: Quotation
    at_ns: int
    is_streamed: bool = False


_Key = tuple[str, Venue]


class Looks:
    """What was seen of each symbol when it was looked at last."""

    def __init__(self, interval: timedelta) -> None:
        """Have seen nothing; *interval* is the time between two looks."""
        self._interval = interval
        self._looks: dict[_Key, _Look] = {}
        self._doubted: set[_Key] = set()
        self._compared: set[_Key] = set()

    def forget(self, symbol: str, venue: Venue, *, doubt: bool = False) -> None:
        """Look at *symbol* for the first time when it comes again; with *doubt*, only to compare the next with it."""
        key = symbol, venue
        self._looks.pop(key, None)
        self._compared.discard(key)
        (self._doubted.add if doubt else self._doubted.discard)(key)

    def is_compared(self, symbol: str, venue: Venue) -> bool:
        """Say whether the last look at *symbol* told nothing, and only waits for the next."""
        return (symbol, venue) in self._compared

    def quoted_at_ns(self, symbol: str, venue: Venue) -> int | None:
        """Return when the last look at *symbol* was, UTC epoch ns, None if a stream or nobody has told of it."""
        look = self._looks.get((symbol, venue))
        return None if look is None or look.is_streamed else look.at_ns

    def on_trade(self, trade: Trade, session: SessionTimes) -> None:
        """Take *trade*, which our own stream brought, for the last look."""
        quotation = Quotation(
            price=trade.price,
            base_price=trade.base_price,
            cumulative_volume=trade.cumulative_volume,
            day_low=trade.day_low,
        )
        self._looks[trade.symbol, trade.venue] = _Look(session, quotation, trade.received_at_ns, is_streamed=True)

    def on_quotation(
        self, symbol: str, venue: Venue, quotation: Quotation, session: SessionTimes, at_ns: int
    ) -> list[Trade]:
        """Return the trades that *quotation* tells of: the newest is the last, before it the day's high if it is new.

        Args:
            symbol: whose price it is.
            venue: where it trades.
            quotation: the answer.
            session: in which it was asked.
            at_ns: when it came, UTC epoch nanoseconds.
        """
        key = symbol, venue
        before = self._looks.get(key)
        if before is not None and before.session.session_date != session.session_date:
            before = None
        if quotation.cumulative_volume == 0 or (before is not None and _is_older(quotation, before)):
            return []
        look = self._looks[key] = _Look(session, quotation, at_ns)
        self._compared.discard(key)
        is_first = before is None or not _is_of_one_choice(venue, before.session, session)
        if is_first and (key in self._doubted or _may_be_the_close(venue, session)):
            self._doubted.discard(key)
            self._compared.add(key)
            return []
        if is_first and from_ns(at_ns) < session.opens_at + self._interval:
            return []
        if before is not None and _tells_nothing(quotation, before.quotation):
            return []
        return _trades(key, look, before)


def _is_older(quotation: Quotation, before: _Look) -> bool:
    return before.is_streamed and quotation.cumulative_volume <= before.quotation.cumulative_volume


def _is_of_one_choice(venue: Venue, one: SessionTimes, other: SessionTimes) -> bool:
    return choice_of(venue, one.session) is choice_of(venue, other.session)


def _may_be_the_close(venue: Venue, session: SessionTimes) -> bool:
    return not venue.is_korean and session.session is not Session.REGULAR


def _tells_nothing(quotation: Quotation, before: Quotation) -> bool:
    return quotation.source != before.source or quotation == before


def _trades(key: _Key, look: _Look, before: _Look | None) -> list[Trade]:
    """Return the trade that *look* tells of, with a low that lies between it and the look *before*, and such a high."""
    (symbol, venue), quotation, session = key, look.quotation, look.session
    volume, low, low_at_ns, high = 0, 0.0, 0, 0.0
    if before is not None:
        # A source may take shares back.
        volume = max(0, quotation.cumulative_volume - before.quotation.cumulative_volume)
        is_same = _is_of_one_choice(venue, before.session, session)
        # A stream may tell another session's low than an answer does: that one is lower need not be a fall.
        is_comparable = is_same and (not before.is_streamed or is_low_of(venue, session.session))
        if is_comparable and 0 < quotation.day_low < min(before.quotation.day_low, quotation.price):
            low, low_at_ns = quotation.day_low, before.at_ns
        highest = max(before.quotation.day_high, quotation.price)
        if is_same and before.quotation.day_high and quotation.day_high > highest:
            high = quotation.day_high
    newest = Trade(
        symbol=symbol,
        venue=venue,
        session_date=session.session_date,
        session=session.session,
        price=quotation.price,
        change=round(quotation.price - quotation.base_price, DECIMALS),
        volume=volume,
        cumulative_volume=quotation.cumulative_volume,
        day_low=low,
        day_low_at_ns=low_at_ns,
        traded_at_ns=look.at_ns,
        received_at_ns=look.at_ns,
        origin=Origin.QUOTE,
    )
    if before is None or not high:
        return [newest]
    hidden = replace(
        newest,
        price=high,
        change=round(high - quotation.base_price, DECIMALS),
        volume=0,
        cumulative_volume=before.quotation.cumulative_volume,
        day_low=0.0,
        day_low_at_ns=0,
        traded_at_ns=before.at_ns,
        origin=Origin.HIGH,
    )
    return [hidden, newest]
