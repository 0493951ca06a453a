"""Product and floor in turns: neighbours on the machine move every figure, but both alike, so that ratios stay."""

from collections.abc import Callable, Mapping
from typing import TypeVar

__all__ = ["in_turns", "percentile"]

ResultT = TypeVar("ResultT")


def in_turns(rounds: int, cases: Mapping[str, Callable[[], ResultT]]) -> dict[str, list[ResultT]]:
    """Run every case once a round, in every other round from the last to the first, and return the results by case."""
    results: dict[str, list[ResultT]] = {name: [] for name in cases}
    for number in range(rounds):
        names = list(cases)
        for name in reversed(names) if number % 2 else names:
            results[name].append(cases[name]())
    return results


def percentile(values: list[float], share: float) -> float:
    """Return the one of *values* below which *share* (0 to 1) of them lie; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
