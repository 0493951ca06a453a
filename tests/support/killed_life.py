"""One life of the courier, of the desk and of what brings updates, on real databases, until it ends or is killed."""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import cast

import msgspec
from sqlalchemy import Engine

from actors.runtime.config import Settings
from actors.runtime.letters import Letters
from actors.telegram.channels.telegram.channel import open_telegram
from actors.telegram.channels.telegram.client import Bot
from actors.telegram.channels.telegram.incoming import Incoming
from actors.telegram.channels.telegram.wire import Update, parse_updates
from actors.telegram.chat.calls import Call, Command, Reply
from actors.telegram.chat.desk import Desk
from actors.telegram.chat.menu import Menu
from actors.telegram.chat.own_commands import greet
from actors.telegram.chat.shelf import Shelf
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.courier import Courier
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.outbox.sources import ALERTS
from actors.telegram.people.own_rules import below
from actors.telegram.people.register import Register
from protocol.messages import Picture, PictureWanted
from protocol.tables.telegram import letters
from tests.support.actor import make_actor
from tests.support.clock import FakeClock, settle
from tests.support.failing_parts import (
    FailingClaims,
    FailingPorts,
    FailingReach,
    FailingReader,
    FailingSenders,
    FailingStore,
)
from tests.support.fickle_telegram import ECHO, FickleBot, FickleTelegram
from tests.support.killed_town import BOOT, SECOND
from tests.support.office import make_office
from tests.support.reaper import Killed, Reaper

__all__ = ["KilledLife"]

MOST_UPDATES = 20
"""So many Telegram tells again, whether they were dealt with or not."""


async def _echo(call: Call) -> Reply:
    return Reply(f"/echo {call.argument}")


COMMANDS = (Command(name="echo", run=_echo), Command(name="start", run=greet))


class KilledLife:
    """Everything that lives in memory; to be made in the event loop."""

    def __init__(
        self,
        reaper: Reaper,
        config: TelegramConfig,
        settings: Settings,
        clock: FakeClock,
        *,
        durable: Engine,
        quick: Engine,
        telegram: FickleTelegram,
        chance: random.Random,
        on_begun: Callable[[int, bool], None],
    ) -> None:
        """Begin where the life before stopped.

        Args:
            reaper: ends it.
            config: whose people these are.
            settings: where its files lie.
            clock: the world's.
            durable: writes what must outlive the machine.
            quick: writes what need not.
            telegram: what it speaks to.
            chance: what chart draws, and when updates come.
            on_begun: told the number of each update that is begun with, and whether that was done before for sure.
        """
        asyncio.get_running_loop().set_exception_handler(_let_the_killed_rest)
        reaper.pass_by("opening")
        self._clock = clock
        self._telegram = telegram
        self._chance = chance
        self._ports = FailingPorts(reaper)
        actor = make_actor("telegram", config, settings, ports=self._ports, clock=clock)
        register = Register(durable, "ko", "Asia/Seoul")
        for person in config.people:
            register.seed(person, below((2.0,)), clock.now_ns())
        store, reader = FailingStore(quick), FailingReader(ALERTS, settings)
        claims = FailingClaims(settings.data_dir / "claims")
        bot = cast(Bot, FickleBot(telegram, reaper))
        channel = open_telegram(config, lambda: bot)
        first = FailingSenders(channel, settings.data_dir, actor.log)
        second = FailingSenders(msgspec.structs.replace(channel, name=SECOND), settings.data_dir, actor.log)
        reach = FailingReach(actor, register, Letters(actor, durable, letters))
        store.reaper = claims.reaper = reader.reaper = first.reaper = second.reaper = reach.reaper = reaper

        async def prices() -> Mapping[str, float]:
            reaper.pass_by("asking for prices")
            return {}

        office = msgspec.structs.replace(make_office(actor, durable, register, COMMANDS), reach=reach)
        health, marks = Health(actor), store.start(BOOT, {ALERTS: 0}, clock.now_ns())
        self.hushes = office.hushes
        self._courier = Courier(
            actor,
            store=store,
            claims=claims,
            register=register,
            reach=reach,
            hushes=office.hushes,
            prices=prices,
            keyboards=Keyboards(actor, register, COMMANDS),
            readers=[reader],
            telegram=first,
            others=[second],
            health=health,
            marks=marks,
            boot_id=BOOT,
        )
        shelf = Shelf(actor, store, marks)
        for found in filter(None, (ECHO.search(answer.text) for answer in shelf.left)):
            # It may have been taken already, in the instant before the kill.
            on_begun(int(found[1]), False)  # noqa: FBT003 - told by position, as everywhere here
        self._desk = Desk(office, self._courier, shelf)
        self._done = set(range(marks.update_id + 1))
        self._on_begun = on_begun
        self._incoming = Incoming(
            actor,
            store=store,
            bot=bot,
            health=health,
            marks=marks,
            identity=office.identity,
            menu=Menu(office),
            on_update=self._on_update,
        )
        self._late = asyncio.ensure_future(self._desk.answer_late())

    async def go_on(self, updates: list[dict[str, object]]) -> None:
        """Live for a moment more, in which *updates* may be told."""
        await self._clock.move(self._chance.choice([0.5, 1.0, 70.0]))
        if self._telegram.is_calm or self._chance.random() < 0.6:
            await self._incoming.take(parse_updates(msgspec.json.encode(updates[-MOST_UPDATES:])))
        self._draw()
        self._courier.collect()
        self._courier.work()
        await settle()
        if self._late.done():
            self._late.result()

    async def _on_update(self, update: Update, silent_s: float) -> None:
        self._on_begun(update.update_id, update.update_id in self._done)
        self._done.add(update.update_id)
        await self._desk.on_update(update, silent_s)

    def _draw(self) -> None:
        """Let chart draw what was asked for, or say that it cannot, or nothing."""
        asked = [wanted.key for wanted in self._ports.sent if isinstance(wanted, PictureWanted)]
        self._ports.sent.clear()
        for key in asked:
            fate = 0.0 if self._telegram.is_calm else self._chance.random()
            if fate < 0.85:
                is_drawn = fate < 0.75
                picture = Picture(key=key, png=key.encode() if is_drawn else b"", error="" if is_drawn else "no bars")
                self._courier.on_picture(picture)


def _let_the_killed_rest(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Say nothing of a task that was killed in the last round of a life, as nobody looks at it any more."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)
