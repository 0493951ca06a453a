"""What a rule waits for, and when it may fire again."""

from datetime import date, timedelta

import pytest

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import FOR_EVER_NS, Rule, threshold_of
from protocol.messages import Origin, Trade
from protocol.moments import to_ns
from protocol.rules import Direction, Repetition, RuleKind
from tests.support.market import DAY, NINE, rule, targets, trade

NS = 1_000_000_000
ABOVE = Direction.ABOVE
CROSSING = Repetition.CROSSING


def evaluator_watching(*rules: Rule) -> Evaluator:
    """Return an evaluator with these rules and the usual targets: base price 100,000, σ 1 %."""
    evaluator = Evaluator(rest_ns=300 * NS)
    evaluator.watch(rules)
    evaluator.aim(targets())
    return evaluator


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        (rule(2.5), (97_500, 100_000)),
        (rule(1.0, direction=ABOVE), (101_000, 100_000)),
        (rule(70_000.0, kind=RuleKind.PRICE), (70_000, 70_000)),
        (rule(0.07, kind=RuleKind.CHANGE), (93_000, 100_000)),
        (rule(0.07, kind=RuleKind.CHANGE, direction=ABOVE), (107_000, 100_000)),
        (rule(0.03, kind=RuleKind.PAID, paid=65_000.0), (63_050, 65_000)),
        (rule(0.1, kind=RuleKind.YEAR_HIGH), (108_000, 120_000)),
        (rule(0.1, kind=RuleKind.HIGH_SINCE, high_since=date(2025, 10, 1)), (99_000, 110_000)),
        (rule(0.1, kind=RuleKind.VOLUME, direction=ABOVE), (300_000, 3_000_000)),
        (rule(0.0, kind=RuleKind.PAID, paid=65_000.0, direction=ABOVE), (65_000, 65_000)),
    ],
)
def test_every_kind_is_a_price_on_a_day(waiting: Rule, expected: tuple[float, float]) -> None:
    """To the won: nobody waits for 92,999.99999999999. The year ends with the session before, 11-27."""
    highs = [(date(2024, 11, 27), 120_000.0), (date(2025, 3, 3), 115_000.0), (date(2025, 11, 3), 110_000.0)]

    assert threshold_of(waiting, targets(highs=highs, usual_volume=3_000_000)) == expected


def test_what_has_no_target_still_has_a_price() -> None:
    """A stock too young for a σ can be waited for by price; by σ it cannot."""
    young = targets(obstacle="short_history", sigma=0.0)

    assert threshold_of(rule(1.0), young) is None
    assert threshold_of(rule(70_000.0, kind=RuleKind.PRICE), young) == (70_000, 70_000)
    assert threshold_of(rule(0.1, kind=RuleKind.HIGH_SINCE, high_since=DAY), targets()) is None
    assert threshold_of(rule(2.0, kind=RuleKind.VOLUME, direction=ABOVE), targets()) is None
    assert threshold_of(rule(0.1, kind=RuleKind.CHANGE), targets(obstacle="short_history", base_price=0.0)) is None


def test_an_alert_says_what_was_reached_from_which_side() -> None:
    """'-5 % from what I paid' is read otherwise than '2σ'."""
    waiting = rule(0.1, id="1-122630-n3", kind=RuleKind.PAID, paid=110_000.0, direction=ABOVE)

    (alert,) = evaluator_watching(waiting).on_trades([trade(121_000)])

    assert (alert.kind, alert.direction, alert.level) == (RuleKind.PAID, ABOVE, 0.1)
    assert (alert.reference, alert.target_price, alert.base_price) == (110_000, 121_000, 100_000)
    assert alert.id == "1-122630-n3:1:2025-11-28:1"


def test_a_rise_through_two_thresholds_raises_both_highest_first() -> None:
    """As a fall raises the deepest first."""
    alerts = evaluator_watching(rule(1.0, direction=ABOVE, id="a"), rule(2.0, direction=ABOVE, id="b")).on_trades(
        [trade(102_500)]
    )

    assert [alert.level for alert in alerts] == [2.0, 1.0]


def test_rules_of_both_sides_hear_of_what_is_theirs_alone() -> None:
    """A rule above opens the first look for all trades; the second one must not let any pass unjudged."""
    evaluator = evaluator_watching(
        rule(1.0, id="below"), rule(101_000.0, id="above", kind=RuleKind.PRICE, direction=ABOVE)
    )
    prices = [100_000, 100_999, 101_000, 99_001, 99_000]

    alerts = [
        alert
        for number, price in enumerate(prices)
        for alert in evaluator.on_trades([trade(price, NINE + timedelta(seconds=number))])
    ]

    assert [(alert.rule_id, alert.price) for alert in alerts] == [("above", 101_000), ("below", 99_000)]


def test_a_rule_of_its_own_rest_rests_as_long_as_it_says() -> None:
    """Every thirty minutes is not every five."""
    evaluator = evaluator_watching(rule(1.0, rest_ns=1_800 * NS))

    minutes = [at for at in range(0, 61, 5) if evaluator.on_trades([trade(99_000, NINE + timedelta(minutes=at))])]

    assert minutes == [0, 30, 60]


