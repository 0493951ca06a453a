"""What is finished though nobody waits for it any more."""

import asyncio

import pytest

from actors.runtime.errand import finish
from tests.support.clock import settle


def test_what_is_begun_is_finished_before_its_waiter_is_cancelled() -> None:
    """A planned stop leaves nothing half done."""

    async def scene() -> list[str]:
        told: list[str] = []
        goes_on = asyncio.Event()

        async def work() -> None:
            await goes_on.wait()
            told.append("done")

        waiter = asyncio.create_task(finish(work()))
        await settle()
        waiter.cancel()
        await settle()
        assert not waiter.done()
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        return told

    assert asyncio.run(scene()) == ["done"]


def test_what_comes_of_it_is_its_waiters() -> None:
    """A result, and a bug, too."""

    async def half(number: int) -> float:
        return 1 / number

    assert asyncio.run(finish(half(2))) == 0.5
    with pytest.raises(ZeroDivisionError):
        asyncio.run(finish(half(0)))
