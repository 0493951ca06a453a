"""Whose chat takes our messages, and where it is; what changes, and who comes in, the operator is told by a letter."""

from sqlalchemy import Connection

from actors.runtime.actor import Actor
from actors.runtime.letters import Letters
from actors.telegram.config import TelegramConfig
from actors.telegram.people.person import Person
from actors.telegram.people.register import Register
from protocol.letters import THE_OPERATOR, ChatChange, ChatChanged, Letter

__all__ = ["Reach"]


class Reach:
    """What is known of the chats of all people."""

    def __init__(self, actor: Actor[TelegramConfig], register: Register, letters: Letters) -> None:
        self._actor = actor
        self._register = register
        self._letters = letters

    def note(self, person_id: int, *, reachable: bool) -> None:
        """Note whether the person's chat takes our messages.

        Raises:
            TemporaryFailure: that cannot be written now.
        """
        person = self._register.person(person_id)
        if person is None or not self._register.set_reachable(person_id, reachable=reachable):
            return
        self._actor.log.info("reach_changed", person_id=person_id, reachable=reachable)
        self._tell(ChatChange.RETURNED if reachable else ChatChange.LOST, person_id, person.name)

    def follow(self, old: int, new: int) -> None:
        """Let people's chats follow their group *old*, which became the supergroup *new*.

        Raises:
            TemporaryFailure: that cannot be written now.
        """
        for person in self._register.move_chat(old, new):
            self._actor.log.info("chat_moved", person_id=person.id, chat_id=old, new_chat_id=new)
            self._tell(ChatChange.MOVED, person.id, person.name)

    def entered(self, chat_id: int, title: str) -> None:
        """Note that somebody has put the bot into a group of which nobody is alerted."""
        self._actor.log.info("group_entered", chat_id=chat_id)
        self._tell(ChatChange.ENTERED, chat_id, title)

    def write_joined(self, connection: Connection, person: Person) -> None:
        """Write that *person* has come in with what takes him in by *connection*; the operator himself knows it."""
        operator = self._register.operator()
        if self._is_heard() and (operator is None or operator.id != person.id):
            self._letters.put(connection, self._letter(ChatChange.JOINED, person.id, person.name))

    def _tell(self, change: ChatChange, whose: int, name: str) -> None:
        if self._is_heard():
            self._letters.write(self._letter(change, whose, name))

    def _is_heard(self) -> bool:
        """Say whether there may be somebody who could read it; the log has it, too."""
        operator = self._register.operator()
        return operator is None or operator.reachable

    def _letter(self, change: ChatChange, whose: int, name: str) -> Letter:
        letter_id = f"chat-{change.value}-{whose}-{self._actor.clock.now_ns()}"
        return Letter(id=letter_id, person_id=THE_OPERATOR, matter=ChatChanged(change=change, name=name))
