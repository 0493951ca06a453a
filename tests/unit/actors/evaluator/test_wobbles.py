"""What is counted while a rule rests, and what is none of its business."""

from datetime import date, timedelta

import msgspec
import pytest

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule, RuleState
from actors.evaluator.wobbles import Wobbles
from protocol.messages import Origin, ReachedAgain, Session, Venue
from protocol.moments import to_ns
from protocol.rules import Direction, RuleKind
from tests.support.market import DAY, NINE, rule, targets, trade

NS = 1_000_000_000
MONDAY = date(2025, 12, 1)


def watching(*rules: Rule) -> Evaluator:
    """Return an evaluator with these rules, 99,000 being 1σ and 98,000 2σ."""
    evaluator = Evaluator(rest_ns=300 * NS)
    evaluator.watch(rules)
    evaluator.aim(targets())
    return evaluator


def play(evaluator: Evaluator, *prices: float, begin: int = 0) -> list[ReachedAgain]:
    """Let a trade a second come, and return what is told of them in the end."""
    for second, price in enumerate(prices, begin):
        evaluator.on_trades([trade(price, NINE + timedelta(seconds=second))])
    return evaluator.take_wobbles()


def test_a_price_that_goes_back_and_comes_again_is_told_with_its_number() -> None:
    """The alert was the first time."""
    evaluator = watching(rule())

    assert play(evaluator, 99_000, 99_400) == []
    assert play(evaluator, 98_950, begin=2) == [
        ReachedAgain(
            alert_id="1-122630-1:1:2025-11-28:1",
            times=2,
            venue=Venue.KRX,
            price=98_950,
            traded_at=NINE + timedelta(seconds=2),
        )
    ]
    assert [again.times for again in play(evaluator, 98_900, 99_300, 98_990, 98_980, begin=3)] == [3]


def test_the_noise_at_the_line_is_no_wobble() -> None:
    """A tick up and a tick down is what every price does where it stands."""
    assert play(watching(rule()), 99_000, 99_100, 99_000, 99_200, 98_900, 99_290, 98_990) == []


@pytest.mark.parametrize(
    ("venue", "threshold", "tick"),
    [(Venue.KRX, 120.0, 1.0), (Venue.KRX, 2_000.0, 5.0), (Venue.NASDAQ, 1.0, 0.01), (Venue.NASDAQ, 0.01, 0.0001)],
)
@pytest.mark.parametrize("direction", Direction)
def test_the_noise_at_the_line_of_a_penny_stock_is_no_wobble_either(
    venue: Venue, threshold: float, tick: float, direction: Direction
) -> None:
    """There one tick is up to 1 % of the price; each would be an edit, every three seconds."""
    evaluator = watching()
    evaluator.watch([rule(threshold, kind=RuleKind.PRICE, direction=direction)])
    evaluator.aim(targets(venue=venue))
    away = tick if direction is Direction.BELOW else -tick

    def come(*ticks: int) -> list[int]:
        for each in ticks:
            evaluator.on_trades([trade(round(threshold + each * away, 4), venue=venue)])
        return [again.times for again in evaluator.take_wobbles()]

    assert come(0, 1, 0, 1, -1, 1, 0) == []
    assert come(2, 0) == [2]


def test_after_its_rest_it_is_an_alert_and_counted_anew() -> None:
    """A new message says more than one that is edited."""
    evaluator = watching(rule())
    play(evaluator, 99_000, 99_400, 99_000, 99_400)

    (fired,) = evaluator.on_trades([trade(99_000, NINE + timedelta(seconds=300))])
    assert fired.firing == 2
    assert evaluator.take_wobbles() == []
    assert [(again.alert_id[-1], again.times) for again in play(evaluator, 99_400, 99_000, begin=301)] == [("2", 2)]


