"""The shares of a usual day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.market.volumes import FEWEST_DAYS, last_other_share, usual_volume

LAST = date(2025, 11, 27)


def days(*volumes: int) -> dict[date, int]:
    """Return these volumes on the days that end with the last, which comes last."""
    return {LAST - timedelta(days=back): volume for back, volume in enumerate(reversed(volumes))}


def test_one_wild_day_does_not_move_what_is_usual() -> None:
    """The day after the news must be measured by the days before it."""
    assert usual_volume(days(*[100] * 19, 5_000), LAST) == 100


def test_the_last_twenty_days_on_which_it_traded_are_counted() -> None:
    """Suspended days are none, and today's, which is not over, is not among them."""
    volumes = days(*[9] * 30, *[100] * 10, 0, 0, *[300] * 10)
    volumes[LAST + timedelta(days=1)] = 70_000

    assert usual_volume(volumes, LAST) == 200


def test_too_few_days_tell_nothing() -> None:
    """A stock in its first week has no usual day; better no alert than one of a chance."""
    assert usual_volume(days(*[100] * (FEWEST_DAYS - 1)), LAST) == 0
    assert usual_volume(days(*[100] * FEWEST_DAYS), LAST) == 100
    assert usual_volume(days(*[100] * 20), LAST, after=LAST - timedelta(days=FEWEST_DAYS - 1)) == 0


@given(st.dictionaries(st.integers(0, 60), st.integers(0, 10**12), max_size=40))
def test_half_of_the_days_had_as_many_shares_and_half_had_as_few(by_age: dict[int, int]) -> None:
    """Whatever they are."""
    volumes = {LAST - timedelta(days=age): volume for age, volume in by_age.items()}
    counted = [volumes[on] for on in sorted(volumes, reverse=True) if volumes[on]][:20]

    usual = usual_volume(volumes, LAST)

    if len(counted) < FEWEST_DAYS:
        assert usual == 0
    else:
        assert sum(volume <= usual + 1 for volume in counted) * 2 >= len(counted)
        assert sum(volume >= usual - 1 for volume in counted) * 2 >= len(counted)


CLOSES = {LAST - timedelta(days=back): 53_000.0 for back in range(5)}


def test_days_before_a_split_are_of_other_shares() -> None:
    """Their base prices were not fifty times what their closes are now said to be."""
    split_on = LAST - timedelta(days=1)
    as_they_were = {on: 2_650_000.0 if on < split_on else 53_000.0 for on in CLOSES}

    assert last_other_share(CLOSES, as_they_were) == split_on - timedelta(days=1)


def test_a_split_that_the_closes_do_not_know_of_yet_counts_from_today() -> None:
    """The exchange is the first to tell."""
    today = LAST + timedelta(days=1)

    assert last_other_share(CLOSES, dict.fromkeys(CLOSES, 53_000.0) | {today: 1_060.0}) == today


def test_where_nothing_tells_of_a_split_there_is_none() -> None:
    """Rights move a price a little; and what nobody watched, or had no price, tells nothing."""
    first = min(CLOSES)

    assert last_other_share(CLOSES, {LAST: 55_000.0, first: 1.0, LAST - timedelta(days=2): 0.0}) == date.min
    assert last_other_share({}, {LAST: 55_000.0}) == date.min
