"""Laws of the life cycle that all rules share, against slow code that knows nothing of evaluator's."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule, RuleState
from protocol.messages import Trade
from protocol.moments import to_ns
from protocol.rules import Direction, Repetition, RuleKind
from tests.support.market import DAY, NINE, rule, targets, trade

NS = 1_000_000_000
REST_NS = 300 * NS
MONDAY = date(2025, 12, 1)
BASES = {DAY: 100_000.0, MONDAY: 99_500.0}
"""σ is 1 % on both."""
THRESHOLDS = {
    (RuleKind.SIGMA, Direction.BELOW): (1.0, {DAY: 99_000.0, MONDAY: 98_505.0}),
    (RuleKind.SIGMA, Direction.ABOVE): (1.0, {DAY: 101_000.0, MONDAY: 100_495.0}),
    (RuleKind.PRICE, Direction.BELOW): (99_000.0, {DAY: 99_000.0, MONDAY: 99_000.0}),
    (RuleKind.PRICE, Direction.ABOVE): (101_000.0, {DAY: 101_000.0, MONDAY: 101_000.0}),
    (RuleKind.CHANGE, Direction.BELOW): (0.01, {DAY: 99_000.0, MONDAY: 98_505.0}),
    (RuleKind.CHANGE, Direction.ABOVE): (0.01, {DAY: 101_000.0, MONDAY: 100_495.0}),
    (RuleKind.PAID, Direction.BELOW): (0.1, {DAY: 99_000.0, MONDAY: 99_000.0}),
    (RuleKind.PAID, Direction.ABOVE): (0.1, {DAY: 121_000.0, MONDAY: 121_000.0}),
}
"""The level of a rule by its kind and direction, and the price that it means on each day, worked out by hand."""


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Draw a rule of any kind, direction and repetition."""
    kind, direction = draw(st.sampled_from(sorted(THRESHOLDS, key=str)))
    return rule(
        THRESHOLDS[kind, direction][0],
        kind=kind,
        direction=direction,
        paid=110_000.0,
        repetition=draw(st.sampled_from(Repetition)),
        rest_ns=draw(st.sampled_from([0, 60 * NS])),
        band=draw(st.sampled_from([0.0, 0.005])),
        expires_on=draw(st.sampled_from([None, DAY, MONDAY])),
    )


@st.composite
def days(draw: st.DrawFn) -> list[Trade]:
    """Draw two days of trades around every threshold, seconds or minutes apart, several in a second among them."""
    trades: list[Trade] = []
    for day, opens in ((DAY, NINE), (MONDAY, NINE + timedelta(days=3))):
        at, low, low_at = opens, float("inf"), opens
        steps = draw(st.lists(st.tuples(st.integers(-3, 4), st.sampled_from([0, 0, 1, 40, 90, 301])), max_size=25))
        for step, seconds in steps:
            price = 99_000.0 + 500.0 * step if step < 4 else 121_000.0
            at += timedelta(seconds=seconds)
            if price < low:
                low, low_at = price, at
            changes = {"session_date": day, "change": price - BASES[day]}
            trades.append(trade(price, at, day_low=low, day_low_at_ns=to_ns(low_at), **changes))
    return trades


def expected(waiting: Rule, trades: Sequence[Trade]) -> list[tuple[str, float]]:
    """Return id and price of the alerts that *trades* should raise, by looking at each with all that was before."""
    thresholds = THRESHOLDS[waiting.kind, waiting.direction][1]
    side = 1 if waiting.direction is Direction.BELOW else -1
    fired: list[tuple[date, int]] = []
    found: list[tuple[str, float]] = []
    is_away = False
    for each in trades:
        if waiting.expires_on is not None and each.session_date > waiting.expires_on:
            continue
        threshold = thresholds[each.session_date]
        # How far the price is on the side that it came from; not above 0 once it has reached the threshold.
        apart = side * (each.price - threshold)
        if apart > 0:
            is_away = is_away and apart < waiting.band * threshold - 1e-6
            continue
        rest_ns = waiting.rest_ns or REST_NS
        is_silent = {
            Repetition.REST: any(each.traded_at_ns < at_ns + rest_ns for _, at_ns in fired),
            Repetition.ONCE: bool(fired),
            Repetition.SESSION: any(on == each.session_date for on, _ in fired),
            Repetition.CROSSING: is_away,
        }[waiting.repetition]
        if not is_silent:
            fired.append((each.session_date, each.traded_at_ns))
            number = sum(on == each.session_date for on, _ in fired)
            found.append((f"{waiting.id}:{waiting.version}:{each.session_date}:{number}", each.price))
            is_away = True
    return found


def life(waiting: Rule, states: dict[str, RuleState]) -> Evaluator:
    """Return an evaluator that begins with what was kept, as a process does."""
    kept = msgspec.json.decode(msgspec.json.encode(states), type=dict[str, RuleState])
    evaluator = Evaluator(REST_NS, kept)
    evaluator.watch([waiting])
    for day, base_price in BASES.items():
        evaluator.aim(targets(session_date=day, base_price=base_price))
    return evaluator


@given(rules(), days(), st.sets(st.integers(0, 49), max_size=4), st.sampled_from(["told", "not told"]))
def test_every_rule_alerts_as_slow_code_says_over_any_restarts(
    waiting: Rule, trades: list[Trade], deaths: set[int], lows: str
) -> None:
    """None lost, wrong or repeated, with the ids that one life would have given; lows that were seen add nothing."""
    states: dict[str, RuleState] = {}
    evaluator = life(waiting, states)
    found = []
    for number, each in enumerate(trades):
        if number in deaths:
            evaluator = life(waiting, states)
        told = each if lows == "told" else msgspec.structs.replace(each, day_low=0.0, day_low_at_ns=0)
        found += [(alert.id, alert.price) for alert in evaluator.on_trades([told])]
        states |= evaluator.changed
        evaluator.keep()

    assert found == expected(waiting, trades)


@given(rules(), days())
def test_a_new_version_is_armed_whatever_the_old_one_did(waiting: Rule, trades: list[Trade]) -> None:
    """Who changes a rule, or takes it up again, waits for it anew."""
    first = life(waiting, {})
    first.on_trades(trades)
    renewed = msgspec.structs.replace(waiting, version=2)

    again = life(renewed, first.changed).on_trades(trades)

    assert [(alert.id, alert.price) for alert in again] == expected(renewed, trades)
