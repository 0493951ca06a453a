"""Kill, stop and cut, and see how long it takes until all is well again."""

import os
import random
import signal
import time
from collections.abc import Iterable

from msgspec import Struct

from protocol.topology import ACTORS
from tests.chaos.system import System, wait_for

__all__ = ["Blow", "Healing", "every_kind_once", "random_blows", "strike"]

HEAL_PATIENCE_S = 30.0
SETTLE_S = 2.0
"""Between two blows: watchdog watches a new life from its first heartbeat on, and that comes once a second."""


class Blow(Struct, frozen=True):
    """What is done to whom: `kill` or `stop` actors, or kill `supervisord`."""

    how: str
    whom: tuple[str, ...]

    def __str__(self) -> str:
        """`kill feed + evaluator`."""
        return f"{self.how} {' + '.join(self.whom)}"


class Healing(Struct, frozen=True):
    """When a blow fell, in the world's time, and after how many real seconds everybody hit ran again."""

    blow: Blow
    struck_at_ns: int
    healed_s: float


def every_kind_once() -> list[Blow]:
    """Return each actor killed in turn, two at once, one stopped, and supervisord killed."""
    singles = [Blow("kill", (actor,)) for actor in ACTORS]
    return [
        *singles,
        Blow("kill", ("evaluator", "telegram")),
        Blow("stop", ("evaluator",)),
        Blow("kill", ("supervisord",)),
    ]


def random_blows(seed: int) -> Iterable[Blow]:
    """Yield blows without end: mostly one killed actor, at times two, a stopped one, or supervisord."""
    chance = random.Random(seed)
    while True:
        draw = chance.random()
        if draw < 0.75:
            yield Blow("kill", (chance.choice(ACTORS),))
        elif draw < 0.90:
            yield Blow("kill", tuple(chance.sample(ACTORS, 2)))
        elif draw < 0.95:
            yield Blow("stop", (chance.choice([actor for actor in ACTORS if actor != "watchdog"]),))
        else:
            yield Blow("kill", ("supervisord",))


def strike(system: System, blow: Blow) -> Healing:
    """Let *blow* fall and wait until everybody runs again, in a new life."""
    struck_at_ns = system.now_ns()
    if blow.whom == ("supervisord",):
        before = {actor: system.pid_of(actor) for actor in ACTORS}
        system.kill_supervisord()
        system.start_supervisord()
    else:
        before = {actor: system.pid_of(actor) for actor in blow.whom}
        sign = signal.SIGKILL if blow.how == "kill" else signal.SIGSTOP
        for pid in before.values():
            os.kill(pid, sign)
    healed_s = wait_for(
        f"{blow} to heal",
        lambda: all(system.runs(actor) not in (0, pid) for actor, pid in before.items()),
        HEAL_PATIENCE_S,
    )
    time.sleep(SETTLE_S)
    return Healing(blow, struck_at_ns, healed_s)