def test_a_rule_that_has_expired_raises_nothing_on_a_later_date() -> None:
    """On its last day it still counts."""
    assert evaluator_watching(rule(1.0, expires_on=DAY)).on_trades([trade(99_000)])
    assert not evaluator_watching(rule(1.0, expires_on=DAY - timedelta(days=1))).on_trades([trade(99_000)])


def test_what_fires_once_is_kept_so_for_ever() -> None:
    """A restart a month later must not tell it again."""
    evaluator = evaluator_watching(rule(1.0, repetition=Repetition.ONCE))
    evaluator.on_trades([trade(99_000)])

    assert [state.rests_until_ns for state in evaluator.changed.values()] == [FOR_EVER_NS]


def test_a_crossing_rule_is_armed_again_only_beyond_its_band() -> None:
    """A price that trembles at a threshold has not crossed it anew; and what arms it raises nothing but is kept."""
    evaluator = evaluator_watching(rule(99_000.0, kind=RuleKind.PRICE, repetition=CROSSING, band=0.01))
    prices = [99_000, 99_500, 98_900, 99_989, 98_800, 99_990, 98_700]

    fired = []
    for minute, price in enumerate(prices):
        fired += [alert.price for alert in evaluator.on_trades([trade(price, NINE + timedelta(minutes=minute))])]
        if price == 99_990:
            assert evaluator.has_returned
            assert [state.awaits_return for state in evaluator.changed.values()] == [False]

    assert fired == [99_000, 98_700]


def test_a_low_of_the_second_in_which_a_crossing_rule_was_armed_again_is_not_told() -> None:
    """KIS tells seconds: the low was seen, and fired the rule, before the price went back in the same second."""
    evaluator = evaluator_watching(rule(99_000.0, kind=RuleKind.PRICE, repetition=CROSSING))
    low = {"day_low": 99_000.0, "day_low_at_ns": to_ns(NINE)}
    later = trade(99_600, NINE + timedelta(seconds=5), **low)

    assert len(evaluator.on_trades([trade(99_000, NINE, **low), trade(99_500, NINE, **low), later])) == 1


def bar(minute: int, low: float, high: float) -> list[Trade]:
    """Return what a minute bar tells of a *minute* after nine."""
    at = NINE + timedelta(minutes=minute)
    return [
        trade(price, at, day_low=0.0, day_low_at_ns=0, origin=origin)
        for price, origin in ((low, Origin.BAR), (high, Origin.HIGH))
    ]


def test_a_rule_above_is_found_by_the_highs_of_the_bars_of_a_hole() -> None:
    """What nobody saw is told late, above as below: the rise came and went within a minute."""
    bars = [*bar(0, 99_900, 100_000), *bar(1, 99_800, 101_500), *bar(2, 100_100, 100_200)]

    (alert,) = evaluator_watching(rule(1.0, direction=ABOVE)).on_trades(bars)

    assert (alert.late, alert.price, alert.price_now) == (True, 101_500, 100_200)
    assert alert.traded_at == NINE + timedelta(minutes=1)


def test_a_bar_tells_a_rule_the_end_that_it_waits_for() -> None:
    """A minute that lay beyond a threshold as a whole went as far as its low, or its high."""
    beyond = bar(1, 101_000, 101_500), bar(1, 98_500, 98_900)
    rules = rule(1.0, id="below"), rule(1.0, id="above", direction=ABOVE)

    told = [evaluator_watching(*rules).on_trades(bars) for bars in (*beyond, *(each[::-1] for each in beyond))]

    assert [[alert.price for alert in alerts] for alerts in told] == [[101_500], [98_500]] * 2


@pytest.mark.parametrize("direction", list(Direction))
def test_without_a_band_a_price_at_the_threshold_has_not_gone_back(direction: Direction) -> None:
    """The end of a minute that a rule does not wait for arms it again only from the other side."""
    waiting = rule(100_000.0, kind=RuleKind.PRICE, direction=direction, repetition=CROSSING, band=0.0)
    evaluator = evaluator_watching(waiting)
    bars = [*bar(0, 100_000, 100_000), *bar(1, 100_000, 100_000), *bar(2, 100_000, 100_000)]

    assert len(evaluator.on_trades(bars)) == 1


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("direction", list(Direction))
def test_a_minute_never_both_arms_and_fires_a_crossing_rule(direction: Direction, order: int) -> None:
    """Nobody knows whether its low or its high came first; the next minute that is beyond is a crossing for sure."""
    evaluator = evaluator_watching(rule(100_000.0, kind=RuleKind.PRICE, direction=direction, repetition=CROSSING))

    told = [evaluator.on_trades(bar(minute, 99_000, 101_000)[::order]) for minute in range(4)]

    assert [len(alerts) for alerts in told] == [1, 0, 1, 0]


def crossing(level: float, band: float, direction: Direction = Direction.BELOW) -> Evaluator:
    """Return an evaluator with a crossing rule at a price."""
    kind = RuleKind.PRICE
    return evaluator_watching(rule(level, kind=kind, direction=direction, repetition=CROSSING, band=band))


