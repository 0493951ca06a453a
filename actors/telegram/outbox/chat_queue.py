"""What one chat still has to get, in its order: alerts, what of them was missed, letters, pictures. Pure.

Of deliveries it knows the ids alone; which of them goes next is the outbox's to say.
"""

import contextlib
from collections import deque

from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.patience import NEVER
from protocol.messages import Alert

__all__ = ["ChatQueue"]


class ChatQueue:
    """The deliveries of one chat that are neither sent nor dead, and when the chat was last served."""

    def __init__(self, chat_id: int) -> None:
        self.id = chat_id
        self.alerts: deque[int] = deque()
        self.missed: deque[int] = deque()
        self.letters: deque[int] = deque()
        self.pictures: deque[int] = deque()
        """Those that have been drawn and whose text has arrived."""
        self.under_way: set[int] = set()
        """The first of each bundle in flight: one, or two where a group that moved is joined with what it was."""
        self.was_answered = False
        """Whether somebody was answered here since the last of all this went."""
        self.resumes_at = NEVER
        self.served_at = NEVER
        """When the last of all this went."""
        self.reviewed_at = NEVER
        """When what was missed was last looked at."""

    @property
    def has_more(self) -> bool:
        """Whether anything is still to go, now or later."""
        return bool(self.alerts or self.missed or self.letters or self.pictures)

    @property
    def foremost(self) -> deque[int]:
        """Those that go first of what nobody holds; empty where nothing waits."""
        return self.alerts or self.letters or self.pictures

    def is_ready(self, now_s: float) -> bool:
        """Say whether something may go now, as far as the chat itself is concerned."""
        return self.has_more and not self.under_way and now_s >= self.resumes_at

    def texts_like(self, delivery: Delivery) -> deque[int]:
        """Return the texts among which *delivery*, one too, has its turn."""
        if isinstance(delivery.content, Alert):
            return self.missed if delivery.missed else self.alerts
        return self.letters

    def remove(self, delivery: Delivery) -> None:
        """Have *delivery* wait no longer."""
        if delivery.kind is Kind.TEXT:
            self.texts_like(delivery).remove(delivery.id)
            return
        with contextlib.suppress(ValueError):  # it may be given up before it was drawn
            self.pictures.remove(delivery.id)

    def take_over(self, other: "ChatQueue") -> None:
        """Get what waits for *other*, which is the same group under an older number, before all that is here."""
        self.alerts.extendleft(reversed(other.alerts))
        self.missed.extendleft(reversed(other.missed))
        self.letters.extendleft(reversed(other.letters))
        self.pictures.extendleft(reversed(other.pictures))
        self.under_way |= other.under_way
        self.served_at = max(self.served_at, other.served_at)
