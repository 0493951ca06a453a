"""Threads that work for the event loop. `ThreadPoolExecutor` takes three times as long to hand something over."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

__all__ = ["Crew"]

ToolT = TypeVar("ToolT")
ResultT = TypeVar("ResultT")
Job = tuple[Callable[[ToolT], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]
Inbox = SimpleQueue[Job[ToolT] | None]


class Crew(Generic[ToolT]):
    """At most so many threads, each with a tool of its own. Another begins when all others have something to do.

    Of those that have nothing to do the one that worked last is asked first: its tool is the one that was used last.
    The end of the process does not wait for any.
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
        self._threads: list[tuple[threading.Thread, Inbox[ToolT]]] = []
        self._idle: list[Inbox[ToolT]] = []
        self._waiting: deque[Job[ToolT]] = deque()
        self._is_over = False

    @property
    def is_idle(self) -> bool:
        """Whether none of its threads has anything to do."""
        return len(self._idle) == len(self._threads)

    def do(self, work: Callable[[ToolT], ResultT]) -> "asyncio.Future[ResultT]":
        """Have *work* done with a thread's tool, and return its result to be. To be called in the event loop.

        Of what comes when they are to end the result is cancelled, as it is of what none had begun with then.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        job: Job[ToolT] = (work, future, loop)
        if self._is_over:
            future.cancel()
        elif self._idle:
            self._idle.pop().put(job)
        elif len(self._threads) < self._most:
            self._begin().put(job)
        else:
            self._waiting.append(job)
        return future

    async def close(self) -> None:
        """Wait for what is being done, and end the threads; what none has begun with is not done."""
        threads = [thread for thread, _ in self._threads]
        self.dismiss()
        await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))

    def dismiss(self) -> None:
        """Have each thread end when it has done what it is doing, which nobody waits for; nothing else is done."""
        self._is_over = True
        for _, future, _ in self._waiting:
            future.cancel()
        self._waiting.clear()
        for _, inbox in self._threads:
            inbox.put(None)
        self._threads.clear()
        self._idle.clear()

    def _begin(self) -> Inbox[ToolT]:
        inbox: Inbox[ToolT] = SimpleQueue()
        thread = threading.Thread(target=self._serve, args=(inbox,), name=self._name, daemon=True)
        thread.start()
        self._threads.append((thread, inbox))
        return inbox

    def _serve(self, inbox: Inbox[ToolT]) -> None:
        tools: list[ToolT] = []
        while (job := inbox.get()) is not None:
            self._do(job, tools, inbox)
            # Nothing of it is kept until the next one.
            del job

    def _do(self, job: Job[ToolT], tools: list[ToolT], inbox: Inbox[ToolT]) -> None:
        work, future, loop = job
        try:
            if not tools:
                tools.append(self._open_tool())
            settle = partial(future.set_result, work(tools[0]))
        except BaseException as error:  # noqa: BLE001 - whoever waits for the result is told of it
            settle = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(self._settle, inbox, future, settle)

    def _settle(self, inbox: Inbox[ToolT], future: "asyncio.Future[Any]", settle: Callable[[], None]) -> None:
        if self._waiting:
            inbox.put(self._waiting.popleft())
        elif not self._is_over:
            self._idle.append(inbox)
        if not future.cancelled():
            settle()
