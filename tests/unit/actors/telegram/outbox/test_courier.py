"""The courier, as those who answer people use it."""

import asyncio
import random
from pathlib import Path

from actors.runtime.store import open_store
from actors.telegram.config import TelegramConfig
from actors.telegram.people.register import Register
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.fickle_telegram import FickleTelegram
from tests.support.killed_life import KilledLife
from tests.support.killed_town import GROUP, KilledTown
from tests.support.reaper import Reaper
from tests.support.reception import NOW, typed


def test_an_answer_follows_its_group_to_the_supergroup_that_it_became(tmp_path: Path) -> None:
    """Somebody asked in the last moment before; he must not have to ask again, and who is told next is not refused."""
    settings, clock, chance = make_settings(tmp_path), FakeClock(NOW), random.Random(1)
    lay_out(settings, "evaluator", "telegram")
    telegram = FickleTelegram(chance)
    telegram.is_calm = True
    config = TelegramConfig(people=KilledTown(settings, clock, telegram, chance).people)
    durable = open_store("telegram", settings)

    async def ask() -> None:
        life = KilledLife(
            Reaper(),
            config,
            settings,
            clock,
            durable=durable,
            quick=open_store("telegram", settings, durable=False),
            telegram=telegram,
            chance=chance,
            on_begun=lambda _number, _was_done: None,
        )
        await life.go_on([typed(3, "/echo 7", GROUP, "group")])

    _, supergroup = telegram.move(GROUP)
    asyncio.run(ask())

    assert [(taken.echo, taken.chat_id) for taken in telegram.taken] == [(7, supergroup)]
    assert Register(durable, "ko", "Asia/Seoul").people()[2].chat_id == supergroup
