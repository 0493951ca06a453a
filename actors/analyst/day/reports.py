"""The daily reports: those of the day, and those that somebody asks for at any time."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from actors.analyst.config import AnalystConfig
from actors.analyst.day.people import find_person, load_people
from actors.analyst.day.person import Person
from actors.analyst.day.report import report_letters, report_line
from actors.analyst.store import AnalystStore
from actors.market.schedule import DayStep, main_venue
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused
from actors.runtime.letters import Letters
from protocol.letters import Letter
from protocol.messages import Market, Targets

__all__ = ["Reports"]

RECENT = timedelta(days=30)
"""Longer than any market stays closed, so that two closes lie in it."""


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    person: int | str = ""
    send: bool = True


class Reports:
    """Made of the targets and bars on disk, and of what telegram's database says of people."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        store: AnalystStore,
        calendar: Calendar,
        letters: Letters,
        is_ripe: Callable[[Market], bool],
    ) -> None:
        """Take the parts of the actor; *is_ripe* says whether all targets of a market that can be made are made."""
        self._actor = actor
        self._store = store
        self._calendar = calendar
        self._letters = letters
        self._is_ripe = is_ripe

    async def write(self, step: DayStep) -> list[Letter]:
        """Return the reports of the day for everybody who watches something; none while targets are being made."""
        if not self._is_ripe(step.market):
            return []
        targets = self._targets_of(step.session_date)
        return [
            letter
            for person in load_people(self._actor.settings)
            for letter in self._letters_of(person, step.market, step.session_date, targets)
        ]

    async def answer(self, arguments: dict[str, object]) -> dict[str, object]:
        """Answer the reports of one person, by default the operator, for what each market trades now or next.

        Raises:
            CommandRefused: the question is not understood, or there is no such person.
        """
        try:
            asked = msgspec.convert(arguments, _Asked)
        except msgspec.ValidationError as error:
            message = f'expected arguments such as {{"person": 1, "send": true}}, found {arguments}: {error}'
            raise CommandRefused(message) from None
        person = find_person(load_people(self._actor.settings), asked.person)
        now = self._actor.clock.now()
        letters: list[Letter] = []
        for market in Market:
            on = self._calendar.session_date_at(main_venue(market), now)
            letters += self._letters_of(person, market, on, self._targets_of(on), f":{self._actor.clock.now_ns()}")
        if asked.send:
            for letter in letters:
                self._letters.write(letter)
        reports = [msgspec.to_builtins(letter.matter) for letter in letters]
        return {"person": person.name, "reports": reports, "sent": asked.send}

    def _targets_of(self, on: date) -> dict[str, Targets]:
        return {each.symbol: each for each in self._store.newest_targets() if each.session_date == on}

    def _letters_of(
        self, person: Person, market: Market, on: date, targets: dict[str, Targets], asked: str = ""
    ) -> list[Letter]:
        regular = self._calendar.regular_times(main_venue(market), on)
        if regular is None:
            return []
        lines = []
        for watch in person.watches_in(market):
            bars = [bar for bar in self._store.bars(watch.symbol, on - RECENT) if bar.session_date < on]
            lines.append(report_line(watch, targets.get(watch.symbol), bars))
        return report_letters(person, market, regular, lines, asked, now=self._actor.clock.now())
