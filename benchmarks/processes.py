"""Processes of a run: started, asked in JSON lines, weighed and stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self, TypeVar

import msgspec
from msgspec import Struct

__all__ = ["PATIENCE_S", "Child", "ChildDied", "cpu_s", "descendants", "own_mb", "pss_mb", "start", "stop"]

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 60.0
"""How long the processes of a line may take to start or to end on a busy machine."""

AnswerT = TypeVar("AnswerT")


class ChildDied(Exception):  # noqa: N818 - it states a fact
    """A process of the run has ended by itself."""


def start(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Start `python -m MODULE` in the checkout, with *env* beside our own environment."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})})


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Tell *process* to end, and end it if it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_s(pid: int) -> float:
    """Return the CPU time of process *pid* so far, user and system, all threads, seconds.

    Its own clock (clock_getcpuclockid(3)) counts nanoseconds; /proc/PID/stat says the same in steps of 10 ms.
    """
    return time.clock_gettime((~pid << 3) | 2)


def pss_mb(pid: int) -> float:
    """Return the memory of process *pid*, shared pages divided by those who share them, megabytes."""
    return _memory_mb(pid, "Pss:")


def own_mb(pid: int) -> float:
    """Return the memory that process *pid* has written itself, megabytes.

    PSS also grows when a neighbour ends who shared a library with it: whether a process grows, this tells.
    """
    return _memory_mb(pid, "Anonymous:")


def _memory_mb(pid: int, kind: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(kind))


def descendants(pid: int) -> list[int]:
    """Return the processes below *pid*, children before their children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [each for child in map(int, children) for each in (child, *descendants(child))]


class Child:
    """A process of ours that answers each line of JSON with one."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        """Hold it for the length of a `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it: it ends when nobody can ask any more."""
        self._process.communicate()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def hear(self, answer_type: type[AnswerT]) -> AnswerT:
        """Return the next line.

        Raises:
            ChildDied: there is none.
        """
        assert self._process.stdout is not None  # noqa: S101 - for the type alone
        line = self._process.stdout.readline()
        if not line:
            message = f"expected a line from {self._process.args!r}, found its end"
            raise ChildDied(message)
        return msgspec.json.decode(line, type=answer_type)

    def ask(self, question: Struct, answer_type: type[AnswerT]) -> AnswerT:
        """Return the answer to *question*; raises as `hear`."""
        assert self._process.stdin is not None  # noqa: S101 - for the type alone
        self._process.stdin.write(msgspec.json.encode(question) + b"\n")
        self._process.stdin.flush()
        return self.hear(answer_type)
