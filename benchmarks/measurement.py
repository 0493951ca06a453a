"""One figure of ours, beside its floor's and its mark. Pure."""

import enum
from itertools import accumulate
from math import comb
from statistics import median

from msgspec import Struct

__all__ = ["Bound", "Mark", "Measurement", "at_least_times", "at_most", "at_most_times"]

DOUBT = 1 / 16
"""How often the true median may lie outside the range: of five rounds that is from the lowest to the highest."""


class Bound(enum.Enum):
    """What a mark looks at."""

    RATIO_AT_MOST = "ratio at most"
    RATIO_AT_LEAST = "ratio at least"
    VALUE_AT_MOST = "value at most"


class Mark(Struct, frozen=True):
    """What a figure is meant to reach."""

    bound: Bound
    limit: float

    def __str__(self) -> str:
        """`≤ 1.5 ×`."""
        match self.bound:
            case Bound.RATIO_AT_MOST:
                return f"≤ {self.limit:g} ×"
            case Bound.RATIO_AT_LEAST:
                return f"≥ {self.limit:g} ×"
            case Bound.VALUE_AT_MOST:
                return f"≤ {self.limit:g}"


def at_most_times(limit: float) -> Mark:
    """Return the mark of a cost: at most so many times its floor's."""
    return Mark(Bound.RATIO_AT_MOST, limit)


def at_least_times(limit: float) -> Mark:
    """Return the mark of a yield: at least so many times its floor's."""
    return Mark(Bound.RATIO_AT_LEAST, limit)


def at_most(limit: float) -> Mark:
    """Return the mark of a figure without a floor."""
    return Mark(Bound.VALUE_AT_MOST, limit)


class Measurement(Struct, frozen=True, kw_only=True):
    """What was measured of *ours* and of its *floor*, one value a round each, in the same rounds."""

    part: str
    case: str
    quantity: str
    unit: str
    ours: list[float]
    floor: list[float] = []
    mark: Mark | None = None

    @property
    def value(self) -> float:
        """The median of ours."""
        return median(self.ours)

    @property
    def floor_value(self) -> float:
        """The median of the floor."""
        return median(self.floor)

    @property
    def ratios(self) -> list[float]:
        """Ours in floors, one of each round in which the floor was above zero."""
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=False) if floor > 0]

    @property
    def range(self) -> tuple[float, float]:
        """Between which of the ratios the true median lies, whatever their distribution: the sign test's interval."""
        ordered = sorted(self.ratios)
        left_out = _left_out(len(ordered))
        return ordered[left_out], ordered[-1 - left_out]

    @property
    def is_met(self) -> bool | None:
        """Whether the mark is met; None where there is none, or nothing to compare."""
        if self.mark is None:
            return None
        if self.mark.bound is Bound.VALUE_AT_MOST:
            return self.value <= self.mark.limit
        if not self.ratios:
            return None
        ratio = median(self.ratios)
        return ratio <= self.mark.limit if self.mark.bound is Bound.RATIO_AT_MOST else ratio >= self.mark.limit


def _left_out(rounds: int) -> int:
    """Return how many of so many *rounds* are left out at either end: the true median seldom lies beyond the others."""
    beyond = accumulate(2 * comb(rounds, below) / 2**rounds for below in range(rounds))
    return max(0, len([chance for chance in beyond if chance <= DOUBT]) - 1)
