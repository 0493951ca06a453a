"""Tasks: what goes on beside the receive loop."""

import asyncio

import pytest

from actors.runtime.tasks import Tasks


def test_a_failure_wakes_the_receive_loop_which_raises_the_first() -> None:
    """A bug in a task that nobody waits for must not end in a line of asyncio's at the end of the process."""

    async def story() -> None:
        woken: list[str] = []
        tasks = Tasks(lambda: woken.append("woken"))
        await asyncio.gather(*(tasks.begin(fail(name)) for name in ("first", "second")), return_exceptions=True)
        assert woken == ["woken", "woken"]
        with pytest.raises(ValueError, match="first"):
            tasks.check()

    asyncio.run(story())


def test_a_cancelled_task_is_no_failure() -> None:
    """The feed is told to stop in the middle of a connect."""

    async def story() -> None:
        tasks = Tasks(lambda: None)
        task = tasks.begin(wait())
        tasks.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        tasks.check()

    asyncio.run(story())


async def wait() -> None:
    """Wait for what never comes."""
    await asyncio.Event().wait()


async def fail(name: str) -> None:
    """Fail, as work of that *name*."""
    raise ValueError(name)
