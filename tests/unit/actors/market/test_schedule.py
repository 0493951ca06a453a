"""What is to be done on each day, and when."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from actors.market.schedule import DayStep, Schedule, Step, StepPlan
from protocol.messages import Market
from tests.support.calendar import calendar

SEOUL = ZoneInfo("Asia/Seoul")
PLANS = (
    StepPlan(market=Market.KRX, step=Step.REPORT, minutes=10),
    StepPlan(market=Market.KRX, step=Step.SELF_TEST, minutes=5),
    StepPlan(market=Market.KRX, step=Step.CLOSING, minutes=10),
    StepPlan(market=Market.KRX, step=Step.WEEK, minutes=300),
    StepPlan(market=Market.US, step=Step.REPORT, minutes=30),
    StepPlan(market=Market.US, step=Step.CLOSING, minutes=10, not_before=time(7)),
    StepPlan(market=Market.US, step=Step.WEEK, minutes=300),
)


def schedule() -> Schedule:
    """Return the schedule of both markets."""
    return Schedule(calendar(), PLANS)


def at(text: str) -> datetime:
    """Return a moment by Seoul's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def due_times(market: Market, on: date) -> dict[Step, str]:
    """Return when each step of that day is due, by Seoul's wall clock."""
    steps = schedule().steps_on(market, on)
    return {step.step: f"{step.due_at.astimezone(SEOUL):%m-%d %H:%M}" for step in steps}


@pytest.mark.parametrize(
    ("market", "on", "times"),
    [
        (Market.KRX, date(2026, 11, 18), ["11-18 08:50", "11-18 08:55", "11-18 15:40"]),
        # The entrance exam: everything an hour later.
        (Market.KRX, date(2026, 11, 19), ["11-19 09:50", "11-19 09:55", "11-19 16:40"]),
        # The first trading day opens late and closes as always.
        (Market.KRX, date(2026, 1, 2), ["01-02 09:50", "01-02 09:55", "01-02 15:40", "01-02 20:30"]),
        # A Thursday before a closed Friday is the last session of its week.
        (Market.KRX, date(2026, 7, 16), ["07-16 08:50", "07-16 08:55", "07-16 15:40", "07-16 20:30"]),
        # Closed on a weekday: one line, when the report would have come. On a weekend nothing.
        (Market.KRX, date(2026, 7, 17), ["07-17 08:50"]),
        (Market.KRX, date(2026, 7, 18), []),
        # New York on both sides of its change of clocks; its close wakes nobody.
        (Market.US, date(2026, 10, 29), ["10-29 22:00", "10-30 07:00"]),
        (Market.US, date(2026, 11, 2), ["11-02 23:00", "11-03 07:00"]),
        # The half day after Thanksgiving, the last session of its week.
        (Market.US, date(2026, 11, 27), ["11-27 23:00", "11-28 07:00", "11-28 08:00"]),
        (Market.US, date(2026, 11, 26), ["11-26 23:00"]),
        (Market.US, date(2026, 11, 28), []),
    ],
)
def test_steps_follow_the_hours_of_their_day(market: Market, on: date, times: list[str]) -> None:
    """A report that comes after the open, or a closing line in the middle of the day, would be of no use."""
    assert list(due_times(market, on).values()) == times


def test_a_closed_day_has_its_line_alone_and_only_where_people_get_reports() -> None:
    """Whoever has taken the report out of the day wants to be left alone."""
    silent = Schedule(calendar(), [plan for plan in PLANS if plan.step is not Step.REPORT])

    assert list(due_times(Market.KRX, date(2026, 7, 17))) == [Step.CLOSED]
    assert list(silent.steps_on(Market.KRX, date(2026, 7, 17))) == []


@pytest.mark.parametrize(
    ("market", "on", "due_at", "good_until"),
    [
        (Market.KRX, date(2026, 9, 25), "2026-09-25 08:50", "2026-09-25 15:30"),
        # Thanksgiving is over in New York when it is six in the morning of the day after in Seoul.
        (Market.US, date(2026, 11, 26), "2026-11-26 23:00", "2026-11-27 06:00"),
        # Good Friday, in summer time.
        (Market.US, date(2026, 4, 3), "2026-04-03 22:00", "2026-04-04 05:00"),
    ],
)
def test_a_closed_day_is_told_before_its_open_would_have_been_and_never_after_its_close(
    market: Market, on: date, due_at: str, good_until: str
) -> None:
    """News that nothing will be traded is none once the day is over."""
    [line] = schedule().steps_on(market, on)

    assert (line.step, line.due_at, line.good_until) == (Step.CLOSED, at(due_at), at(good_until))


def test_what_is_due_is_told_in_its_order_from_the_day_before_on() -> None:
    """Whoever comes back after a night looks at what was left undone, too."""
    begun = schedule().begun(at("2026-11-18 15:40"))

    assert [(step.market.value, f"{step.session_date:%m-%d}", step.step.value) for step in begun] == [
        ("KRX", "11-17", "report"),
        ("KRX", "11-17", "self_test"),
        ("KRX", "11-17", "closing"),
        ("US", "11-17", "report"),
        ("US", "11-17", "closing"),
        ("KRX", "11-18", "report"),
        ("KRX", "11-18", "self_test"),
        ("KRX", "11-18", "closing"),
    ]


def step_of(step: Step, market: Market = Market.KRX, on: date = date(2026, 11, 20)) -> DayStep:
    """Return that step of a Friday."""
    return next(each for each in schedule().steps_on(market, on) if each.step is step)


@pytest.mark.parametrize(
    ("step", "good_until"),
    [
        (Step.REPORT, "2026-11-20 15:30"),
        (Step.SELF_TEST, "2026-11-20 09:00"),
        (Step.CLOSING, "2026-11-21 03:40"),
        (Step.WEEK, "2026-11-21 20:30"),
    ],
)
def test_a_step_is_made_up_for_as_long_as_it_makes_sense(step: Step, good_until: str) -> None:
    """Prices to buy at are of use until the close, news of a quiet day not on the day after."""
    assert step_of(step).good_until == at(good_until)


def test_each_step_becomes_due_while_its_day_is_looked_at() -> None:
    """A step that is due when its day is two trading days old would never be seen."""
    on, seen = date(2026, 1, 1), 0
    while on < date(2027, 1, 1):
        for market in Market:
            for step in schedule().steps_on(market, on):
                assert step in schedule().begun(step.due_at)
                assert step in schedule().begun(step.good_until - timedelta(minutes=1))
                seen += 1
        on += timedelta(days=1)
    assert seen > 1_000
