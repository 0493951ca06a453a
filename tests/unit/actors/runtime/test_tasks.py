"""Work beside the work loop: what goes wrong in it is not lost."""

import asyncio

import pytest

from actors.runtime.tasks import Tasks


async def stumble(name: str) -> None:
    """Fail at the next turn of the event loop."""
    await asyncio.sleep(0)
    raise LookupError(name)


def test_the_work_loop_is_woken_for_a_failure_and_raises_the_first() -> None:
    """A bug that nobody hears of would leave an actor alive that does not do its work."""
    woken: list[str] = []

    async def scenario() -> None:
        tasks = Tasks(lambda: woken.append("woken"))
        tasks.check()
        works = [tasks.begin(stumble(name)) for name in ("first", "second")]
        await asyncio.wait(works)
        await asyncio.sleep(0)
        tasks.check()

    with pytest.raises(LookupError, match="first"):
        asyncio.run(scenario())
    assert woken == ["woken", "woken"]


def test_what_is_cancelled_is_no_failure() -> None:
    """A stop must not look like a bug."""

    async def scenario() -> BaseException | None:
        tasks = Tasks(lambda: None)
        work = tasks.begin(stumble("too late"))
        tasks.cancel()
        await asyncio.wait([work])
        await asyncio.sleep(0)
        return tasks.failure

    assert asyncio.run(scenario()) is None
