"""How sure a figure is that was made of a series of days: a moving-block bootstrap. Pure; chance is passed in.

Forward returns of neighbouring days overlap, and falls come in clusters, so the cases are not independent and a t
interval would be too narrow. Whole stretches of days are drawn instead, with replacement and round the end of the
series, and the figure is made anew from each draw; the middle 95 % of what comes out is the interval. All series are
drawn at the same places, so that a difference between two of them is judged day by day.

Source: Politis and Romano, "A circular block-resampling procedure for stationary data", 1992.
"""

import random
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

__all__ = ["RESAMPLES", "Interval", "Resampler", "Statistics", "interval_of", "statistics_of"]

RESAMPLES = 1_000
"""How often a series is drawn."""
OUTSIDE = 0.025
"""The part of the draws that is left out at either end."""


class Interval(Struct, frozen=True, array_like=True):
    """Where a figure lies with 95 % confidence."""

    low: float
    high: float


class Statistics(Struct, frozen=True):
    """What is known of some returns, at least one."""

    mean: float
    median: float
    hit_rate: float
    """The part of them that is above zero."""


def statistics_of(values: Sequence[float]) -> Statistics:
    """Return mean, median and hit rate of *values*, at least one."""
    ordered = sorted(values)
    count = len(ordered)
    median = (ordered[count // 2] + ordered[(count - 1) // 2]) / 2
    return Statistics(sum(ordered) / count, median, sum(value > 0 for value in ordered) / count)


def interval_of(values: Sequence[float]) -> Interval | None:
    """Return the middle 95 % of *values*; None if there are none."""
    if not values:
        return None
    ordered = sorted(values)
    outside = int(len(ordered) * OUTSIDE)
    return Interval(ordered[outside], ordered[-1 - outside])


class Resampler:
    """The places at which series of so many days are drawn, the same for all of them."""

    def __init__(self, days: int, block: int, chance: random.Random, resamples: int = RESAMPLES) -> None:
        """Choose them.

        Args:
            days: how long the series are, at least one.
            block: how many days are drawn in one piece: no shorter than what makes neighbours alike.
            chance: seeded, so that the same question has the same answer.
            resamples: how often a whole series is drawn.
        """
        self._days = days
        self._block = min(block, days)
        blocks = -(-days // self._block)
        self._draws = [[chance.randrange(days) for _ in range(blocks)] for _ in range(resamples)]

    def statistics(self, series: Sequence[float | None]) -> list[Statistics | None]:
        """Return the statistics of each draw of *series*, None for a draw in which no day has a value."""
        around = [*series, *series[: self._block]]
        values = [value for value in around if value is not None]
        counts = [0, *accumulate(value is not None for value in around)]
        found: list[Statistics | None] = []
        for starts in self._draws:
            drawn: list[float] = []
            for start in starts:
                drawn += values[counts[start] : counts[start + self._block]]
            found.append(statistics_of(drawn) if drawn else None)
        return found
