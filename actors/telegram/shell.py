"""The actor put together: the courier brings messages out, the desk takes commands in.

The doorbell only shortens the wait: the records are looked at twice a second whether it rings or not.
"""

import asyncio
from datetime import timedelta
from functools import partial

from actors.runtime.actor import Actor
from actors.runtime.boot import read_boot_id
from actors.runtime.errors import TemporaryFailure
from actors.runtime.letters import Letters
from actors.runtime.ports import Received
from actors.runtime.store import open_store
from actors.telegram.channels.channel import Channel
from actors.telegram.channels.registry import open_others
from actors.telegram.channels.telegram.channel import open_telegram
from actors.telegram.channels.telegram.client import BotClient, BotFactory
from actors.telegram.channels.telegram.identity import Identity
from actors.telegram.channels.telegram.incoming import Incoming
from actors.telegram.chat.answers import Answers
from actors.telegram.chat.calls import Office
from actors.telegram.chat.command_table import COMMANDS
from actors.telegram.chat.desk import Desk
from actors.telegram.chat.glance import Glance
from actors.telegram.chat.menu import Menu
from actors.telegram.chat.shelf import Shelf
from actors.telegram.config import TelegramConfig
from actors.telegram.control import OperatorCommands
from actors.telegram.health import Health
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.courier import Courier
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.outbox.open_line import OpenLine
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import SOURCES, SourceReader
from actors.telegram.people.channel_control import ChannelControl
from actors.telegram.people.hush_control import HushControl
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.invitations import Invitations
from actors.telegram.people.membership import Membership
from actors.telegram.people.own_rules import below
from actors.telegram.people.people_control import PeopleControl
from actors.telegram.people.reach import Reach
from actors.telegram.people.register import Register
from actors.telegram.people.rule_book import RuleBook
from actors.telegram.people.watch_list import WatchList
from actors.telegram.store import DeliveryStore
from actors.words.catalogue import LANGUAGES
from protocol.messages import Alert, LettersWritten, Picture, ReachedAgain
from protocol.tables.telegram import letters

__all__ = ["run"]


async def run(actor: Actor[TelegramConfig]) -> None:
    """Bring alerts to people and take their commands until told to stop.

    Raises:
        ConfigError: there is no bot token.
    """
    actor.secrets.require("telegram_bot_token")
    shell = _Shell(actor, partial(BotClient, actor.config, actor.secrets.telegram_bot_token, actor.clock))
    async with asyncio.TaskGroup() as tasks:
        lasting = (shell.incoming.serve(), shell.desk.answer_late(), shell.look_now_and_then())
        helpers = [tasks.create_task(each) for each in lasting]
        await actor.ports.serve(shell.on_batch)
        for helper in helpers:
            helper.cancel()
    await shell.courier.finish()
    for senders in shell.senders:
        await senders.close()


class _Shell:
    """The parts, put together."""

    def __init__(self, actor: Actor[TelegramConfig], bots: BotFactory) -> None:
        self._actor = actor
        config = actor.config
        readers = [SourceReader(source, actor.settings) for source in SOURCES]
        durable = open_store("telegram", actor.settings)
        register = Register(durable, config.language, config.time_zone)
        invitations = Invitations(durable, timedelta(days=config.invitation_days))
        store = DeliveryStore(open_store("telegram", actor.settings, durable=False))
        boot_id = read_boot_id()
        # Before the first person: an alert without one has nobody to go to.
        newest = {reader.source: _newest_position(reader) for reader in readers}
        marks = store.start(boot_id, newest, actor.clock.now_ns())
        health = Health(actor)
        watch_list = WatchList(actor, register)
        self._letters = Letters(actor, durable, letters)
        reach = Reach(actor, register, self._letters)
        glance = Glance(actor, register)
        hushes = Hushes(durable)
        data_dir = actor.settings.data_dir
        telegram = Senders(open_telegram(config, bots), data_dir, actor.log)
        others = [Senders(channel, data_dir, actor.log) for channel in open_others(actor)]
        self._open_line = OpenLine(telegram, actor.clock, config)
        self.senders: list[Senders[Channel]] = [telegram, *others]
        self.courier = Courier(
            actor,
            store=store,
            claims=Claims(data_dir / "telegram-claims.jsonl"),
            register=register,
            reach=reach,
            hushes=hushes,
            prices=glance.prices,
            keyboards=Keyboards(actor, register, COMMANDS),
            readers=readers,
            telegram=telegram,
            others=others,
            health=health,
            marks=marks,
            boot_id=boot_id,
        )
        identity = Identity()
        membership = Membership(actor, register, invitations, watch_list, identity)
        office = Office(
            actor=actor,
            register=register,
            invitations=invitations,
            watch_list=watch_list,
            glance=glance,
            hushes=hushes,
            rule_book=RuleBook(durable),
            commands=COMMANDS,
            answers={language: Answers(language) for language in LANGUAGES},
            identity=identity,
            membership=membership,
            reach=reach,
            letters=self._letters,
        )
        self.desk = Desk(office, self.courier, Shelf(actor, store, marks))
        self.incoming = Incoming(
            actor,
            store=store,
            bot=bots(),
            health=health,
            marks=marks,
            identity=identity,
            menu=Menu(office),
            on_update=self.desk.on_update,
        )
        PeopleControl(register, watch_list, membership).offer(actor)
        ChannelControl(actor, register, self.senders).offer()
        HushControl(register, hushes, actor).offer(actor)
        OperatorCommands(register, watch_list, store).offer(actor)
        for person in config.people:
            if register.seed(person, below(config.levels), actor.clock.now_ns()):
                actor.log.info("person_seeded", user_id=person.user_id)
        watch_list.announce()
        self._look_at = float("-inf")
        actor.running()

    def on_batch(self, batch: list[Received]) -> None:
        """Deal with all that arrived at once."""
        now = self._actor.clock.monotonic()
        is_due = now >= self._look_at
        for received in batch:
            match received.message:
                case Alert() as alert:
                    is_due = not self.courier.on_alert(alert) or is_due
                case ReachedAgain() as again:
                    self.courier.on_reached_again(again)
                case LettersWritten():
                    is_due = True
                case Picture() as picture:
                    self.courier.on_picture(picture)
        if is_due:
            self._look_at = now + self._actor.config.store_poll_s
            self._letters.try_again()
            self.courier.collect()
        self.courier.work()

    async def look_now_and_then(self) -> None:
        """Wake the work loop for what no doorbell announces (lost rings, waits that are over), and keep a line open."""
        while True:
            await self._actor.clock.sleep(self._actor.config.store_poll_s)
            self._actor.ports.wake()
            self._open_line.look()


def _newest_position(reader: SourceReader) -> int:
    """Return the newest position in a record, 0 if it cannot be read: what it holds is better told late than never."""
    try:
        return reader.last_position()
    except TemporaryFailure:
        return 0