def test_each_rule_counts_for_itself() -> None:
    """A fall through both levels and back to between them is a wobble of the deeper one alone."""
    evaluator = watching(rule(1.0), rule(2.0))

    told = play(evaluator, 97_900, 98_400, 97_950, 99_500, 98_500)
    assert sorted((again.alert_id, again.times) for again in told) == [
        ("1-122630-1:1:2025-11-28:1", 2),
        ("1-122630-2:1:2025-11-28:1", 2),
    ]


def test_a_session_that_nobody_chose_neither_takes_back_nor_counts() -> None:
    """An evening print is no news for who sleeps."""
    evaluator = watching(rule())
    play(evaluator, 99_000)
    evening = {"venue": Venue.NXT, "session": Session.AFTER_HOURS}
    evaluator.on_trades([trade(99_500, NINE + timedelta(seconds=1), **evening)])
    assert play(evaluator, 99_000, 99_500, begin=2) == []

    evaluator.on_trades([trade(98_900, NINE + timedelta(seconds=4), **evening)])
    assert evaluator.take_wobbles() == []
    assert [again.times for again in play(evaluator, 98_900, begin=5)] == [2]


def test_what_nobody_saw_is_no_wobble() -> None:
    """A minute bar tells a minute late what a price was; the alert's reader sees what it is."""
    evaluator = watching(rule())
    play(evaluator, 99_000, 99_500)
    bar = trade(98_900, NINE + timedelta(seconds=60), origin=Origin.BAR)

    evaluator.on_trades([bar, trade(99_600, NINE + timedelta(seconds=120))])
    assert evaluator.take_wobbles() == []


def test_another_day_or_another_version_has_nothing_to_do_with_the_alert() -> None:
    """A rest of two days reaches into Monday, Friday's target does not."""
    lasting = rule(rest_ns=5 * 24 * 3600 * NS)
    evaluator = watching(lasting)
    play(evaluator, 99_000, 99_500)
    evaluator.aim(targets(session_date=MONDAY))
    monday = NINE + timedelta(days=3)

    evaluator.on_trades([trade(98_900, monday, session_date=MONDAY)])
    assert evaluator.take_wobbles() == []

    evaluator = watching(lasting)
    play(evaluator, 99_000, 99_500)
    evaluator.watch([msgspec.structs.replace(lasting, version=2)])
    assert len(evaluator.on_trades([trade(98_900, NINE + timedelta(seconds=2))])) == 1
    assert evaluator.take_wobbles() == []


def test_a_wobble_is_no_part_of_what_is_kept() -> None:
    """No commit, no note in the diary, and another life begins with none."""
    evaluator = watching(rule())
    play(evaluator, 99_000)
    evaluator.keep()
    standing = evaluator.standing()

    assert len(play(evaluator, 99_500, 99_000, begin=1)) == 1
    assert (evaluator.changed, evaluator.has_returned) == ({}, False)
    assert evaluator.standing() == standing
    assert play(Evaluator.standing_at(standing), 99_500, 99_000, begin=3) == []


def test_a_rule_that_was_deleted_is_forgotten() -> None:
    """People make rules and delete them for months, in one life of the process."""
    wobbles, left_in = Wobbles(), RuleState(1, DAY, 1, 0)
    wobbles.begin("kept", left_in)
    wobbles.begin("deleted", left_in)
    wobbles.forget_all_but({"kept"})
    assert [wobbles.awaits_return(rule_id, left_in) for rule_id in ("kept", "deleted")] == [True, False]

    evaluator = watching(rule())
    play(evaluator, 99_000)
    evaluator.watch([])
    evaluator.watch([rule()])
    assert play(evaluator, 99_500, 99_000, begin=1) == []


def test_while_nothing_wobbles_trades_above_the_target_are_skipped_at_the_first_look() -> None:
    """The hot path: once the price has gone back, it is what it was before the alert."""
    evaluator = watching(rule())
    play(evaluator, 99_000, 99_500)
    watched = evaluator._watched["122630"]

    assert (watched.highest, watched.rises_to) == (99_000, float("inf"))
    assert watched.skips(trade(99_001, day_low=99_000.0, day_low_at_ns=to_ns(NINE)))
