"""Look at daily bars before anything is made of them: every source is wrong at times. Pure.

    not in order of days                        the whole answer is none
    no price above zero, or none at all         the day was suspended; it is left out without a word
    a day on which the exchange is closed       refused
    high below low, open or close beyond both   refused
    a close far from both neighbours            refused: a wrong print; neighbours agree with each other
    the last close far from the one before      refused until the next day tells which it is: a wrong print, or a step
    a close further than the market allows      a step that nobody adjusted for: what lies before it is left out

What a day may do: 30 % either way in Korea, 60 % for a leveraged fund (nothing tells which are), and in the US, where
there is no limit, a quarter or four times the price.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise, zip_longest

from msgspec import Struct

from actors.analyst.bars.history import Bar
from actors.market.prices import DAILY_LIMIT
from actors.market.sessions import Calendar
from protocol.messages import Venue

__all__ = ["CheckedBars", "DisorderedBars", "check_bars", "continues"]

FUND_LIMIT = 2 * DAILY_LIMIT
US_LIMITS = (0.25, 4.0)
ROUNDING = 0.005
"""Adjusted prices are rounded one by one, so that a close may stand a little above its high."""
SAME = 1e-6
DAY = timedelta(days=1)


class DisorderedBars(Exception):  # noqa: N818 - it names what was found
    """The bars do not follow one another day by day: what they are is anybody's guess."""


class CheckedBars(Struct, frozen=True, kw_only=True):
    """The bars that may be believed, and what was wrong with the others."""

    bars: list[Bar]
    refused: dict[date, str]
    """Why a day was left out, by its date; suspended days are not mentioned."""
    holes: int
    """Trading days between the first and the last bar that have none."""


def check_bars(bars: Sequence[Bar], venue: Venue, calendar: Calendar, *, may_be_fund: bool) -> CheckedBars:
    """Return what may be believed of *bars*.

    Args:
        bars: as a source gave them, oldest first.
        venue: whose days and limits hold.
        calendar: which days are trading days.
        may_be_fund: whether they may be a leveraged fund's, which moves further in Korea.

    Raises:
        DisorderedBars: a day comes twice, or after a later one.
    """
    for before, bar in pairwise(bars):
        if before.session_date >= bar.session_date:
            message = f"expected days in order, found {bar.session_date} behind {before.session_date}"
            raise DisorderedBars(message)
    refused: dict[date, str] = {}
    traded = [bar for bar in bars if _has_prices(bar)]
    sound = [bar for bar in traded if not _complain(_fault_of(bar, venue, calendar), bar, refused)]
    limits = _limits(venue, may_be_fund=may_be_fund)
    kept = _since_last_step(_without_spikes(sound, limits, refused), limits, refused)
    return CheckedBars(bars=kept, refused=refused, holes=_holes(kept, venue, calendar))


def continues(stored: Iterable[Bar], fetched: Iterable[Bar]) -> bool:
    """Say whether *fetched* goes on where *stored* ends: they share a day, and the closes of all such days agree.

    Where they do not, the past was adjusted since, and all of it must be read again.
    """
    closes = {bar.session_date: bar.close for bar in stored}
    shared = [(closes[bar.session_date], bar.close) for bar in fetched if bar.session_date in closes]
    return bool(shared) and all(math.isclose(before, now, rel_tol=SAME) for before, now in shared)


def _has_prices(bar: Bar) -> bool:
    return all(0 < price < math.inf for price in (bar.open, bar.high, bar.low, bar.close))


def _complain(fault: str, bar: Bar, refused: dict[date, str]) -> bool:
    if fault:
        refused[bar.session_date] = fault
    return bool(fault)


def _fault_of(bar: Bar, venue: Venue, calendar: Calendar) -> str:
    """Return what is wrong with *bar* by itself, empty if nothing is."""
    if not calendar.is_trading_day(venue, bar.session_date):
        return "expected a trading day, found a closed one"
    slack = ROUNDING * bar.high + (1.0 if venue.is_korean else 0.01)
    body = (bar.open, bar.close)
    if bar.low - slack > min(*body, bar.high) or bar.high + slack < max(*body, bar.low):
        found = f"{bar.open:g}, {bar.high:g}, {bar.low:g}, {bar.close:g}"
        return f"expected open and close between low and high, found {found} (open, high, low, close)"
    return ""


def _limits(venue: Venue, *, may_be_fund: bool) -> tuple[float, float]:
    """Return the least and the most that a close may be of the one before."""
    if not venue.is_korean:
        return US_LIMITS
    limit = (FUND_LIMIT if may_be_fund else DAILY_LIMIT) + ROUNDING
    return 1 - limit, 1 + limit


def _is_possible(before: Bar, bar: Bar, limits: tuple[float, float]) -> bool:
    least, most = limits
    return least <= bar.close / before.close <= most


def _without_spikes(bars: list[Bar], limits: tuple[float, float], refused: dict[date, str]) -> list[Bar]:
    """Return *bars* without those whose close fits neither neighbour while the neighbours fit each other.

    The last one has no second neighbour that could speak for it.
    """
    kept = bars[:1]
    for bar, after in zip_longest(bars[1:], bars[2:]):
        before = kept[-1]
        if _is_possible(before, bar, limits):
            kept.append(bar)
        elif after is None:
            refused[bar.session_date] = f"expected a close near {before.close:g}, found {bar.close:g}"
        elif not _is_possible(bar, after, limits) and _is_possible(before, after, limits):
            near = f"{before.close:g} and {after.close:g}"
            refused[bar.session_date] = f"expected a close near {near}, found {bar.close:g}"
        else:
            kept.append(bar)
    return kept


def _since_last_step(bars: list[Bar], limits: tuple[float, float], refused: dict[date, str]) -> list[Bar]:
    """Return *bars* from the last close on that is further from the one before than a day can bring it."""
    for place in range(len(bars) - 1, 0, -1):
        before, bar = bars[place - 1], bars[place]
        if not _is_possible(before, bar, limits):
            reason = f"expected an adjusted history, found {before.close:g}, then {bar.close:g} on {bar.session_date}"
            refused[before.session_date] = reason
            return bars[place:]
    return bars


def _holes(bars: Sequence[Bar], venue: Venue, calendar: Calendar) -> int:
    if not bars:
        return 0
    have: Mapping[date, Bar] = {bar.session_date: bar for bar in bars}
    days = (bars[-1].session_date - bars[0].session_date).days
    span = (bars[0].session_date + number * DAY for number in range(days))
    return sum(1 for on in span if on not in have and calendar.is_trading_day(venue, on))
