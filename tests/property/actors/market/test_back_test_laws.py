"""What must hold of the back test whatever the bars."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.market.backtest import BackTest, Bar, Purchase, Terms, run_back_test
from actors.market.sigma import SigmaRule
from protocol.messages import Venue
from tests.support.public_bars import public_bars

SINCE = date(2005, 6, 1)
TERMS = Terms(venue=Venue.KRX, levels=(0.5, 2.0), rule=SigmaRule(minimum_returns=20))

returns = st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(0, 0.1), st.floats(-0.1, 0.1)), min_size=30, max_size=120)


def bars_of(moves: Sequence[tuple[float, float, float]]) -> list[Bar]:
    """Return a day for each of *moves*: the close's change, how far the extremes lie out, and the open's gap."""
    bars, close = [], 50_000.0
    for age, (change, reach, gap) in enumerate(moves):
        opened, close = close * (1 + gap), close * (1 + change)
        low, high = min(opened, close) * (1 - reach), max(opened, close) * (1 + reach)
        on = date(2005, 5, 2) + timedelta(days=age)
        bars.append(Bar(session_date=on, open=opened, high=high, low=low, close=close, volume=1))
    return bars


def played(bars: Sequence[Bar]) -> BackTest:
    """Return the result."""
    return run_back_test(bars, SINCE, TERMS, random.Random(1), resamples=1)


def past(result: BackTest, until: date) -> list[list[Purchase]]:
    """Return what was bought by level up to *until*, as it stood when bought."""
    return [
        [Purchase(bought_on=each.bought_on, price=each.price, at_open=each.at_open, fates=()) for each in bought]
        for bought in ([each for each in level.purchases if each.bought_on <= until] for level in result.levels)
    ] or [[] for _ in TERMS.levels]


@settings(max_examples=60, deadline=None)
@given(returns, st.data())
def test_cutting_the_future_off_leaves_the_past_as_it_was(
    moves: list[tuple[float, float, float]], data: st.DataObject
) -> None:
    """A rule that sees one later bar finds every bargain."""
    bars = bars_of(moves)
    cut = data.draw(st.integers(2, len(bars)))

    assert past(played(bars[:cut]), bars[cut - 1].session_date) == past(played(bars), bars[cut - 1].session_date)


@settings(max_examples=60, deadline=None)
@given(returns, st.data())
def test_another_future_leaves_the_past_as_it_was(moves: list[tuple[float, float, float]], data: st.DataObject) -> None:
    """As above, but for what is looked up and not only missed: the future is there, and it is a lie."""
    cut = data.draw(st.integers(2, len(moves)))
    lie = [(-change, reach, -gap) for change, reach, gap in moves[cut:]]
    true, false = bars_of(moves), bars_of([*moves[:cut], *lie])

    assert past(played(true), true[cut - 1].session_date) == past(played(false), true[cut - 1].session_date)


@settings(max_examples=12, deadline=None)
@given(st.integers(300, 1_047))
def test_the_look_ahead_check_holds_on_a_public_series(cut: int) -> None:
    """Real prices, a year of look-back, any day of four years as the last."""
    bars = public_bars()
    until = bars[cut - 1].session_date

    assert past(played(bars[:cut]), until) == past(played(bars), until)


@settings(max_examples=60, deadline=None)
@given(returns)
def test_no_purchase_is_above_its_target_or_below_the_days_low(moves: list[tuple[float, float, float]]) -> None:
    """A price that was never traded is a gain that nobody had; and no fall is a rise."""
    bars = bars_of(moves)
    lows = {bar.session_date: bar.low for bar in bars}
    for level in played(bars).levels:
        assert len(level.purchases) <= level.touched
        for purchase in level.purchases:
            assert purchase.price >= lows[purchase.bought_on]
            assert all(fate.fall <= 0 for fate in purchase.fates if fate)
