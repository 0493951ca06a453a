"""Which sessions may alert: every person's own choice, regular sessions only unless he chooses otherwise. Pure.

In the store a choice is text: the names with blanks between them, as in `krx-regular nxt us-regular`.
"""

import enum
from collections.abc import Iterable

from protocol.messages import Session, Venue

__all__ = ["REGULAR_ONLY", "SessionChoice", "choice_of", "parse_choices", "write_choices"]


class SessionChoice(enum.Enum):
    """What can be chosen; the value is what people type."""

    KRX_REGULAR = "krx-regular"
    KRX_AFTER = "krx-after"
    NXT = "nxt"
    US_REGULAR = "us-regular"
    US_PRE = "us-pre"
    US_AFTER = "us-after"


REGULAR_ONLY = frozenset({SessionChoice.KRX_REGULAR, SessionChoice.US_REGULAR})

_KRX = {Session.REGULAR: SessionChoice.KRX_REGULAR, Session.AFTER_HOURS: SessionChoice.KRX_AFTER}
_NXT = dict.fromkeys(Session, SessionChoice.NXT)
_US = {
    Session.PRE_MARKET: SessionChoice.US_PRE,
    Session.REGULAR: SessionChoice.US_REGULAR,
    Session.AFTER_HOURS: SessionChoice.US_AFTER,
}


def choice_of(venue: Venue, session: Session) -> SessionChoice | None:
    """Return by which choice a trade may alert; None if by none: trades before KRX opens are at yesterday's close."""
    if not venue.is_korean:
        return _US[session]
    return (_NXT if venue is Venue.NXT else _KRX).get(session)


def parse_choices(text: str) -> frozenset[SessionChoice]:
    """Return what is chosen in *text*; a name that only a newer version knows chooses nothing."""
    names = text.split()
    return frozenset(choice for choice in SessionChoice if choice.value in names)


def write_choices(choices: Iterable[SessionChoice]) -> str:
    """Return *choices* as text, in one order."""
    chosen = set(choices)
    return " ".join(choice.value for choice in SessionChoice if choice in chosen)
