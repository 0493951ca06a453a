"""Which sessions may alert: every person's own choice, regular sessions only unless he chooses otherwise. Pure.

In the store a choice is text: the names with blanks between them, as in `krx-regular nxt us-regular`. So is when those
were chosen that were chosen later, UTC epoch nanoseconds, as in `nxt=1764205200000000000`.
"""

import enum
from collections.abc import Iterable, Mapping

from protocol.messages import Session, Venue

__all__ = [
    "REGULAR_ONLY",
    "SessionChoice",
    "choice_of",
    "is_low_of",
    "parse_choices",
    "parse_moments",
    "write_choices",
    "write_moments",
]


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


def is_low_of(venue: Venue, session: Session) -> bool:
    """Say whether a day's low told in *session* was surely in one of the same choice: it may be the morning's."""
    return session is Session.REGULAR or venue is Venue.NXT


def parse_choices(text: str) -> frozenset[SessionChoice]:
    """Return what is chosen in *text*; a name that only a newer version knows chooses nothing."""
    names = text.split()
    return frozenset(choice for choice in SessionChoice if choice.value in names)


def write_choices(choices: Iterable[SessionChoice]) -> str:
    """Return *choices* as text, in one order."""
    chosen = set(choices)
    return " ".join(choice.value for choice in SessionChoice if choice in chosen)


def parse_moments(text: str) -> dict[SessionChoice, int]:
    """Return when each choice in *text* was made, UTC epoch ns; a name that only a newer version knows is left out."""
    moments = dict(part.split("=", 1) for part in text.split())
    return {choice: int(moments[choice.value]) for choice in SessionChoice if choice.value in moments}


def write_moments(moments: Mapping[SessionChoice, int]) -> str:
    """Return *moments* as text, in one order."""
    return " ".join(f"{choice.value}={moments[choice]}" for choice in SessionChoice if choice in moments)
