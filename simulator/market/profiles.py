"""The symbols of the market: those of the configuration, and so many more made from the seed."""

import math

from simulator.chance import stream
from simulator.config import SimulatorConfig, SymbolProfile

__all__ = ["profiles_of"]

_CHEAPEST, _DEAREST = 1_500, 600_000
_WITH_LETTERS_ONE_IN = 8


def profiles_of(config: SimulatorConfig) -> list[SymbolProfile]:
    """Return every symbol's profile; generated symbols swing through their targets every few world minutes."""
    return [*config.symbols, *(_generated(config.seed, number) for number in range(1, config.symbols_generated + 1))]


def _generated(seed: int, number: int) -> SymbolProfile:
    chance = stream(seed, "profile", number)
    # New listings have letters in their codes, and whoever takes a code for a number shall notice.
    code = f"0{number:03d}K0" if number % _WITH_LETTERS_ONE_IN == 0 else f"9{number:04d}0"
    price = math.exp(chance.uniform(math.log(_CHEAPEST), math.log(_DEAREST)))
    return SymbolProfile(
        code=code,
        name=f"모의종목 {number}",
        base_price=_on_every_grid(price),
        sigma=chance.uniform(0.008, 0.04),
        trades_per_second=2.0,
        average_volume=int(math.exp(chance.uniform(math.log(100_000), math.log(10_000_000)))),
        wander_center=-1.2,
        wander_sigma=1.3,
        wander_s=chance.uniform(240, 700),
    )


def _on_every_grid(price: float) -> int:
    # Two significant digits lie on the tick sizes of every band.
    magnitude: int = 10 ** (len(str(int(price))) - 2)
    return int(price) // magnitude * magnitude
