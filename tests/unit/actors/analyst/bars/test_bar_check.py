"""What of a source's bars may be believed."""

from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest

from actors.analyst.bars.bar_check import DisorderedBars, check_bars, continues
from actors.analyst.bars.history import Bar
from protocol.messages import Venue
from tests.support.calendar import calendar
from tests.support.history import bar, random_walk

FIRST, LAST = date(2025, 10, 13), date(2025, 11, 27)
WALK = [bar(on, close) for on, close in random_walk(Venue.KRX, FIRST, LAST).items()]
SPOILT = 10


def walk_with(**changes: float) -> list[Bar]:
    """Return the walk with one day changed."""
    return [*WALK[:SPOILT], msgspec.structs.replace(WALK[SPOILT], **changes), *WALK[SPOILT + 1 :]]


def checked(bars: list[Bar], venue: Venue = Venue.KRX, *, may_be_fund: bool = False) -> list[Bar]:
    """Return what may be believed."""
    return check_bars(bars, venue, calendar(), may_be_fund=may_be_fund).bars


def test_good_bars_come_through_as_they_are() -> None:
    """A check that changes what is right would move targets."""
    looked_at = check_bars(WALK, Venue.KRX, calendar(), may_be_fund=False)

    assert (looked_at.bars, looked_at.refused, looked_at.holes) == (WALK, {}, 0)
    assert checked([]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"high": 90.0, "low": 110.0},
        {"open": 1_000_000.0},
        {"low": 200_000.0},
        {"close": WALK[SPOILT].close * 10, "high": WALK[SPOILT].close * 10},
        {"close": WALK[SPOILT].close / 10, "low": WALK[SPOILT].close / 10},
    ],
    ids=["high below low", "open beyond", "low above", "ten times", "a tenth"],
)
def test_a_wrong_day_is_left_out_and_said(change: dict[str, float]) -> None:
    """One wrong print would move σ for a year."""
    looked_at = check_bars(walk_with(**change), Venue.KRX, calendar(), may_be_fund=False)

    assert looked_at.bars == WALK[:SPOILT] + WALK[SPOILT + 1 :]
    assert list(looked_at.refused) == [WALK[SPOILT].session_date]
    assert looked_at.holes == 1


@pytest.mark.parametrize("factor", [3.0, 0.2])
def test_yesterdays_close_far_from_the_one_before_waits_for_a_second_day(factor: float) -> None:
    """A wrong print must not cut off a whole past; a step that nobody adjusted for is one tomorrow, too."""
    last = WALK[-1]
    far = msgspec.structs.replace(last, **prices_of(last, factor))
    looked_at = check_bars([*WALK[:-1], far], Venue.KRX, calendar(), may_be_fund=True)

    assert (looked_at.bars, list(looked_at.refused)) == (WALK[:-1], [last.session_date])


@pytest.mark.parametrize("nothing", [0.0, float("nan"), -1.0, float("inf")])
def test_a_suspended_day_is_left_out_without_a_word(nothing: float) -> None:
    """FinanceDataReader writes zeros into it, and that is no mistake."""
    looked_at = check_bars(walk_with(open=nothing), Venue.KRX, calendar(), may_be_fund=False)

    assert len(looked_at.bars) == len(WALK) - 1
    assert looked_at.refused == {}


def test_a_day_on_which_the_exchange_is_closed_is_refused() -> None:
    """A row of Saturday is somebody else's."""
    saturday = bar(date(2025, 11, 29), WALK[-1].close)

    assert checked([*WALK, saturday]) == WALK


def test_a_step_that_nobody_adjusted_for_cuts_the_past_off() -> None:
    """Half before, half after a split are two stocks; too short a history then says so, instead of a wild σ."""
    split = [msgspec.structs.replace(each, **prices_of(each, 0.2)) for each in WALK[SPOILT:]]
    looked_at = check_bars(WALK[:SPOILT] + split, Venue.KRX, calendar(), may_be_fund=True)

    assert looked_at.bars == split
    assert list(looked_at.refused) == [WALK[SPOILT - 1].session_date]


@pytest.mark.parametrize(
    ("venue", "may_be_fund", "change", "is_believed"),
    [
        (Venue.KRX, False, 0.7, True),
        (Venue.KRX, False, 0.6, False),
        (Venue.KRX, True, 0.45, True),
        (Venue.KRX, True, 0.35, False),
        (Venue.NYSE, False, 0.3, True),
        (Venue.NYSE, False, 0.2, False),
    ],
)
def test_what_a_day_may_do_depends_on_the_market(
    venue: Venue, change: float, *, may_be_fund: bool, is_believed: bool
) -> None:
    """A lower limit is a bad day, not a mistake; America knows no limit."""
    days = list(random_walk(venue, FIRST, LAST))
    bars = [bar(on, 100.0 if place < SPOILT else 100.0 * change) for place, on in enumerate(days)]

    assert (len(checked(bars, venue, may_be_fund=may_be_fund)) == len(bars)) is is_believed


@pytest.mark.parametrize("bars", [[WALK[1], WALK[0]], [WALK[0], WALK[0]]], ids=["backwards", "twice"])
def test_bars_in_disorder_are_no_answer(bars: list[Bar]) -> None:
    """Whoever mixes up the days may have mixed up the prices."""
    with pytest.raises(DisorderedBars, match="2025-10-1"):
        checked(bars)


def test_rounding_of_adjusted_prices_is_no_mistake() -> None:
    """A close of 101 above a high of 100 is what rounding each price by itself makes of a cheap stock."""
    cheap = [
        Bar(session_date=each.session_date, open=100, high=100, low=99, close=100 + place % 2, volume=1)
        for place, each in enumerate(WALK)
    ]

    assert checked(cheap) == cheap


def test_new_bars_go_on_where_the_old_ones_end_only_if_they_agree() -> None:
    """An adjustment changes every close of the past, so that one common day tells."""
    old, new = WALK[:-3], WALK[-5:]

    assert continues(old, new)
    assert not continues(old, [msgspec.structs.replace(each, close=each.close / 2) for each in new])
    assert not continues(old, WALK[-2:])
    assert not continues([], new)


def prices_of(day: Bar, factor: float) -> dict[str, float]:
    """Return the prices of *day*, each times *factor*."""
    return {name: getattr(day, name) * factor for name in ("open", "high", "low", "close")}


def test_the_walk_of_these_tests_is_unremarkable() -> None:
    """What is refused above is refused for the change alone."""
    assert all(abs(after.close / before.close - 1) < 0.1 for before, after in pairwise(WALK))
    assert timedelta(days=40) < LAST - FIRST
