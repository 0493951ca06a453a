"""Kills at every step of the courier, on real databases, while Telegram goes wrong and people go to sleep."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from actors.runtime.store import open_store
from actors.telegram.config import TelegramConfig
from actors.telegram.people.access import Role
from actors.telegram.people.invitations import Invitations
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.fickle_telegram import FickleTelegram
from tests.support.killed_courier import Campaign
from tests.support.killed_life import KilledLife
from tests.support.market import NINE
from tests.support.reaper import FAIL_POINTS, Killed, Reaper
from tests.support.reception import typed

KILLS = 60
"""A slice; `python -m tests.support.killed_courier 300` is the whole."""
FEW = 10
"""Of less it would tell nothing."""


def test_no_kill_loses_an_alert_or_repeats_one_as_if_it_were_news(tmp_path: Path) -> None:
    """Nor is any told wrong, to another, or before one that came earlier."""
    campaign = Campaign(tmp_path, seed=1)
    campaign.kill(KILLS)

    assert campaign.mistakes() == []
    assert set(+campaign.kills) == set(FAIL_POINTS)
    assert all(count > FEW for count in campaign.figures.values())


ON_THE_WAY = (
    *("before a request", "after a request was taken", "after a request"),
    *("before an update is marked", "after an update was marked"),
)
"""All that lies between a command and the mark that says that it was dealt with."""
STRANGER = 77


@pytest.mark.parametrize("place", ON_THE_WAY)
def test_who_comes_in_while_we_are_killed_is_in_and_greeted(tmp_path: Path, place: str) -> None:
    """The code is used up by then: unanswered, he would not know that he is in, and could not try again."""
    settings, clock, telegram = make_settings(tmp_path), FakeClock(NINE), FickleTelegram(random.Random(1))
    lay_out(settings, "evaluator", "telegram")
    telegram.is_calm = True
    durable, quick = open_store("telegram", settings), open_store("telegram", settings, durable=False)
    code, _ = Invitations(durable, timedelta(days=7)).make(Role.MEMBER, clock.now_ns())
    updates = [typed(STRANGER, f"/start {code}", at=NINE) | {"update_id": 1}]

    async def live(reaper: Reaper) -> None:
        life = KilledLife(
            reaper,
            TelegramConfig(),
            settings,
            clock,
            durable=durable,
            quick=quick,
            telegram=telegram,
            chance=random.Random(1),
            on_begun=lambda _number, _was_done: None,
        )
        await life.go_on(updates)

    with pytest.raises(Killed):
        asyncio.run(live(Reaper(place)))
    asyncio.run(live(Reaper()))

    greeted = [taken.place for taken in telegram.taken]
    durable.dispose()
    quick.dispose()
    was_taken = place not in {"before a request", "after an update was marked"}
    assert greeted == [STRANGER] * (1 + was_taken)
