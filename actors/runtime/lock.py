"""One process an actor: a lock on a file, taken before anything is bound.

A second bind of a live `ipc://` endpoint succeeds in silence and steals its traffic, so the lock must come first.
The file also counts the starts under one supervisor, which is what an operator sees as restarts.
"""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from actors.runtime.errors import AlreadyRunning

__all__ = ["ActorLock"]


class _Starts(Struct, frozen=True):
    pid: int
    parent: int
    starts: int


class ActorLock:
    """Held as long as the process lives; the kernel frees it however the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock in *path*.

        Raises:
            AlreadyRunning: another process has it.
        """
        self._file: BinaryIO = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"{path}: expected to be the only one, found a process that holds the lock"
            raise AlreadyRunning(message) from error
        self.restarts = self._count_start()

    def _count_start(self) -> int:
        self._file.seek(0)
        try:
            before = msgspec.json.decode(self._file.read(), type=_Starts)
        except msgspec.MsgspecError:
            before = _Starts(0, 0, 0)
        starts = before.starts + 1 if before.parent == os.getppid() else 1
        self._file.truncate(0)
        self._file.write(msgspec.json.encode(_Starts(os.getpid(), os.getppid(), starts)))
        self._file.flush()
        return starts - 1
