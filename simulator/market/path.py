"""Where a price stands during one session, in σ from the base price: a script, then wandering.

The path is a function of time alone, so that the close of a day that nobody watched is known, and a simulator that was
killed goes on where it was.
"""

import math
import random

from simulator.config import SymbolProfile

__all__ = ["DayPath"]

_PERIODS = (1.0, 2.7, 7.3)
_DECAY_S = 600.0


class DayPath:
    """The path of one symbol in one session."""

    def __init__(self, profile: SymbolProfile, chance: random.Random) -> None:
        self._drift = [(0.0, 0.0), *profile.drift] if not profile.drift or profile.drift[0][0] > 0 else profile.drift
        self._center = profile.wander_center
        self._sigma = profile.wander_sigma
        self._waves = [
            (2 * math.pi / (profile.wander_s * period * chance.uniform(0.8, 1.25)), chance.uniform(0, 2 * math.pi))
            for period in _PERIODS
        ]
        self._ends_s, self._ends_at = self._drift[-1]
        self._wave_at_end = self._wave(self._ends_s)

    def at(self, seconds: float) -> float:
        """Return where the price stands so many world seconds after the open, in σ."""
        if seconds >= self._ends_s:
            return self._wandering(seconds)
        for (from_s, from_), (until_s, until) in zip(self._drift, self._drift[1:], strict=False):
            if seconds < until_s:
                return from_ + (until - from_) * max(seconds - from_s, 0.0) / (until_s - from_s)
        return self._ends_at

    def _wandering(self, seconds: float) -> float:
        # It leaves the end of the script without a jump and forgets it in some minutes.
        left = math.exp(-(seconds - self._ends_s) / _DECAY_S)
        wave = self._wave(seconds) - self._wave_at_end * left
        return self._center + (self._ends_at - self._center) * left + self._sigma * wave

    def _wave(self, seconds: float) -> float:
        return sum(math.sin(frequency * seconds + phase) for frequency, phase in self._waves) / math.sqrt(
            len(self._waves)
        )
