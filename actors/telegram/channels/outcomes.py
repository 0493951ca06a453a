"""What became of one request to a channel, one class for each thing that is done about it.

Which answer is which is a channel's own business (`telegram.wire` has Telegram's table); what is done about it is the
outbox's, the same for all channels.
"""

from msgspec import Struct

__all__ = [
    "BadToken",
    "Doubtful",
    "Knocked",
    "Moved",
    "NotSent",
    "Outcome",
    "Refused",
    "Rejected",
    "Sent",
    "Unparsable",
    "Wait",
]


class Sent(Struct, frozen=True):
    """The channel took it."""

    message_id: int = 0
    """Its number there, 0 where messages have none."""
    receipt: str = ""
    """What else the channel calls it, where it has no number."""


class NotSent(Struct, frozen=True):
    """It certainly was not taken."""

    reason: str


class Wait(Struct, frozen=True):
    """The channel did not take it and asks this chat to wait."""

    retry_after_s: float
    complaint: str = ""
    """What the operator is told meanwhile, if it is his to mend."""


class Doubtful(Struct, frozen=True):
    """It may have arrived or not."""

    reason: str
    is_at_work: bool = False
    """Whether the other side was only silent, and may still take it."""


class Unparsable(Struct, frozen=True):
    """The channel does not accept our markup."""

    reason: str


class Moved(Struct, frozen=True):
    """The group became a supergroup, which has another number."""

    chat_id: int
    reason: str


class Refused(Struct, frozen=True):
    """This chat does not take messages from us."""

    reason: str


class Rejected(Struct, frozen=True):
    """The channel does not accept this message, whoever it is for."""

    reason: str
    was_asked: bool = True
    """Whether the channel said so: what cannot be brought at all is not even tried."""


class BadToken(Struct, frozen=True):
    """The channel does not let us in."""

    reason: str


Knocked = Sent | NotSent | BadToken
"""What may come of asking whether the other side is there."""
Outcome = Sent | NotSent | Wait | Doubtful | Unparsable | Moved | Refused | Rejected | BadToken
