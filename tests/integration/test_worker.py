"""The child process for what is heavy or may hang."""

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest

from actors.runtime.errors import TemporaryFailure
from actors.runtime.worker import Worker
from tests.support.stand_in_worker import Answer, Task

MODULE = "tests.support.stand_in_worker"
PATIENCE_S = 20.0

Scenario = Callable[[Worker[Answer]], Awaitable[None]]


def with_worker(scenario: Scenario, idle_s: float = 600.0) -> None:
    """Run *scenario* with a worker that is ended afterwards."""

    async def run() -> None:
        worker = Worker(MODULE, Answer, idle_s)
        try:
            await scenario(worker)
        finally:
            await worker.close()

    asyncio.run(run())


def test_one_child_answers_one_request_after_another() -> None:
    """Starting pandas costs half a second: once, not for every request."""

    async def scenario(worker: Worker[Answer]) -> None:
        answers = await asyncio.gather(*(worker.call(Task("echo", str(n)), PATIENCE_S) for n in range(5)))
        assert [answer.text for answer in answers] == ["0", "1", "2", "3", "4"]
        assert {answer.pid for answer in answers} == {worker.pid}

    with_worker(scenario)


def test_a_large_request_and_answer_pass_whole() -> None:
    """A picture or six thousand bars are more than a pipe holds."""

    async def scenario(worker: Worker[Answer]) -> None:
        text = "레버리지" * 300_000
        assert (await worker.call(Task("echo", text), PATIENCE_S)).text == text

    with_worker(scenario)


def test_what_a_library_prints_is_not_taken_for_an_answer() -> None:
    """FinanceDataReader prints its errors to stdout."""

    async def scenario(worker: Worker[Answer]) -> None:
        assert (await worker.call(Task("print", "answer"), PATIENCE_S)).text == "answer"

    with_worker(scenario)


def test_an_expected_error_is_told_and_the_child_lives_on() -> None:
    """An unknown symbol is no reason to import pandas again."""

    async def scenario(worker: Worker[Answer]) -> None:
        with pytest.raises(TemporaryFailure, match="ValueError: no such symbol"):
            await worker.call(Task("fail", "no such symbol"), PATIENCE_S)
        pid = worker.pid
        assert (await worker.call(Task("echo"), PATIENCE_S)).pid == pid

    with_worker(scenario)


def test_a_child_that_hangs_is_killed_at_its_deadline_and_the_next_call_works() -> None:
    """FinanceDataReader has no time-outs at all."""

    async def scenario(worker: Worker[Answer]) -> None:
        pid = (await worker.call(Task("echo"), PATIENCE_S)).pid
        with pytest.raises(TemporaryFailure, match=r"within 0\.2 s, found none"):
            await worker.call(Task("hang"), 0.2)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert (await worker.call(Task("echo", "again"), PATIENCE_S)).text == "again"

    with_worker(scenario)


def test_a_child_that_dies_is_a_failure_of_one_call_only() -> None:
    """The kernel may kill it for its memory."""

    async def scenario(worker: Worker[Answer]) -> None:
        with pytest.raises(TemporaryFailure, match="found that it had ended"):
            await worker.call(Task("die"), PATIENCE_S)
        assert (await worker.call(Task("echo", "again"), PATIENCE_S)).text == "again"

    with_worker(scenario)


def test_an_idle_child_is_let_go() -> None:
    """Pandas takes seventy megabytes, for one minute's work a day."""

    async def scenario(worker: Worker[Answer]) -> None:
        pid = (await worker.call(Task("echo"), PATIENCE_S)).pid
        ended = asyncio.Event()
        descriptor = os.pidfd_open(pid)  # readable when the process has ended
        asyncio.get_running_loop().add_reader(descriptor, ended.set)
        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
        assert worker.pid is None

    with_worker(scenario, idle_s=0.05)
