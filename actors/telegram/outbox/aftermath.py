"""What follows from the outcome of a request for others than its deliveries: the log, health, the chats of people."""

import contextlib
from collections.abc import Mapping

from actors.ledger.rows import TELEGRAM
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Channel
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
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.people.reach import Reach
from protocol.rehearsal import NOBODY

__all__ = ["Aftermath"]


class Aftermath:
    """What others learn of outcomes, whichever of *senders* they are from."""

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        *,
        outbox: Outboxes,
        record: Record,
        senders: Mapping[str, Senders[Channel]],
        health: Health,
        reach: Reach,
    ) -> None:
        self._actor = actor
        self._outbox = outbox
        self._record = record
        self._senders = senders
        self._health = health
        self._reach = reach

    def on_outcome(self, bundle: Bundle, outcome: Outcome) -> None:
        """Tell what became of *bundle*, which its deliveries know by now."""
        first = bundle[0]
        self.tell_health(first.channel, outcome, first.person_id)
        if isinstance(outcome, Moved):
            # If that cannot be written now, Telegram says it again at the next try.
            with contextlib.suppress(TemporaryFailure):
                self.move_chat(first.chat_id, outcome.chat_id)
        if len(bundle) > 1 and isinstance(outcome, Rejected):
            self._actor.log.error("bundle_parted", count=len(bundle), reason=outcome.reason)
            return
        for delivery in bundle:
            self._tell(delivery, outcome)

    def move_chat(self, old: int, new: int) -> None:
        """Let a group that became a supergroup get under its new number what it is to get.

        Raises:
            TemporaryFailure: that cannot be written now.
        """
        # First: what comes next goes to the new number, and must not overtake what waits, which follows from there.
        self._reach.follow(old, new)
        for delivery in self._outbox.telegram.move_chat(old, new):
            self._record.change(delivery)

    def tell_health(self, name: str, outcome: Outcome, person_id: int = NOBODY) -> None:
        """Let the operator know whether the channel *name* takes our messages, and those to a person."""
        channel = self._senders[name].channel
        token, reach, address = f"{name} token", name, f"{name} of {person_id}"
        match outcome:
            case BadToken():
                self._health.complain(token, channel.refused)
            case NotSent(reason=reason) | Doubtful(reason=reason):
                self._health.complain(reach, f"{channel.title} does not answer: {reason}")
            case Wait(complaint=complaint) if complaint:
                self._health.complain(address, complaint)
            case Rejected(was_asked=False):
                pass
            case _:
                for topic in (token, reach, address):
                    self._health.clear(topic)

    def _tell(self, delivery: Delivery, outcome: Outcome) -> None:
        log = self._actor.log.bind(content_id=delivery.content.id, kind=delivery.kind.value, channel=delivery.channel)
        match outcome:
            case Sent(message_id=message_id, receipt=receipt):
                self._actor.progressed()
                self._note_reachable(delivery, reachable=True)
                log.info("delivery_sent", message_id=receipt or message_id)
            case Refused(reason=reason):
                self._note_reachable(delivery, reachable=False)
                log.error("delivery_failed", reason=reason)
            case Rejected(reason=reason):
                log.error("delivery_failed", reason=reason)
            case Unparsable(reason=reason):
                log.error("markup_refused", reason=reason)
            case _:
                log.debug("delivery_retried", outcome=str(outcome))

    def _note_reachable(self, delivery: Delivery, *, reachable: bool) -> None:
        if delivery.channel != TELEGRAM:
            # Whoever blocked the bot may well read elsewhere: what is known is the chat's.
            return
        # If it cannot be written now, the person's next message will show it again.
        with contextlib.suppress(TemporaryFailure):
            self._reach.note(delivery.person_id, reachable=reachable)
