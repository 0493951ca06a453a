"""The child process that plays back tests: `python -m actors.analyst.worker`, started and ended by the actor.

A second of arithmetic (several on a small board), which would else hold up the actor's pulse.
"""

import random
from datetime import date

from msgspec import Struct

from actors.market.backtest import BackTest, Bar, Terms, run_back_test
from actors.runtime.worker_child import serve

__all__ = ["BackTestOrder", "play"]

SEED = 1
"""The same bars have the same answer, to the last digit of each interval."""


class BackTestOrder(Struct, frozen=True, kw_only=True):
    """A back test to be played."""

    bars: list[Bar]
    since: date
    terms: Terms


def play(order: BackTestOrder) -> BackTest:
    """Return the result of *order*."""
    return run_back_test(order.bars, order.since, order.terms, random.Random(SEED))  # noqa: S311 - it hides nothing


if __name__ == "__main__":
    serve(play, BackTestOrder)
