"""What outlives a restart of the simulator alone: where the world stands, written about once a second.

A simulator that starts again under the same life (the same supervisord) goes on with the same world: the same clock,
the same trades with the same numbers. Under another life it begins a new trading day of the old market.
"""

from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from simulator.clock import WorldTime
from simulator.market.exchange import MarketState

__all__ = ["Keys", "SimulatorState", "read_state", "write_state"]


class Keys(Struct, kw_only=True):
    """The keys and tokens that KIS has issued. Moments are the world's, epoch nanoseconds."""

    issued: int = 0
    approvals: dict[str, tuple[str, int]] = {}
    """Approval key -> its appkey and when it expires."""
    tokens: dict[str, tuple[str, int]] = {}
    """Access token -> its appkey and when it was issued."""


class SimulatorState(Struct, kw_only=True):
    """One world at one moment."""

    life: str
    """Who started this world (`actors.runtime.clock.life_of_parent`)."""
    start: str
    """The configuration's `start`, `seed` and `recording`: another one is another world."""
    seed: int
    recording: str
    time: WorldTime
    last_date: date
    """The last trading day that was used."""
    market: MarketState
    keys: Keys
    connections: int = 0
    requests: int = 0


def read_state(path: Path) -> SimulatorState | None:
    """Return the state in *path*; None where there is none that can be read, which begins a new world."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SimulatorState)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_state(path: Path, state: SimulatorState) -> None:
    """Write *state* to *path* in one step."""
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(state))
    part.replace(path)
