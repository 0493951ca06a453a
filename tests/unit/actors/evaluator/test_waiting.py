"""What evaluator answers to whoever asks why there was no alert."""

from datetime import date, timedelta

import pytest

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule
from actors.evaluator.waiting import Stage, Waiting
from protocol.moments import to_ns
from protocol.rules import Repetition, RuleKind
from tests.support.market import DAY, NINE, rule, targets, trade

NS = 1_000_000_000
NINE_NS = to_ns(NINE)


def evaluator(*rules: Rule) -> Evaluator:
    """Return one that knows the day's targets."""
    new = Evaluator(300 * NS)
    new.watch(rules)
    new.aim(targets())
    return new


def only(found: list[Waiting]) -> Waiting:
    """Return the one rule."""
    [waiting] = found
    return waiting


def test_before_the_first_trade_a_rule_waits_at_the_newest_targets() -> None:
    """In the morning somebody asks what will be waited for."""
    waiting = only(evaluator(rule(1.0)).waiting("122630", NINE_NS))

    assert (waiting.session_date, waiting.threshold, waiting.stage) == (DAY, 99_000.0, Stage.ARMED)
    assert (waiting.firings, waiting.rests_until_ns) == (0, 0)


def test_a_rule_that_has_fired_rests_until_its_rest_is_over() -> None:
    """The moment is of the trades' time."""
    core = evaluator(rule(1.0))
    core.on_trades([trade(98_900.0)])

    resting, armed = (only(core.waiting("122630", NINE_NS + second * NS)) for second in (299, 300))

    assert (resting.stage, resting.firings, resting.rests_until_ns) == (Stage.RESTING, 1, NINE_NS + 300 * NS)
    assert armed.stage is Stage.ARMED


@pytest.mark.parametrize(
    ("repetition", "stage"),
    [
        (Repetition.ONCE, Stage.DONE),
        (Repetition.SESSION, Stage.DONE),
        (Repetition.CROSSING, Stage.AWAITING_RETURN),
    ],
)
def test_what_fires_no_more_says_so(repetition: Repetition, stage: Stage) -> None:
    """Long after any rest."""
    core = evaluator(rule(1.0, repetition=repetition))
    core.on_trades([trade(98_900.0)])

    assert only(core.waiting("122630", NINE_NS + 4_000 * NS)).stage is stage


def test_without_what_it_is_measured_from_a_rule_has_no_threshold() -> None:
    """A rule for a price of its own has one all the same."""
    core = Evaluator(300 * NS)
    core.watch([rule(1.0), rule(70_000.0, id="1-122630-p", kind=RuleKind.PRICE)])
    core.aim(targets(obstacle="short_history", sigma=0.0))

    found = {waiting.rule.kind: (waiting.threshold, waiting.stage) for waiting in core.waiting("122630", NINE_NS)}

    assert found == {
        RuleKind.SIGMA: (None, Stage.WITHOUT_THRESHOLD),
        RuleKind.PRICE: (70_000.0, Stage.ARMED),
    }


def test_an_expired_rule_and_a_held_one_say_so() -> None:
    """Neither is waited for, and for different reasons."""
    core = evaluator(rule(1.0, expires_on=date(2025, 11, 27)))
    assert only(core.waiting("122630", NINE_NS)).stage is Stage.EXPIRED

    core = evaluator(rule(1.0))
    core.on_trades([trade(98_900.0, NINE + timedelta(seconds=1), change=-500.0)])
    assert only(core.waiting("122630", NINE_NS)).stage is Stage.HELD


def test_of_what_nobody_watches_there_is_nothing() -> None:
    """A symbol that was removed, or a typing mistake."""
    assert evaluator(rule(1.0)).waiting("005930", NINE_NS) == []
