"""Intervals: against another way to draw, and against the theory where there is one."""

import math
import random

import numpy as np
import pytest

from actors.market.bootstrap import Interval, Resampler, interval_of, statistics_of


def test_the_draws_are_whole_blocks_round_the_end() -> None:
    """Written with arrays and indices, the same draws give the same statistics."""
    days, block, seed = 103, 20, 5
    chance = random.Random(1)
    series = [chance.gauss(0, 1) if chance.random() < 0.3 else None for _ in range(days)]
    values = np.array([np.nan if value is None else value for value in series])
    again = random.Random(seed)

    found = Resampler(days, block, random.Random(seed), resamples=50).statistics(series)

    for ours in found:
        places = np.concatenate([(again.randrange(days) + np.arange(block)) % days for _ in range(6)])
        drawn = values[places][~np.isnan(values[places])]
        assert ours is not None
        assert (ours.mean, ours.median) == pytest.approx((drawn.mean(), np.median(drawn)))
        assert ours.hit_rate == pytest.approx((drawn > 0).mean())


def test_of_independent_days_the_interval_is_as_wide_as_theory_says() -> None:
    """The mean of 2,000 days is known to 1.96 σ / √2000 either way."""
    chance = random.Random(7)
    series = [chance.gauss(0.001, 0.02) for _ in range(2_000)]

    draws = Resampler(len(series), 20, random.Random(1)).statistics(series)

    interval = interval_of([draw.mean for draw in draws if draw])
    assert interval is not None
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 0.02 / math.sqrt(2_000), rel=0.15)
    assert interval.low < statistics_of(series).mean < interval.high


def test_days_that_come_in_clusters_widen_it() -> None:
    """Taken for independent, twenty like days would pass for twenty times the evidence."""
    chance = random.Random(7)
    clusters = [value for _ in range(100) for value in [chance.gauss(0, 0.02)] * 20]
    shuffled = random.Random(2).sample(clusters, len(clusters))

    def width(series: list[float]) -> float:
        draws = Resampler(len(series), 20, random.Random(1), resamples=300).statistics(series)
        interval = interval_of([draw.mean for draw in draws if draw])
        assert interval is not None
        return interval.high - interval.low

    assert width(clusters) > 2.5 * width(shuffled)


def test_a_draw_without_a_case_is_none() -> None:
    """A level that was reached once is missing from many draws."""
    found = Resampler(100, 20, random.Random(1), resamples=100).statistics([1.0] + [None] * 99)

    assert {draw is None for draw in found} == {True, False}


def test_the_interval_is_the_middle_of_what_was_drawn() -> None:
    """Of a thousand values the 25 at either end are left out; of none there is no interval."""
    assert interval_of([float(value) for value in range(1_000)]) == Interval(25.0, 974.0)
    assert interval_of([]) is None
