"""A child process for what is heavy or may hang: pandas, matplotlib, FinanceDataReader.

The actor stays small and never blocks: it starts the child when there is work, kills it at a deadline, and lets it go
when it has been idle. Requests and answers are Structs, MessagePack behind a four-byte length, over two pipes of their
own: what a library prints to stdout ends in the log of the supervisor and cannot be taken for an answer. The child's
side is `worker_child.py`.
"""

import asyncio
import contextlib
import os
import sys
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from actors.runtime.errors import TemporaryFailure
from actors.runtime.worker_child import ANSWERS_VARIABLE, LENGTH_BYTES, REQUESTS_VARIABLE, Failed, write_frame

__all__ = ["Worker"]

MOST_BYTES = 64 * 1024 * 1024

AnswerT = TypeVar("AnswerT", bound=Struct)


class _Child:
    """One life of the child."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        requests: int,
        answers: asyncio.StreamReader,
        transport: asyncio.ReadTransport,
    ) -> None:
        self.process = process
        self._requests = requests
        self._answers = answers
        self._transport = transport

    async def exchange(self, request: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, write_frame, self._requests, request)
        length = int.from_bytes(await self._answers.readexactly(LENGTH_BYTES), "big")
        return await self._answers.readexactly(length)

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        os.close(self._requests)
        self._transport.close()


class Worker(Generic[AnswerT]):
    """Calls a function that lives in `python -m MODULE`, one request at a time."""

    def __init__(self, module: str, answer_type: type[AnswerT], idle_s: float = 600.0) -> None:
        """Prepare, start nothing.

        Args:
            module: what the child runs; it calls `serve`.
            answer_type: what comes back.
            idle_s: after how long without work the child is let go.
        """
        self._module = module
        self._decoder = msgspec.msgpack.Decoder(answer_type)
        self._failed = msgspec.msgpack.Decoder(Failed)
        self._idle_s = idle_s
        self._child: _Child | None = None
        self._turn = asyncio.Lock()
        self._idle_timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is no child."""
        return self._child.process.pid if self._child else None

    async def call(self, request: Struct, deadline_s: float) -> AnswerT:
        """Return the child's answer to *request*.

        Raises:
            TemporaryFailure: it did not answer within *deadline_s* (it is killed then), died, or said what was wrong.
        """
        async with self._turn:
            if self._idle_timer:
                self._idle_timer.cancel()
            try:
                async with asyncio.timeout(deadline_s):
                    child = self._child = self._child or await self._start()
                    answer = await child.exchange(msgspec.msgpack.encode(request))
            except (TimeoutError, asyncio.CancelledError) as error:
                await self._end_child()
                if isinstance(error, asyncio.CancelledError):
                    raise
                message = f"expected an answer of {self._module} within {deadline_s:g} s, found none"
                raise TemporaryFailure(message) from error
            except (OSError, asyncio.IncompleteReadError) as error:
                await self._end_child()
                message = f"expected an answer of {self._module}, found that it had ended"
                raise TemporaryFailure(message) from error
            self._idle_timer = asyncio.get_running_loop().call_later(self._idle_s, self._let_go)
        return self._decode(answer)

    async def close(self) -> None:
        """End the child, if there is one."""
        if self._idle_timer:
            self._idle_timer.cancel()
        if self._ending:
            await self._ending
        await self._end_child()

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child:
            await child.end()

    def _let_go(self) -> None:
        if not self._turn.locked():
            self._ending = asyncio.get_running_loop().create_task(self._end_child())

    def _decode(self, answer: bytes) -> AnswerT:
        with contextlib.suppress(msgspec.ValidationError):
            failed = self._failed.decode(answer)
            message = f"expected an answer of {self._module}, found: {failed.reason}"
            raise TemporaryFailure(message)
        return self._decoder.decode(answer)

    async def _start(self) -> _Child:
        requests_end, requests = os.pipe()
        answers, answers_end = os.pipe()
        variables = {**os.environ, REQUESTS_VARIABLE: str(requests_end), ANSWERS_VARIABLE: str(answers_end)}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr,
            env=variables,
            pass_fds=(requests_end, answers_end),
        )
        os.close(requests_end)
        os.close(answers_end)
        reader = asyncio.StreamReader(limit=MOST_BYTES)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(answers, "rb", buffering=0)
        )
        return _Child(process, requests, reader, transport)
