"""Watchdog beside a supervisord that does not answer."""

import asyncio
import threading
from pathlib import Path

import pytest

from actors.runtime.dead_man import DeadMansSwitch
from actors.runtime.supervisor import Process, Supervisor
from actors.watchdog.config import WatchdogConfig
from actors.watchdog.shell import run
from protocol.messages import State
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock, settle
from tests.support.market import NINE
from tests.support.ports import FakePorts


def test_while_supervisord_is_stuck_heartbeats_are_taken_and_it_is_asked_but_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise watchdog would be as silent as what it watches over, and have a line of questions when it answers."""
    answers, asked = threading.Event(), threading.Event()
    looks = 0

    def look(_supervisor: Supervisor) -> list[Process]:
        nonlocal looks
        looks += 1
        asked.set()
        answers.wait(10)
        return []

    monkeypatch.setattr(Supervisor, "processes", look)
    # It would kill this process.
    monkeypatch.setattr(DeadMansSwitch, "hold", lambda _: None)
    ports, clock = FakePorts(), FakeClock(NINE)
    actor = make_actor("watchdog", WatchdogConfig(), make_settings(tmp_path), ports=ports, clock=clock)

    async def scene() -> None:
        life = asyncio.create_task(run(actor))
        ports.wake()
        await asyncio.to_thread(asked.wait, 10)
        for _ in range(3):
            await clock.move(actor.config.look_s)
            ports.wake()
            await settle()
        assert ports.is_idle
        answers.set()
        ports.stop()
        await life

    asyncio.run(scene())

    assert (looks, actor.state) == (1, State.RUNNING)
