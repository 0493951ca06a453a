"""Which deliveries go next, and when one that failed goes again. Pure: it is handed the moment and the chance.

One request in flight for each chat, alerts before letters, each in the order of what they tell; a text that must wait
holds back what is behind it, but no letter an alert, and nothing of another chat. A picture goes when its text has
arrived (`take_pictures`), it has been drawn (`picture_came`) and no text of the chat waits. With answers to commands,
which are not in here, all of that takes turns where the rate is used up (`is_behind`). Where the rate of all chats
together is used up, whoever has waited longest since his last one comes first. What waits counts on the
monotonic clock; `due_at_ns`, which only a restart reads, on the world's.

What goes in one message is a *bundle*. Most are of one delivery. Alerts that have piled up while their chat had to
wait, as on the day of a crash or after an outage, go together, in their order; so do those that were held while their
person wanted to be spared, once that is over: the digest. Pictures go with neither, they would bury the prices.
"""

import operator
import random
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from actors.ledger.rows import TOLD_IN_A_DIGEST, TOLD_WITH_OTHERS
from actors.telegram.channels.channel import Rates
from actors.telegram.channels.outcomes import BadToken, NotSent, Outcome, Rejected, Unparsable, Wait
from actors.telegram.outbox.chat_queue import ChatQueue
from actors.telegram.outbox.deliveries import (
    Abandoned,
    Claimed,
    Delivery,
    DeliveryEvent,
    Held,
    Interrupted,
    Kind,
    Parted,
    Rebooted,
    Stage,
    advance,
)
from actors.telegram.outbox.pace import Pace
from actors.telegram.outbox.patience import NEVER, Delays, Patience
from protocol.messages import Alert
from protocol.moments import NS, to_ns

__all__ = ["MOST_TOGETHER", "Bundle", "Instant", "Outbox", "Turn"]

MOST_TOGETHER = 12
"""So many alerts fit into one message, whatever they are called."""
REVIEW_S = 0.5
PERSON_REMOVED = "its person was removed"
AS_SHIPPED = Rates()
LONGEST_RESTART_WAIT_S = 3600.0


class Instant(Struct, frozen=True):
    """One moment on both clocks: the world's, UTC epoch nanoseconds, and this machine's monotonic, seconds."""

    ns: int
    s: float


Bundle = tuple[Delivery, ...]
"""What goes in one message."""


class Turn(NamedTuple):
    """What is to be done now."""

    bundles: list[Bundle]
    """To send, at most one a chat, marked as being sent."""
    changed: list[Delivery]
    """What else is changed: alerts that are held from now on, and what is given up: their pictures, and what was held
    for somebody who was removed."""


def nothing_is_held(_delivery: Delivery, _at_ns: int) -> bool:
    """Hold nothing: nobody wants to be spared."""
    return False


def nobody_is_gone(_delivery: Delivery) -> bool:
    """Drop nothing: everybody is still there."""
    return False


_served_at = operator.attrgetter("served_at")


