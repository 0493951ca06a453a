"""What a picture shows: which bars, which lines, which averages."""

from datetime import date, timedelta

import msgspec
import pytest

from actors.chart.drawing import Bar, TargetLine, bars_since, moving_average, plan_drawing
from tests.support.charts import ALERT, a_year_of_bars


def flat_bar(day: date, price: float = 70_000) -> Bar:
    """Return a bar that never moved."""
    return Bar(session_date=day, open=price, high=price, low=price, close=price, volume=10)


def test_the_lines_are_the_targets_of_the_alert() -> None:
    """A line at another price than the text's would be worse than none."""
    drawing = plan_drawing(ALERT, a_year_of_bars())

    assert drawing is not None
    assert [(line.level, round(line.price)) for line in drawing.targets] == [(1, 71_635), (2, 70_606)]


def test_a_level_of_ones_own_gets_its_line_too() -> None:
    """Somebody who waits for 1.5σ wants to see it."""
    drawing = plan_drawing(msgspec.structs.replace(ALERT, level=1.5), a_year_of_bars())

    assert drawing is not None
    assert [line.level for line in drawing.targets] == [1, 1.5, 2]


@pytest.mark.parametrize(("target", "place"), [(80_000.0, 0), (71_000.0, 1), (60_000.0, 2)])
def test_a_price_that_somebody_named_has_its_line_among_those_of_the_levels(target: float, place: int) -> None:
    """It is no σ: a rise above the base price, or a fall of a tenth."""
    drawing = plan_drawing(msgspec.structs.replace(ALERT, level=0.0, target=target), a_year_of_bars())

    assert drawing is not None
    assert drawing.targets[place] == TargetLine(level=0.0, price=target)
    assert len(drawing.targets) == 3
    assert drawing.level == 0.0


def test_a_year_of_bars_is_drawn_and_older_ones_only_feed_the_averages() -> None:
    """Without them the 120-day average would begin in the middle of the picture."""
    drawing = plan_drawing(ALERT, a_year_of_bars(400))

    assert drawing is not None
    assert drawing.bars[0].session_date == date(2024, 11, 28)
    assert None not in drawing.averages[120]
    assert {len(averages) for averages in drawing.averages.values()} == {len(drawing.bars)}


def test_enough_is_read_for_the_first_average_of_the_year() -> None:
    """120 sessions take about half a year."""
    assert bars_since(ALERT.session_date) <= date(2024, 11, 28) - timedelta(days=200)


def test_the_sessions_own_unfinished_bar_is_not_drawn() -> None:
    """The price now stands there; a bar that still changes would stand beside it as if it were yesterday's."""
    bars = a_year_of_bars()

    assert plan_drawing(ALERT, [*bars, flat_bar(ALERT.session_date)]) == plan_drawing(ALERT, bars)


@pytest.mark.parametrize("price", [0.0, -1.0, float("nan"), float("inf")])
def test_a_bar_that_holds_no_price_is_left_out(price: float) -> None:
    """A suspended day comes with an open, high and low of zero, and would flatten all others."""
    suspended = msgspec.structs.replace(flat_bar(date(2025, 11, 27)), low=price)

    drawing = plan_drawing(ALERT, [flat_bar(date(2025, 11, 26)), suspended])

    assert drawing is not None
    assert [bar.session_date for bar in drawing.bars] == [date(2025, 11, 26)]


@pytest.mark.parametrize("bars", [[], [flat_bar(ALERT.session_date)], [flat_bar(date(2023, 1, 2))]])
def test_without_bars_of_the_year_there_is_nothing_to_draw(bars: list[Bar]) -> None:
    """Analyst has not fetched them yet: the wish is answered with a reason, and may be repeated."""
    assert plan_drawing(ALERT, bars) is None


def test_an_average_begins_when_its_history_is_complete() -> None:
    """A mean of fewer closes than its name says would be another average."""
    assert moving_average([1, 2, 3, 4], 3) == [None, None, 2, 3]
    assert moving_average([1, 2], 3) == [None, None]