def printed(second: int, price: float, low: float, low_second: int, **changes: object) -> Trade:
    """Return a trade of a *second* after nine, with the day's low."""
    low_at_ns = to_ns(NINE + timedelta(seconds=low_second))
    return trade(price, NINE + timedelta(seconds=second), day_low=low, day_low_at_ns=low_at_ns, **changes)


BANDS = pytest.mark.parametrize("band", [0.0, 0.01])


@BANDS
def test_a_days_low_of_the_minute_whose_high_armed_a_crossing_rule_is_not_told(band: float) -> None:
    """It may have been before the price went back; what is seen in that minute was after it, and so is the next."""
    evaluator = crossing(99_000.0, band)
    prints = [
        printed(62, 100_000, 98_800, 61),
        printed(63, 98_900, 98_800, 61),
        printed(64, 100_000, 98_800, 61),
        printed(130, 100_000, 98_700, 125),
    ]

    told = [evaluator.on_trades(message) for message in ([printed(0, 98_900, 98_900, 0)], bar(1, 98_800, 100_000))]
    told += [evaluator.on_trades([each]) for each in prints]

    prices = [[alert.price for alert in alerts] for alerts in told]
    assert prices == [[98_900], [], [], [98_900], [], [98_700]]


@BANDS
def test_a_days_low_of_the_minute_whose_high_fired_a_crossing_rule_does_not_arm_it(band: float) -> None:
    """The price may have risen to the threshold after it, and stayed there."""
    evaluator = crossing(101_000.0, band, ABOVE)
    prints = [printed(62, 101_200, 98_000, 30), printed(63, 99_000, 98_000, 30), printed(64, 101_100, 98_000, 30)]

    told = [evaluator.on_trades(message) for message in (bar(0, 98_000, 101_500), *([each] for each in prints))]

    assert [[alert.price for alert in alerts] for alerts in told] == [[101_500], [], [], [101_100]]


@BANDS
def test_a_low_that_both_a_bar_and_a_trade_tell_is_told_once(band: float) -> None:
    """Two holes in one minute are filled at once: what was seen between them may be before the low."""
    message = [*bar(0, 98_800, 100_000), printed(20, 100_000, 99_900, 0), printed(45, 100_000, 98_800, 35)]

    assert [alert.price for alert in crossing(99_000.0, band).on_trades(message)] == [98_800]


def look(second: int, price: float, *, low: float = 0.0, high: float = 0.0) -> list[Trade]:
    """Return what a price tells that was asked for in a *second* after nine, ten after the one before."""
    before = second - 10
    newest = printed(second, price, low, before if low else 0, origin=Origin.QUOTE)
    return [*([printed(before, high, 0, 0, origin=Origin.HIGH)] if high else []), newest]


@BANDS
@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([look(0, 98_900), look(10, 99_500, high=100_000), look(20, 99_600, low=98_800)], [[98_900], [], [98_800]]),
        ([look(0, 98_900), look(10, 100_000), look(20, 99_600, low=98_800)], [[98_900], [], [98_800]]),
        ([look(0, 98_900), look(10, 98_800, high=100_000)], [[98_900], [98_800]]),
        ([look(0, 100_000), look(10, 99_500, low=98_800), look(20, 98_700, high=100_500)], [[], [98_800], [98_700]]),
    ],
    ids=["after a hidden return", "after a seen return", "a hidden return after an alert", "after a hidden crossing"],
)
def test_what_lies_between_two_prices_that_were_asked_for_is_behind_the_first(
    looks: list[list[Trade]], expected: list[list[float]], band: float
) -> None:
    """It carries the moment of the first, and yet it is a crossing, or a return, for sure."""
    evaluator = crossing(99_000.0, band)

    assert [[alert.price for alert in evaluator.on_trades(message)] for message in looks] == expected


@BANDS
def test_a_low_and_a_high_between_the_same_two_prices_never_both_arm_and_fire(band: float) -> None:
    """Nobody knows which was first; what is seen then was behind both, and so is what lies behind that."""
    evaluator = crossing(99_000.0, band)
    looks = [
        look(0, 98_900),
        look(10, 99_500, low=98_800, high=100_000),
        look(20, 98_900, low=98_700, high=100_500),
        look(30, 99_500, low=98_600),
    ]

    told = [[alert.price for alert in evaluator.on_trades(message)] for message in looks]

    assert told == [[98_900], [], [98_700], []]


def test_targets_of_another_day_move_the_threshold() -> None:
    """Five per cent below yesterday's close is another price every day."""
    evaluator = evaluator_watching(rule(0.01, kind=RuleKind.CHANGE))
    monday = date(2025, 12, 1)
    evaluator.aim(targets(session_date=monday, base_price=90_000.0))
    at = NINE + timedelta(days=3)

    alerts = evaluator.on_trades(
        [trade(price, at, session_date=monday, change=price - 90_000.0) for price in (89_101, 89_100)]
    )

    assert [(alert.price, alert.target_price) for alert in alerts] == [(89_100, 89_100)]
