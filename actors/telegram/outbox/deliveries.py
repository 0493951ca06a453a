"""A delivery: bringing one alert or letter to one chat, as a text or as the picture that replies to it. Pure.

    PENDING --Claimed--> SENDING --Sent------------------------------------> SENT
       ^                    |------Refused, Rejected----------------------> DEAD
       |                    |------NotSent, Wait, BadToken,
       |                    |        Unparsable, Moved----------------+
       |                    |------Doubtful, Interrupted (now in doubt)-+
       |                    |------Parted (now alone)-------------------+
       +--------------------------------------------------------------<-+
    PENDING --Abandoned--> DEAD        PENDING, SENDING --Rebooted--> PENDING (now in doubt)
    PENDING --Held--> PENDING (now missed)

A *missed* alert came while its person wanted to be spared: it waits until that is over, and is then told in a digest.
A delivery in doubt stays in doubt: whatever is sent of it from then on says that it may be a repeat. After a crash of
the process what is found SENDING is in doubt, and what stands among the claims (`outbox/claims.py`), whatever its row
says; after a reboot everything unsent is, because claims and marks are written without fsync.
"""

import enum

import msgspec
from msgspec import Struct

from actors.ledger.rows import TELEGRAM
from actors.telegram.channels.outcomes import (
    BadToken,
    Doubtful,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unparsable,
    Wait,
)
from protocol.letters import Letter
from protocol.messages import Alert
from protocol.rehearsal import is_rehearsal

__all__ = [
    "NO_MESSAGE",
    "Abandoned",
    "Claimed",
    "Content",
    "Delivery",
    "DeliveryEvent",
    "Held",
    "ImpossibleEvent",
    "Interrupted",
    "Kind",
    "Parted",
    "Rebooted",
    "Stage",
    "advance",
]

Content = Alert | Letter
NO_MESSAGE = 0
"""The number of no message."""


class Kind(enum.Enum):
    """What is brought: the text at once, the picture when there is one."""

    TEXT = "text"
    PICTURE = "picture"


class Stage(enum.Enum):
    """Where a delivery is; see the module."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class Claimed(Struct, frozen=True):
    """It is to be sent now: written down, then handed to a thread."""


class Interrupted(Struct, frozen=True):
    """The process that was sending it died."""


class Rebooted(Struct, frozen=True):
    """The machine went down since; what was written last may be gone."""


class Held(Struct, frozen=True):
    """Its person wants to be spared just now."""


class Parted(Struct, frozen=True):
    """Telegram refused the message that brought it together with others: it goes by itself."""

    reason: str


class Abandoned(Struct, frozen=True):
    """It will never be sent."""

    reason: str


class ImpossibleEvent(Exception):  # noqa: N818 - it names what happened
    """An event for which the delivery's stage has no transition: our own mistake."""


class Delivery(Struct, frozen=True, kw_only=True):
    """One delivery. Moments are UTC epoch nanoseconds; `due_at_ns` is what a restart waits for."""

    id: int
    content: Content
    source: str = "alerts"
    """The record that the content is from."""
    kind: Kind
    person_id: int
    """Who gets it; the content may only say that it is for the operator."""
    channel: str = TELEGRAM
    """By which way it goes; see `actors.telegram.channels`."""
    chat_id: int
    """Among what else of its channel it keeps its turn: Telegram's chat, elsewhere the person's number."""
    stage: Stage = Stage.PENDING
    doubtful: bool = False
    plain: bool = False
    """Whether it goes without markup, because Telegram refused ours."""
    missed: bool = False
    """Whether it is an alert that is told in a digest, because it came when its person wanted to be spared."""
    is_alone: bool = False
    """Whether it shares no message with others, because Telegram refused one that it shared."""
    attempts: int = 0
    due_at_ns: int
    created_at_ns: int
    sent_at_ns: int | None = None
    message_id: int | None = None
    receipt: str = ""
    """What a channel that does not number its messages calls the one it took."""
    reply_to: int | None = None
    """The message that a picture replies to; `NO_MESSAGE` where its chat has none such."""
    reason: str = ""

    @property
    def goes_alone(self) -> bool:
        """Whether it shares no message: who asks for a rehearsal wants to see it, and what is no alert stands alone."""
        return self.is_alone or not isinstance(self.content, Alert) or is_rehearsal(self.content.symbol)

    def in_chat(self, chat_id: int) -> "Delivery":
        """Return it as it goes to this chat, in which the messages of another have other numbers, or none."""
        if chat_id == self.chat_id:
            return self
        reply_to = None if self.reply_to is None else NO_MESSAGE
        return msgspec.structs.replace(self, chat_id=chat_id, reply_to=reply_to)


DeliveryEvent = Outcome | Claimed | Held | Parted | Interrupted | Rebooted | Abandoned

TRANSITIONS: dict[Stage, dict[type, Stage]] = {
    Stage.PENDING: {
        Claimed: Stage.SENDING,
        Held: Stage.PENDING,
        Abandoned: Stage.DEAD,
        Rebooted: Stage.PENDING,
    },
    Stage.SENDING: {
        Sent: Stage.SENT,
        Refused: Stage.DEAD,
        Rejected: Stage.DEAD,
        NotSent: Stage.PENDING,
        Wait: Stage.PENDING,
        BadToken: Stage.PENDING,
        Unparsable: Stage.PENDING,
        Moved: Stage.PENDING,
        Doubtful: Stage.PENDING,
        Parted: Stage.PENDING,
        Interrupted: Stage.PENDING,
        Rebooted: Stage.PENDING,
    },
    Stage.SENT: {},
    Stage.DEAD: {},
}


def advance(delivery: Delivery, event: DeliveryEvent, now_ns: int) -> Delivery:
    """Return *delivery* after *event*; *now_ns* is the world's clock, UTC epoch nanoseconds.

    Raises:
        ImpossibleEvent: its stage has no such transition.
    """
    try:
        stage = TRANSITIONS[delivery.stage][type(event)]
    except KeyError:
        message = f"expected an event of stage {delivery.stage.value}, found {event} for delivery {delivery.id}"
        raise ImpossibleEvent(message) from None
    changes: dict[str, object] = {"stage": stage, "reason": getattr(event, "reason", "")}
    match event:
        case Claimed():
            changes["attempts"] = delivery.attempts + 1
        case Sent(message_id=message_id, receipt=receipt):
            changes |= {"sent_at_ns": now_ns, "message_id": message_id, "receipt": receipt}
        case Wait():
            changes |= {"attempts": delivery.attempts - 1, "reason": "asked to wait"}
        case Unparsable():
            changes["plain"] = True
        case Held():
            changes["missed"] = True
        case Parted():
            changes["is_alone"] = True
        case Doubtful():
            changes["doubtful"] = True
        case Interrupted() | Rebooted():
            changes |= {"doubtful": True, "reason": "interrupted"}
    return msgspec.structs.replace(delivery, **changes)
