"""What became of purchases after so many sessions, and how sure that is. Pure."""

import math
from collections.abc import Sequence

from msgspec import Struct

from actors.market.bootstrap import Interval, Resampler, interval_of, statistics_of

__all__ = ["FEWEST_CASES", "Fate", "Outlook", "Sample"]

FEWEST_CASES = 10
"""Of fewer cases an interval says nothing."""


class Fate(Struct, frozen=True, array_like=True):
    """What became of one purchase after some sessions."""

    gain: float
    """The return, costs included, a fraction."""
    fall: float
    """The deepest low until then, a fraction of the price paid: zero or below."""


class Outlook(Struct, frozen=True, kw_only=True):
    """What became of many, in fractions; None where there are no cases, an interval also where there are too few."""

    sessions: int
    """After how many sessions."""
    cases: int
    mean: float | None = None
    mean_range: Interval | None = None
    median: float | None = None
    median_range: Interval | None = None
    hit_rate: float | None = None
    """The part of the cases with a gain."""
    hit_rate_range: Interval | None = None
    worst: float | None = None
    fall: float | None = None
    """The mean of the deepest lows until then."""
    worst_fall: float | None = None
    excess: float | None = None
    """By how much the mean lies above that of any day; None of any day itself."""
    excess_range: Interval | None = None


class Sample:
    """Purchases, one for each day or none, seen after so many sessions."""

    def __init__(self, sessions: int, fates: Sequence[Fate | None], resampler: Resampler) -> None:
        self._sessions = sessions
        self._fates = [fate for fate in fates if fate]
        gains = [fate.gain if fate else None for fate in fates]
        self.exact = statistics_of([fate.gain for fate in self._fates]) if self._fates else None
        """Of the purchases as they were; None if there were none."""
        self.draws = resampler.statistics(gains) if len(self._fates) >= FEWEST_CASES else []
        """Of each draw; none where there are too few cases."""

    def outlook(self, any_day: "Sample | None" = None) -> Outlook:
        """Return what became of them, beside what became of purchases on *any_day*, drawn by the same resampler."""
        if self.exact is None:
            return Outlook(sessions=self._sessions, cases=0)
        draws = [draw for draw in self.draws if draw]
        falls = [fate.fall for fate in self._fates]
        excess, differences = self._excess_over(any_day)
        return Outlook(
            sessions=self._sessions,
            cases=len(self._fates),
            mean=self.exact.mean,
            mean_range=interval_of([draw.mean for draw in draws]),
            median=self.exact.median,
            median_range=interval_of([draw.median for draw in draws]),
            hit_rate=self.exact.hit_rate,
            hit_rate_range=interval_of([draw.hit_rate for draw in draws]),
            worst=min(fate.gain for fate in self._fates),
            fall=math.fsum(falls) / len(falls),
            worst_fall=min(falls),
            excess=excess,
            excess_range=interval_of(differences),
        )

    def _excess_over(self, any_day: "Sample | None") -> tuple[float | None, list[float]]:
        """Return by how much the mean lies above that of *any_day*, in truth and in each draw."""
        if any_day is None or any_day.exact is None or self.exact is None:
            return None, []
        pairs = zip(self.draws, any_day.draws, strict=False)
        differences = [ours.mean - theirs.mean for ours, theirs in pairs if ours and theirs]
        return self.exact.mean - any_day.exact.mean, differences
