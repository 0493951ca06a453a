"""What a shell is handed: its configuration, its ports, its clock, and the means to say how it is."""

import asyncio
import os
import random
import resource
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from actors.runtime.clock import Clock
from actors.runtime.config import Secrets, Settings
from actors.runtime.control import Answerer, Commands
from actors.runtime.ports import Ports
from protocol.messages import Heartbeat, State
from protocol.moments import from_ns
from protocol.topology import Address

__all__ = ["Actor"]

ConfigT = TypeVar("ConfigT")


def _hide_nothing(_secret: str) -> None:
    """Stand in where no log is written to a file."""


class Actor(Generic[ConfigT]):
    """One life of one actor.

    Its state is starting until the shell says `running`, degraded while the outside world is down, stopping from
    SIGTERM on. Everybody sees it in the heartbeat.
    """

    def __init__(
        self,
        *,
        address: Address,
        config: ConfigT,
        settings: Settings,
        secrets: Secrets,
        ports: Ports,
        clock: Clock,
        chance: random.Random,
        log: structlog.typing.FilteringBoundLogger,
        commands: Commands,
        hide: Callable[[str], None] = _hide_nothing,
        restarts: int = 0,
    ) -> None:
        self.address = address
        self.config = config
        self.settings = settings
        self.secrets = secrets
        self.ports = ports
        self.clock = clock
        self.random = chance
        self.log = log
        self.hide = hide
        """Takes a key or token that was issued while we run out of every later log line."""
        self.stopping = asyncio.Event()
        self.queue = 0
        """How much waits inside this actor."""
        self._commands = commands
        self._restarts = restarts
        self._state = State.STARTING
        self._reason = ""
        self._started_at = clock.now()
        self._progress = 0
        self._progressed_at_ns = clock.now_ns()
        self.on_command("ping", self._answer_ping)
        self.on_command("status", self._answer_status)

    @property
    def state(self) -> State:
        """Where the actor is in its life."""
        return self._state

    def running(self) -> None:
        """Say that all is well."""
        self._enter(State.RUNNING, "")

    def degraded(self, reason: str) -> None:
        """Say that the outside world does not do its part, and how, in words for the operator."""
        self._enter(State.DEGRADED, reason)

    def stop(self) -> None:
        """Say that the end has come: `stopping` is set, `ports.serve` ends."""
        self._enter(State.STOPPING, "")
        self.stopping.set()

    def progressed(self, count: int = 1) -> None:
        """Count work that was done."""
        self._progress += count
        self._progressed_at_ns = self.clock.now_ns()

    def on_command(self, name: str, answerer: Answerer) -> None:
        """Let *answerer* answer the control command *name*."""
        self._commands.add(name, answerer)

    def pulse(self, sequences: dict[str, int]) -> Heartbeat:
        """Return the heartbeat of this moment; *sequences* are the last numbers of our streams."""
        return Heartbeat(
            actor=self.address.actor,
            instance=self.address.instance,
            pid=os.getpid(),
            state=self._state,
            reason=self._reason,
            started_at=self._started_at,
            beat_at=self.clock.now(),
            progressed_at=from_ns(self._progressed_at_ns),
            progress=self._progress,
            queue=self.queue,
            memory_mb=memory_mb(),
            restarts=self._restarts,
            sequences=sequences,
        )

    def _enter(self, state: State, reason: str) -> None:
        if self._state is State.STOPPING or (state, reason) == (self._state, self._reason):
            return
        self._state, self._reason = state, reason
        tell = self.log.warning if state is State.DEGRADED else self.log.info
        tell("state_changed", state=state.value, reason=reason)

    async def _answer_ping(self, _arguments: dict[str, object]) -> dict[str, object]:
        return {"pid": os.getpid(), "now": _iso(self.clock.now())}

    async def _answer_status(self, _arguments: dict[str, object]) -> dict[str, object]:
        beat = self.pulse({})
        return {
            "state": beat.state.value,
            "reason": beat.reason,
            "pid": beat.pid,
            "uptime_s": round((beat.beat_at - beat.started_at).total_seconds() / self.clock.speed, 1),
            "restarts": beat.restarts,
            "last_progress_s": round((beat.beat_at - beat.progressed_at).total_seconds() / self.clock.speed, 1),
            "progress": beat.progress,
            "memory_mb": beat.memory_mb,
            "queue": beat.queue,
        }


def memory_mb() -> float:
    """Return the memory that this process occupies now, megabytes. Source: /proc/self/statm, second field, in pages."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - once a second: the cheapest way
        pages = int(file.read().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
