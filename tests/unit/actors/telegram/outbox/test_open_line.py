"""A connection to Telegram that an alert finds open."""

import asyncio
from collections.abc import Callable

import pytest

from actors.telegram.channels.channel import Channel
from actors.telegram.channels.outcomes import BadToken, Knocked, NotSent, Sent
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.open_line import OpenLine
from tests.support.clock import FakeClock
from tests.support.market import NINE


class Threads:
    """Answers who knocks at once, unless something is being sent."""

    def __init__(self, answer: Knocked) -> None:
        self.answer = answer
        self.knocks = 0
        self.is_idle = True

    def ask(self, _call: Callable[[Channel], Knocked]) -> "asyncio.Future[Knocked]":
        """Knock."""
        self.knocks += 1
        future: asyncio.Future[Knocked] = asyncio.get_running_loop().create_future()
        future.set_result(self.answer)
        return future


def knocks(threads: Threads, seconds: int, *, idle: bool = True) -> int:
    """Return how often it is knocked within so many seconds, looked at twice in each."""
    clock = FakeClock(NINE)

    async def scene() -> None:
        line = OpenLine(threads, clock, TelegramConfig(keep_alive_s=15.0))  # type: ignore[arg-type]  # all that it asks for
        threads.is_idle = idle
        for _ in range(2 * seconds):
            line.look()
            await asyncio.sleep(0)
            clock.step(0.5)

    asyncio.run(scene())
    return threads.knocks


def test_a_connection_is_used_before_it_is_too_old_to_be_used() -> None:
    """At once, then every twelve seconds of the fifteen that it may be idle."""
    assert knocks(Threads(Sent()), 60) == 5


@pytest.mark.parametrize("answer", [NotSent("refused"), BadToken("Unauthorized")])
def test_where_nobody_opens_it_is_knocked_once_a_minute(answer: Knocked) -> None:
    """Telegram that is down or does not know us is left in peace."""
    assert knocks(Threads(answer), 120) == 2


def test_nobody_knocks_while_a_message_is_being_sent() -> None:
    """That uses a connection, and one more knock would open another."""
    assert knocks(Threads(Sent()), 60, idle=False) == 0
