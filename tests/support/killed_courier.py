"""A courier that is killed at every step, on real databases: what reaches people in spite of it.

    campaign = Campaign(directory, seed=1)
    campaign.kill(300)
    campaign.kills       how often it died at each fail-point
    campaign.mistakes()  what was lost, wrong, repeated unmarked or out of order; none, if all is well

Two of the three people get everything by a second channel, too, which goes wrong as often and on its own.

No socket and no thread: Telegram is in the same process, takes or does not take, answers or does not answer, and a kill
is raised out of whatever was being done, after which nothing but the files is left. The disk is full now and then.
`python -m tests.support.killed_courier 300` prints the outcome.
"""

import asyncio
import contextlib
import itertools
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Engine

from actors.runtime.errors import TemporaryFailure
from actors.runtime.letters import Letters
from actors.runtime.store import open_store
from actors.telegram.channels.outcomes import BadToken, Doubtful, NotSent, Outcome, Rejected, Sent, Unparsable, Wait
from actors.telegram.channels.telegram.channel import TelegramChannel, open_telegram
from actors.telegram.channels.telegram.client import Bot
from actors.telegram.chat.command_table import COMMANDS
from actors.telegram.config import SeededPerson, TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.courier import Courier
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import ALERTS, SourceReader, Written
from actors.telegram.people.hush import Mute
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.own_rules import below
from actors.telegram.people.reach import Reach
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore, Unfinished
from protocol.messages import Alert
from protocol.tables.telegram import letters
from simulator.judgement.alert_text import ShownAlert, parse_alerts
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import alert, decide
from tests.support.clock import FakeClock, settle
from tests.support.databases import lay_out
from tests.support.ports import FakePorts

__all__ = ["FAIL_POINTS", "Campaign", "Killed"]

BEGIN = datetime(2025, 11, 28, 0, 0, tzinfo=UTC)
PEOPLE = 3
SECOND = "second"
PLACES = {1: (1,), 2: (2, 102), 3: (3, 103)}
"""Where each person gets everything: in the chat, and on the second channel at another number."""
FAIL_POINTS = (
    *("opening", "reading what was left", "reading the record"),
    *("after a claim", "before a commit", "within a commit", "after a commit", "after the claims were cleared"),
    *("before a request", "after a request was taken", "asking for prices", "after a request"),
)
MOST_PASSES = 3
"""Below so many times a life passes the fail-point at which it dies."""
ROUNDS = 8
FULL = 0.1
"""How often the disk is full when something is to be written."""


class Killed(BaseException):
    """The process died here; nobody catches it."""


class Reaper:
    """Kills a life that passes one fail-point for the so-manieth time; without one it kills nobody."""

    def __init__(self, place: str = "", passes: int = 0, chance: random.Random | None = None) -> None:
        self._place = place
        self._left = passes
        self._chance = chance
        self.has_killed = False

    @property
    def disk_is_full(self) -> bool:
        """Whether the disk takes nothing just now; without a chance it takes all."""
        return self._chance is not None and self._chance.random() < FULL

    def pass_by(self, place: str) -> None:
        """Let a fail-point be passed, or die at it."""
        if place != self._place:
            return
        self._left -= 1
        if self._left < 0:
            self.has_killed = True
            raise Killed(place)


class Accepted(Struct, frozen=True):
    """An alert that Telegram took."""

    chat_id: int
    shown: ShownAlert


class Telegram:
    """Takes messages, and tells so or not; once it is *calm* it takes all and says so."""

    def __init__(self, chance: random.Random) -> None:
        self.accepted: list[Accepted] = []
        self.is_calm = False
        self._chance = chance
        self._messages = 0

    def send(self, reaper: Reaper, chat_id: int, text: str, *, plain: bool) -> Outcome:
        """Return what becomes of a message, as far as its sender learns it."""
        reaper.pass_by("before a request")
        refusals: list[Outcome] = [NotSent("refused"), Wait(1.0), Wait(30.0), Wait(300.0), BadToken("Unauthorized")]
        refusals += [Doubtful("reset")] if plain else [Doubtful("reset"), Unparsable("can't parse")]
        if len(parse_alerts(text)) > 1:
            refusals.append(Rejected("message is too long"))
        fate = 1.0 if self.is_calm else self._chance.random()
        if fate < 0.3:
            return self._chance.choice(refusals)
        self._messages += 1
        self.accepted += [Accepted(chat_id, shown) for shown in parse_alerts(text)]
        reaper.pass_by("after a request was taken")
        return Sent(self._messages) if fate > 0.45 else Doubtful("timed out")


