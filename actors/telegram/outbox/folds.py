"""Alerts whose targets are reached again while their rules rest: what is to be written under which message. Pure.

A wobble of the price is no new message: the one that brought the alert is edited, which makes no sound. Nothing of
that is on disk and nothing is owed: an edit that fails is dropped, as the next one says all that it said.

Only a message that told of one alert alone, that Telegram took in this life of the process and whose number we know, is
edited. Those that tell of several stay as they are: on the day of a crash a chat's rate is for what falls next, and
twelve lines that change under the reader's eyes would show nobody which of them did.
"""

from collections.abc import Callable

from msgspec import Struct

from actors.ledger.rows import TELEGRAM
from actors.telegram.channels.outcomes import BadToken, Doubtful, NotSent, Outcome, Sent, Wait
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.patience import NEVER
from protocol.messages import Alert, ReachedAgain

__all__ = ["Edit", "Folds"]

MOST_MESSAGES = 200
"""Of so many alerts the messages are remembered, the newest: those of rules that may still rest."""


class _Brought(Struct, frozen=True):
    """How an alert was brought: what its message says can be said again."""

    message_id: int
    delivery: Delivery
    manner: Manner


class Edit(Struct, frozen=True):
    """What is to stand under a message."""

    brought: _Brought
    again: ReachedAgain


class Folds:
    """The messages that may be edited, and the edits that wait: of each message the newest."""

    def __init__(self) -> None:
        self._messages: dict[str, _Brought] = {}
        self._waiting: dict[str, ReachedAgain] = {}
        self._resume_at: dict[int, float] = {}

    def on_sent(self, message_id: int, bundle: Bundle, manner: Manner) -> None:
        """Remember how *bundle* was brought, if it is an alert by itself."""
        delivery = bundle[0]
        is_digest = len(bundle) > 1 or delivery.missed
        is_numbered = delivery.channel == TELEGRAM and delivery.kind is Kind.TEXT
        if is_digest or not is_numbered or not isinstance(delivery.content, Alert):
            return
        self._messages[delivery.content.id] = _Brought(message_id, delivery, manner)
        if len(self._messages) > MOST_MESSAGES:
            self._forget(next(iter(self._messages)))

    def on_reached_again(self, again: ReachedAgain) -> None:
        """Take what happened since an alert; where its message is not known, that is all."""
        if again.alert_id in self._messages:
            self._waiting[again.alert_id] = again

    def take(self, now_s: float, has_room: Callable[[int], bool], is_wanted: Callable[[Delivery], bool]) -> Edit | None:
        """Return what is to be edited now, None if nothing is.

        Args:
            now_s: monotonic seconds.
            has_room: whether nothing else is to be said in a chat.
            is_wanted: whether the person of an alert is still there, and does not want to be spared it now.
        """
        for alert_id, again in list(self._waiting.items()):
            brought = self._messages[alert_id]
            chat_id = brought.delivery.chat_id
            if not is_wanted(brought.delivery):
                del self._waiting[alert_id]
            elif now_s >= self._resume_at.get(chat_id, NEVER) and has_room(chat_id):
                del self._waiting[alert_id]
                return Edit(brought, again)
        return None

    def on_outcome(self, edit: Edit, outcome: Outcome, now_s: float) -> None:
        """Take what became of an edit; a message that cannot be edited is left alone from then on."""
        alert_id = edit.again.alert_id
        match outcome:
            case Wait(retry_after_s=retry_after_s):
                self._resume_at[edit.brought.delivery.chat_id] = now_s + retry_after_s
                if alert_id in self._messages:
                    self._waiting.setdefault(alert_id, edit.again)
            case Sent() | NotSent() | Doubtful() | BadToken():
                pass
            case _:
                self._forget(alert_id)

    def _forget(self, alert_id: str) -> None:
        self._messages.pop(alert_id, None)
        self._waiting.pop(alert_id, None)
