"""Call budgets: what may be spent, and when again."""

import pytest

from actors.kis.budget import Allowance, Budget, CallPacer
from protocol.moments import NS

BUDGET = Budget(burst=3, refill_s=15.0)


def test_a_burst_is_free_and_the_next_waits_for_its_refill() -> None:
    """Four connects a minute, a few more after a quiet time: that is what KIS tolerates."""
    allowance = Allowance.full(BUDGET, now_ns=0)
    for _ in range(3):
        assert allowance.wait_s(BUDGET) == 0
        allowance = allowance.spent()

    assert allowance.wait_s(BUDGET) == 15.0
    assert allowance.refilled(BUDGET, 10 * NS).wait_s(BUDGET) == pytest.approx(5.0)
    assert allowance.refilled(BUDGET, 15 * NS).wait_s(BUDGET) == 0


def test_more_than_the_burst_is_never_saved_up() -> None:
    """A quiet weekend must not end in a hundred connects."""
    allowance = Allowance.full(BUDGET, now_ns=0).spent().refilled(BUDGET, now_ns=10**6 * NS)

    assert allowance.left == 3


def test_a_clock_that_was_set_back_neither_gives_nor_takes() -> None:
    """Its state outlives the process, and with it every correction of the clock."""
    allowance = Allowance.full(BUDGET, now_ns=100 * NS).spent()

    back = allowance.refilled(BUDGET, now_ns=10 * NS)

    assert back.left == allowance.left
    assert back.refilled(BUDGET, now_ns=25 * NS).left == 3


def test_a_smaller_budget_counts_at_once() -> None:
    """The operator lowers it because KIS has complained."""
    assert Allowance.full(BUDGET, now_ns=0).refilled(Budget(burst=1, refill_s=60.0), now_ns=0).left == 1


def test_calls_are_spread_over_the_second() -> None:
    """KIS counts the calls of every second, also those of the first."""
    pacer = CallPacer(calls_per_second=4.0)

    assert [pacer.reserve(now=10.0) for _ in range(3)] == [0.0, 0.25, 0.5]
    assert pacer.reserve(now=10.5) == 0.25
    assert pacer.reserve(now=20.0) == 0.0
