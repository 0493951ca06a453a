"""What the others know, for `/list`, `/today` and `/status`: asked when somebody wants it, with little patience."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.chat.answers import ActorReport, WatchLine
from actors.telegram.chat.targets import read_targets
from actors.telegram.config import TelegramConfig
from actors.telegram.people.person import Person
from actors.telegram.people.register import Register
from protocol.topology import ACTORS

__all__ = ["Glance", "Sessions"]

TIMEOUT_S = 1.0


class Sessions(Struct, frozen=True):
    """Analyst's answer to `targets`, the part that is read here."""

    sessions: dict[str, date] = {}
    """Of which session date the targets of each symbol are to be now."""
    open: frozenset[str] = frozenset()
    """Of which symbols the regular session is on."""
    opens: dict[str, datetime] = {}
    """When the next regular session of each symbol opens."""


class _Stage(Struct, frozen=True):
    rule: str
    stage: str


class _Rules(Struct, frozen=True):
    """Evaluator's answer to `rules`."""

    rules: list[_Stage]


class Glance:
    """A look at what the others know; what does not answer is left out."""

    def __init__(self, actor: Actor[TelegramConfig], register: Register) -> None:
        self._actor = actor
        self._register = register

    async def watch_lines(self, person: Person) -> list[WatchLine]:
        """Return what *person* watches, with targets and price as far as they are known."""
        watched = self._register.watches_of(person.id)
        levels = self._register.levels_of(person.id)
        targets = read_targets(self._actor.settings, [watch.symbol for watch in watched])
        prices, sessions = await asyncio.gather(self.prices(), self.sessions())
        lines = []
        for watch in watched:
            target = targets.get(watch.symbol)
            lines.append(
                WatchLine(
                    symbol=watch.symbol,
                    name=watch.name,
                    venue=watch.venue,
                    levels=levels.get(watch.symbol, ()),
                    target=target,
                    price=prices.get(watch.symbol),
                    session_date=sessions.sessions.get(watch.symbol),
                    is_trading=watch.symbol in sessions.open,
                )
            )
        return lines

    async def prices(self) -> dict[str, float]:
        """Return the last price of each symbol, as far as evaluator knows it and answers."""
        try:
            answer = await self._actor.ports.ask("evaluator", "prices", timeout_s=TIMEOUT_S)
            found = msgspec.convert(answer, dict[str, dict[str, object]])
            return {symbol: msgspec.convert(last.get("price"), float) for symbol, last in found.items()}
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return {}

    async def sessions(self) -> Sessions:
        """Return which session is each symbol's now, and which are on, as far as analyst answers."""
        try:
            answer = await self._actor.ports.ask("analyst", "targets", timeout_s=TIMEOUT_S)
            return msgspec.convert(answer, Sessions)
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return Sessions()

    async def stages(self, symbols: Iterable[str]) -> dict[str, str]:
        """Return where the rules for *symbols* are in their lives, by rule id, as far as evaluator answers."""
        found = await asyncio.gather(*map(self._stages_of, symbols))
        return {rule_id: stage for stages in found for rule_id, stage in stages.items()}

    async def _stages_of(self, symbol: str) -> dict[str, str]:
        try:
            answer = await self._actor.ports.ask("evaluator", "rules", timeout_s=TIMEOUT_S, symbol=symbol)
            return {each.rule: each.stage for each in msgspec.convert(answer, _Rules).rules}
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return {}

    async def order(self, command: str, person: Person) -> dict[str, object]:
        """Have analyst write *person* a letter, such as the daily `report`, and return what it answers.

        Raises:
            Unanswered: it does not.
        """
        timeout_s = self._actor.config.ask_timeout_s
        try:
            return await self._actor.ports.ask("analyst", command, timeout_s=timeout_s, person=person.id)
        except CommandRefused as error:
            message = f"expected analyst to write a letter, found {error}"
            raise Unanswered(message) from error

    async def reports(self) -> list[ActorReport]:
        """Return how every actor is."""
        return list(await asyncio.gather(*(self._report_of(actor) for actor in ACTORS)))

    async def _report_of(self, actor: str) -> ActorReport:
        if actor == self._actor.address.actor:
            return ActorReport(actor=actor, state=self._actor.state.value)
        try:
            answer = await self._actor.ports.ask(actor, "status", timeout_s=TIMEOUT_S)
            return msgspec.convert({**answer, "actor": actor}, ActorReport)
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return ActorReport(actor=actor)
