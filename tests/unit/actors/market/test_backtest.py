"""The back test against a slow reference, written with other means, on a public series."""

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from actors.market.backtest import HORIZONS, BackTest, Bar, Purchase, Terms, run_back_test
from actors.market.outlook import Outlook
from actors.market.prices import Instrument
from protocol.messages import Venue
from tests.support.public_bars import public_bars

SINCE = date(2007, 6, 1)
COST = 0.0025
TERMS = Terms(venue=Venue.NASDAQ, levels=(1.0, 2.0, 2.5), buy_cost=COST, sell_cost=COST)
FREE = Terms(venue=Venue.KRX, instrument=Instrument.FUND, levels=(1.0,))


def played(bars: Sequence[Bar] = public_bars(), since: date = SINCE, terms: Terms = TERMS) -> BackTest:
    """Return the result of the back test."""
    return run_back_test(bars, since, terms, random.Random(1))


def reference(level: float) -> pd.DataFrame:
    """Return a row for each session from SINCE on: what an order at *level* σ came to, by pandas, one by one."""
    frame = pd.DataFrame([[bar.open, bar.low, bar.close] for bar in public_bars()], columns=["open", "low", "close"])
    frame.index = pd.DatetimeIndex([bar.session_date for bar in public_bars()])
    rows = []
    for now in frame.index[frame.index >= pd.Timestamp(SINCE)]:
        past = frame.loc[frame.index < now]
        year = past.loc[past.index >= past.index[-1] - pd.DateOffset(years=1), "close"]
        target = past["close"].iloc[-1] * (1 - level * year.pct_change().std())
        order = np.floor(target * 100 + 1e-4) / 100
        today = frame.loc[now]
        row = {
            "touched": today["low"] <= target,
            "closed": today["close"] <= target,
            "bought": today["low"] <= order,
            "price": min(today["open"], order),
            "open": today["open"],
        }
        for sessions in HORIZONS:
            ahead = frame.loc[frame.index >= now].head(sessions + 1)
            known = len(ahead) == sessions + 1
            for price in ("price", "open"):
                gain = ahead["close"].iloc[-1] * (1 - COST) / (row[price] * (1 + COST)) - 1
                row[f"{price}_gain_{sessions}"] = gain if known else np.nan
                row[f"{price}_fall_{sessions}"] = ahead["low"].min() / row[price] - 1 if known else np.nan
        rows.append(row)
    return pd.DataFrame(rows, index=frame.index[frame.index >= pd.Timestamp(SINCE)])


def same_outlook(ours: Outlook, gains: "pd.Series[float]", falls: "pd.Series[float]") -> bool:
    """Say whether *ours* tells of these cases."""
    figures = (ours.cases, ours.mean, ours.median, ours.hit_rate, ours.worst, ours.fall, ours.worst_fall)
    expected = (len(gains), gains.mean(), gains.median(), (gains > 0).mean(), gains.min(), falls.mean(), falls.min())
    return figures == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("place", range(len(TERMS.levels)))
def test_it_agrees_with_a_slow_reference_on_a_public_series(place: int) -> None:
    """Every purchase and every figure, to nine digits: two programs written apart do not err alike."""
    result = played()
    ours, expected = result.levels[place], reference(TERMS.levels[place])
    bought = expected[expected["bought"]]

    assert (result.sessions, result.first, result.last) == (len(expected), SINCE, date(2008, 10, 14))
    assert (ours.touched, ours.closed_below) == (expected["touched"].sum(), expected["closed"].sum())
    assert [purchase.bought_on for purchase in ours.purchases] == [moment.date() for moment in bought.index]
    assert [purchase.price for purchase in ours.purchases] == pytest.approx(bought["price"].tolist(), rel=1e-9)
    for index, sessions in enumerate(HORIZONS):
        known = bought.dropna(subset=[f"price_gain_{sessions}"])
        assert same_outlook(ours.outlooks[index], known[f"price_gain_{sessions}"], known[f"price_fall_{sessions}"])
        always = expected.dropna(subset=[f"open_gain_{sessions}"])
        assert same_outlook(result.any_day[index], always[f"open_gain_{sessions}"], always[f"open_fall_{sessions}"])
        excess = known[f"price_gain_{sessions}"].mean() - always[f"open_gain_{sessions}"].mean()
        assert ours.outlooks[index].excess == pytest.approx(excess, abs=1e-12)


