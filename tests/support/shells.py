"""An actor's shell at work on real ports inside a test."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.clock import Clock
from actors.runtime.config import Settings, SimulatorKeys
from actors.runtime.ports import ZmqPorts
from protocol.topology import Address
from tests.support.actor import make_secrets

__all__ = ["Idle", "at_work", "idle"]

KEYS = SimulatorKeys()
ConfigT = TypeVar("ConfigT", bound=Struct)


class Idle(Struct, frozen=True):
    """The settings of `idle`: none."""


async def idle(actor: Actor[Idle]) -> None:
    """Live, beat, and do nothing by oneself: for a test that uses an actor's ports."""
    await actor.ports.serve(lambda _: actor.running())


@asynccontextmanager
async def at_work(
    name: str,
    run: Callable[[Actor[ConfigT]], Coroutine[Any, Any, None]],
    config: ConfigT,
    settings: Settings,
    clock: Clock,
) -> AsyncIterator[Actor[ConfigT]]:
    """Let actor *name* live as long as the block, with the simulator's keys, and stop as on SIGTERM."""
    log = structlog.get_logger()
    ports = ZmqPorts(Address(name), settings, clock, random.getrandbits(60), log)
    actor = Actor(
        address=Address(name),
        config=config,
        settings=settings,
        secrets=make_secrets(
            kis_app_key=KEYS.app_key, kis_app_secret=KEYS.app_secret, telegram_bot_token=KEYS.bot_token
        ),
        ports=ports,
        clock=clock,
        chance=random.Random(7),
        log=log,
        commands=ports.commands,
    )
    ports.pulse = actor.pulse
    ports.open()
    task = asyncio.create_task(run(actor))
    try:
        yield actor
    finally:
        actor.stop()
        ports.stop()
        try:
            await task
        finally:
            ports.close()
