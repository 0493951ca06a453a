"""Decide which actors to kill, to start again or to restart. Pure: it is handed heartbeats, processes and the moment.

One life of an actor is one process id. Its heartbeats push a deadline before them; what lets it pass is killed:

    NEW --first heartbeat in time--> BEATING --told to restart--> LEAVING
     |                                  |                            |
     +------- the deadline passes ------+----------------------------+--> killed, supervisord starts the next life

A life that never beat doubles the grace of the next: a machine too slow for it must not be a loop of killing. What
supervisord has given up (FATAL) is started again after a delay that doubles, except a configuration error: that waits
for the operator, who is told once. Time that watchdog itself slept through counts for nobody.

Source: supervisord's states and `exitstatus`; every actor beats once a second (`actors/runtime/ports.py`).
"""

from collections import deque

from msgspec import Struct

from actors.watchdog.config import WatchdogConfig
from protocol.messages import Heartbeat, State
from protocol.topology import ACTORS, CHANNELS

__all__ = ["Action", "Kill", "Program", "Restart", "Start", "Tell", "Watchdog"]

MYSELF = "watchdog"
WAKE_S = 1.0
"""We wake at least once a second; see `Ports.serve`."""
ALIVE = frozenset({"STARTING", "RUNNING"})
RING_KEEPERS = frozenset(sender for channel in CHANNELS if channel.replayed for sender in channel.senders)
"""Their memory holds the last minute for those who missed it, and goes with them."""


class Program(Struct, frozen=True):
    """One program as supervisord sees it."""

    name: str
    state: str
    pid: int
    refused_configuration: bool
    """Whether its last life ended with a configuration error."""


class Kill(Struct, frozen=True):
    """Send SIGKILL: it is stuck."""

    program: str
    silent_s: float


class Start(Struct, frozen=True):
    """Start what supervisord has given up."""

    program: str


class Restart(Struct, frozen=True):
    """Send SIGTERM and let supervisord start the next life: it has grown too large."""

    program: str
    memory_mb: float
    limit_mb: float


class Tell(Struct, frozen=True):
    """Tell the operator."""

    event: str
    details: dict[str, str]


Action = Kill | Start | Restart | Tell


class _Watch:
    """What is known of one program."""

    def __init__(self, config: WatchdogConfig) -> None:
        self.pid = 0
        self.since = 0.0
        self.deadline = 0.0
        self.grace_s = config.start_grace_s
        self.beat: Heartbeat | None = None
        self.heard_at = 0.0
        self.is_leaving = False
        self.restarted_at: deque[float] = deque()
        self.often_told = False
        self.refusal_told = False
        self.revive_s = config.revive_first_s
        self.revive_at: float | None = None


class Watchdog:
    """All programs, and what is to be done about them."""

    def __init__(self, config: WatchdogConfig, now: float) -> None:
        """Know nothing yet; *now*, here and below, is monotonic seconds."""
        self._config = config
        self._watches: dict[str, _Watch] = {}
        self._woke_at = now

    def on_wake(self, now: float) -> None:
        """Note that we are awake, before anything else: what we slept through is nobody's silence."""
        late_s = now - self._woke_at - WAKE_S
        self._woke_at = now
        if late_s > WAKE_S:
            for watch in self._watches.values():
                watch.deadline += late_s

    def on_heartbeat(self, beat: Heartbeat, now: float) -> None:
        """Take a sign of life."""
        watch = self._watches.get(beat.actor)
        if watch is None or watch.pid != beat.pid:
            return
        watch.beat, watch.heard_at = beat, now
        watch.grace_s = self._config.start_grace_s
        watch.is_leaving = watch.is_leaving or beat.state is State.STOPPING
        patience_s = self._config.stop_grace_s if beat.state is State.STOPPING else self._config.silence_s
        watch.deadline = max(watch.deadline, now + patience_s) if watch.is_leaving else now + patience_s

    def on_programs(self, programs: list[Program], now: float, *, is_market_open: bool) -> list[Action]:
        """Return what is to be done, now that supervisord has told what runs."""
        actions: list[Action] = []
        for program in programs:
            actor = program.name.partition("-")[0]
            if actor not in ACTORS or actor == MYSELF:
                continue
            watch = self._watches.setdefault(program.name, _Watch(self._config))
            if program.state in ALIVE:
                actions += self._on_alive(program, watch, now)
                actions += self._on_memory(program.name, watch, now, is_market_open=is_market_open)
            elif program.state in {"FATAL", "EXITED"}:
                actions += self._on_given_up(program, watch, now)
        return actions

    def is_anybody_large(self) -> bool:
        """Say whether somebody is above the soft limit, so that it matters whether a market is open."""
        return any(
            watch.beat and watch.beat.memory_mb > self._config.soft_memory_mb for watch in self._watches.values()
        )

    def _on_alive(self, program: Program, watch: _Watch, now: float) -> list[Action]:
        if watch.pid != program.pid:
            return self._begin_life(program, watch, now)
        if watch.beat and now - watch.since > self._config.often_window_s:
            watch.revive_s = self._config.revive_first_s
        if now < watch.deadline:
            return []
        silent_s = round(now - (watch.heard_at if watch.beat else watch.since), 1)
        if watch.beat is None:
            watch.grace_s = min(2 * watch.grace_s, self._config.start_grace_cap_s)
        watch.deadline = now + self._config.silence_s
        return [Kill(program.name, silent_s)]

    def _begin_life(self, program: Program, watch: _Watch, now: float) -> list[Action]:
        is_first = watch.pid == 0
        watch.pid, watch.since, watch.deadline = program.pid, now, now + watch.grace_s
        watch.beat, watch.is_leaving, watch.revive_at, watch.refusal_told = None, False, None, False
        return [] if is_first else self._count_restart(program.name, watch, now)

    def _count_restart(self, name: str, watch: _Watch, now: float) -> list[Action]:
        restarts = watch.restarted_at
        restarts.append(now)
        while restarts[0] < now - self._config.often_window_s:
            restarts.popleft()
        is_often = len(restarts) > self._config.often_restarts
        is_news = is_often and not watch.often_told
        watch.often_told = is_often
        if not is_news:
            return []
        details = {"program": name, "restarts": str(len(restarts)), "within_s": f"{self._config.often_window_s:g}"}
        return [Tell("restarts_piled_up", details)]

    def _on_given_up(self, program: Program, watch: _Watch, now: float) -> list[Action]:
        if program.refused_configuration:
            is_news = not watch.refusal_told
            watch.refusal_told = True
            return [Tell("configuration_refused", {"program": program.name})] if is_news else []
        if program.state != "FATAL":
            return []
        if watch.revive_at is None:
            watch.revive_at = now + watch.revive_s
            watch.revive_s = min(2 * watch.revive_s, self._config.revive_cap_s)
        if now < watch.revive_at:
            return []
        watch.revive_at = None
        return [Start(program.name)]

    def _on_memory(self, name: str, watch: _Watch, now: float, *, is_market_open: bool) -> list[Action]:
        beat = watch.beat
        if beat is None or watch.is_leaving or now - watch.since < self._config.memory_rest_s:
            return []
        actor = name.partition("-")[0]
        is_quiet = not is_market_open or (beat.queue == 0 and actor not in RING_KEEPERS)
        limit_mb = self._config.soft_memory_mb if is_quiet else self._config.hard_memory_mb
        if beat.memory_mb <= limit_mb:
            return []
        watch.is_leaving = True
        watch.deadline = now + self._config.stop_grace_s
        return [Restart(name, beat.memory_mb, limit_mb)]
