"""What became of the alerts."""

from datetime import date, timedelta

import pytest

from actors.analyst.bars.history import Bar
from actors.analyst.payoff.outcomes import Fired, outcomes_of
from tests.support.history import bar

FIRST = date(2025, 11, 3)
ALERT = Fired(id="a", session_date=date(2025, 11, 4), price=96.0, base_price=100.0)


def bars(count: int, factor: float = 1.0) -> list[Bar]:
    """Return so many days that close at 100, 101, 102 … times *factor*, from the day before the alert on."""
    return [bar(FIRST + timedelta(days=age), (100.0 + age) * factor) for age in range(count)]


def test_an_alert_is_looked_at_after_1_5_and_20_sessions() -> None:
    """What one would have earned by buying at its price."""
    found = outcomes_of([ALERT], bars(22))

    assert [(each.sessions, each.closed_on.day) for each in found] == [(1, 5), (5, 9), (20, 24)]
    assert [each.change for each in found] == pytest.approx([102 / 96 - 1, 106 / 96 - 1, 121 / 96 - 1])
    assert {each.alert_id for each in found} == {"a"}


@pytest.mark.parametrize(("days", "known"), [(2, []), (3, [1]), (6, [1]), (7, [1, 5]), (21, [1, 5]), (22, [1, 5, 20])])
def test_what_is_still_to_come_is_left_out(days: int, known: list[int]) -> None:
    """The sessions that are over alone can be counted."""
    assert [outcome.sessions for outcome in outcomes_of([ALERT], bars(days))] == known


def test_a_split_since_then_is_no_loss() -> None:
    """The stored past is halved, the alert's price is not."""
    whole, halved = outcomes_of([ALERT], bars(22)), outcomes_of([ALERT], bars(22, factor=0.5))

    assert [outcome.change for outcome in halved] == pytest.approx([outcome.change for outcome in whole])


def test_an_alert_of_a_day_without_a_bar_has_no_outcome_yet() -> None:
    """The source may lack that day, or history begins with it; a later top-up may bring it."""
    holes = [each for each in bars(22) if each.session_date != ALERT.session_date]

    assert outcomes_of([ALERT], holes) == []
    assert outcomes_of([ALERT], bars(22)[1:]) == []
    assert outcomes_of([ALERT], bars(1)) == []
