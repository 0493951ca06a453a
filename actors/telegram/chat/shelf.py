"""Answers that wait for their chat, kept on disk: their commands are done, and nobody does them again to answer.

Kept in the mark `answers`, as JSON, only while they wait. Killed between an answer's request and the next keeping, we
give it once more in the next life.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Keyboard
from actors.telegram.config import TelegramConfig
from actors.telegram.store import DeliveryStore, Marks

__all__ = ["Answer", "Shelf"]


class Answer(Struct, frozen=True, kw_only=True):
    """What is to be said to a chat."""

    chat_id: int
    text: str
    keyboard: Keyboard
    given_at_ns: int
    """When its command was dealt with, UTC epoch nanoseconds."""


class Shelf:
    """The answers that an earlier life has *left*, and where ours are kept."""

    def __init__(self, actor: Actor[TelegramConfig], store: DeliveryStore, marks: Marks) -> None:
        """Read what *marks* know of."""
        self.left = msgspec.json.decode(marks.answers, type=list[Answer])
        self._actor = actor
        self._store = store

    def keep(self, answers: Sequence[Answer]) -> None:
        """Keep these and no others; what cannot be written waits in memory alone."""
        try:
            self._store.keep_answers(msgspec.json.encode(answers).decode())
        except TemporaryFailure as error:
            self._actor.log.warning("answers_unkept", reason=str(error))
