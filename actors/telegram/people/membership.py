"""Who is let in, what somebody may, and who is let go. For the chat and for the operator's shell alike."""

from datetime import datetime

from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.errors import ActorError
from actors.telegram.channels.telegram.identity import Identity
from actors.telegram.config import TelegramConfig
from actors.telegram.people.access import OPERATOR, Role
from actors.telegram.people.invitations import FROM_THE_SHELL, Invitations
from actors.telegram.people.person import Person
from actors.telegram.people.register import Register
from actors.telegram.people.watch_list import WatchList
from protocol.moments import from_ns

__all__ = ["Invitation", "LastOperator", "Membership"]


class LastOperator(ActorError):  # noqa: N818 - it states a fact
    """Nobody would be left to keep it running."""


class Invitation(Struct, frozen=True, kw_only=True):
    """What lets one person in."""

    code: str
    link: str
    """Opens the chat with the code typed already; empty while the bot's name is not known."""
    role: Role
    expires_at: datetime


class Membership:
    """The people, and the ways in and out."""

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        register: Register,
        invitations: Invitations,
        watch_list: WatchList,
        identity: Identity,
    ) -> None:
        self._actor = actor
        self._register = register
        self._invitations = invitations
        self._watch_list = watch_list
        self._identity = identity

    def invite(self, role: Role, made_by: int = FROM_THE_SHELL) -> Invitation:
        """Return a new invitation; *made_by* is a person's number."""
        code, expires_at_ns = self._invitations.make(role, self._actor.clock.now_ns(), made_by)
        self._actor.log.info("invitation_made", role=role.value, made_by=made_by)
        link = self._identity.start_link(code)
        return Invitation(code=code, link=link, role=role, expires_at=from_ns(expires_at_ns))

    def set_role(self, person: Person, role: Role) -> Person:
        """Give *person* another role, and return him as he is then.

        Raises:
            LastOperator: nobody else is one.
        """
        if role is not Role.OPERATOR:
            self._require_another_operator(person)
        changed = self._register.set_role(person.id, role)
        self._actor.log.info("role_given", person_id=person.id, role=role.value)
        return changed

    def remove(self, person: Person) -> None:
        """Let *person* be a stranger again, who watches nothing.

        Raises:
            LastOperator: nobody else is one.
        """
        self._require_another_operator(person)
        self._register.remove(person.id)
        self._actor.log.info("person_removed", person_id=person.id)
        self._watch_list.announce()

    def _require_another_operator(self, person: Person) -> None:
        operators = [each for each in self._register.people() if each.role == OPERATOR]
        if operators == [person]:
            message = f"expected another operator beside {person.name}, found none: make somebody else one first"
            raise LastOperator(message)
