"""The world's time, and the file that tells it to everybody.

World time is counted on CLOCK_MONOTONIC, which is one for the whole machine:

    world = world_ns + (monotonic - monotonic_ns) * speed

`run/clock.json` holds `monotonic_ns`, `world_ns`, `speed` and `life`, the process that started this world (its id and
start time): a file with another life was left by an earlier world and will be replaced in a moment.

This is the one module of the simulator that reads a clock.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

__all__ = ["WorldClock", "WorldTime", "moment_of", "monotonic_ns", "nanoseconds_of", "write_clock"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nanoseconds_of(moment: datetime) -> int:
    """Return *moment* (tz-aware) as UTC epoch nanoseconds."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000


def moment_of(nanoseconds: int) -> datetime:
    """Return UTC epoch *nanoseconds* as an aware UTC datetime, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1_000)


def monotonic_ns() -> int:
    """Return the machine-wide monotonic clock."""
    return time.monotonic_ns()


class WorldTime(Struct, frozen=True, kw_only=True):
    """Where the world's time stood at one reading of the monotonic clock, and how fast it goes."""

    monotonic_ns: int
    world_ns: int
    speed: float
    life: str = ""


class WorldClock:
    """The world's time; `set_to` jumps, as a replay does from one date to the next."""

    def __init__(self, time_: WorldTime) -> None:
        self.time = time_

    @classmethod
    def starting_at(cls, world_ns: int, speed: float, life: str = "") -> "WorldClock":
        """Return a clock that stands at *world_ns* at this instant."""
        return cls(WorldTime(monotonic_ns=monotonic_ns(), world_ns=world_ns, speed=speed, life=life))

    @property
    def speed(self) -> float:
        """World seconds in a real second."""
        return self.time.speed

    def now_ns(self) -> int:
        """Return the world's moment as UTC epoch nanoseconds."""
        return self.time.world_ns + int((monotonic_ns() - self.time.monotonic_ns) * self.time.speed)

    def now(self) -> datetime:
        """Return the world's moment, UTC."""
        return moment_of(self.now_ns())

    def monotonic_ns(self) -> int:
        """Return the machine-wide monotonic clock, for what counts real seconds."""
        return monotonic_ns()

    def set_to(self, world_ns: int) -> None:
        """Let the world's time go on from *world_ns*."""
        self.time = WorldTime(
            monotonic_ns=monotonic_ns(), world_ns=world_ns, speed=self.time.speed, life=self.time.life
        )


def write_clock(path: Path, clock: WorldClock) -> None:
    """Write *clock* to *path* in one step, so that nobody reads half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(clock.time))
    part.replace(path)
