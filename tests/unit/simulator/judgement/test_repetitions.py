"""Every way of firing again is judged by what is certain: what comes too soon is spurious, what is missing is lost."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from protocol.rules import Direction, Repetition
from simulator.judgement.evidence import SECOND_NS, TradeLine
from simulator.judgement.holes import Hole
from simulator.judgement.minutes import DecidedAlert, misnumbered
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import due_of
from simulator.judgement.rules import RuleLine
from simulator.judgement.verdict import AcceptedAlert, Verdict
from tests.support.falling_market import (
    NINE_NS,
    SESSION,
    SYMBOL,
    accepted_of,
    circumstances,
    price_rule,
    text_of,
    trade,
)

DOWN, UP = 9_700, 9_800
CROSSING = Repetition.CROSSING


def world(prices: Mapping[int, float], direction: Direction = Direction.BELOW) -> list[TradeLine]:
    """Return trades by their second; where a rule waits above, its mirror's."""
    mirror = direction is Direction.ABOVE
    return [trade(UP + DOWN - price if mirror else price, second) for second, price in prices.items()]


def rule_for(repetition: Repetition, direction: Direction = Direction.BELOW) -> RuleLine:
    """Return the rule that waits at 9,700, or at its mirror's price."""
    return price_rule(DOWN if direction is Direction.BELOW else UP, repetition=repetition, direction=direction)


def verdict(
    rule: RuleLine, trades: list[TradeLine], *told: TradeLine, hole: tuple[float, float] | None = None
) -> Verdict:
    """Return what the checker says when the rule has told of these trades; those of a minute are late."""
    circumstance = circumstances(*trades, watchers=[], rules=[rule])
    holes = [] if hole is None else [_hole(*hole)]
    accepted = [_accepted(due_of(circumstance, rule, each), each) for each in told]
    return check_obligations(accepted, circumstance, holes, minute_bars=True)


def _accepted(due: object, told: TradeLine) -> AcceptedAlert:
    text = text_of(due, late_now=9_750 if told.is_hidden else None)  # type: ignore[arg-type]
    return accepted_of(text, at_ns=told.left_at_ns)


def _hole(first: float, last: float) -> Hole:
    return Hole(from_ns=NINE_NS + int(first * SECOND_NS), to_ns=NINE_NS + int(last * SECOND_NS))


def kinds(found: Verdict) -> tuple[int, int]:
    """Return how many are lost, and how many spurious."""
    assert not found.wrong
    return len(found.lost), len(found.spurious)


PRICES = {0: DOWN, 100: DOWN, 400: UP, 500: DOWN, 900: DOWN}
BOTH = pytest.mark.parametrize("direction", list(Direction))


@BOTH
@pytest.mark.parametrize(
    ("repetition", "due"),
    [(Repetition.REST, [0, 3, 4]), (Repetition.ONCE, [0]), (Repetition.SESSION, [0]), (CROSSING, [0, 3])],
)
def test_what_is_due_is_clean_and_each_of_it_is_missed(
    repetition: Repetition, due: list[int], direction: Direction
) -> None:
    """Below and above are judged alike."""
    rule, trades = rule_for(repetition, direction), world(PRICES, direction)
    told = [trades[number] for number in due]

    assert kinds(verdict(rule, trades, *told)) == (0, 0)
    assert kinds(verdict(rule, trades)) == (len(due), 0)
    for missing in due:
        lost, _ = kinds(verdict(rule, trades, *(trades[number] for number in due if number != missing)))
        assert lost == 1


@pytest.mark.parametrize(
    ("repetition", "due", "early"),
    [
        (Repetition.REST, [0, 3, 4], 1),
        (Repetition.ONCE, [0], 3),
        (Repetition.SESSION, [0], 4),
        (CROSSING, [0, 3], 1),
        (CROSSING, [0, 3], 4),
    ],
)
def test_what_comes_too_soon_is_spurious(repetition: Repetition, due: list[int], early: int) -> None:
    """Who wanted to be told once is told once."""
    trades = world(PRICES)
    told = [trades[number] for number in sorted([*due, early])]

    assert kinds(verdict(rule_for(repetition), trades, *told))[1] == 1


def test_a_crossing_rule_may_fire_twice_in_a_second_if_the_price_went_back_in_it() -> None:
    """KIS tells seconds, and a second is long."""
    at_once = [trade(price, 10, index=number) for number, price in enumerate([DOWN, UP, DOWN])]
    trembling = [at_once[0], at_once[2]]

    assert kinds(verdict(rule_for(CROSSING), at_once, *trembling)) == (0, 0)
    assert kinds(verdict(rule_for(CROSSING), trembling, *trembling)) == (0, 1)


def told_in_one_second(
    prices: Sequence[float], turns: str, direction: Direction, band: float = 0.0, message_id: int = 0
) -> Verdict:
    """Return the verdict on a near rule N, and a far one F with a *band*, which told of the last price in turn."""
    mirrored = [UP + DOWN - price if direction is Direction.ABOVE else price for price in prices]
    trades = [trade(price, 10, index=number) for number, price in enumerate(mirrored)]
    near, far = (
        price_rule(level, id=f"7-{SYMBOL}-{name}", repetition=CROSSING, direction=direction, band=wide)
        for name, level, wide in (("N", 9_750, 0.0), ("F", DOWN if direction is Direction.BELOW else UP, band))
    )
    circumstance = circumstances(*trades, watchers=[], rules=[near, far])
    rules = {"N": near, "F": far}
    dues = [due_of(circumstance, rules[name], trades[-1]) for name in turns]
    accepted = [accepted_of(text_of(due), at_ns=due.left_at_ns, message_id=message_id) for due in dues]
    return check_obligations(accepted, circumstance)


