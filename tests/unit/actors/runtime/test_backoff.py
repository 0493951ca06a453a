"""Delays between attempts."""

import random

from actors.runtime.backoff import Backoff


def test_delays_double_to_the_cap_and_stay_there() -> None:
    """A server that is down for an hour is asked four times a minute, not once an hour."""
    backoff = Backoff(1.0, 15.0, random.Random(1))

    delays = [backoff.next() for _ in range(50)]

    bounds = [1.0, 2.0, 4.0, 8.0] + [15.0] * 46
    assert all(bound / 2 <= delay <= bound for delay, bound in zip(delays, bounds, strict=True))


def test_after_success_the_first_delay_is_short_again() -> None:
    """Yesterday's outage does not slow today's recovery."""
    backoff = Backoff(1.0, 15.0, random.Random(1))
    for _ in range(10):
        backoff.next()

    backoff.reset()

    assert backoff.next() <= 1.0


def test_two_actors_do_not_march_in_step() -> None:
    """All asking at once is how a server that comes back is knocked over again."""
    one, other = (Backoff(1.0, 15.0, random.Random(seed)) for seed in (1, 2))

    assert [one.next() for _ in range(5)] != [other.next() for _ in range(5)]