class _FailingStore(DeliveryStore):
    """The real one, with fail-points around and within its commits."""

    reaper: Reaper

    def save(self, added: Collection[Delivery], changed: Collection[Delivery], begun: Mapping[str, str]) -> None:
        self.reaper.pass_by("before a commit")
        if self.reaper.disk_is_full:
            message = "database or disk is full"
            raise TemporaryFailure(message)
        super().save(added, cast("Collection[Delivery]", self._rows_until_killed(changed)), begun)
        self.reaper.pass_by("after a commit")

    def unfinished(self, source: str) -> list[Unfinished]:
        self.reaper.pass_by("reading what was left")
        return super().unfinished(source)

    def _rows_until_killed(self, rows: Collection[Delivery]) -> Iterator[Delivery]:
        yield from rows
        # What was written before it in the same transaction must be gone with it.
        self.reaper.pass_by("within a commit")


class _FailingClaims(Claims):
    reaper: Reaper

    def take(self, deliveries: Iterable[Delivery]) -> bool:
        is_taken = not self.reaper.disk_is_full and super().take(deliveries)
        self.reaper.pass_by("after a claim")
        return is_taken

    def clear(self) -> None:
        super().clear()
        self.reaper.pass_by("after the claims were cleared")


class _FailingReader(SourceReader):
    reaper: Reaper

    def after(self, position: int) -> list[Written]:
        self.reaper.pass_by("reading the record")
        return super().after(position)


class _Senders(Senders[TelegramChannel]):  # both channels speak as Telegram does
    """Sends at once, in the loop's own thread."""

    reaper: Reaper

    def send(self, bundle: Bundle, manner: Manner) -> "asyncio.Future[Outcome]":
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        future.set_result(self._send(bundle, manner, self.channel.open()))
        self.reaper.pass_by("after a request")
        return future


class _Bot:
    """A bot whose Telegram is in the same process."""

    def __init__(self, telegram: Telegram, reaper: Reaper) -> None:
        self._telegram = telegram
        self._reaper = reaper

    def send_text(self, chat_id: int, text: str, _keyboard: object, *, plain: bool, silent: bool) -> Outcome:  # noqa: ARG002 - Telegram takes both
        """Send *text*."""
        return self._telegram.send(self._reaper, chat_id, text, plain=plain)


