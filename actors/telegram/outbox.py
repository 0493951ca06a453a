"""Which delivery goes next, and when one that failed goes again. Pure: it is handed the moment and the chance.

One request in flight for each chat, alerts before letters, each in the order of what they tell; a text that must wait
holds back what is behind it, but no letter an alert, and nothing of another chat. A picture goes when its text has
arrived (`take_pictures`), it has been drawn (`picture_came`) and no text of the chat waits. What waits counts on the
monotonic clock; `due_at_ns`, which only a restart reads, on the world's.
"""

import contextlib
import random
from collections import deque
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from actors.telegram.deliveries import (
    Abandoned,
    Claimed,
    Delivery,
    DeliveryEvent,
    Interrupted,
    Kind,
    Rebooted,
    Stage,
    advance,
)
from actors.telegram.outcomes import BadToken, Doubtful, NotSent, Outcome, Rejected, Unparsable, Wait
from protocol.messages import Alert

__all__ = ["Delays", "Instant", "Outbox"]

NEVER = float("-inf")
LONGEST_RESTART_WAIT_S = 3600.0
NS = 1_000_000_000


class Instant(Struct, frozen=True):
    """One moment on both clocks: the world's, UTC epoch nanoseconds, and this machine's monotonic, seconds."""

    ns: int
    s: float


class Delays(Struct, frozen=True, kw_only=True):
    """How long to wait before a delivery goes again, seconds; see `TelegramConfig`."""

    first_s: float = 1.0
    cap_s: float = 60.0
    doubt_min_s: float = 2.0
    doubt_max_s: float = 5.0
    bad_token_s: float = 60.0


class _Chat:
    """What one chat still has to get."""

    def __init__(self) -> None:
        self.alerts: deque[int] = deque()
        self.letters: deque[int] = deque()
        self.pictures: deque[int] = deque()
        self.in_flight: int | None = None
        self.resumes_at = NEVER

    def texts_like(self, delivery: Delivery) -> deque[int]:
        """Return the texts among which *delivery*, one too, has its turn."""
        return self.alerts if isinstance(delivery.content, Alert) else self.letters


