"""The one room that reads a clock or sleeps.

All processes of one machine share one source of time: the system's, or in the demo, replay and accelerated tests a
*world clock* that the simulator starts at some moment and speed and describes in `run/clock.json`:

    {"monotonic_ns": 123, "world_ns": 1764288000000000000, "speed": 1.0, "life": "4711:88123"}

World time is counted on CLOCK_MONOTONIC, which is one for the whole machine and which no time server moves. `life` is
the process that started that world, supervisord as a rule: a file of another life was left behind by one that was
killed, and will be replaced in a moment. Durations
(`monotonic`, `sleep`) always count the real seconds of this machine: a back-off is not shorter in a faster world.
"""

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from actors.runtime.errors import ConfigError
from protocol.moments import from_ns

__all__ = [
    "Clock",
    "SystemClock",
    "WorldClock",
    "WorldTime",
    "life_of_parent",
    "read_world_clock",
    "wait_for_world_clock",
]

LIFE_VARIABLE = "SIGMABELL_LIFE"


class Clock(Protocol):
    """What time it is, and how to wait."""

    speed: float
    """World seconds in a real second; 1.0 outside the simulator."""

    def now(self) -> datetime:
        """Return the moment, UTC: what is shown, stored or compared with a venue."""

    def now_ns(self) -> int:
        """Return the moment as UTC epoch nanoseconds."""

    def monotonic(self) -> float:
        """Return real seconds since some start, for silence and back-off within one life of a process."""

    async def sleep(self, seconds: float) -> None:
        """Wait for real *seconds*."""


class SystemClock:
    """The machine's own clock."""

    speed = 1.0

    def now(self) -> datetime:
        """Return the moment, UTC."""
        return datetime.now(UTC)

    def now_ns(self) -> int:
        """Return the moment as UTC epoch nanoseconds."""
        return time.time_ns()

    def monotonic(self) -> float:
        """Return real seconds since the machine started."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for real *seconds*."""
        await asyncio.sleep(seconds)


class WorldTime(msgspec.Struct, frozen=True, kw_only=True):
    """Where the world clock stood (`world_ns`) at one reading of CLOCK_MONOTONIC, how fast it goes, and whose it is."""

    monotonic_ns: int
    world_ns: int
    speed: float
    life: str = ""


class WorldClock(SystemClock):
    """A world's own time, started by the simulator."""

    def __init__(self, start: WorldTime) -> None:
        self._start = start
        self.speed = start.speed

    def now(self) -> datetime:
        """Return the world's moment, UTC."""
        return from_ns(self.now_ns())

    def now_ns(self) -> int:
        """Return the world's moment as UTC epoch nanoseconds."""
        start = self._start
        return start.world_ns + int((time.monotonic_ns() - start.monotonic_ns) * start.speed)


def read_world_clock(path: Path) -> WorldTime | None:
    """Return what the simulator wrote to *path*; None while there is nothing of this boot of the machine.

    Raises:
        ConfigError: the file is not a world clock.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=WorldTime)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        message = f"{path}: expected a world clock, found {error}"
        raise ConfigError(message) from error
    return found if found.monotonic_ns <= time.monotonic_ns() else None


async def wait_for_world_clock(path: Path, life: str, patience_s: float = 10.0, poll_s: float = 0.05) -> WorldClock:
    """Return the world clock in *path* as soon as the simulator has written it: any start order must work.

    Args:
        path: where it is written.
        life: the life that we belong to, from `life_of_parent`.
        patience_s: how long a clock of another life is left alone: whoever starts an actor by hand is of none.
        poll_s: between two looks.
    """
    began = time.monotonic()
    while True:
        start = read_world_clock(path)
        if start and (start.life == life or time.monotonic() - began > patience_s):
            return WorldClock(start)
        await asyncio.sleep(poll_s)


def life_of_parent() -> str:
    """Return who started this process, as `pid:start`; the start time tells a reused process id apart.

    Where SIGMABELL_LIFE is set, that is it: a world that is started apart from its actors names its life to both.
    Source: proc(5), /proc/PID/stat, field 22; the second field, in parentheses, may hold anything.
    """
    pid = os.getppid()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return f"{pid}:gone"
    return os.environ.get(LIFE_VARIABLE) or f"{pid}:{fields[19]}"
