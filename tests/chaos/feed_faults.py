"""Cut, reset, mute and garble the line to KIS, and see how long it takes until trades flow again."""

import itertools
import time
from collections.abc import Iterable, Iterator

import msgspec
import requests
from msgspec import Struct

from simulator.judgement.holes import read_connections
from tests.chaos.system import System, wait_for

__all__ = ["FAULTS", "FeedFault", "FeedHealing", "fault_after_fault", "order_and_heal"]

HEAL_PATIENCE_S = 240.0
RARELY = 100
"""Every so many faults comes one of those that take minutes."""


class FeedFault(Struct, frozen=True):
    """A named sequence of the simulator's faults, and what ends them, where they would go on.

    `cuts` says whether the session does not outlive it, `away_s` for how long KIS then takes no other, real seconds.
    """

    name: str
    orders: tuple[dict[str, object], ...]
    cuts: bool = True
    away_s: float = 0.0
    ends: tuple[dict[str, object], ...] = ()


class FeedHealing(Struct, frozen=True):
    """When a fault was ordered, in the world's time, and after how many real seconds every symbol was whole again."""

    fault: FeedFault
    ordered_at_ns: int
    healed_s: float

    @property
    def after_return_s(self) -> float:
        """How long it took from KIS's return on."""
        return max(0.0, self.healed_s - self.fault.away_s)


def _drop(how: str, code: int = 1001) -> dict[str, object]:
    return {"fault": "drop", "how": how, "code": code}


def _passing(name: str, **order: object) -> FeedFault:
    return FeedFault(name, (order,), cuts=False)


def _garble(how: str) -> FeedFault:
    return _passing(how, fault="corrupt", how=how)


_BUSY_S = 15.0
_MINUTES = "inquire-time-itemchartprice"

FAULTS = (
    FeedFault("clean close", (_drop("clean"),)),
    _passing("frames lost inside the connection", fault="gap", frames=40),
    FeedFault("end without a close frame", (_drop("eof"),)),
    _garble("garbage_text"),
    FeedFault("reset", (_drop("rst"),)),
    _garble("garbage_binary"),
    FeedFault("close 1007", (_drop("clean", 1007),)),
    _passing("frames out of order", fault="reorder", frames=10, hold_s=1.0),
    _garble("truncated"),
    FeedFault("mute with live PINGPONG", (_drop("mute"),)),
    _garble("half_width"),
    FeedFault(
        "old frames after a new registration",
        ({"fault": "duplicate", "frames": 20, "when": "registered"}, _drop("rst")),
    ),
    _garble("lying_count"),
    FeedFault("approval key forgotten", ({"fault": "forget_approval_key"}, _drop("rst"))),
    _passing("frames twice", fault="duplicate", frames=50),
    _garble("small_count"),
    FeedFault("refused for five seconds", ({"fault": "refuse", "seconds": 5}, _drop("rst")), away_s=5),
    _garble("invalid_utf8"),
    _passing("nothing for two seconds", fault="gap", seconds=2),
    _garble("no_count"),
    FeedFault("half-open", (_drop("half_open"),)),
    _garble("null_price"),
    _passing("46 fields", fault="fields", count=46),
    FeedFault("a stolen session", ({"fault": "steal_slot", "seconds": _BUSY_S},), away_s=_BUSY_S),
    _garble("negative"),
    FeedFault("requests without an answer", ({"fault": "no_ack", "times": 2}, _drop("eof"))),
    _passing("48 fields", fault="fields", count=48),
    FeedFault("answers twice", ({"fault": "acks", "how": "doubled", "times": 5}, _drop("rst"))),
    FeedFault(
        "minutes refused at first", ({"fault": "rest", "path": _MINUTES, "code": "EGW00201", "times": 2}, _drop("rst"))
    ),
    _passing("47 fields", fault="fields", count=47),
    FeedFault("tokens forgotten", ({"fault": "forget_tokens"}, _drop("rst"))),
    FeedFault(
        "slot taken after an unclean end",
        ({"fault": "slot_busy", "seconds": _BUSY_S}, _drop("rst")),
        away_s=_BUSY_S,
        ends=({"fault": "slot_busy", "seconds": 0},),
    ),
    FeedFault("minutes come late", ({"fault": "rest", "path": _MINUTES, "delay_s": 1.0, "times": 2}, _drop("clean"))),
)
"""What the line to KIS does to those who rely on it."""

_LONG = FeedFault("refused for two minutes", ({"fault": "refuse", "seconds": 120}, _drop("rst")), away_s=120)


def fault_after_fault() -> Iterator[FeedFault]:
    """Yield faults without end: each in its turn, and at times a long one."""
    for number, fault in enumerate(itertools.cycle(FAULTS), 1):
        yield fault
        if number % RARELY == RARELY // 2:
            yield _LONG


def order_and_heal(system: System, fault: FeedFault) -> FeedHealing:
    """Order *fault* and wait until every symbol is subscribed and whole again and its trades reach evaluator."""
    journal = system.settings.data_dir / "simulator" / "connections.jsonl"
    before = len(read_connections(journal))
    ordered_at_ns, began = system.now_ns(), time.monotonic()
    _order(system, fault.orders)

    def is_subscribed() -> bool:
        events = read_connections(journal)[before:]
        confirmed = {event.symbol for event in events if event.event == "confirmed"}
        return len(confirmed) >= len(system.symbols)

    if fault.cuts:
        wait_for(f"{fault.name} to heal", is_subscribed, HEAL_PATIENCE_S)
    wait_for(f"holes of {fault.name} to be filled", lambda: _is_whole(system), HEAL_PATIENCE_S)
    progress = _progress(system)
    wait_for(f"trades after {fault.name}", lambda: _progress(system) > progress)
    healed_s = time.monotonic() - began
    _order(system, fault.ends)
    return FeedHealing(fault, ordered_at_ns, healed_s)


def _order(system: System, orders: Iterable[dict[str, object]]) -> None:
    for order in orders:
        answer = requests.post(
            f"http://127.0.0.1:{system.simulator_config.rest_port}/simulator/fault",
            data=msgspec.json.encode(order),
            timeout=10,
        )
        answer.raise_for_status()


def _is_whole(system: System) -> bool:
    told = system.ask("feed", "gaps")
    gaps = msgspec.convert(told.get("gaps", [{"outcome": "open"}]), list[dict[str, object]])
    return not told.get("blind", True) and all(gap["outcome"] != "open" for gap in gaps)


def _progress(system: System) -> int:
    return msgspec.convert(system.ask("evaluator", "status").get("progress", 0), int)
