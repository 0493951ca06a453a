"""Cut, reset, mute and garble the line to KIS, and see how long it takes until trades flow again."""

import msgspec
import requests
from msgspec import Struct

from simulator.judgement.holes import read_connections
from tests.chaos.system import System, wait_for

__all__ = ["FAULTS", "FeedFault", "FeedHealing", "order_and_heal"]

HEAL_PATIENCE_S = 180.0


class FeedFault(Struct, frozen=True):
    """A named sequence of the simulator's faults; `cuts` says whether the session does not outlive it."""

    name: str
    orders: tuple[dict[str, object], ...]
    cuts: bool = True


class FeedHealing(Struct, frozen=True):
    """When a fault was ordered, in the world's time, and after how many real seconds trades flowed again."""

    fault: FeedFault
    ordered_at_ns: int
    healed_s: float


def _drop(how: str) -> dict[str, object]:
    return {"fault": "drop", "how": how}


def _garble(how: str) -> FeedFault:
    return FeedFault(how, ({"fault": "corrupt", "how": how},), cuts=False)


FAULTS = (
    FeedFault("clean close", (_drop("clean"),)),
    FeedFault("end without a close frame", (_drop("eof"),)),
    FeedFault("reset", (_drop("rst"),)),
    _garble("garbage_text"),
    _garble("garbage_binary"),
    _garble("truncated"),
    _garble("lying_count"),
    _garble("invalid_utf8"),
    _garble("null_price"),
    _garble("negative"),
    FeedFault("approval key forgotten", ({"fault": "forget_approval_key"}, _drop("rst"))),
    FeedFault("refused for five seconds", ({"fault": "refuse", "seconds": 5}, _drop("rst"))),
    FeedFault("half-open", (_drop("half_open"),)),
    FeedFault("refused for two minutes", ({"fault": "refuse", "seconds": 120}, _drop("rst"))),
    FeedFault("46 fields", ({"fault": "fields", "count": 46},), cuts=False),
    FeedFault("48 fields", ({"fault": "fields", "count": 48},), cuts=False),
    FeedFault("47 fields", ({"fault": "fields", "count": 47},), cuts=False),
)
"""What the line to KIS does to those who rely on it."""


def order_and_heal(system: System, fault: FeedFault) -> FeedHealing:
    """Order *fault* and wait until every symbol is subscribed again and its trades reach evaluator."""
    opened_before = _confirmed(system)
    ordered_at_ns = system.now_ns()
    for order in fault.orders:
        answer = requests.post(
            f"http://127.0.0.1:{system.simulator_config.rest_port}/simulator/fault",
            data=msgspec.json.encode(order),
            timeout=10,
        )
        answer.raise_for_status()
    wanted = opened_before + (len(system.symbols) if fault.cuts else 0)
    healed_s = wait_for(
        f"{fault.name} to heal", lambda: _confirmed(system) >= wanted and system.runs("feed"), HEAL_PATIENCE_S
    )
    before = _progress(system)
    healed_s += wait_for(f"trades after {fault.name}", lambda: _progress(system) > before)
    return FeedHealing(fault, ordered_at_ns, healed_s)


def _progress(system: System) -> int:
    return msgspec.convert(system.ask("evaluator", "status").get("progress", 0), int)


def _confirmed(system: System) -> int:
    """Return how many subscriptions the simulator has ever confirmed."""
    events = read_connections(system.settings.data_dir / "simulator" / "connections.jsonl")
    return sum(event.event == "confirmed" for event in events)
