"""Edits the messages of alerts whose targets are reached again: one at a time, and only when there is nothing to bring.

No delivery waits for an edit: it has a thread of its own, keeps no chat busy, and is begun only where so much of the
chat's rate is left that whatever comes next may go at once. Only the Bot API's messages can be edited.
"""

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec

from actors.runtime.actor import Actor
from actors.telegram.channels.channel import Message, Opened
from actors.telegram.channels.outcomes import Outcome, Rejected, Sent
from actors.telegram.channels.telegram.channel import TelegramChannel
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.outbox.folds import Edit, Folds
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle, Instant, Outbox
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.wording import Unwordable, text_of
from protocol.messages import ReachedAgain

__all__ = ["Editor"]


class Editor:
    """The edits of one life of the actor."""

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        outbox: Outbox,
        telegram: Opened[TelegramChannel],
        *,
        is_wanted: Callable[[Delivery], bool],
    ) -> None:
        """Begin with nothing to edit.

        Args:
            actor: whose edits these are.
            outbox: what it has to bring goes first.
            telegram: opened anew, in a thread that is made when it is first needed.
            is_wanted: whether the person of an alert is still there, and does not want to be spared it now.
        """
        self._log = actor.log
        self._wake = actor.ports.wake
        self._outbox = outbox
        self._senders = Senders(msgspec.structs.replace(telegram, threads=1), actor.settings.data_dir, actor.log)
        self._is_wanted = is_wanted
        self._folds = Folds()
        self._under_way: tuple[Edit, asyncio.Future[Outcome]] | None = None

    def on_outcome(self, bundle: Bundle, manner: Manner, outcome: Outcome) -> None:
        """Remember how *bundle* was brought, if it was."""
        if isinstance(outcome, Sent):
            self._folds.on_sent(outcome.message_id, bundle, manner)

    def on_reached_again(self, again: ReachedAgain) -> None:
        """Take from evaluator what happened since an alert."""
        self._folds.on_reached_again(again)

    def work(self, now: Instant) -> None:
        """Take the outcome of the edit under way, and begin the next."""
        if self._under_way is not None:
            edit, outcome = self._under_way
            if not outcome.done():
                return
            self._under_way = None
            self._folds.on_outcome(edit, outcome.result(), now.s)
            self._log.debug("alert_folded", content_id=edit.again.alert_id, outcome=str(outcome.result()))
        begun = self._folds.take(now.s, partial(self._outbox.leaves_room, now=now), self._is_wanted)
        if begun is not None:
            self._outbox.spend(begun.brought.delivery.chat_id, now)
            outcome = self._senders.ask(partial(_write, begun))
            outcome.add_done_callback(lambda _: self._wake())
            self._under_way = begun, outcome

    async def close(self) -> None:
        """Wait for the edit under way, and end its thread."""
        await self._senders.close()


def _write(edit: Edit, channel: TelegramChannel) -> Outcome:
    delivery, manner = edit.brought.delivery, edit.brought.manner
    try:
        text = text_of((delivery,), manner.reader, late_by=manner.late_by, again=edit.again)
    except Unwordable as error:
        return Rejected(str(error))
    message = Message(address=manner.address, text=text, keyboard=manner.keyboard, plain=delivery.plain)
    return channel.edit(edit.brought.message_id, message)
