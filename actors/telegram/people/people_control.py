"""What the operator may tell this actor of people: who is there, who may come, what somebody may, who must go."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from actors.market.choices import SessionChoice, write_choices
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused
from actors.telegram.config import TelegramConfig
from actors.telegram.people.access import OPERATOR, Role
from actors.telegram.people.membership import LastOperator, Membership
from actors.telegram.people.person import Person
from actors.telegram.people.register import Register
from actors.telegram.people.watch_list import WatchList

__all__ = ["PeopleControl", "find_person"]

ArgumentsT = TypeVar("ArgumentsT")


class _SessionsArguments(Struct, frozen=True, forbid_unknown_fields=True):
    sessions: Annotated[tuple[SessionChoice, ...], Meta(min_length=1)]
    person: int | str = ""


class _InviteArguments(Struct, frozen=True, forbid_unknown_fields=True):
    role: Role = Role.MEMBER


class _RoleArguments(Struct, frozen=True, forbid_unknown_fields=True):
    person: int | str
    role: Role


class _PersonArguments(Struct, frozen=True, forbid_unknown_fields=True):
    person: int | str


def find_person(register: Register, wanted: int | str) -> Person:
    """Return the person of this number or name; for an empty one the operator, or else who was here first.

    Raises:
        CommandRefused: there is none.
    """
    people = register.people()
    if not people:
        message = "nobody is known yet: send /start CODE to the bot first; `sigmactl init` gives the code"
        raise CommandRefused(message)
    if wanted == "":
        return min(people, key=lambda person: person.role != OPERATOR)
    for person in people:
        if str(wanted) in {str(person.id), person.name}:
            return person
    known = ", ".join(f"{person.id} ({person.name})" for person in people)
    message = f"expected the number or name of somebody known: {known}; found {wanted!r}"
    raise CommandRefused(message)


class PeopleControl:
    """The answers to the operator's commands about people."""

    def __init__(self, register: Register, watch_list: WatchList, membership: Membership) -> None:
        self._register = register
        self._watch_list = watch_list
        self._membership = membership

    def offer(self, actor: Actor[TelegramConfig]) -> None:
        """Let *actor* answer them."""
        actor.on_command("people", self.people)
        actor.on_command("sessions", self.sessions)
        actor.on_command("invite", self.invite)
        actor.on_command("role", self.role)
        actor.on_command("remove_person", self.remove_person)

    async def people(self, _arguments: dict[str, object]) -> dict[str, object]:
        """Everybody, with what they watch."""
        return {
            "people": [
                {
                    "id": person.id,
                    "name": person.name,
                    "role": person.role,
                    "language": person.language,
                    "reachable": person.reachable,
                    "channels": person.channels,
                    "sessions": write_choices(person.sessions),
                    "watches": [watch.symbol for watch in self._register.watches_of(person.id)],
                }
                for person in self._register.people()
            ]
        }

    async def sessions(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"sessions": ["krx-regular", "nxt"], "person": 1}`: let these sessions alert that person, and no others.

        Raises:
            CommandRefused: there is no such session or person.
        """
        known = ", ".join(choice.value for choice in SessionChoice)
        read = _read(arguments, _SessionsArguments, f'{{"sessions": […]}} of {known}')
        person = self._watch_list.choose_sessions(find_person(self._register, read.person), read.sessions)
        return {"person": person.name, "sessions": write_choices(person.sessions)}

    async def invite(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"role": "viewer"}`: make an invitation, by default a member's; its code is told this once.

        Raises:
            CommandRefused: there is no such role.
        """
        read = _read(arguments, _InviteArguments, f'{{"role": …}} of {_ROLES}')
        invitation = self._membership.invite(read.role)
        return {
            "code": invitation.code,
            "link": invitation.link,
            "role": invitation.role.value,
            "expires_at": invitation.expires_at.isoformat(),
        }

    async def role(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"person": "Bora", "role": "viewer"}`: let that person be that.

        Raises:
            CommandRefused: there is no such person or role, or nobody else is the operator.
        """
        read = _read(arguments, _RoleArguments, f'{{"person": …, "role": …}} of {_ROLES}')
        person = find_person(self._register, read.person)
        try:
            changed = self._membership.set_role(person, read.role)
        except LastOperator as error:
            raise CommandRefused(str(error)) from error
        return {"person": changed.name, "role": changed.role}

    async def remove_person(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"person": "Bora"}`: let that person be a stranger again, who watches nothing.

        Raises:
            CommandRefused: there is no such person, or nobody else is the operator.
        """
        read = _read(arguments, _PersonArguments, '{"person": …}')
        person = find_person(self._register, read.person)
        try:
            self._membership.remove(person)
        except LastOperator as error:
            raise CommandRefused(str(error)) from error
        return {"person": person.name}


_ROLES = ", ".join(role.value for role in Role)


def _read(arguments: dict[str, object], expected: type[ArgumentsT], shape: str) -> ArgumentsT:
    try:
        return msgspec.convert(arguments, expected)
    except msgspec.ValidationError as error:
        message = f"expected {shape}, found {arguments}: {error}"
        raise CommandRefused(message) from error
