"""Laws of call budgets."""

from hypothesis import given
from hypothesis import strategies as st

from actors.kis.budget import Allowance, Budget
from protocol.moments import NS

budgets = st.builds(Budget, burst=st.integers(1, 20), refill_s=st.floats(0.5, 600))


@given(budgets, st.lists(st.floats(0, 100), max_size=200))
def test_never_more_than_the_burst_and_its_refill_is_spent(budget: Budget, pauses: list[float]) -> None:
    """Whoever asks as often as he likes, at whatever moments."""
    allowance, now_s, spent = Allowance.full(budget, 0), 0.0, 0
    for pause in pauses:
        now_s += pause
        allowance = allowance.refilled(budget, int(now_s * NS))
        if allowance.wait_s(budget) == 0:
            allowance, spent = allowance.spent(), spent + 1

    assert spent <= budget.burst + now_s / budget.refill_s + 1e-6


@given(budgets, st.integers(0, 10**6), st.integers(1, 100))
def test_after_the_wait_that_was_told_one_may_be_spent(budget: Budget, start_s: int, spends: int) -> None:
    """Whoever waits as he is told is not told to wait again."""
    now_ns = start_s * NS
    allowance = Allowance.full(budget, now_ns)
    for _ in range(spends):
        now_ns += round(allowance.wait_s(budget) * NS)
        allowance = allowance.refilled(budget, now_ns)
        assert allowance.wait_s(budget) == 0
        allowance = allowance.spent()
