"""A courier that is killed at every step, on real databases: what reaches people in spite of it.

    campaign = Campaign(directory, seed=1)
    campaign.kill(300)
    campaign.kills       how often it died at each fail-point
    campaign.mistakes()  what was lost, wrong, repeated unmarked or out of order, and more; none, if all is well

No socket and no thread: Telegram is in the same process (`fickle_telegram`), and a kill is raised out of whatever was
being done (`failing_parts`), after which nothing but the files is left. People go to sleep, block the bot, write to it,
and a group moves (`killed_town`); chart draws some pictures, refuses some, and is silent about others; the disk is full
now and then. In the end all is well, each is told one alert more, and what is left of before is judged
(`killed_judgement`). `python -m tests.support.killed_courier 300` prints the outcome.
"""

import asyncio
import contextlib
import itertools
import logging
import random
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import select

from actors.ledger.rows import TELEGRAM
from actors.runtime.store import open_store
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.deliveries import Kind, Stage
from actors.telegram.people.register import Register
from protocol.tables.telegram import deliveries, marks
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.fickle_telegram import FickleTelegram
from tests.support.killed_judgement import (
    Due,
    mistakes_of_answers,
    mistakes_of_order,
    mistakes_of_pictures,
    mistakes_of_texts,
)
from tests.support.killed_life import KilledLife
from tests.support.killed_town import PLACES, KilledTown
from tests.support.reaper import FAIL_POINTS, Killed, Reaper

__all__ = ["Campaign"]

BEGIN = datetime(2025, 11, 28, 0, 0, tzinfo=UTC)
ROUNDS = 8
CALM_ROUNDS = 40
UPDATE_ID = "update_id"


class Campaign:
    """Three people, a growing record of alerts, and one life of the courier after another."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._clock = FakeClock(BEGIN)
        self._settings = make_settings(directory)
        lay_out(self._settings, "evaluator", "telegram")
        self._telegram = FickleTelegram(self._chance)
        self._town = KilledTown(self._settings, self._clock, self._telegram, self._chance)
        self._config = TelegramConfig(
            people=self._town.people,
            chat_per_s=1_000.0,
            chat_burst=1_000.0,
            group_per_min=60_000.0,
            bot_per_s=1_000.0,
            picture_life_s=150.0,
        )
        self._begun: list[int] = []
        self._begun_in_vain: list[int] = []
        self._sure_alerts_from = self._sure_updates_from = 0
        asyncio.run(self._live(Reaper(), happens=False))

    @property
    def figures(self) -> dict[str, int]:
        """How much of everything there was."""
        return {
            "kills": self.kills.total(),
            "alerts": len(self._town.fired),
            "pictures": sum(bool(taken.pictured) for taken in self._telegram.taken),
            "refused": len(self._telegram.refused),
            "moves": self._telegram.moves,
            "updates": len(self._town.updates),
        }

    def kill(self, times: int) -> None:
        """Let the courier be killed so often, then live until all is told, and a little longer."""
        places = itertools.cycle(FAIL_POINTS)
        while self.kills.total() < times:
            place = next(places)
            reaper = Reaper(place, self._chance)
            with contextlib.suppress(Killed):
                asyncio.run(self._live(reaper))
            self.kills[place] += reaper.has_killed
        self._telegram.is_calm = True
        self._telegram.blocked.clear()
        self._clock.step(48 * 3600)
        asyncio.run(self._live(Reaper(), happens=False, rounds=CALM_ROUNDS + times))
        self._sure_alerts_from, self._sure_updates_from = len(self._town.fired), len(self._town.updates)
        self._town.happen_to_all()
        asyncio.run(self._live(Reaper(), happens=False, rounds=CALM_ROUNDS))

    def mistakes(self) -> list[str]:
        """Return what went wrong."""
        due = [
            Due(alert=fired, place=place, channel=channel, is_sure=number >= self._sure_alerts_from)
            for number, fired in enumerate(self._town.fired)
            for channel, place in PLACES[fired.person_id].items()
        ]
        engine = open_store("telegram", self._settings)
        with engine.connect() as connection:
            rows = connection.execute(select(deliveries)).all()
            marked = connection.execute(select(marks.c.value).where(marks.c.name == UPDATE_ID)).scalar_one()
        chats = {person.id: person.chat_id for person in Register(engine, "ko", "Asia/Seoul").people()}
        engine.dispose()
        ended = {(row.content_id, Kind(row.kind), row.channel): (Stage(row.state), row.reason) for row in rows}
        numbers = range(1, len(self._town.updates) + 1)
        known = {person: self._telegram.chat_of(places[TELEGRAM]) for person, places in PLACES.items()}
        return [
            *mistakes_of_texts(due, ended, self._telegram),
            *mistakes_of_order([place for places in PLACES.values() for place in places.values()], self._telegram),
            *mistakes_of_pictures(due, ended, self._telegram),
            *mistakes_of_answers(self._begun, numbers[self._sure_updates_from :], self._telegram),
            *(f"dealt with, though it was marked or in the same life: {number}" for number in self._begun_in_vain),
            *(f"never dealt with: {number}" for number in sorted({*numbers} - {*self._begun})),
            *(f"not marked: {number}" for number in numbers[int(marked) :]),
            *(f"not followed: {person} to {known[person]}" for person in PLACES if chats[person] != known[person]),
        ]

    async def _live(self, reaper: Reaper, *, happens: bool = True, rounds: int = ROUNDS) -> None:
        """Live for some rounds, or until killed."""
        durable = open_store("telegram", self._settings)
        quick = open_store("telegram", self._settings, durable=False)
        try:
            life = KilledLife(
                reaper,
                self._config,
                self._settings,
                self._clock,
                durable=durable,
                quick=quick,
                telegram=self._telegram,
                chance=self._chance,
                on_begun=self._on_begun,
            )
            for _ in range(rounds):
                if happens:
                    self._town.let_things_happen(life.hushes)
                await life.go_on(self._town.updates)
        finally:
            durable.dispose()
            quick.dispose()

    def _on_begun(self, number: int, was_done: bool) -> None:  # noqa: FBT001 - told by position
        self._begun.append(number)
        if was_done:
            self._begun_in_vain.append(number)


def main(arguments: list[str]) -> int:
    """Run a campaign, print its outcome, and return 0 if all is well."""
    kills = int(arguments[0]) if arguments else 300
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as directory:
        campaign = Campaign(Path(directory), seed=int(arguments[1]) if len(arguments) > 1 else 1)
        campaign.kill(kills)
        mistakes = campaign.mistakes()
    sys.stdout.write(", ".join(f"{count} {what}" for what, count in campaign.figures.items()) + "\n")
    sys.stdout.writelines(f"  {count:4} {place}\n" for place, count in campaign.kills.most_common())
    sys.stdout.writelines(f"{mistake}\n" for mistake in mistakes)
    sys.stdout.write(f"{len(mistakes)} mistakes\n")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