class Campaign:
    """Three people, a growing record of alerts, and one life of the courier after another."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self.fired: list[Alert] = []
        self._chance = random.Random(seed)
        self._clock = FakeClock(BEGIN)
        self._settings = make_settings(directory)
        lay_out(self._settings, "evaluator", "telegram")
        people = [
            SeededPerson(
                name=str(person),
                user_id=person,
                chat_id=person,
                addresses={SECOND: str(places[1])} if len(places) > 1 else {},
            )
            for person, places in PLACES.items()
        ]
        self._config = TelegramConfig(people=tuple(people), chat_per_s=1_000.0, chat_burst=1_000.0, bot_per_s=1_000.0)
        self._telegram = Telegram(self._chance)
        asyncio.run(self._live(Reaper(), fires=False))

    def kill(self, times: int) -> None:
        """Let the courier be killed so often, then live until all is told."""
        places = itertools.cycle(FAIL_POINTS)
        while self.kills.total() < times:
            place = next(places)
            reaper = Reaper(place, self._chance.randrange(MOST_PASSES), self._chance)
            with contextlib.suppress(Killed):
                asyncio.run(self._live(reaper))
            self.kills[place] += reaper.has_killed
        self._telegram.is_calm = True
        self._clock.step(48 * 3600)
        asyncio.run(self._live(Reaper(), fires=False, rounds=40 + times))

    def mistakes(self) -> list[str]:
        """Return what was lost, wrong, repeated without saying so or out of order."""
        found = [f"misrouted or made up: {key}" for key in self._told() if key not in self._due()]
        for key, fired in self._due().items():
            told = self._told().get(key, [])
            if not told:
                found.append(f"lost: {key}")
            found += [f"unmarked: {key}" for shown in told[1:] if not shown.is_repeat]
            found += [f"wrong: {key}" for shown in told if shown.price.amount != fired.price]
        for chat_id in [place for places in PLACES.values() for place in places]:
            firsts = dict.fromkeys(
                int(each.shown.symbol)
                for each in self._telegram.accepted
                if each.chat_id == chat_id and not each.shown.was_held
            )
            late = {int(each.shown.symbol) for each in self._telegram.accepted if each.shown.was_held}
            in_turn = [number for number in firsts if number not in late]
            if in_turn != sorted(in_turn):
                found.append(f"out of order: {in_turn}")
        return found

    def _due(self) -> dict[tuple[int, str], Alert]:
        return {(place, fired.symbol): fired for fired in self.fired for place in PLACES[fired.person_id]}

    def _told(self) -> dict[tuple[int, str], list[ShownAlert]]:
        told: dict[tuple[int, str], list[ShownAlert]] = {}
        for each in self._telegram.accepted:
            told.setdefault((each.chat_id, each.shown.symbol), []).append(each.shown)
        return told

    async def _live(self, reaper: Reaper, *, fires: bool = True, rounds: int = ROUNDS) -> None:
        """Live for some rounds, or until killed."""
        asyncio.get_running_loop().set_exception_handler(_let_the_killed_rest)
        durable = open_store("telegram", self._settings)
        quick = open_store("telegram", self._settings, durable=False)
        try:
            courier, hushes = self._courier(reaper, durable, quick)
            for _ in range(rounds):
                if fires:
                    self._let_things_happen(hushes)
                self._clock.step(self._chance.choice([0.5, 1.0, 70.0]))
                courier.collect()
                courier.work()
                await settle()
        finally:
            durable.dispose()
            quick.dispose()

    def _courier(self, reaper: Reaper, durable: Engine, quick: Engine) -> tuple[Courier, Hushes]:
        reaper.pass_by("opening")
        actor = make_actor("telegram", self._config, self._settings, ports=FakePorts(), clock=self._clock)
        register = Register(durable, "ko", "Asia/Seoul")
        for person in self._config.people:
            register.seed(person, below((2.0,)), self._clock.now_ns())
        store, reader = _FailingStore(quick), _FailingReader(ALERTS, self._settings)
        claims = _FailingClaims(self._settings.data_dir / "claims")
        channel = open_telegram(self._config, lambda: cast(Bot, _Bot(self._telegram, reaper)))
        senders = _Senders(channel, self._settings.data_dir, actor.log)
        second = _Senders(msgspec.structs.replace(channel, name=SECOND), self._settings.data_dir, actor.log)
        store.reaper = claims.reaper = reader.reaper = senders.reaper = second.reaper = reaper

        async def prices() -> Mapping[str, float]:
            reaper.pass_by("asking for prices")
            return {}

        hushes = Hushes(durable)
        courier = Courier(
            actor,
            store=store,
            claims=claims,
            register=register,
            reach=Reach(actor, register, Letters(actor, durable, letters)),
            hushes=hushes,
            prices=prices,
            keyboards=Keyboards(actor, register, COMMANDS),
            readers=[reader],
            telegram=senders,
            others=[second],
            health=Health(actor),
            marks=store.start("boot", {ALERTS: 0}, self._clock.now_ns()),
            boot_id="boot",
        )
        return courier, hushes

    def _let_things_happen(self, hushes: Hushes) -> None:
        """Let alerts be decided, and somebody want quiet for a while, or no longer."""
        now_ns = self._clock.now_ns()
        for _ in range(self._chance.choice([0, 0, 1, 2, 6])):
            self._fire()
        person = self._chance.randint(1, PEOPLE)
        if self._chance.random() < 0.2:
            until_ns = now_ns + self._chance.choice([2, 90]) * 1_000_000_000
            hushes.mute(person, [Mute(since_ns=now_ns, until_ns=until_ns)], now_ns)
        elif self._chance.random() < 0.05:
            hushes.unmute(person, now_ns)

    def _fire(self) -> None:
        number = len(self.fired) + 1
        moment = self._clock.now()
        fired = alert(
            symbol=f"{100_000 + number}",
            person_id=self._chance.randint(1, PEOPLE),
            price=float(50_000 + number),
            price_now=float(50_000 + number),
            traded_at=moment - timedelta(milliseconds=90),
            decided_at=moment,
        )
        decide(self._settings, fired, boot_id="boot")
        self.fired.append(fired)


def _let_the_killed_rest(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Say nothing of a task that was killed in the last round of a life, as nobody looks at it any more."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)


def main(arguments: list[str]) -> int:
    """Run a campaign, print its outcome, and return 0 if all is well."""
    kills = int(arguments[0]) if arguments else 300
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as directory:
        campaign = Campaign(Path(directory), seed=int(arguments[1]) if len(arguments) > 1 else 1)
        campaign.kill(kills)
    told = f"{sum(campaign.kills.values())} kills, {len(campaign.fired)} alerts"
    sys.stdout.write(f"{told}\n" + "".join(f"  {count:4} {place}\n" for place, count in campaign.kills.most_common()))
    mistakes = campaign.mistakes()
    sys.stdout.writelines(f"{mistake}\n" for mistake in mistakes)
    sys.stdout.write(f"{len(mistakes)} mistakes\n")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
