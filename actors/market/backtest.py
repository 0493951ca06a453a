"""Would it have paid? The σ rule played over daily bars, with the very functions that make the live targets. Pure.

Each session is judged by what was known before it: σ from the closes up to the session before, the base price its
close, the targets from both. No later bar is within reach, so cutting the future off changes nothing of the past. A
level is *touched* when the day's low is at or below its exact target; somebody who had ordered at the target rounded
down to a tick has *bought* when the low came that far: at the open, if the session opened below it, else at the order's
price.

After 1, 5 and 20 sessions the purchase is worth that day's close. Costs of both sides are in the gains, not in the
falls: a fall is the deepest low from the purchase on, since the low of its own day cannot have come before it. Beside
it stands *any day*: bought at the open of each session, at the same costs.

What it cannot know: prices are adjusted for splits and rights, so that tick sizes of the past are those of today's
prices; dividends are left out on both sides; whoever buys moves no price.
"""

import contextlib
import math
import random
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from actors.market.bootstrap import RESAMPLES, Resampler
from actors.market.errors import NotEnoughHistory
from actors.market.outlook import Fate, Outlook, Sample
from actors.market.prices import Instrument, orderable_price
from actors.market.sigma import Sigma, SigmaRule, sample_sigma, target_price
from protocol.messages import Venue

__all__ = ["HORIZONS", "BackTest", "Bar", "LevelResult", "Purchase", "Terms", "run_back_test"]

HORIZONS = (1, 5, 20)
"""After how many sessions a purchase is looked at."""
BLOCK = 20
"""Days drawn in one piece: as long as the longest horizon, over which neighbours share what came later."""


class Bar(Struct, frozen=True, kw_only=True, array_like=True):
    """One day of a symbol, adjusted for splits and rights."""

    session_date: date
    open: float
    high: float
    low: float
    close: float
    volume: int


class Terms(Struct, frozen=True, kw_only=True):
    """On what terms somebody buys."""

    venue: Venue
    instrument: Instrument = Instrument.SHARE
    levels: tuple[float, ...] = (1.0, 2.0)
    rule: SigmaRule = SigmaRule()
    buy_cost: float = 0.0
    """What buying costs, a fraction of the price."""
    sell_cost: float = 0.0
    """What selling costs, tax included, a fraction of the price."""


class Purchase(Struct, frozen=True, kw_only=True, array_like=True):
    """Something bought on one day."""

    bought_on: date
    price: float
    at_open: bool
    """Whether the session opened at or below the order, so that it came cheaper than ordered."""
    fates: tuple[Fate | None, ...]
    """One for each of `HORIZONS`; None where that day is still to come."""


class LevelResult(Struct, frozen=True, kw_only=True):
    """What one level did; rates are fractions of the sessions."""

    level: float
    touched: int
    """Sessions whose low was at or below the exact target: those with an alert."""
    closed_below: int
    """Sessions that closed there."""
    touched_normal: float
    """How often a price that walks at random with this σ would touch it: twice as often as it closes there."""
    closed_normal: float
    """How often it would close there: the normal curve's tail."""
    outlooks: list[Outlook]
    purchases: list[Purchase]


class BackTest(Struct, frozen=True, kw_only=True):
    """The result: nothing but `sessions` of 0 where no session had enough history before it."""

    sessions: int
    first: date | None = None
    last: date | None = None
    any_day: list[Outlook] = []
    levels: list[LevelResult] = []