@BOTH
@pytest.mark.parametrize("turns", ["NFFN", "FNNF", "NFNF", "NNFF"])
def test_of_two_crossings_in_a_second_each_has_its_own_order(turns: str, direction: Direction) -> None:
    """The far rule of the second crossing comes behind the near one of the first; within one it does not."""
    crossings = [9_650, 9_800, 9_650]

    assert told_in_one_second(crossings, "FNFN", direction).is_clean
    assert told_in_one_second(crossings, turns, direction).out_of_order != []


@BOTH
def test_a_message_that_tells_of_two_crossings_in_a_second_is_read_whole(direction: Direction) -> None:
    """What it tells is read the further first, whatever stands first in it."""
    assert told_in_one_second([9_650, 9_800, 9_650], "FFNN", direction, message_id=77).is_clean


@BOTH
def test_a_far_rule_comes_behind_a_near_one_that_alone_was_armed(direction: Direction) -> None:
    """The price had not gone back far enough for it."""
    prices = [9_650, 9_760, 9_650, 9_800, 9_650]

    assert told_in_one_second(prices, "FNNFN", direction, band=0.01).out_of_order == []
    assert told_in_one_second([9_650], "NF", direction, band=0.01).out_of_order != []


@BOTH
def test_a_minute_of_a_hole_obliges_whoever_waits_at_either_end(direction: Direction) -> None:
    """A rise that came and went while nobody looked is due, as a fall is."""
    trades = world({0: UP, 70: DOWN, 80: UP, 200: UP}, direction)
    rule = rule_for(Repetition.REST, direction)

    assert kinds(verdict(rule, trades, hole=(50, 150))) == (1, 0)
    assert kinds(verdict(rule, trades, hidden(trades[1]), hole=(50, 150))) == (0, 0)


def hidden(line: TradeLine) -> TradeLine:
    """Return a trade as the bar of its minute tells of it."""
    changes = {"traded_at_ns": line.traded_at_ns // (60 * SECOND_NS) * 60 * SECOND_NS, "is_hidden": True}
    return TradeLine(**({name: getattr(line, name) for name in line.__struct_fields__} | changes))


@BOTH
def test_of_a_crossing_in_a_hole_only_what_is_certain_is_asked(direction: Direction) -> None:
    """Which end of a minute came first nobody knows; of two minutes it is known."""
    rule = rule_for(CROSSING, direction)
    one_minute = world({0: DOWN, 70: UP, 80: DOWN, 200: 9_750}, direction)
    two_minutes = world({0: DOWN, 70: UP, 130: DOWN, 200: 9_750}, direction)

    assert kinds(verdict(rule, one_minute, one_minute[0], hole=(50, 150))) == (0, 0)
    assert kinds(verdict(rule, two_minutes, two_minutes[0], hole=(50, 150))) == (1, 0)
    assert kinds(verdict(rule, two_minutes, two_minutes[0], hidden(two_minutes[2]), hole=(50, 150))) == (0, 0)


def test_an_alert_of_a_rule_that_has_ended_is_spurious_once_everybody_must_have_heard() -> None:
    """Whoever decides needs a moment to hear of it."""
    rule = price_rule(DOWN, until_ns=NINE_NS + 50 * SECOND_NS)
    expired = price_rule(DOWN, expires_on=SESSION - timedelta(days=1))
    soon, late = world({60: DOWN}), world({200: DOWN})

    assert kinds(verdict(rule, soon)) == (0, 0)
    assert kinds(verdict(rule, soon, *soon)) == (0, 0)
    assert kinds(verdict(rule, late, *late)) == (0, 1)
    assert kinds(verdict(expired, soon, *soon)) == (0, 1)


@pytest.mark.parametrize(
    ("repetition", "right", "wrong"),
    [
        (Repetition.ONCE, [[0]], [[], [0, 500]]),
        (Repetition.SESSION, [[0]], [[], [0, 900]]),
        # Of what a hole hides it may know, or not: of the way back and the fall in one minute.
        (CROSSING, [[0, 500], [0, 420, 500]], [[0], [0, 100, 420, 500]]),
    ],
)
def test_numbers_are_held_against_every_way_of_firing_again(
    repetition: Repetition, right: list[list[int]], wrong: list[list[int]]
) -> None:
    """One alert too many in the record is one that nobody may get."""
    trades = world({0: DOWN, 100: DOWN, 410: UP, 425: DOWN, 430: UP, 480: UP, 500: DOWN, 900: DOWN})
    rule = rule_for(repetition)
    circumstance = circumstances(*trades, watchers=[], rules=[rule])

    def problems(seconds: list[int]) -> list[str]:
        decided = [
            DecidedAlert(id=f"{rule.key}:{SESSION}:{number}", traded_at_ns=NINE_NS + second * SECOND_NS)
            for number, second in enumerate(seconds, 1)
        ]
        return misnumbered(decided, circumstance, [_hole(405, 440)], NINE_NS, NINE_NS + 1_000 * SECOND_NS)

    assert [problems(seconds) for seconds in right] == [[]] * len(right)
    assert all(problems(seconds) for seconds in wrong)