def test_the_normal_curves_share_is_the_tail_and_twice_the_tail() -> None:
    """A random walk that ends below a line has crossed it, and by symmetry half of those that crossed end above."""
    one, two, _ = played().levels

    assert (round(one.closed_normal, 4), round(two.closed_normal, 4)) == (0.1587, 0.0228)
    assert one.touched_normal == 2 * one.closed_normal


def flat_then(*days: tuple[float, float, float, float]) -> list[Bar]:
    """Return 100 days that swing between 10,000 and 10,100, then *days*: open, high, low, close."""
    calm = [(10_000.0 + age % 2 * 100,) * 4 for age in range(100)]
    return [
        Bar(session_date=date(2025, 1, 1) + timedelta(days=age), open=o, high=h, low=low, close=c, volume=1)
        for age, (o, h, low, c) in enumerate([*calm, *days])
    ]


def bought(*days: tuple[float, float, float, float], terms: Terms = FREE) -> list[Purchase]:
    """Return what is bought on *days* after the calm."""
    return played(flat_then(*days), date(2025, 1, 1) + timedelta(days=100), terms).levels[0].purchases


def test_an_order_is_filled_at_the_rounded_target_on_the_way_down() -> None:
    """Bought at the exact target of 9,998.99, a back test would use prices that nobody can quote."""
    [purchase] = bought((10_090.0, 10_100.0, 9_900.0, 10_000.0), terms=FREE)

    assert (purchase.price, purchase.at_open) == (9_995.0, False)


def test_an_open_below_the_target_is_the_price() -> None:
    """Nobody pays the target when the day begins below it."""
    [purchase] = bought((9_900.0, 10_100.0, 9_850.0, 10_000.0))

    assert (purchase.price, purchase.at_open) == (9_900.0, True)


def test_a_low_above_the_order_buys_nothing() -> None:
    """A limit order that was not reached is not a purchase."""
    assert bought((10_090.0, 10_100.0, 10_000.0, 10_000.0)) == []


def test_costs_are_taken_on_both_sides() -> None:
    """A gain of a tenth of a percent is a loss after fees and tax."""
    terms = Terms(venue=Venue.KRX, instrument=Instrument.FUND, levels=(1.0,), buy_cost=0.01, sell_cost=0.02)
    [purchase, *_] = bought((9_900.0, 9_900.0, 9_900.0, 9_900.0), (9_900.0, 9_900.0, 9_900.0, 9_900.0), terms=terms)
    assert purchase.fates[0] is not None

    assert purchase.fates[0].gain == pytest.approx(0.98 / 1.01 - 1)


def test_what_lies_in_the_future_is_unknown() -> None:
    """A purchase of yesterday has no twenty sessions behind it."""
    day = (9_900.0, 9_900.0, 9_800.0, 9_900.0)

    purchases = bought(day, day)

    assert [fate is None for fate in purchases[0].fates] == [False, True, True]
    assert all(outlook.cases == 0 for outlook in played(flat_then(day), date(2025, 4, 11), FREE).levels[0].outlooks)


def test_suspended_days_are_stepped_over() -> None:
    """A day with zeros would be the bargain of the century."""
    halted = Bar(session_date=date(2006, 1, 1), open=0.0, high=0.0, low=0.0, close=400.0, volume=0)
    with_halt = sorted([*public_bars(), halted], key=lambda bar: bar.session_date)

    assert played(with_halt) == played()


def test_too_little_history_is_no_result() -> None:
    """Sixty returns make a σ, fewer make none; a result of nothing must say so."""
    assert played(public_bars()[:60], date(2004, 8, 19)).sessions == 0
    assert played(public_bars()[:62], date(2004, 8, 19)).sessions == 1


def test_few_cases_have_no_interval() -> None:
    """Of three purchases nobody can say how sure a mean is."""
    rare = played(terms=Terms(venue=Venue.NASDAQ, levels=(5.0,))).levels[0].outlooks[0]

    assert 0 < rare.cases < 10
    assert (rare.mean_range, rare.excess_range) == (None, None)
    assert rare.mean is not None
    assert math.isfinite(rare.mean)
