"""What waits for a day's shares."""

from datetime import date, timedelta

import pytest

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule
from actors.market.choices import SessionChoice
from protocol.errors import DecodeError
from protocol.messages import Origin, Session, Trade, Venue
from protocol.moments import to_ns
from protocol.rules import Direction, Repetition, RuleKind
from protocol.wire import Glance, Glances
from tests.support.market import NINE, rule, targets, trade

NS = 1_000_000_000
MONDAY = date(2025, 12, 1)


def waiting(level: float = 2.0, **changes: object) -> Rule:
    """Return the rule that waits for so many times a usual day, once a session date."""
    plain = {"kind": RuleKind.VOLUME, "direction": Direction.ABOVE, "repetition": Repetition.SESSION}
    return rule(level, id="volume", **(plain | changes))


def evaluator_watching(*rules: Rule) -> Evaluator:
    """Return an evaluator with these rules, of a stock of which a thousand shares are a usual day."""
    evaluator = Evaluator(rest_ns=300 * NS)
    evaluator.watch(rules)
    evaluator.aim(targets(usual_volume=1_000))
    return evaluator


def traded(shares: int, second: int = 0, **changes: object) -> Trade:
    """Return a trade by which so many shares were traded that day, well above all σ."""
    return trade(101_000, NINE + timedelta(seconds=second), cumulative_volume=shares, **changes)


def test_the_first_trade_with_so_many_shares_alerts_and_no_other_of_that_day() -> None:
    """They only grow; the next day begins with none."""
    evaluator = evaluator_watching(waiting())
    evaluator.aim(targets(session_date=MONDAY, usual_volume=1_100))
    later = {"session_date": MONDAY}

    friday = evaluator.on_trades([traded(shares, second) for second, shares in enumerate([1_999, 2_000, 2_001, 9_000])])
    monday = evaluator.on_trades([traded(2_199, 3 * 86_400, **later), traded(2_200, 3 * 86_400, **later)])

    assert [alert.id for alert in friday + monday] == ["volume:1:2025-11-28:1", "volume:1:2025-12-01:1"]
    assert [(alert.volume, alert.target_price, alert.reference) for alert in friday + monday] == [
        (2_000, 2_000, 1_000),
        (2_200, 2_200, 1_100),
    ]
    assert {(alert.kind, alert.level, alert.price, alert.late) for alert in friday} == {
        (RuleKind.VOLUME, 2.0, 101_000, False)
    }


def test_what_a_hole_hid_the_next_trade_tells() -> None:
    """A minute bar knows the shares of its minute alone, and a day's low those of no moment."""
    evaluator = evaluator_watching(waiting(), rule(1.0))
    bars = [traded(5_000, origin=Origin.BAR), traded(0, 59, origin=Origin.BAR)]
    low = {"day_low": 99_000.0, "day_low_at_ns": to_ns(NINE + timedelta(seconds=30))}

    assert evaluator.on_trades(bars) == []
    sigma, volume = evaluator.on_trades([traded(2_400, 90, **low)])
    assert (sigma.kind, sigma.late, sigma.volume) == (RuleKind.SIGMA, True, 0)
    assert (volume.kind, volume.late, volume.volume, volume.price) == (RuleKind.VOLUME, False, 2_400, 101_000)


def test_shares_of_nxt_are_not_those_of_the_usual_day() -> None:
    """Daily bars tell of KRX's."""
    everywhere = waiting(sessions=frozenset({SessionChoice.KRX_REGULAR, SessionChoice.NXT}))
    evaluator = evaluator_watching(everywhere)

    assert evaluator.on_trades([traded(5_000, venue=Venue.NXT)]) == []
    assert len(evaluator.on_trades([traded(2_000, 1)])) == 1


def test_a_session_that_somebody_has_not_chosen_does_not_alert_him() -> None:
    """As with all other rules."""
    evaluator = evaluator_watching(waiting())

    assert evaluator.on_trades([traded(1_000), traded(5_000, 8 * 3_600, session=Session.AFTER_HOURS)]) == []


def test_a_rule_that_comes_late_is_told_what_is_so_already() -> None:
    """With the next trade, as one of a price that was passed."""
    evaluator = evaluator_watching(waiting())
    evaluator.on_trades([traded(2_500)])
    evaluator.watch([waiting(), waiting(1.5, version=2)])

    assert [alert.rule_version for alert in evaluator.on_trades([traded(2_501, 1)])] == [2]


class Frame:
    """A message of one trade, of which it is counted how often it was read whole."""

    def __init__(self) -> None:
        self.read = 0

    def glances(self, whole: Trade) -> Glances:
        """Return the beginning of *whole*."""
        frame = self

        class Counted(Glances, frozen=True):
            def whole(self) -> list[Trade]:
                frame.read += 1
                return [whole]

        told = {name: getattr(whole, name) for name in Glance.__struct_fields__}
        return Counted([Glance(**told)], b"")


def test_trades_are_read_whole_only_while_somebody_waits_for_shares() -> None:
    """A glance does not tell of them; once the rule has fired, or after a restart, glances do again."""
    frame, evaluator = Frame(), evaluator_watching(waiting(), rule(1.0))
    for second, shares in enumerate([1, 1_999, 2_000]):
        evaluator.on_glances(frame.glances(traded(shares, second)))
    assert (len(evaluator.changed), frame.read) == (1, 3)

    for second in range(3, 9):
        evaluator.on_glances(frame.glances(traded(2_001, second)))
    assert frame.read == 3

    again = Evaluator(300 * NS, evaluator.changed)
    again.watch([waiting(), rule(1.0)])
    again.aim(targets(usual_volume=1_000))
    for second in range(9, 12):
        again.on_glances(frame.glances(traded(2_001, second)))
    assert frame.read == 4, "the first tells its base price"


def test_a_message_that_cannot_be_read_touches_no_rule() -> None:
    """It may tell of the shares that somebody waits for."""
    evaluator = evaluator_watching(waiting())
    evaluator.on_trades([traded(1), traded(2)])
    told = traded(5_000)

    with pytest.raises(DecodeError):
        evaluator.on_glances(Glances([Glance(**{n: getattr(told, n) for n in Glance.__struct_fields__})], b"trades\0"))
    assert evaluator.changed == {}


def test_who_asks_is_told_how_many_shares_there_are() -> None:
    """While the rule waits, by whatever trade was looked at."""
    evaluator = evaluator_watching(waiting())
    assert [each.volume for each in evaluator.waiting("122630", to_ns(NINE))] == [0]

    evaluator.on_trades([traded(1), traded(1_500), traded(900, venue=Venue.NXT)])

    (told,) = evaluator.waiting("122630", to_ns(NINE))
    assert (told.threshold, told.volume, told.stage.value) == (2_000, 1_500, "armed")
