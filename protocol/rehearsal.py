"""The rehearsal: one trade of a symbol that no exchange has, which goes the whole way of a real one.

feed publishes it, evaluator decides an alert by the ordinary path, telegram brings that by the ordinary path. Whoever
it is for stands in its symbol. Before the open that is nobody: telegram brings it to a hidden chat. The person of its
alert is no person's number, so that whatever asks for somebody's alerts finds none of a rehearsal.
"""

import re
from datetime import date

from protocol.messages import Session, Targets, Trade, Venue
from protocol.moments import from_ns

__all__ = [
    "HIDDEN_CHAT",
    "NOBODY",
    "is_rehearsal",
    "person_id_of",
    "rehearsal_addressee",
    "rehearsal_symbol",
    "rehearsal_targets",
    "rehearsal_trade",
]

NOBODY = 0
"""Whom a rehearsal is for that reaches no person."""
HIDDEN_CHAT = 0
"""The chat to which nothing is sent: no chat of Telegram has this number."""

PREFIX = "test-"
"""Small letters are in no exchange's codes."""
_SYMBOL = re.compile(PREFIX + "[0-9]{1,18}")
"""A number of more digits may be larger than any that a database holds."""
BASE_PRICE, SIGMA, PRICE = 10_000.0, 0.01, 9_895.0


def rehearsal_symbol(person_id: int) -> str:
    """Return the symbol of a rehearsal for that person, or for `NOBODY`."""
    return f"{PREFIX}{person_id}"


def rehearsal_trade(person_id: int, on: date, now_ns: int) -> Trade:
    """Return the trade that is to be an alert for that person, or for `NOBODY`; now is UTC epoch nanoseconds."""
    return Trade(
        symbol=rehearsal_symbol(person_id),
        price=PRICE,
        day_low=PRICE,
        session_date=on,
        traded_at_ns=now_ns,
        venue=Venue.KRX,
        session=Session.REGULAR,
        change=PRICE - BASE_PRICE,
        volume=1,
        cumulative_volume=1,
        day_low_at_ns=now_ns,
        received_at_ns=now_ns,
    )


def rehearsal_targets(trade: Trade) -> Targets:
    """Return the targets that *trade*, a rehearsal's, is judged by."""
    return Targets(
        symbol=trade.symbol,
        name=trade.symbol,
        venue=trade.venue,
        session_date=trade.session_date,
        base_price=BASE_PRICE,
        sigma=SIGMA,
        returns=0,
        bars_until=trade.session_date,
        source="rehearsal",
        computed_at=from_ns(trade.traded_at_ns),
    )


def is_rehearsal(symbol: str) -> bool:
    """Say whether *symbol* is that of a rehearsal."""
    return _SYMBOL.fullmatch(symbol) is not None


def person_id_of(symbol: str) -> int:
    """Return the `person_id` of the alert that a trade in *symbol*, a rehearsal's, raises: zero or below."""
    return -int(symbol.removeprefix(PREFIX))


def rehearsal_addressee(alert_person_id: int) -> int:
    """Return whom the alert of a rehearsal is brought to: a person's number, or `NOBODY`."""
    return -alert_person_id
