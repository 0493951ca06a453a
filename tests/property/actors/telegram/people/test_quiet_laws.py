"""Quiet hours, against a slow and simple watch that walks every minute of the days around a turned clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from actors.telegram.people.quiet import QuietHours
from protocol.moments import to_ns

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DAYS = [
    (ZoneInfo("Asia/Seoul"), datetime(2026, 3, 7, tzinfo=UTC)),
    (ZoneInfo("America/New_York"), datetime(2026, 3, 7, tzinfo=UTC)),
    (ZoneInfo("America/New_York"), datetime(2025, 11, 1, tzinfo=UTC)),
    (ZoneInfo("Australia/Lord_Howe"), datetime(2026, 4, 4, tzinfo=UTC)),
    (ZoneInfo("Africa/Cairo"), datetime(2026, 4, 23, tzinfo=UTC)),
    (ZoneInfo("Africa/Cairo"), datetime(2026, 10, 29, tzinfo=UTC)),
]
"""Zones with the midnight (UTC) after which two days are walked; Cairo turns at midnight, Lord Howe by half an hour."""
minutes_of_day = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def walked(begins: time, ends: time, zone: ZoneInfo, first: datetime) -> list[bool]:
    """Return of each minute whether it is quiet, as somebody knows who has watched the clock since the day before.

    He falls silent when the clock first shows *begins* or has passed it, and speaks again when it shows *ends*, or has
    passed it, and will not show an earlier time of that evening again.
    """
    moments = [first - 2 * DAY + MINUTE * number for number in range(6 * 24 * 60)]
    shown = [moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in moments]
    quiet = [False] * len(moments)
    for on in sorted({wall.date() for wall in shown})[:-2]:
        begin = datetime.combine(on, begins)
        end = datetime.combine(on if begins < ends else on + timedelta(days=1), ends)
        from_number = next(number for number, wall in enumerate(shown) if wall >= begin)
        before_end = [number for number, wall in enumerate(shown) if wall < end]
        for number in range(from_number, (before_end[-1] if before_end else -1) + 1):
            quiet[number] = True
    return [is_quiet for is_quiet, moment in zip(quiet, moments, strict=True) if first <= moment < first + 2 * DAY]


@settings(max_examples=24, deadline=None)
@given(minutes_of_day, minutes_of_day, st.sampled_from(DAYS))
@example(time(23), time(7), DAYS[0])
@example(time(2, 30), time(7), DAYS[1])
@example(time(23), time(2, 30), DAYS[1])
@example(time(2, 10), time(2, 50), DAYS[1])
@example(time(1, 30), time(7), DAYS[2])
@example(time(23), time(1, 30), DAYS[2])
@example(time(1, 10), time(1, 50), DAYS[2])
def test_every_minute_is_quiet_or_not_as_a_watcher_of_the_clock_says(
    begins: time, ends: time, place: tuple[ZoneInfo, datetime]
) -> None:
    """Whatever the hours and wherever the person: over midnight and over both changes of the clock."""
    if begins == ends:
        return
    zone, first = place
    quiet = QuietHours(begins=begins, ends=ends)
    found = [quiet.end_after(to_ns(first + MINUTE * number), zone) is not None for number in range(2 * 24 * 60)]

    assert found == walked(begins, ends, zone, first)
