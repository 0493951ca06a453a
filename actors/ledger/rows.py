"""An alert and its deliveries as the databases tell of them. Pure."""

from msgspec import Struct

from protocol.messages import Venue
from protocol.rules import Direction, RuleKind

__all__ = ["TELEGRAM", "TOLD_IN_A_DIGEST", "TOLD_WITH_OTHERS", "AlertRow", "DeliveryRow"]

TELEGRAM = "telegram"
"""The channel of whoever came in by the bot."""
TOLD_IN_A_DIGEST = "told in a digest"
TOLD_WITH_OTHERS = "told with others"
"""Why a picture was given up that was never meant to be: it would bury the prices of several alerts."""


class DeliveryRow(Struct, frozen=True, kw_only=True):
    """How an alert was brought; moments are ISO 8601, UTC."""

    channel: str = TELEGRAM
    chat_id: int
    """Telegram's chat, on another channel the person's number."""
    state: str
    """pending, sending, sent or dead."""
    attempts: int
    doubtful: bool
    """Whether an earlier try may have arrived."""
    missed: bool
    """Whether it came when its person wanted to be spared, and is told in a digest."""
    reason: str
    queued_at: str
    sent_at: str | None
    message_id: int | None
    receipt: str = ""
    """What a channel that does not number its messages calls this one."""

    @property
    def name_there(self) -> str | int | None:
        """What its channel calls the message, None if it has no name for it."""
        return self.receipt or self.message_id or None


class AlertRow(Struct, frozen=True, kw_only=True):
    """One alert, with its deliveries; moments are ISO 8601, UTC."""

    number: int
    """Its place in evaluator's record, counted from 1: the short name by which people ask for it."""
    id: str
    firing: int
    person_id: int
    person: str
    symbol: str
    name: str
    venue: Venue
    level: float
    kind: RuleKind
    direction: Direction
    reference: float
    volume: int
    """What was waited for, as in `protocol.messages.Alert`, and the shares traded so far, if it was those."""
    price: float
    price_now: float
    base_price: float
    sigma: float
    target: float
    session_date: str
    traded_at: str
    decided_at: str
    late: bool
    notes: list[str]
    text: DeliveryRow | None = None
    """None while telegram has not seen it."""
    picture: DeliveryRow | None = None
    elsewhere: list[DeliveryRow] = []
    """How the text was brought by each further channel of its person."""
    outcomes: dict[int, float]
    """The change from its price, a fraction, by how many sessions later; those that are known."""

    @property
    def rule_id(self) -> str:
        """Whose id it is made of, and of the rule's version, the session date and the firing."""
        return self.id.rsplit(":", 3)[0]
