"""Delays between attempts: they double up to a cap, and chance draws them so that no two actors march in step."""

import random

__all__ = ["Backoff"]


class Backoff:
    """The delay before each next attempt at one thing."""

    def __init__(self, first_s: float, cap_s: float, chance: random.Random) -> None:
        """Start with no failure behind us.

        Args:
            first_s: the upper bound of the first delay, seconds.
            cap_s: the upper bound that it doubles towards, seconds.
            chance: where the jitter comes from.
        """
        self._first_s = first_s
        self._cap_s = cap_s
        self._chance = chance
        self._failures = 0

    def next(self) -> float:
        """Return how many seconds to wait before the next attempt: between half of the bound and the bound."""
        bound = min(self._cap_s, self._first_s * 2.0**self._failures)
        if bound < self._cap_s:
            self._failures += 1
        return bound * (0.5 + 0.5 * self._chance.random())

    def reset(self) -> None:
        """Forget the failures: the thing works again."""
        self._failures = 0