def run_back_test(
    bars: Sequence[Bar], since: date, terms: Terms, chance: random.Random, resamples: int = RESAMPLES
) -> BackTest:
    """Play the rule over the sessions from *since* on.

    Args:
        bars: oldest first, with a year and more before *since*; days without a price are stepped over.
        since: the first session date that counts.
        terms: what is bought, and what that costs.
        chance: for the intervals; seeded, so that the same bars give the same answer.
        resamples: of how many draws the intervals are made.
    """
    sound = [bar for bar in bars if _is_sound(bar)]
    days = _judged_days(sound, since, terms.rule)
    if not days:
        return BackTest(sessions=0)
    resampler = Resampler(len(days), BLOCK, chance, resamples)
    any_day = _samples([_buy(sound, day.place, sound[day.place].open, terms) for day in days], resampler)
    levels = []
    for level in terms.levels:
        result = _play(level, sound, days, terms)
        samples = _samples(result.by_day, resampler)
        outlooks = [ours.outlook(theirs) for ours, theirs in zip(samples, any_day, strict=True)]
        levels.append(_level_result(level, result, outlooks))
    return BackTest(
        sessions=len(days),
        first=sound[days[0].place].session_date,
        last=sound[-1].session_date,
        any_day=[sample.outlook() for sample in any_day],
        levels=levels,
    )


class _Day(Struct, frozen=True):
    """A session that has enough history: its place among the bars, and the σ that was known before it."""

    place: int
    sigma: Sigma


class _Played(Struct):
    """What one level did, session by session."""

    touched: int = 0
    closed_below: int = 0
    by_day: list[Purchase | None] = []


def _is_sound(bar: Bar) -> bool:
    """Say whether *bar* is a day of trading: a suspended one comes with open, high and low of zero."""
    return all(0 < price < math.inf for price in (bar.open, bar.high, bar.low, bar.close))


def _judged_days(bars: Sequence[Bar], since: date, rule: SigmaRule) -> list[_Day]:
    days = []
    closes: dict[date, float] = {}
    for place, bar in enumerate(bars):
        if place and bar.session_date >= since:
            with contextlib.suppress(NotEnoughHistory):
                days.append(_Day(place, sample_sigma(closes, bars[place - 1].session_date, rule)))
        # Only now: the rule is never handed a close of the session that it is made for.
        closes[bar.session_date] = bar.close
    return days


def _play(level: float, bars: Sequence[Bar], days: Sequence[_Day], terms: Terms) -> _Played:
    played = _Played()
    for day in days:
        bar = bars[day.place]
        target = target_price(bars[day.place - 1].close, day.sigma.value, level)
        played.touched += bar.low <= target
        played.closed_below += bar.close <= target
        order = orderable_price(target, terms.venue, terms.instrument)
        played.by_day.append(_buy(bars, day.place, order, terms) if bar.low <= order else None)
    return played


def _buy(bars: Sequence[Bar], place: int, order: float, terms: Terms) -> Purchase:
    """Return what becomes of an order at that price in the session at *place*, whose low reached it."""
    bar = bars[place]
    price = min(bar.open, order)
    fates = tuple(
        _fate(bars[place : place + sessions + 1], price, terms) if place + sessions < len(bars) else None
        for sessions in HORIZONS
    )
    return Purchase(bought_on=bar.session_date, price=price, at_open=bar.open <= order, fates=fates)


def _fate(bars: Sequence[Bar], price: float, terms: Terms) -> Fate:
    """Return what became of a purchase at *price* in the first of *bars* by the close of the last of them."""
    received = bars[-1].close * (1 - terms.sell_cost)
    return Fate(received / (price * (1 + terms.buy_cost)) - 1, min(bar.low for bar in bars) / price - 1)


def _samples(by_day: Sequence[Purchase | None], resampler: Resampler) -> list[Sample]:
    return [
        Sample(sessions, [purchase.fates[index] if purchase else None for purchase in by_day], resampler)
        for index, sessions in enumerate(HORIZONS)
    ]


def _level_result(level: float, played: _Played, outlooks: list[Outlook]) -> LevelResult:
    tail = math.erfc(level / math.sqrt(2)) / 2
    return LevelResult(
        level=level,
        touched=played.touched,
        closed_below=played.closed_below,
        touched_normal=2 * tail,
        closed_normal=tail,
        outlooks=outlooks,
        purchases=[purchase for purchase in played.by_day if purchase],
    )
