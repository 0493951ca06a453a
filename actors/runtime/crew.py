"""Threads that work for the event loop. `ThreadPoolExecutor` takes three times as long to hand something over."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

__all__ = ["Crew"]

ToolT = TypeVar("ToolT")
ResultT = TypeVar("ResultT")
Job = tuple[Callable[[ToolT], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]


class Crew(Generic[ToolT]):
    """At most so many threads, each with a tool of its own. Another begins when all others have something to do.

    The end of the process does not wait for them.
    """

    def __init__(self, name: str, most: int, open_tool: Callable[[], ToolT]) -> None:
        """Begin without a thread.

        Args:
            name: what its threads are called.
            most: how many there are at most.
            open_tool: makes a thread's tool, in that thread; an error of it is one of the work that the tool is for.
        """
        self._name = name
        self._most = most
        self._open_tool = open_tool
        self._jobs: SimpleQueue[Job[ToolT] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unsettled = 0

    def do(self, work: Callable[[ToolT], ResultT]) -> "asyncio.Future[ResultT]":
        """Have *work* done with a thread's tool, and return its result to be. To be called in the event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        self._unsettled += 1
        self._jobs.put((work, future, loop))
        if len(self._threads) < min(self._unsettled, self._most):
            thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            thread.start()
            self._threads.append(thread)
        return future

    def close(self) -> None:
        """Wait for what is being done, and end the threads."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _serve(self) -> None:
        tools: list[ToolT] = []
        while (job := self._jobs.get()) is not None:
            self._do(job, tools)
            # Nothing of it is kept until the next one.
            del job

    def _do(self, job: Job[ToolT], tools: list[ToolT]) -> None:
        work, future, loop = job
        try:
            if not tools:
                tools.append(self._open_tool())
            settle = partial(future.set_result, work(tools[0]))
        except BaseException as error:  # noqa: BLE001 - whoever waits for the result is told of it
            settle = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(self._settle, future, settle)

    def _settle(self, future: "asyncio.Future[Any]", settle: Callable[[], None]) -> None:
        self._unsettled -= 1
        if not future.cancelled():
            settle()
