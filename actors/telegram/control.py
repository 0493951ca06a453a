"""What the operator may tell this actor over its control socket."""

import msgspec
from msgspec import Struct

from actors.market.choices import SessionChoice, write_choices
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.access import OPERATOR
from actors.telegram.commands import parse_symbol
from actors.telegram.config import TelegramConfig
from actors.telegram.register import Person, Register, Watch
from actors.telegram.store import DeliveryStore
from actors.telegram.watch_list import AlreadyWatched, Ambiguous, NotFound, NotWatched, TooMany, WatchList

__all__ = ["OperatorCommands"]


class _SymbolArguments(Struct, frozen=True, forbid_unknown_fields=True):
    symbol: str
    person: int | str = ""


class _SessionsArguments(Struct, frozen=True, forbid_unknown_fields=True):
    sessions: tuple[SessionChoice, ...]
    person: int | str = ""


class OperatorCommands:
    """The answers to the operator's commands."""

    def __init__(self, register: Register, watch_list: WatchList, store: DeliveryStore) -> None:
        self._register = register
        self._watch_list = watch_list
        self._store = store

    def offer(self, actor: Actor[TelegramConfig]) -> None:
        """Let *actor* answer them."""
        actor.on_command("add", self.add)
        actor.on_command("remove", self.remove)
        actor.on_command("people", self.people)
        actor.on_command("sessions", self.sessions)
        actor.on_command("deliveries", self.deliveries)

    async def add(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"symbol": "005930", "person": 1}`: watch it for that person, by default the operator.

        Raises:
            CommandRefused: it cannot be; the text says why.
        """
        symbol, person = self._read(arguments)
        try:
            return _described(await self._watch_list.add(person, symbol), person)
        except (AlreadyWatched, TooMany, NotFound, Ambiguous) as error:
            raise CommandRefused(str(error)) from error
        except Unanswered as error:
            message = f"expected analyst to look {symbol} up, try again in a moment: {error}"
            raise CommandRefused(message) from error

    async def remove(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"symbol": "005930", "person": 1}`: watch it no longer.

        Raises:
            CommandRefused: it was not watched, or there is no such person.
        """
        symbol, person = self._read(arguments)
        try:
            return _described(self._watch_list.remove(person, symbol), person)
        except NotWatched as error:
            raise CommandRefused(str(error)) from error

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
        try:
            read = msgspec.convert(arguments, _SessionsArguments)
        except msgspec.ValidationError as error:
            known = ", ".join(choice.value for choice in SessionChoice)
            message = f'expected {{"sessions": […]}} of {known}, found {arguments}: {error}'
            raise CommandRefused(message) from error
        person = self._watch_list.choose_sessions(self._find_person(read.person), read.sessions)
        return {"person": person.name, "sessions": write_choices(person.sessions)}

    async def deliveries(self, _arguments: dict[str, object]) -> dict[str, object]:
        """How many deliveries are in each state."""
        return {"states": self._store.counts()}

    def _read(self, arguments: dict[str, object]) -> tuple[str, Person]:
        try:
            read = msgspec.convert(arguments, _SymbolArguments)
        except msgspec.ValidationError as error:
            message = f'expected arguments such as {{"symbol": "005930"}}, found {arguments}: {error}'
            raise CommandRefused(message) from error
        symbol = parse_symbol(read.symbol)
        if symbol is None:
            message = f"expected a symbol such as 005930, Q530036 or TQQQ, found {read.symbol!r}"
            raise CommandRefused(message)
        return symbol, self._find_person(read.person)

    def _find_person(self, wanted: int | str) -> Person:
        """Return the person of this number or name; for an empty one the operator, or else who was here first."""
        people = self._register.people()
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


def _described(watch: Watch, person: Person) -> dict[str, object]:
    return {"symbol": watch.symbol, "name": watch.name, "venue": watch.venue.value, "person": person.name}
