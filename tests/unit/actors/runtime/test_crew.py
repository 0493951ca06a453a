"""Threads that work for the event loop."""

import asyncio
import itertools
import threading
from functools import partial

import pytest

from actors.runtime.crew import Crew


def test_each_thread_opens_a_tool_of_its_own_once() -> None:
    """A session of HTTP belongs to one thread."""
    opened: list[str] = []

    def open_tool() -> str:
        opened.append(threading.current_thread().name)
        return f"tool {len(opened)}"

    async def scene() -> list[str]:
        crew = Crew("worker", 4, open_tool)
        tools = [await crew.do(lambda tool: tool) for _ in range(5)]
        await crew.close()
        return tools

    assert asyncio.run(scene()) == ["tool 1"] * 5
    assert opened == ["worker"]


def test_who_is_slow_delays_no_other_while_there_are_threads() -> None:
    """Each chat waits for its own answer alone."""
    meeting = threading.Barrier(3, timeout=10)

    async def scene() -> list[int]:
        crew = Crew("worker", 3, lambda: None)
        return await asyncio.gather(*(crew.do(lambda _: meeting.wait()) for _ in range(3)))

    assert sorted(asyncio.run(scene())) == [0, 1, 2]


def test_more_work_than_threads_is_done_in_the_order_in_which_it_came() -> None:
    """There is one thread here, and it is told of five pieces at once."""
    done: list[int] = []

    def work(number: int, _tool: None) -> None:
        done.append(number)

    async def scene() -> None:
        crew = Crew("worker", 1, lambda: None)
        await asyncio.gather(*(crew.do(partial(work, number)) for number in range(5)))

    asyncio.run(scene())

    assert done == [0, 1, 2, 3, 4]


def test_of_those_that_have_nothing_to_do_the_last_one_that_worked_is_asked() -> None:
    """Its connection is the freshest."""
    meeting = threading.Barrier(2, timeout=10)

    async def scene() -> set[int]:
        crew = Crew("worker", 2, lambda: None)
        await asyncio.gather(*(crew.do(lambda _: meeting.wait()) for _ in range(2)))
        return {await crew.do(lambda _: threading.get_ident()) for _ in range(5)}

    assert len(asyncio.run(scene())) == 1


def test_a_crew_is_idle_while_none_of_its_threads_works() -> None:
    """Before it has any, too."""

    async def scene() -> list[bool]:
        crew = Crew("worker", 2, lambda: None)
        found = [crew.is_idle]
        work = crew.do(lambda _: None)
        found.append(crew.is_idle)
        await work
        return [*found, crew.is_idle]

    assert asyncio.run(scene()) == [True, False, True]


def test_an_error_is_told_to_who_waits_and_the_thread_goes_on() -> None:
    """A bug in one message must not end those that send the others."""

    async def scene() -> int:
        crew = Crew("worker", 1, lambda: 4)
        with pytest.raises(ZeroDivisionError):
            await crew.do(lambda tool: tool // 0)
        return await crew.do(lambda tool: tool // 2)

    assert asyncio.run(scene()) == 2


def test_a_tool_that_could_not_be_opened_is_opened_for_the_next_work() -> None:
    """Whoever wanted the first is told why there was none."""
    calls = itertools.count()

    def open_tool() -> int:
        return 6 // next(calls)

    async def scene() -> int:
        crew = Crew("worker", 1, open_tool)
        with pytest.raises(ZeroDivisionError):
            await crew.do(lambda tool: tool)
        return await crew.do(lambda tool: tool)

    assert asyncio.run(scene()) == 6


def test_who_no_longer_waits_is_not_told() -> None:
    """A result that nobody wants is no error of the event loop, either."""
    may_end = threading.Event()
    errors: list[object] = []

    async def scene() -> str:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
        crew = Crew("worker", 1, lambda: None)
        given_up = crew.do(lambda _: may_end.wait(10))
        given_up.cancel()
        may_end.set()
        return await crew.do(lambda _: "next")

    assert asyncio.run(scene()) == "next"
    assert errors == []


def test_closing_waits_for_what_is_being_done() -> None:
    """A planned stop cuts off no request."""
    began, done = threading.Event(), threading.Event()

    def work(_tool: None) -> None:
        began.set()
        done.wait(0.05)
        done.set()

    async def scene() -> None:
        crew = Crew("worker", 2, lambda: None)
        crew.do(work)
        await asyncio.to_thread(began.wait, 10)
        await crew.close()
        assert done.is_set()

    asyncio.run(scene())


def test_the_loop_goes_on_while_it_is_closed() -> None:
    """What is being done may wait for twelve seconds, and whoever is silent so long is killed."""
    seen = threading.Event()

    async def scene() -> bool:
        crew = Crew("worker", 1, lambda: None)
        answered = crew.do(lambda _: seen.wait(10))
        asyncio.get_running_loop().call_soon(seen.set)
        await crew.close()
        return await answered

    assert asyncio.run(scene())


def test_who_is_dismissed_ends_when_his_work_is_done_and_holds_up_nobody() -> None:
    """A long poll must not hold up a stop, and no thread may stay behind it."""
    meeting, may_end = threading.Barrier(2, timeout=10), threading.Event()

    def meet(thread: threading.Thread) -> threading.Thread:
        meeting.wait()
        return thread

    async def scene() -> tuple[threading.Thread, threading.Thread]:
        crew = Crew("worker", 2, threading.current_thread)
        threads = await asyncio.gather(crew.do(meet), crew.do(meet))
        crew.do(lambda _: may_end.wait(10))
        crew.dismiss()
        return threads

    threads = asyncio.run(scene())
    assert any(thread.is_alive() for thread in threads)

    may_end.set()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_what_none_has_begun_with_when_it_is_closed_is_cancelled() -> None:
    """And so is what comes later: nobody would ever do it, and who waits for it would wait for ever."""
    may_end = threading.Event()

    async def scene() -> tuple[str, list[bool], bool]:
        crew = Crew("worker", 1, lambda: "tool")
        under_way = crew.do(lambda tool: tool if may_end.wait(10) else "nothing")
        waiting = crew.do(lambda tool: tool)
        closing = asyncio.ensure_future(crew.close())
        asyncio.get_running_loop().call_soon(may_end.set)
        await closing
        done = await under_way
        late = crew.do(lambda tool: tool)
        return done, [waiting.cancelled(), late.cancelled()], crew.is_idle

    assert asyncio.run(scene()) == ("tool", [True, True], True)


def test_who_is_dismissed_takes_no_more_work() -> None:
    """Also not the thread that ends what it is doing."""
    may_end = threading.Event()

    async def scene() -> tuple[bool, bool]:
        crew = Crew("worker", 1, lambda: None)
        under_way = crew.do(lambda _: may_end.wait(10))
        crew.dismiss()
        may_end.set()
        await under_way
        return crew.do(lambda _: None).cancelled(), crew.is_idle

    assert asyncio.run(scene()) == (True, True)
