"""What is seen of a day, on a sheet and of a back test."""

from datetime import date, timedelta

import msgspec

from actors.chart.backtest import plan_back_test
from actors.chart.day import plan_day
from actors.chart.sheet import TargetsTold, plan_cell
from protocol.messages import Venue
from tests.support.charts import ALERT, NINE, a_back_test, a_morning_of_minutes, a_year_of_bars

TOLD = TargetsTold(
    symbol="122630",
    name="KODEX 레버리지",
    venue=Venue.KRX,
    session_date=ALERT.session_date,
    base_price=72_665.0,
    sigma=0.01417,
)


def test_a_day_shows_the_lines_of_the_alert_and_its_moment() -> None:
    """A line at another price than the text's would be worse than none."""
    drawing = plan_day(ALERT, a_morning_of_minutes())

    assert [(line.level, round(line.price)) for line in drawing.targets] == [(1, 71_635), (2, 70_606)]
    assert (drawing.traded_at, drawing.price, drawing.level) == (ALERT.traded_at, ALERT.price, ALERT.level)
    assert drawing.opens_at == NINE


def test_a_day_of_an_alert_at_a_price_that_somebody_named_shows_its_moment() -> None:
    """It is of no level, and an alert all the same."""
    drawing = plan_day(msgspec.structs.replace(ALERT, level=0.0, target=74_000.0), a_morning_of_minutes())

    assert drawing.is_alert
    assert drawing.traded_at == ALERT.traded_at
    assert [line.level for line in drawing.targets] == [0, 1, 2]


def test_a_moment_outside_the_sessions_widens_the_day() -> None:
    """A print a second behind the close still has its place."""
    late = msgspec.structs.replace(ALERT, traded_at=NINE + timedelta(hours=8))

    assert plan_day(late, a_morning_of_minutes()).closes_at == late.traded_at


def test_a_day_without_an_alert_ends_with_its_last_minute() -> None:
    """Who asks in the middle of the day wants to know where it stands, and where the lines are."""
    asked = msgspec.structs.replace(ALERT, level=0.0, traded_at=NINE, price=72_665.0)
    told = a_morning_of_minutes()

    drawing = plan_day(asked, told)

    assert (drawing.price, drawing.traded_at) == (told.minutes[-1].close, told.minutes[-1].begins_at)
    assert [(line.level, round(line.price)) for line in drawing.targets] == [(1, 71_635), (2, 70_606)]
    assert (drawing.opens_at, drawing.closes_at) == (told.opens_at, told.closes_at)


def test_a_day_that_has_not_begun_or_had_no_targets_is_drawn_without_them() -> None:
    """Before its first trade a stock stands at its base price; lines of σ 0 would lie on it."""
    asked = msgspec.structs.replace(ALERT, level=0.0, traded_at=NINE, price=72_665.0, sigma=0.0)

    drawing = plan_day(asked, a_morning_of_minutes(0))

    assert (drawing.price, drawing.traded_at, drawing.targets) == (72_665.0, NINE, [])


def test_a_cell_tells_the_prices_that_may_be_ordered() -> None:
    """The report beside it says 70,605 won; a line tagged 70,606 would be a price that nobody can order at."""
    cell = plan_cell(msgspec.structs.replace(TOLD, kind="etf"), [])

    assert [line.price for line in cell.targets] == [71_635, 70_605]


def test_a_cell_shows_three_months_up_to_yesterday() -> None:
    """Today's unfinished bar is not among them, nor a suspended day; the change is yesterday's."""
    bars = a_year_of_bars(100)
    today = msgspec.structs.replace(bars[-1], session_date=ALERT.session_date)
    suspended = msgspec.structs.replace(bars[-2], low=0.0)

    cell = plan_cell(TOLD, [*bars[:-2], suspended, bars[-1], today])

    assert (len(cell.bars), cell.bars[-1], cell.bars[-2]) == (60, bars[-1], bars[-3])
    assert cell.change == bars[-1].close / bars[-3].close - 1
    assert [line.price for line in cell.targets] == [71_600, 70_600]


def test_a_cell_without_bars_still_has_its_targets() -> None:
    """A symbol newly watched."""
    cell = plan_cell(TOLD, [])

    assert (cell.bars, cell.change, len(cell.targets)) == ([], None, 2)


def test_a_back_test_is_shown_over_its_own_sessions() -> None:
    """The year of look-back before them is no part of it."""
    told = a_back_test()

    drawing = plan_back_test(told, a_year_of_bars(600))

    assert drawing is not None
    assert (drawing.dates[0], drawing.dates[-1]) == (told.first, told.last)
    assert len(drawing.closes) == drawing.sessions == told.sessions
    assert plan_back_test(told, []) is None
    assert plan_back_test(told, a_year_of_bars(5, until=date(2020, 1, 1))) is None
