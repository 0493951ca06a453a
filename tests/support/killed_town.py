"""Three people of whom a campaign of kills tells, and what happens to them: alerts, quiet, blocks, moves, words.

Two get everything by a second channel, too; one is a group, which becomes a supergroup again and again.
"""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from actors.ledger.rows import TELEGRAM
from actors.runtime.config import Settings
from actors.telegram.config import SeededPerson
from actors.telegram.people.hush import Mute
from actors.telegram.people.hushes import Hushes
from protocol.messages import Alert
from tests.support.alerts import alert, decide
from tests.support.clock import FakeClock
from tests.support.fickle_telegram import FickleTelegram
from tests.support.reception import membership, typed

__all__ = ["BOOT", "GROUP", "PLACES", "SECOND", "KilledTown"]

BOOT = "boot"
SECOND = "second"
GROUP = -3
PLACES = {1: {TELEGRAM: 1}, 2: {TELEGRAM: 2, SECOND: 102}, 3: {TELEGRAM: GROUP, SECOND: 103}}
"""Where each person gets everything, by channel; of a group its first number."""


class KilledTown:
    """What happens as *chance* has it, in evaluator's database and in *telegram*."""

    def __init__(self, settings: Settings, clock: FakeClock, telegram: FickleTelegram, chance: random.Random) -> None:
        self.fired: list[Alert] = []
        self.updates: list[dict[str, object]] = []
        """What people and chats did, as Telegram tells it; their numbers count from 1."""
        self._settings = settings
        self._clock = clock
        self._telegram = telegram
        self._chance = chance

    @property
    def people(self) -> tuple[SeededPerson, ...]:
        """Everybody, as the configuration knows them."""
        return tuple(
            SeededPerson(
                name=str(person),
                user_id=person,
                chat_id=places[TELEGRAM],
                addresses={channel: str(place) for channel, place in places.items() if channel != TELEGRAM},
            )
            for person, places in PLACES.items()
        )

    def let_things_happen(self, hushes: Hushes) -> None:
        """Let alerts be decided, and somebody want quiet for a while, or no longer, block, move or write."""
        now_ns = self._clock.now_ns()
        self._fire(self._chance.choices([*PLACES], k=self._chance.choice([0, 0, 0, 1, 1, 2, 6])))
        person = self._chance.choice([*PLACES])
        if self._chance.random() < 0.2:
            until_ns = now_ns + self._chance.choice([2, 90]) * 1_000_000_000
            hushes.mute(person, [Mute(since_ns=now_ns, until_ns=until_ns)], now_ns)
        elif self._chance.random() < 0.05:
            hushes.unmute(person, now_ns)
        self._block_and_return()
        if self._chance.random() < 0.15:
            self._move()
        if self._chance.random() < 0.4:
            self._write(person)

    def happen_to_all(self) -> None:
        """Let an alert be decided for each, and each write."""
        self._fire(PLACES)
        for person in PLACES:
            self._write(person)

    def _fire(self, people: Iterable[int]) -> None:
        """Let evaluator decide an alert for each of these people."""
        moment = self._clock.now()
        fired = [
            alert(
                symbol=f"{100_000 + number}",
                person_id=person,
                price=float(50_000 + number),
                price_now=float(50_000 + number),
                traded_at=moment - timedelta(milliseconds=90),
                decided_at=moment,
            )
            for number, person in enumerate(people, start=len(self.fired) + 1)
        ]
        if fired:
            decide(self._settings, *fired, boot_id=BOOT)
            self.fired += fired

    def _block_and_return(self) -> None:
        """Let some places take nothing any more, and some of those take all again; of chats Telegram tells it."""
        for channel, place in [each for places in PLACES.values() for each in places.items()]:
            is_blocked = place in self._telegram.blocked
            if self._chance.random() > (0.3 if is_blocked else 0.03):
                continue
            self._telegram.blocked ^= {place}
            if channel == TELEGRAM:
                self._tell(membership(self._telegram.chat_of(place), "member" if is_blocked else "kicked"))

    def _move(self) -> None:
        """Let the group become a supergroup, which it may tell, or only who writes there."""
        old, new = self._telegram.move(GROUP)
        if self._chance.random() < 0.5:
            told = typed(3, "", old, "group")
            cast("dict[str, object]", told["message"])["migrate_to_chat_id"] = new
            self._tell(told)

    def _write(self, person: int) -> None:
        """Let a person write, who can do so while he does not block us."""
        place = PLACES[person][TELEGRAM]
        if place not in self._telegram.blocked:
            chat_type = "group" if place == GROUP else "private"
            text = f"/echo {len(self.updates) + 1}"
            self._tell(typed(person, text, self._telegram.chat_of(place), chat_type, at=self._clock.now()))

    def _tell(self, update: dict[str, object]) -> None:
        self.updates.append(update | {"update_id": len(self.updates) + 1})
