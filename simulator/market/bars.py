"""Daily bars of the time before the world began: any number of years, always the same for one seed.

They are made backwards from the base price of the first day. The calendar year before it is tuned until the sample
standard deviation of its daily simple returns is the profile's sigma, after all closes were rounded to tick sizes;
around the day on which that year begins every return is one sigma up or down, so that it does not matter to the result
whether a reader counts one day more or less.
"""

import random
import statistics
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from simulator.chance import stream
from simulator.config import SymbolProfile
from simulator.market.calendar import Calendar
from simulator.market.prices import quote

__all__ = ["Bar", "PastBars", "one_year_before"]

_BLOCK_SESSIONS = 250
_EDGE = timedelta(days=8)
_ROUNDS = 50
_CLOSE_ENOUGH = 1e-5
_WIDEST, _WIDEST_RETURN = 3.2, 0.2
"""Returns are cut at so many sigma: a wild day would be most of the year's deviation. And at so much: no day may go
further than its limit of 30 %, also after the tuning."""


class Bar(Struct, frozen=True, kw_only=True):
    """One session's open, high, low, close (won or dollars), shares and value.

    Of a session without a trade all are 0 but the close, which is that of the session before.
    """

    session_date: date
    open: float
    high: float
    low: float
    close: float
    volume: int
    value: int


def one_year_before(day: date) -> date:
    """Return the same day a year earlier; 29 February becomes 28."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


class PastBars:
    """The bars of one symbol before *first_date*, made as far back as somebody asks."""

    def __init__(self, profile: SymbolProfile, calendar: Calendar, first_date: date, seed: int) -> None:
        self._profile = profile
        self._calendar = calendar
        self._seed = seed
        self._newest_first: list[Bar] = []
        self._next_close = profile.base_price
        self._next_day = calendar.previous_before(first_date)
        self._untraded = [self._without_trade() for _ in range(profile.untraded_sessions)]

    def since(self, oldest: date) -> list[Bar]:
        """Return the bars from *oldest* on, oldest first; none from before the symbol was listed."""
        while self._next_day >= oldest:
            self._extend()
        listed = [*self._untraded, *self._newest_first][: self._profile.listed_sessions]
        return [bar for bar in reversed(listed) if bar.session_date >= oldest]

    def _without_trade(self) -> Bar:
        on, self._next_day = self._next_day, self._calendar.previous_before(self._next_day)
        return Bar(session_date=on, open=0, high=0, low=0, close=self._next_close, volume=0, value=0)

    def _extend(self) -> None:
        chance = stream(self._seed, "history", self._profile.code, len(self._newest_first))
        if self._newest_first:
            days = self._days(_BLOCK_SESSIONS, None)
            returns = _plain(chance, len(days), self._profile.sigma)
        else:
            days = self._days(_BLOCK_SESSIONS, one_year_before(self._next_day) - 2 * _EDGE)
            returns = self._tuned(chance, days)
        closes = self._closes(returns)
        for day, (close, earlier) in zip(days, pairwise(closes), strict=True):
            self._newest_first.append(self._bar(chance, day, earlier, close))
        self._next_close = closes[-1]
        self._next_day = self._calendar.previous_before(days[-1])

    def _days(self, count: int, until: date | None) -> list[date]:
        days = [self._next_day]
        while len(days) < count or (until is not None and days[-1] > until):
            days.append(self._calendar.previous_before(days[-1]))
        return days

    def _closes(self, returns: list[float]) -> list[float]:
        closes = [self._next_close]
        for change in returns:
            closes.append(quote(self._profile, closes[-1] / (1 + change)))
        return closes

    def _tuned(self, chance: random.Random, days: list[date]) -> list[float]:
        sigma = self._profile.sigma
        year_begins = one_year_before(days[0])
        returns = _plain(chance, len(days), sigma)
        inner = [index for index, day in enumerate(days) if day > year_begins + _EDGE]
        for index in range(len(inner), len(days)):
            if days[index] >= year_begins - _EDGE:
                returns[index] = sigma if index % 2 else -sigma
        in_year = sum(day >= year_begins for day in days)
        best, best_error = returns, float("inf")
        for patience in range(1, _ROUNDS):
            found = _deviation(self._closes(returns)[:in_year])
            error = abs(found / sigma - 1)
            if error < best_error:
                best, best_error = returns, error
            if error < _CLOSE_ENOUGH * patience:
                break
            # Rounding to tick sizes makes the deviation rough: a little chance helps over its steps, and what is good
            # enough grows with every round. Without a mean, the returns at the edge are one sigma from it.
            mean = statistics.fmean(returns[: len(inner)])
            scaled = [(change - mean) * sigma / found * chance.uniform(0.99, 1.01) for change in returns[: len(inner)]]
            returns = scaled + returns[len(inner) :]
        return best

    def _bar(self, chance: random.Random, day: date, earlier: float, close: float) -> Bar:
        profile = self._profile
        opened = quote(profile, earlier * (1 + chance.gauss(0, profile.sigma / 3)))
        high = max(opened, close, quote(profile, max(opened, close) * (1 + abs(chance.gauss(0, profile.sigma / 3)))))
        low = min(opened, close, quote(profile, min(opened, close) * (1 - abs(chance.gauss(0, profile.sigma / 3)))))
        volume = int(profile.average_volume * chance.lognormvariate(0, 0.35))
        value = int(volume * (high + low + close) / 3)
        return Bar(session_date=day, open=opened, high=high, low=low, close=close, volume=volume, value=value)


def _plain(chance: random.Random, count: int, sigma: float) -> list[float]:
    widest = min(_WIDEST, _WIDEST_RETURN / sigma)
    return [sigma * max(-widest, min(chance.gauss(0, 1), widest)) for _ in range(count)]


def _deviation(closes: list[float]) -> float:
    return statistics.stdev(newer / older - 1 for newer, older in pairwise(closes))
