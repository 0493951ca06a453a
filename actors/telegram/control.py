"""What the operator may tell this actor over its control socket; of people, see `people_control`."""

import msgspec
from msgspec import Struct

from actors.market.symbols import CODE, code_in
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.chat.commands import parse_symbol
from actors.telegram.config import TelegramConfig
from actors.telegram.people.people_control import find_person
from actors.telegram.people.person import Person, Watch
from actors.telegram.people.register import Register
from actors.telegram.people.watch_list import AlreadyWatched, Ambiguous, NotFound, NotWatched, TooMany, WatchList
from actors.telegram.store import DeliveryStore

__all__ = ["OperatorCommands"]


class _SymbolArguments(Struct, frozen=True, forbid_unknown_fields=True):
    symbol: str
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
        actor.on_command("deliveries", self.deliveries)

    async def add(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"symbol": "005930", "person": 1}`: watch it for that person, by default the operator.

        `code:GS` is the symbol GS, and no stock of that name.

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
            return _described(self._watch_list.remove(person, code_in(symbol) or symbol), person)
        except NotWatched as error:
            raise CommandRefused(str(error)) from error

    async def deliveries(self, _arguments: dict[str, object]) -> dict[str, object]:
        """How many deliveries are in each state."""
        return {"states": self._store.counts()}

    def _read(self, arguments: dict[str, object]) -> tuple[str, Person]:
        try:
            read = msgspec.convert(arguments, _SymbolArguments)
        except msgspec.ValidationError as error:
            message = f'expected arguments such as {{"symbol": "005930"}}, found {arguments}: {error}'
            raise CommandRefused(message) from error
        code = code_in(read.symbol)
        symbol = parse_symbol(code or read.symbol)
        if symbol is None:
            message = (
                f"expected a symbol such as 005930, Q530036 or TQQQ, found {read.symbol!r}: "
                f"sigmactl find {read.symbol} tells what it may be"
            )
            raise CommandRefused(message)
        return f"{CODE}{symbol}" if code else symbol, find_person(self._register, read.person)


def _described(watch: Watch, person: Person) -> dict[str, object]:
    return {"symbol": watch.symbol, "name": watch.name, "venue": watch.venue.value, "person": person.name}
