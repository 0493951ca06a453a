"""Laws of the wobbles: what is counted is what slow code counts, and no alert is another one for it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule
from protocol.messages import Trade
from protocol.moments import from_ns, to_ns
from protocol.rules import Direction, Repetition
from tests.support.market import NINE, rule, targets, trade

NS = 1_000_000_000
REST_NS = 300 * NS
THRESHOLDS = {Direction.BELOW: 99_000.0, Direction.ABOVE: 101_000.0}
BAND = 0.003
"""How far a price must go back, as the customer reads it: three in a thousand."""
SOON, LATER = st.sampled_from([0, 1, 20]), st.sampled_from([90, 301])


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Draw a rule that rests, from either side."""
    direction = draw(st.sampled_from(Direction))
    return rule(direction=direction, rest_ns=draw(st.sampled_from([0, 60 * NS])))


@st.composite
def mornings(draw: st.DrawFn) -> list[tuple[float, datetime]]:
    """Draw how far the price is from the threshold, on the side that it comes from, and when."""
    apart = st.sampled_from([-500.0, -100.0, 0.0, 100.0, 250.0, 296.0, 297.0, 303.0, 304.0, 900.0])
    at, found = NINE, []
    for each, seconds in draw(st.lists(st.tuples(apart, SOON | LATER), max_size=40)):
        at += timedelta(seconds=seconds)
        found.append((each, at))
    return found


def trades_of(waiting: Rule, morning: Sequence[tuple[float, datetime]]) -> list[Trade]:
    """Return the trades, each with the day's low so far."""
    threshold, side = THRESHOLDS[waiting.direction], 1 if waiting.direction is Direction.BELOW else -1
    prices = [threshold + side * apart for apart, _ in morning]
    trades = []
    for number, (price, (_, at)) in enumerate(zip(prices, morning, strict=True)):
        low = min(prices[: number + 1])
        low_at = morning[prices.index(low)][1]
        trades.append(trade(price, at, day_low=low, day_low_at_ns=to_ns(low_at)))
    return trades


def expected(waiting: Rule, trades: Sequence[Trade]) -> list[tuple[str, int, float, datetime]]:
    """Return what should be told: alert, how often, price and moment of each reach, from one string for each alert."""
    threshold = THRESHOLDS[waiting.direction]
    side = 1 if waiting.direction is Direction.BELOW else -1
    found = []
    firing, fired_at_ns, since = 0, -REST_NS, ""
    for each in trades:
        apart = side * (each.price - threshold)
        place = "R" if apart <= 0 else "-" if apart < BAND * threshold - 1e-6 else "A"
        if place == "R" and each.traded_at_ns - fired_at_ns >= (waiting.rest_ns or REST_NS):
            firing, fired_at_ns, since = firing + 1, each.traded_at_ns, ""
        since += place
        if firing and re.search("A-*R$", since):
            times = 1 + len(re.findall("A-*R", since))
            alert_id = f"{waiting.id}:1:{each.session_date}:{firing}"
            found.append((alert_id, times, each.price, from_ns(each.traded_at_ns)))
    return found


def told(evaluator: Evaluator) -> list[tuple[str, int, float, datetime]]:
    """Return what the evaluator tells now."""
    return [(again.alert_id, again.times, again.price, again.traded_at) for again in evaluator.take_wobbles()]


@given(rules(), mornings(), st.sets(st.integers(0, 39), max_size=3))
def test_what_is_told_is_what_slow_code_counts(
    waiting: Rule, morning: list[tuple[float, datetime]], changes: set[int]
) -> None:
    """Whatever others change in their rules and targets meanwhile, and whichever trades are looked at first."""
    evaluator = Evaluator(REST_NS)
    evaluator.watch([waiting])
    evaluator.aim(targets())
    trades = trades_of(waiting, morning)
    found = []
    for number, each in enumerate(trades):
        if number in changes:
            evaluator.watch([waiting, rule(id="another's", repetition=Repetition.ONCE, person_id=2)])
            evaluator.aim(targets())
        evaluator.on_trades([each])
        found += told(evaluator)

    assert found == expected(waiting, trades)


@given(rules(), mornings())
def test_who_hears_seldom_hears_the_newest(waiting: Rule, morning: list[tuple[float, datetime]]) -> None:
    """What was not taken in time is in what comes later: of each rule one thing is told."""
    evaluator = Evaluator(REST_NS)
    evaluator.watch([waiting])
    evaluator.aim(targets())
    trades = trades_of(waiting, morning)
    for each in trades:
        evaluator.on_trades([each])

    assert told(evaluator) == expected(waiting, trades)[-1:]


@given(rules(), mornings(), st.sampled_from([Repetition.ONCE, Repetition.SESSION, Repetition.CROSSING]))
def test_only_rules_that_rest_have_wobbles(
    waiting: Rule, morning: list[tuple[float, datetime]], repetition: Repetition
) -> None:
    """Who wants to be told once, or on each new crossing, has chosen what is told."""
    evaluator = Evaluator(REST_NS)
    evaluator.watch([msgspec.structs.replace(waiting, repetition=repetition, band=0.003)])
    evaluator.aim(targets())
    for each in trades_of(waiting, morning):
        evaluator.on_trades([each])

    assert not told(evaluator)
