"""One process an actor: a lock on a file, taken before anything is bound.

A second bind of a live `ipc://` endpoint succeeds in silence and steals its traffic, so the lock must come first.
The file also counts the starts under one supervisor, which is what an operator sees as restarts, and tells with which
configuration the process runs: several may share one run directory, and one of them at a time runs there.
"""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from actors.runtime.config import Settings
from actors.runtime.errors import AlreadyRunning, CommandRefused

__all__ = ["ActorLock", "refuse_stranger", "running_conf"]


class _Starts(Struct, frozen=True):
    pid: int
    parent: int
    starts: int
    conf: str = ""


class ActorLock:
    """Held as long as the process lives; the kernel frees it however the process ends."""

    def __init__(self, path: Path, conf: Path) -> None:
        """Take the lock in *path* for a process that runs with the configuration *conf*.

        Raises:
            AlreadyRunning: another process has it.
        """
        self._file: BinaryIO = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"{path}: expected to be the only one, found a process that holds the lock"
            raise AlreadyRunning(message) from error
        self.restarts = self._count_start(conf)

    def _count_start(self, conf: Path) -> int:
        self._file.seek(0)
        before = _decode(self._file.read())
        starts = before.starts + 1 if before.parent == os.getppid() else 1
        self._file.truncate(0)
        self._file.write(msgspec.json.encode(_Starts(os.getpid(), os.getppid(), starts, str(conf.resolve()))))
        self._file.flush()
        return starts - 1


def running_conf(run_dir: Path) -> Path | None:
    """Return the configuration with which actors run in *run_dir*; None if none runs there."""
    for path in sorted(run_dir.glob("*.lock")):
        starts = _decode(path.read_bytes())
        if starts.conf and _parent_of(starts.pid) == starts.parent:
            return Path(starts.conf)
    return None


def refuse_stranger(settings: Settings) -> None:
    """Insist that what runs where *settings* would run is theirs.

    Raises:
        CommandRefused: it is another configuration's.
    """
    running = running_conf(settings.run_dir)
    if running not in {None, settings.path.resolve()}:
        message = (
            f"expected the actors in {settings.run_dir} to run with {settings.path}, found {running}; "
            f"stop them first, or speak to them by --conf {running}"
        )
        raise CommandRefused(message)


def _decode(text: bytes) -> _Starts:
    try:
        return msgspec.json.decode(text, type=_Starts)
    except msgspec.MsgspecError:
        return _Starts(0, 0, 0)


def _parent_of(pid: int) -> int | None:
    """Return who started process *pid*, which tells a reused id apart; None if there is no such process.

    Source: proc(5), /proc/PID/stat, field 4; the second field, in parentheses, may hold anything.
    """
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return None