class Outbox:
    """All deliveries that are neither sent nor dead, by chat."""

    def __init__(self, delays: Delays, chance: random.Random) -> None:
        self._delays = delays
        self._chance = chance
        self._deliveries: dict[int, Delivery] = {}
        self._chats: dict[int, _Chat] = {}
        self._picture_ids: dict[str, int] = {}
        self._replying: list[int] = []
        self._due: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._unreached: set[int] = set()
        self._resumes_at = NEVER

    def __len__(self) -> int:
        """How many deliveries are unfinished."""
        return len(self._deliveries)

    def take_pictures(self) -> list[Delivery]:
        """Return the pictures whose text has arrived since the last call: they are wanted now."""
        replying, self._replying = self._replying, []
        return [self._deliveries[picture] for picture in replying if picture in self._deliveries]

    def picture_came(self, delivery_id: int) -> None:
        """Let a picture go that was taken to be drawn."""
        self._chats[self._deliveries[delivery_id].chat_id].pictures.append(delivery_id)

    def add(self, delivery: Delivery) -> None:
        """Take a new delivery, the text before the picture of the same alert or letter."""
        self._deliveries[delivery.id] = delivery
        chat = self._chats.setdefault(delivery.chat_id, _Chat())
        if delivery.kind is Kind.TEXT:
            chat.texts_like(delivery).append(delivery.id)
        elif delivery.reply_to is None:
            self._picture_ids[delivery.content.id] = delivery.id
        else:
            self._replying.append(delivery.id)

    def restore(self, found: Iterable[Delivery], now: Instant, *, rebooted: bool) -> list[Delivery]:
        """Take what an earlier life left unfinished, oldest first, and return what is changed by that.

        What was being sent is in doubt, and so is everything unsent if the machine was *rebooted* since. What Telegram
        asked to wait for is still waited for.
        """
        changed = []
        for left in found:
            delivery = left
            if rebooted or delivery.stage is Stage.SENDING:
                event: DeliveryEvent = Rebooted() if rebooted else Interrupted()
                delivery = advance(delivery, event, now.ns)
                changed.append(delivery)
            self.add(delivery)
            wait_s = min((delivery.due_at_ns - now.ns) / NS, LONGEST_RESTART_WAIT_S)
            if wait_s > 0:
                self._due[delivery.id] = now.s + wait_s
        return changed

    def claim(self, now: Instant) -> list[Delivery]:
        """Return what is to be sent now, at most one delivery a chat, marked as being sent."""
        if now.s < self._resumes_at:
            return []
        claimed = []
        for chat in self._chats.values():
            if chat.in_flight is not None or now.s < chat.resumes_at:
                continue
            chosen = self._next_of(chat, now)
            if chosen is not None:
                chat.in_flight = chosen
                claimed.append(self._advance(chosen, Claimed(), now))
        return claimed

    def on_outcome(self, delivery_id: int, outcome: Outcome, now: Instant) -> list[Delivery]:
        """Take what became of the delivery in flight, and return it and what else is changed by that."""
        if isinstance(outcome, Unparsable) and self._deliveries[delivery_id].plain:
            outcome = Rejected(outcome.reason)
        delivery = self._advance(delivery_id, outcome, now)
        chat = self._chats[delivery.chat_id]
        chat.in_flight = None
        if not isinstance(outcome, NotSent):
            self._reached()
        if delivery.stage is not Stage.PENDING:
            return [delivery, *self._finish(delivery, chat, now)]
        wait_s = self._wait_after(delivery_id, outcome)
        if isinstance(outcome, Wait):
            chat.resumes_at = now.s + wait_s
        elif isinstance(outcome, BadToken):
            self._resumes_at = now.s + wait_s
        elif wait_s:
            self._due[delivery_id] = now.s + wait_s
        return [self._replace(msgspec.structs.replace(delivery, due_at_ns=now.ns + int(wait_s * NS)))]

    def move_chat(self, old: int, new: int) -> list[Delivery]:
        """Let the chat *new* get what waits for *old*, which is the same group under another number; return that."""
        chat = self._chats.pop(old, None)
        if chat is None:
            return []
        others = self._chats.setdefault(new, _Chat())
        others.alerts.extendleft(reversed(chat.alerts))
        others.letters.extendleft(reversed(chat.letters))
        others.pictures.extendleft(reversed(chat.pictures))
        others.in_flight = chat.in_flight if others.in_flight is None else others.in_flight
        waiting = [delivery for delivery in self._deliveries.values() if delivery.chat_id == old]
        return [self._replace(msgspec.structs.replace(delivery, chat_id=new)) for delivery in waiting]

    def abandon(self, reasons: Mapping[int, str], now: Instant) -> list[Delivery]:
        """Give up these deliveries (id to reason), which must be pending, and return them."""
        abandoned = []
        for delivery_id, reason in reasons.items():
            delivery = self._advance(delivery_id, Abandoned(reason), now)
            abandoned += [delivery, *self._finish(delivery, self._chats[delivery.chat_id], now)]
        return abandoned

    def _next_of(self, chat: _Chat, now: Instant) -> int | None:
        texts = chat.alerts or chat.letters
        if texts:
            text = texts[0]
            return text if self._due.get(text, NEVER) <= now.s else None
        return next((picture for picture in chat.pictures if self._due.get(picture, NEVER) <= now.s), None)

    def _finish(self, delivery: Delivery, chat: _Chat, now: Instant) -> list[Delivery]:
        """Forget a delivery that is sent or dead; its picture, if it has one, goes next or dies with it."""
        del self._deliveries[delivery.id]
        self._due.pop(delivery.id, None)
        self._failures.pop(delivery.id, None)
        if delivery.kind is Kind.PICTURE:
            self._picture_ids.pop(delivery.content.id, None)
            with contextlib.suppress(ValueError):  # it may be given up before it was drawn
                chat.pictures.remove(delivery.id)
            return []
        chat.texts_like(delivery).remove(delivery.id)
        picture = self._picture_ids.pop(delivery.content.id, None)
        if picture is None:
            return []
        if delivery.stage is Stage.DEAD:
            dead = self._advance(picture, Abandoned("no text"), now)
            return [dead, *self._finish(dead, chat, now)]
        self._replace(msgspec.structs.replace(self._deliveries[picture], reply_to=delivery.message_id))
        self._replying.append(picture)
        return []

    def _wait_after(self, delivery_id: int, outcome: Outcome) -> float:
        """Return how long a delivery waits after an outcome that did not end it, seconds."""
        delays = self._delays
        match outcome:
            case Wait(retry_after_s=retry_after_s):
                return retry_after_s + self._chance.random()
            case BadToken():
                return delays.bad_token_s
            case NotSent():
                self._unreached.add(delivery_id)
                return self._chance.uniform(0, min(delays.cap_s, delays.first_s * self._double(delivery_id)))
            case Doubtful():
                drawn_s = self._chance.uniform(delays.doubt_min_s, delays.doubt_max_s)
                return min(delays.cap_s, drawn_s * self._double(delivery_id))
            case _:
                return 0.0

    def _double(self, delivery_id: int) -> float:
        """Return 1 for a delivery's first failure, then 2, 4, and so on."""
        failures = self._failures.get(delivery_id, 0)
        self._failures[delivery_id] = min(failures + 1, 32)
        return 2.0**failures

    def _reached(self) -> None:
        """Telegram answered somebody: who waits only because it could not be reached waits no more."""
        for delivery_id in self._unreached:
            self._due.pop(delivery_id, None)
        self._unreached.clear()

    def _advance(self, delivery_id: int, event: DeliveryEvent, now: Instant) -> Delivery:
        return self._replace(advance(self._deliveries[delivery_id], event, now.ns))

    def _replace(self, delivery: Delivery) -> Delivery:
        self._deliveries[delivery.id] = delivery
        return delivery
