"""Work that goes on beside the work loop, which raises what it raises: a bug in it ends the process as any other."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["Errand", "Tasks", "finish"]

ResultT = TypeVar("ResultT")


class Tasks:
    """The tasks of one process, and the first failure among them."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """Have none yet; *wake* lets the work loop come and look."""
        self._wake = wake
        self._running: set[asyncio.Task[None]] = set()
        self.failure: BaseException | None = None
        """The first of all."""

    def begin(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Let *work* go on."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._end)
        return task

    def fail(self, failure: BaseException) -> None:
        """Let the work loop raise *failure*, unless another came before."""
        self.failure = self.failure or failure
        self._wake()

    def check(self) -> None:
        """Raise the first failure, if there is one."""
        if self.failure is not None:
            raise self.failure

    def cancel(self) -> None:
        """Let all end where they are."""
        for task in self._running:
            task.cancel()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self.fail(failure)


class Errand:
    """Work of which one piece goes on at a time: the work loop begins the next, and hears what became of the last."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def is_over(self) -> bool:
        """Say whether nothing goes on; raise what the last piece raised: a bug, or a wrong configuration, ends us."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            task.result()
        return self._task is None

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Let *work* go on; the last piece is over."""
        self._task = asyncio.get_running_loop().create_task(work)

    def cancel(self) -> None:
        """Let it end where it is."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Let it end where it is, and wait for that."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def finish(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Return what *work* comes to; who is cancelled meanwhile is so when it is done.

    Half of it would be done again, or never.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