class Outbox:
    """All deliveries that are neither sent nor dead, by chat."""

    def __init__(
        self,
        delays: Delays,
        chance: random.Random,
        rates: Rates = AS_SHIPPED,
        *,
        group_from: int = 3,
        is_held: Callable[[Delivery, int], bool] = nothing_is_held,
        is_gone: Callable[[Delivery], bool] = nobody_is_gone,
    ) -> None:
        """Begin empty.

        Args:
            group_from: so many alerts that wait for one person go as one message.
            is_held: whether the person of an alert wants to be spared it at a moment, UTC epoch nanoseconds.
            is_gone: whether the person of an alert that is held was removed, so that it is never told.
        """
        self._patience = Patience(delays, chance)
        self._pace = Pace(rates)
        self._group_from = group_from
        self._is_held = is_held
        self._is_gone = is_gone
        self._deliveries: dict[int, Delivery] = {}
        self._chats: dict[int, ChatQueue] = {}
        self._open: dict[int, ChatQueue] = {}
        """Those of them that have something to get."""
        self._picture_ids: dict[str, int] = {}
        self._replying: list[int] = []
        self._resumes_at = NEVER

    def __len__(self) -> int:
        """How many deliveries are unfinished."""
        return len(self._deliveries)

    def __contains__(self, delivery_id: int) -> bool:
        """Say whether a delivery is here and unfinished."""
        return delivery_id in self._deliveries

    @property
    def waiting(self) -> int:
        """How many deliveries are on their way: all but those that are held."""
        return len(self._deliveries) - sum(len(chat.missed) for chat in self._open.values())

    def take_pictures(self) -> list[Delivery]:
        """Return the pictures whose text has arrived since the last call: they are wanted now."""
        replying, self._replying = self._replying, []
        return [self._deliveries[picture] for picture in replying if picture in self._deliveries]

    def picture_came(self, delivery_id: int) -> None:
        """Let a picture go that was taken to be drawn."""
        chat = self._chats[self._deliveries[delivery_id].chat_id]
        chat.pictures.append(delivery_id)
        self._open[chat.id] = chat

    def add(self, delivery: Delivery) -> None:
        """Take a new delivery, the text before the picture of the same alert or letter."""
        self._deliveries[delivery.id] = delivery
        chat = self._chat(delivery.chat_id)
        if delivery.kind is Kind.TEXT:
            chat.texts_like(delivery).append(delivery.id)
            self._open[chat.id] = chat
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
            # What was never put off waits for nothing, even where the clock was set back since it was made.
            was_put_off = delivery.due_at_ns > delivery.created_at_ns
            wait_s = min((delivery.due_at_ns - now.ns) / NS, LONGEST_RESTART_WAIT_S)
            if was_put_off and wait_s > 0:
                self._patience.delay([delivery.id], now.s + wait_s)
        return changed

    def claim(self, now: Instant) -> Turn:
        """Return what is to be sent now, and what is held from now on."""
        turn = Turn([], [])
        if now.s < self._resumes_at:
            return turn
        ready = [chat for chat in self._open.values() if chat.is_ready(now.s)]
        for chat in sorted(ready, key=_served_at):
            if not self._pace.allows(chat.id, now.s):
                continue
            chosen = self._next_of(chat, now, turn.changed)
            if chosen:
                chat.was_answered, chat.served_at = False, now.s
                chat.under_way.add(chosen[0])
                self._pace.spend(chat.id, now.s)
                turn.bundles.append(tuple(self._advance(delivery_id, Claimed(), now) for delivery_id in chosen))
        return turn

    def leaves_room(self, chat_id: int, now: Instant) -> bool:
        """Say whether nothing is to be brought to a chat, and what is said in it now delays none of what comes next."""
        chat = self._chat(chat_id)
        is_idle = not (chat.under_way or chat.foremost)
        return (
            is_idle and now.s >= max(chat.resumes_at, self._resumes_at) and self._pace.allows(chat_id, now.s, spare=2)
        )

    def spend(self, chat_id: int, now: Instant) -> None:
        """Note that something else was said in a chat, such as an answer, which Telegram counts, too."""
        self._pace.spend(chat_id, now.s)
        if chat_id in self._chats:
            self._chats[chat_id].was_answered = True

    def pause(self, chat_id: int, wait: Wait, now: Instant) -> None:
        """Let a chat wait, as it was asked to when something else was said there."""
        chat = self._chat(chat_id)
        chat.resumes_at = max(chat.resumes_at, now.s + self._patience.wait_after((), wait))

    def is_behind(self, chat_id: int, now: Instant) -> bool:
        """Say whether it is not an answer's turn.

        The chat was asked to wait; or an answer has gone since, and something of the chat waits for the rate.
        """
        chat = self._chats.get(chat_id)
        if chat is None:
            return False
        if now.s < chat.resumes_at:
            return True
        if not chat.was_answered or chat.under_way:
            return False
        if not chat.alerts and not all(self._patience.is_due(missed, now.s) for missed in chat.missed):
            # A digest that goes again later holds back what is behind it: nothing would go meanwhile.
            return False
        return bool(chat.foremost) and self._patience.is_due(chat.foremost[0], now.s)

    def on_outcome(self, delivery_ids: Sequence[int], outcome: Outcome, now: Instant) -> list[Delivery]:
        """Take what became of a bundle in flight, and return its deliveries and what else is changed by that."""
        first = self._deliveries[delivery_ids[0]]
        if isinstance(outcome, Unparsable) and first.plain:
            outcome = Rejected(outcome.reason)
        is_shared = len(delivery_ids) > 1
        # What is wrong with one of them shall not cost the others.
        event: DeliveryEvent = Parted(outcome.reason) if is_shared and isinstance(outcome, Rejected) else outcome
        chat = self._chats[first.chat_id]
        chat.under_way.discard(first.id)
        was_asked = not isinstance(outcome, Rejected) or outcome.was_asked
        if was_asked and not isinstance(outcome, NotSent):
            self._patience.reached()
        advanced = [self._advance(delivery_id, event, now) for delivery_id in delivery_ids]
        if advanced[0].stage is Stage.PENDING:
            return self._put_off(advanced, chat, event, now)
        return [
            changed
            for delivery in advanced
            for changed in (delivery, *self._finish(delivery, chat, now, is_shared=is_shared))
        ]

    def move_chat(self, old: int, new: int) -> list[Delivery]:
        """Let the chat *new* get what waits for *old*, which is the same group under another number; return that."""
        chat = self._chats.pop(old, None)
        if chat is None:
            return []
        others = self._chat(new)
        if self._open.pop(old, None):
            self._open[new] = others
        others.take_over(chat)
        waiting = [delivery for delivery in self._deliveries.values() if delivery.chat_id == old]
        return [self._replace(delivery.in_chat(new)) for delivery in waiting]

    def abandon(self, reasons: Mapping[int, str], now: Instant) -> list[Delivery]:
        """Give up these deliveries (id to reason), which must be pending, and return them."""
        abandoned = []
        for delivery_id, reason in reasons.items():
            delivery = self._advance(delivery_id, Abandoned(reason), now)
            abandoned += [delivery, *self._finish(delivery, self._chats[delivery.chat_id], now)]
        return abandoned

    def _chat(self, chat_id: int) -> ChatQueue:
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = ChatQueue(chat_id)
        return chat

    def _next_of(self, chat: ChatQueue, now: Instant, changed: list[Delivery]) -> list[int]:
        """Return what goes next in *chat*, and put aside what is held; that is *changed*."""
        if waiting := self._unheld(chat, now, changed):
            together = self._together(waiting)
            return self._if_due(together if len(together) >= self._group_from else waiting[:1], now)
        if over := self._no_longer_held(chat, now, changed):
            return self._if_due(self._together(over), now)
        # An alert must not wait because a letter or a picture has just used the chat up; whoever keeps typing, which
        # leaves nothing to spare, must not keep these waiting either.
        if not chat.was_answered and not self._pace.allows(chat.id, now.s, spare=1):
            return []
        if chat.letters:
            return self._if_due([chat.letters[0]], now)
        return [picture for picture in chat.pictures if self._patience.is_due(picture, now.s)][:1]

    def _unheld(self, chat: ChatQueue, now: Instant, changed: list[Delivery]) -> list[int]:
        """Return the first alerts that nothing holds, and put aside those before and between them that are held."""
        found: list[int] = []
        held: set[int] = set()
        for delivery_id in chat.alerts:
            if self._is_missed(self._deliveries[delivery_id], now):
                held.add(delivery_id)
                continue
            found.append(delivery_id)
            if len(found) == MOST_TOGETHER:
                break
        if held:
            chat.alerts = deque(delivery_id for delivery_id in chat.alerts if delivery_id not in held)
            for delivery_id in sorted(held):
                changed += self._hold(delivery_id, chat, now)
        return found

    def _is_missed(self, delivery: Delivery, now: Instant) -> bool:
        """Say whether an alert is held now, or came when it was, and could only not be put aside then."""
        alert = delivery.content
        is_held_then = isinstance(alert, Alert) and self._is_held(delivery, to_ns(alert.decided_at))
        return is_held_then or self._is_held(delivery, now.ns)

    def _hold(self, delivery_id: int, chat: ChatQueue, now: Instant) -> list[Delivery]:
        chat.missed.append(delivery_id)
        missed = self._advance(delivery_id, Held(), now)
        picture = self._picture_ids.pop(missed.content.id, None)
        return [missed] if picture is None else [missed, *self._give_up(picture, TOLD_IN_A_DIGEST, now)]

    def _no_longer_held(self, chat: ChatQueue, now: Instant, changed: list[Delivery]) -> list[int]:
        """Return what was held for one person and is no more; what was held for somebody removed is given up."""
        if not chat.missed or now.s < chat.reviewed_at + REVIEW_S:
            return []
        chat.reviewed_at = now.s
        gone = [delivery_id for delivery_id in chat.missed if self._is_gone(self._deliveries[delivery_id])]
        changed += self.abandon(dict.fromkeys(gone, PERSON_REMOVED), now)
        missed = (self._deliveries[delivery_id] for delivery_id in chat.missed)
        over = [delivery for delivery in missed if not self._is_held(delivery, now.ns)]
        return [delivery.id for delivery in over if delivery.person_id == over[0].person_id]

    def _together(self, delivery_ids: list[int]) -> list[int]:
        """Return those of the first ones that may share a message: with one reader, and none that goes by itself."""
        first = self._deliveries[delivery_ids[0]]
        together = [first.id]
        for delivery_id in delivery_ids[1:MOST_TOGETHER]:
            other = self._deliveries[delivery_id]
            are_alike = (other.person_id, other.plain) == (first.person_id, first.plain)
            if first.goes_alone or other.goes_alone or not are_alike:
                break
            together.append(delivery_id)
        return together

    def _if_due(self, delivery_ids: list[int], now: Instant) -> list[int]:
        return delivery_ids if self._patience.is_due(delivery_ids[0], now.s) else []

    def _put_off(
        self, deliveries: list[Delivery], chat: ChatQueue, event: DeliveryEvent, now: Instant
    ) -> list[Delivery]:
        """Let deliveries, their chat or everything wait, as *event* asks for."""
        delivery_ids = [delivery.id for delivery in deliveries]
        wait_s = self._patience.wait_after(delivery_ids, event)
        if isinstance(event, Wait):
            chat.resumes_at = now.s + wait_s
        elif isinstance(event, BadToken):
            self._resumes_at = now.s + wait_s
        else:
            self._patience.delay(delivery_ids, now.s + wait_s)
        due_at_ns = now.ns + int(wait_s * NS)
        return [self._replace(msgspec.structs.replace(delivery, due_at_ns=due_at_ns)) for delivery in deliveries]

    def _finish(self, delivery: Delivery, chat: ChatQueue, now: Instant, *, is_shared: bool = False) -> list[Delivery]:
        """Forget a delivery that is sent or dead; its picture, if it has one, goes next, or is given up."""
        del self._deliveries[delivery.id]
        self._patience.forget(delivery.id)
        chat.remove(delivery)
        if not chat.has_more:
            self._open.pop(chat.id, None)
        picture = self._picture_ids.pop(delivery.content.id, None)
        if picture is None or delivery.kind is Kind.PICTURE:
            return []
        if delivery.stage is Stage.DEAD or is_shared:
            return self._give_up(picture, "no text" if delivery.stage is Stage.DEAD else TOLD_WITH_OTHERS, now)
        self._replace(msgspec.structs.replace(self._deliveries[picture], reply_to=delivery.message_id))
        self._replying.append(picture)
        return []

    def _give_up(self, picture: int, reason: str, now: Instant) -> list[Delivery]:
        dead = self._advance(picture, Abandoned(reason), now)
        return [dead, *self._finish(dead, self._chats[dead.chat_id], now)]

    def _advance(self, delivery_id: int, event: DeliveryEvent, now: Instant) -> Delivery:
        return self._replace(advance(self._deliveries[delivery_id], event, now.ns))

    def _replace(self, delivery: Delivery) -> Delivery:
        self._deliveries[delivery.id] = delivery
        return delivery
