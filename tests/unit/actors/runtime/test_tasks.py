"""Work beside the work loop: what goes wrong in it is not lost."""

import asyncio

import pytest

from actors.runtime.tasks import Errand, Tasks, finish
from tests.support.clock import settle


async def stumble(name: str) -> None:
    """Fail at the next turn of the event loop."""
    await asyncio.sleep(0)
    raise LookupError(name)


async def wait_for(gate: asyncio.Event) -> None:
    """Go on until *gate* is open."""
    await gate.wait()


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


def test_the_next_piece_of_an_errand_waits_for_the_last() -> None:
    """Two questions at once would be twice what the other side allows."""

    async def scenario() -> list[bool]:
        errand, gate = Errand(), asyncio.Event()
        heard = [errand.is_over()]
        errand.begin(wait_for(gate))
        await asyncio.sleep(0)
        heard.append(errand.is_over())
        gate.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return [*heard, errand.is_over()]

    assert asyncio.run(scenario()) == [True, False, True]


def test_what_went_wrong_with_an_errand_is_raised_once_at_the_next_look() -> None:
    """In the work loop, where it ends the process."""

    async def scenario() -> None:
        errand = Errand()
        errand.begin(stumble("a bug"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(LookupError, match="a bug"):
            errand.is_over()
        assert errand.is_over()

    asyncio.run(scenario())


def test_an_errand_that_is_closed_is_waited_for() -> None:
    """What it uses is closed next."""
    ended: list[str] = []

    async def tidy_up() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("tidied up")

    async def scenario() -> None:
        errand = Errand()
        errand.begin(tidy_up())
        await asyncio.sleep(0)
        await errand.close()

    asyncio.run(scenario())
    assert ended == ["tidied up"]


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
