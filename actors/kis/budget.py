"""How often KIS may be called. Pure: handed the moment, answers with how long to wait.

`Budget` and `Allowance` are a token bucket whose state is a value, so that it can be kept on disk: KIS blocks those who
connect in a loop, and a process that crashes in a loop must not forget what it has spent. `CallPacer` spaces the REST
calls of one actor within one life.
"""

from typing import Annotated

from msgspec import Meta, Struct

from protocol.moments import NS

__all__ = ["Allowance", "Budget", "CallPacer"]

ROUNDING = 1e-9


class Budget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most *burst* at once, and one more every *refill_s* seconds."""

    burst: Annotated[int, Meta(ge=1)]
    """How many may follow each other at once."""
    refill_s: Annotated[float, Meta(gt=0)]
    """After how many seconds one more is allowed."""


class Allowance(Struct, frozen=True):
    """What is left of a budget: *left* at the moment *counted_at_ns* (UTC epoch nanoseconds)."""

    left: float
    counted_at_ns: int

    @classmethod
    def full(cls, budget: Budget, now_ns: int) -> "Allowance":
        """Return a budget of which nothing is spent."""
        return cls(float(budget.burst), now_ns)

    def refilled(self, budget: Budget, now_ns: int) -> "Allowance":
        """Return what is left at *now_ns*. A clock that was set back gives nothing and takes nothing."""
        elapsed_s = max(0, now_ns - self.counted_at_ns) / NS
        return Allowance(min(float(budget.burst), self.left + elapsed_s / budget.refill_s), now_ns)

    def wait_s(self, budget: Budget) -> float:
        """Return after how many seconds one may be spent; 0 is at once."""
        missing = 1.0 - self.left
        # After exactly the wait that was told, rounding must not ask for another.
        return missing * budget.refill_s if missing > ROUNDING else 0.0

    def spent(self) -> "Allowance":
        """Return what is left after one more."""
        return Allowance(self.left - 1.0, self.counted_at_ns)


class CallPacer:
    """The REST calls of one actor, spread evenly over the second."""

    def __init__(self, calls_per_second: float) -> None:
        self._interval_s = 1.0 / calls_per_second
        self._next_at = float("-inf")

    def reserve(self, now: float) -> float:
        """Take the next place in the row and return how many seconds it is away; *now* is monotonic seconds."""
        at = max(now, self._next_at)
        self._next_at = at + self._interval_s
        return at - now
