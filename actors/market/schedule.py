"""What is to be done on each day of a market, and when: before its open, after its close, at the end of its week. Pure.

    step        due                           makes sense until
    report      so many minutes before open   the close
    self_test   so many minutes before open   the open
    closed      when the report would come    the close would come
    closing     so many minutes after close   twelve hours later
    week        the same, after the last      a day later
                session of a week

Both ends are the regular session's, so that a day that opens late, a half day and daylight saving move the steps with
it, and a closed day has none but the line that says so, on weekdays. What came due while nobody was there is made up
for as long as it makes sense. A step is known by market, session date and kind; whoever does it remembers that, and so
neither skips nor repeats any.
"""

import enum
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from actors.market.sessions import SEOUL, Calendar, SessionTimes, zone_of
from protocol.messages import Market, Venue

__all__ = ["DayStep", "Schedule", "Step", "StepKey", "StepPlan", "main_venue"]

_MAIN_VENUES = {Market.KRX: Venue.KRX, Market.US: Venue.NASDAQ}


class Step(enum.Enum):
    """What is to be done; the value is its name in `conf/` and in the store."""

    REPORT = "report"
    """Everybody reads what he waits for today."""
    SELF_TEST = "self_test"
    """The operator reads whether all is ready."""
    CLOSING = "closing"
    """Everybody reads what came of the day."""
    WEEK = "week"
    """Everybody reads what came of the week."""
    CLOSED = "closed"
    """Who wants it reads that the market stays closed that day; it follows the report and is in no plan."""


BEFORE_OPEN = frozenset({Step.REPORT, Step.SELF_TEST})
GOOD_FOR = {
    Step.CLOSING: timedelta(hours=12),
    Step.WEEK: timedelta(days=1),
}
SATURDAY = 5


StepKey = tuple[str, date, str]
"""By what a step is remembered: market, session date, kind."""


class StepPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When one step of one market is due."""

    market: Market
    """KRX or US."""
    step: Step
    """report, self_test, closing or week."""
    minutes: Annotated[int, Meta(ge=1, le=720)]
    """How long before the regular session's open (report, self_test) or after its close (closing, week)."""
    not_before: time | None = None
    """A time of the day in Seoul before which it waits: nobody is to be woken by the close of New York."""


class DayStep(Struct, frozen=True, kw_only=True):
    """One step of one day of a market; it makes sense from `due_at` up to but not including `good_until`, UTC."""

    market: Market
    session_date: date
    step: Step
    due_at: datetime
    good_until: datetime

    @property
    def key(self) -> StepKey:
        """By what it is remembered."""
        return self.market.value, self.session_date, self.step.value


def main_venue(market: Market) -> Venue:
    """Return the venue whose hours are those of *market*."""
    return _MAIN_VENUES[market]


class Schedule:
    """The days of both markets."""

    def __init__(self, calendar: Calendar, plans: Iterable[StepPlan]) -> None:
        """Plan what *plans* say by the hours of *calendar*."""
        self._calendar = calendar
        self._plans = tuple(plans)

    def begun(self, now: datetime) -> list[DayStep]:
        """Return what of each market's last and present trading day is due by *now*, the earliest first.

        Steps that do not make sense any more are among them: whoever has not done them shall know it.
        """
        steps = (
            step
            for market in Market
            for session_date in self._session_dates(market, now)
            for step in self.steps_on(market, session_date)
        )
        return sorted((step for step in steps if step.due_at <= now), key=lambda step: step.due_at)

    def steps_on(self, market: Market, on: date) -> Iterator[DayStep]:
        """Yield the steps of *market* on its date *on*."""
        regular = self._calendar.regular_times(main_venue(market), on)
        if regular is None:
            yield from self._closed(market, on)
            return
        for plan in self._plans:
            if plan.market is market and (plan.step is not Step.WEEK or self._ends_week(market, on)):
                yield _place(plan, regular)

    def _closed(self, market: Market, on: date) -> Iterator[DayStep]:
        """Yield the one step of a closed day, if it is no day of a weekend and people are used to a report."""
        venue = main_venue(market)
        usual = self._calendar.regular_times(venue, self._calendar.previous_session_date(venue, on))
        plan = next((each for each in self._plans if each.market is market and each.step is Step.REPORT), None)
        if plan is None or usual is None or on.weekday() >= SATURDAY:
            return
        due_at = _same_time(on, usual.opens_at, venue) - timedelta(minutes=plan.minutes)
        good_until = _same_time(on, usual.closes_at, venue)
        yield DayStep(market=market, session_date=on, step=Step.CLOSED, due_at=due_at, good_until=good_until)

    def _session_dates(self, market: Market, now: datetime) -> tuple[date, date]:
        """Return the trading day before today, and today, by the market's own date."""
        venue = main_venue(market)
        today = now.astimezone(zone_of(venue)).date()
        return self._calendar.previous_session_date(venue, today), today

    def _ends_week(self, market: Market, on: date) -> bool:
        following = self._calendar.next_session_date(main_venue(market), on)
        return following.isocalendar()[:2] != on.isocalendar()[:2]


def _place(plan: StepPlan, regular: SessionTimes) -> DayStep:
    step, length = plan.step, timedelta(minutes=plan.minutes)
    if step in BEFORE_OPEN:
        due_at = regular.opens_at - length
        good_until = regular.opens_at if step is Step.SELF_TEST else regular.closes_at
    else:
        due_at = _not_before(regular.closes_at + length, plan.not_before)
        good_until = due_at + GOOD_FOR[step]
    return DayStep(
        market=plan.market, session_date=regular.session_date, step=step, due_at=due_at, good_until=good_until
    )


def _same_time(on: date, moment: datetime, venue: Venue) -> datetime:
    """Return when it is as late on *on* by the clock of *venue* as it was at *moment*."""
    zone = zone_of(venue)
    return datetime.combine(on, moment.astimezone(zone).time(), zone).astimezone(UTC)


def _not_before(moment: datetime, earliest: time | None) -> datetime:
    """Return *moment*, or where that is earlier in the day in Seoul, *earliest* of the same day."""
    if earliest is None:
        return moment
    here = moment.astimezone(SEOUL)
    return max(here, datetime.combine(here.date(), earliest, SEOUL)).astimezone(UTC)
