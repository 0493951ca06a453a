"""Look at supervisord and the heartbeats once a second, ask the core, perform its answer, say what was done."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from actors.runtime.actor import Actor
from actors.runtime.dead_man import DeadMansSwitch
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.ports import Received
from actors.runtime.process import CONFIGURATION_ERROR, EXIT_CONFIG
from actors.runtime.supervisor import FATAL, SOCKET_NAME, Process, Supervisor
from actors.watchdog.config import WatchdogConfig
from actors.watchdog.core import Action, Kill, Program, Restart, Start, Tell, Watchdog
from protocol.messages import Event, Heartbeat

__all__ = ["run"]


async def run(actor: Actor[WatchdogConfig]) -> None:
    """Watch over the other actors until told to stop."""
    switch = DeadMansSwitch(actor.config.own_limit_s)
    shell = _Shell(actor, Supervisor(actor.settings.run_dir / SOCKET_NAME))

    def take(batch: list[Received]) -> None:
        if not shell.is_looking:
            switch.hold()
        shell.on_wake([received.message for received in batch if isinstance(received.message, Heartbeat)])

    await actor.ports.serve(take)
    await shell.close()
    switch.release()


class _Shell:
    """The core, supervisord, and when to look next."""

    def __init__(self, actor: Actor[WatchdogConfig], supervisor: Supervisor) -> None:
        self._actor = actor
        self._supervisor = supervisor
        self._core = Watchdog(actor.config, actor.clock.monotonic())
        self._look_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._is_open_at: Callable[[datetime], bool] | None = None

    @property
    def is_looking(self) -> bool:
        """Whether supervisord is being asked or told something."""
        return self._looking is not None and not self._looking.done()

    def on_wake(self, beats: list[Heartbeat]) -> None:
        """Take the heartbeats; look at supervisord if it is time."""
        now = self._actor.clock.monotonic()
        self._core.on_wake(now)
        for beat in beats:
            self._core.on_heartbeat(beat, now)
        if self._looking is not None and self._looking.done():
            self._looking.result()
            self._looking = None
        if now >= self._look_at and self._looking is None:
            self._look_at = now + self._actor.config.look_s
            self._looking = asyncio.create_task(self._look_and_act(now))

    async def close(self) -> None:
        """Finish what is being done."""
        if self._looking is not None:
            await self._looking

    async def _look_and_act(self, now: float) -> None:
        try:
            # In a thread: while supervisord is stuck, we still beat and answer.
            programs = await asyncio.to_thread(self._look)
        except (CommandRefused, Unanswered) as error:
            self._actor.degraded(str(error))
            return
        self._actor.running()
        self._actor.progressed()
        is_market_open = self._core.is_anybody_large() and self._is_market_open()
        for action in self._core.on_programs(programs, now, is_market_open=is_market_open):
            await self._perform(action)

    def _look(self) -> list[Program]:
        return [
            Program(process.name, process.state, process.pid, self._refused_configuration(process))
            for process in self._supervisor.processes()
        ]

    def _refused_configuration(self, process: Process) -> bool:
        if process.exit_status == EXIT_CONFIG:
            return True
        if process.state != FATAL:
            return False
        # supervisord keeps no exit status of a failed start, but what was said last.
        *_, last_line = ("", *self._supervisor.last_output(process.name).strip().splitlines())
        return CONFIGURATION_ERROR in last_line

    def _is_market_open(self) -> bool:
        if self._is_open_at is None:
            from actors.watchdog.hours import Hours  # noqa: PLC0415 - 3.5 MB that most lives never need

            self._is_open_at = Hours(self._actor.settings).is_market_open
        return self._is_open_at(self._actor.clock.now())

    async def _perform(self, action: Action) -> None:
        try:
            match action:
                case Kill(program=program, silent_s=silent_s):
                    await asyncio.to_thread(self._supervisor.signal, program, "KILL")
                    self._tell("actor_killed", program=program, silent_s=f"{silent_s:g}")
                case Start(program=program):
                    await asyncio.to_thread(self._supervisor.start, program)
                    self._tell("actor_revived", program=program)
                case Restart(program=program, memory_mb=memory_mb, limit_mb=limit_mb):
                    await asyncio.to_thread(self._supervisor.signal, program, "TERM")
                    self._tell("memory_exceeded", program=program, memory_mb=f"{memory_mb:g}", limit_mb=f"{limit_mb:g}")
                case Tell(event=event, details=details):
                    self._tell(event, **details)
        except (CommandRefused, Unanswered) as error:
            # It ended or started by itself in this moment; the next look shows it.
            self._actor.log.warning("action_refused", program=str(action), reason=str(error))

    def _tell(self, event: str, **details: str) -> None:
        self._actor.log.warning(event, **details)
        self._actor.ports.publish(Event(name=event, at=self._actor.clock.now(), details=details))
