"""However stream and polling take turns, and however far REST lags, no price is told that is older than the last one.

The model: one symbol whose price is a list of trades, a stream that tells each at once while it flows, and REST answers
that show the symbol as it was up to three seconds ago. What an alert would be raised on is what either of them told.
"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.market.looks import Quotation
from actors.us_poller.core import HURRY_S, Poller, Watched
from protocol.messages import Venue
from protocol.moments import to_ns
from tests.support.calendar import calendar

SOXL = Watched("SOXL", Venue.AMEX)
NOON = datetime(2025, 11, 26, 17, 0, tzinfo=UTC)
LAGS_S = st.integers(0, int(HURRY_S))

seconds = st.lists(st.tuples(st.floats(30, 50), st.booleans(), LAGS_S), min_size=5, max_size=120)
"""Each second: the price that trades, whether the stream flows, how far REST lags."""


@given(seconds)
def test_no_price_is_told_that_is_older_than_one_that_was_told(story: list[tuple[float, bool, int]]) -> None:
    """An old price at a target would be a crossing that never was, or was alerted and has rested."""
    plan = Poller(calendar(), timedelta(seconds=15))
    plan.watch([SOXL])
    newest_told = -1
    flowed = False
    for second, (_, flows, lag_s) in enumerate(story):
        at = NOON + timedelta(seconds=second)
        plan.carry(["SOXL"] if flows else [])
        if flows:
            newest_told, flowed = second, True
            continue
        if not plan.due(at, float(second)):
            continue
        plan.on_asked(SOXL, float(second))
        seen = max(second - lag_s, 0)
        quotation = Quotation(price=story[seen][0], base_price=41.27, cumulative_volume=seen + 1)
        for trade in plan.on_price(SOXL, quotation, at, to_ns(at)):
            assert seen >= newest_told or not flowed
            assert trade.price == story[seen][0]
            newest_told = max(newest_told, seen)


@given(st.lists(st.floats(30, 50), min_size=40, max_size=80), LAGS_S)
def test_a_symbol_that_was_taken_over_is_told_of_again_within_seconds(prices: list[float], lag_s: int) -> None:
    """Caution must not turn into silence."""
    plan = Poller(calendar(), timedelta(seconds=15))
    plan.watch([SOXL])
    plan.carry(["SOXL"])
    told = []
    plan.carry([])
    for second in range(10, 30):
        at = NOON + timedelta(seconds=second)
        if plan.due(at, float(second)):
            plan.on_asked(SOXL, float(second))
            seen = second - lag_s
            quotation = Quotation(price=prices[seen], base_price=41.27, cumulative_volume=seen + 1)
            if plan.on_price(SOXL, quotation, at, to_ns(at)):
                told.append(second)

    assert told[0] == 10 + HURRY_S
