"""A watchdog's world: programs that come and go, heartbeats, and a clock that a test moves by hand."""

from datetime import UTC, datetime

from actors.watchdog.config import WatchdogConfig
from actors.watchdog.core import Action, Program, Watchdog
from protocol.messages import Heartbeat, State

__all__ = ["Kennel", "beat_of"]

MOMENT = datetime(2025, 11, 28, tzinfo=UTC)


def beat_of(actor: str, pid: int, **changes: object) -> Heartbeat:
    """Return a heartbeat of a healthy actor."""
    fields = {
        "actor": actor,
        "instance": "1",
        "pid": pid,
        "state": State.RUNNING,
        "reason": "",
        "started_at": MOMENT,
        "beat_at": MOMENT,
        "progressed_at": MOMENT,
        "progress": 0,
        "queue": 0,
        "memory_mb": 40.0,
        "restarts": 0,
        "sequences": {},
    }
    return Heartbeat(**{**fields, **changes})  # type: ignore[arg-type]  # a test may say any field


class Kennel:
    """One watchdog and the programs it sees, looked at once a second."""

    def __init__(self, **config: object) -> None:
        self.now = 1_000.0
        self.dog = Watchdog(WatchdogConfig(**config), self.now)  # type: ignore[arg-type]  # as the test says
        self.programs: dict[str, Program] = {}
        self.beating: dict[str, dict[str, object]] = {}
        self.is_market_open = False

    def run(self, name: str, pid: int, state: str = "RUNNING", *, refused: bool = False, beats: bool = True) -> None:
        """Let *name* be a program in that state; one that *beats* does so every second from now on."""
        self.programs[name] = Program(name, state, pid, refused)
        self.beating.pop(name, None)
        if beats and pid:
            self.beating[name] = {"pid": pid}

    def silence(self, name: str) -> None:
        """Let *name* beat no more."""
        del self.beating[name]

    def after(self, seconds: int) -> list[Action]:
        """Let *seconds* pass, a look each, and return all that was decided."""
        actions: list[Action] = []
        for _ in range(seconds):
            self.now += 1.0
            actions += self.look()
        return actions

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass in which watchdog itself does not run."""
        self.now += seconds

    def look(self) -> list[Action]:
        """Let watchdog wake, hear what beats, and see what runs."""
        self.dog.on_wake(self.now)
        for name, changes in self.beating.items():
            self.dog.on_heartbeat(beat_of(name, **changes), self.now)  # type: ignore[arg-type]  # pid is among them
        return self.dog.on_programs(list(self.programs.values()), self.now, is_market_open=self.is_market_open)
