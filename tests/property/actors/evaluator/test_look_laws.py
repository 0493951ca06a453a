"""Laws of prices that are asked for: what lies hidden between two looks is told as far as it is certain.

Of a low and a high between the same two looks nobody knows which was first. So a crossing rule fires as often as the
price has come to its threshold anew in whichever of all orders it did so the fewest times.
"""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator
from actors.market.looks import Looks, Quotation
from actors.market.sessions import SessionTimes
from protocol.messages import Origin, Trade, Venue
from protocol.moments import to_ns
from protocol.rules import Direction, Repetition, RuleKind
from tests.support.calendar import calendar
from tests.support.market import NINE, rule, targets

THRESHOLD = 100_000.0
INTERVAL = timedelta(seconds=3)
Path = list[list[float]]
"""All prices up to each look; the last of them is what it sees."""


@st.composite
def paths(draw: st.DrawFn) -> Path:
    """Draw prices around the threshold that go ever further, so that there are new lows and highs."""
    path = []
    for reach in range(1, draw(st.integers(1, 12)) + 1):
        steps = draw(st.lists(st.sampled_from([-reach, -1, 0, 1, reach]), min_size=1, max_size=4))
        path.append([THRESHOLD + 100.0 * step for step in steps])
    return path


def session() -> SessionTimes:
    """Return that day's regular session."""
    found = calendar().session_at(Venue.KRX, NINE)
    assert found is not None
    return found


def looked_at(path: Path) -> list[list[Trade]]:
    """Return what each look at *path* tells."""
    looks, told, traded = Looks(INTERVAL), [], list[float]()
    for number, prices in enumerate(path, 1):
        traded += prices
        quotation = Quotation(
            price=prices[-1],
            base_price=THRESHOLD,
            cumulative_volume=len(traded),
            day_low=min(traded),
            day_high=max(traded),
        )
        at_ns = to_ns(NINE + 3 * number * INTERVAL)
        told.append(looks.on_quotation("122630", Venue.KRX, quotation, session(), at_ns))
    return told


def hidden_in(message: Sequence[Trade]) -> list[float]:
    """Return the prices that *message* tells of which nobody saw."""
    return [each.price for each in message if each.origin is Origin.HIGH] + [
        each.day_low for each in message if each.day_low
    ]


Fate = tuple[bool, int]
"""Whether a rule awaits that the price goes back, and how often it has fired."""


def after(fate: Fate, prices: Sequence[float], side: int, band: float) -> Fate:
    """Return what becomes of a crossing rule by *prices*, in this order; *side* is 1 below the threshold, -1 above."""
    is_away, firings = fate
    for price in prices:
        apart = side * (price - THRESHOLD)
        if apart <= 0:
            firings += not is_away
            is_away = True
        elif apart >= band * THRESHOLD:
            is_away = False
    return is_away, firings


@given(paths(), st.sampled_from(Direction), st.sampled_from([0.0, 0.001, 0.003]))
def test_a_crossing_rule_fires_as_often_as_it_surely_did(path: Path, direction: Direction, band: float) -> None:
    """After each look: one that was surely crossed is not lost, and none is told that may not have been."""
    level, kind = THRESHOLD, RuleKind.PRICE
    waiting = rule(level, kind=kind, direction=direction, repetition=Repetition.CROSSING, band=band)
    side = 1 if direction is Direction.BELOW else -1
    evaluator = Evaluator(rest_ns=1)
    evaluator.watch([waiting])
    evaluator.aim(targets())
    possible: set[Fate] = {(False, 0)}
    truth: Fate = (False, 0)
    fired = 0

    for message, prices in zip(looked_at(path), path, strict=True):
        fired += len(evaluator.on_trades(message))
        hidden, seen = hidden_in(message), message[-1].price
        orders = ([*hidden, seen], [*reversed(hidden), seen])
        possible = {after(fate, order, side, band) for fate in possible for order in orders}
        truth = after(truth, prices, side, band)

        assert fired == min(firings for _, firings in possible)
        assert fired <= truth[1]
