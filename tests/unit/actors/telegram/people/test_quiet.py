"""Quiet hours by the wall clock, over midnight and where the clock is turned."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from actors.telegram.people.quiet import QuietHours
from protocol.moments import from_ns, to_ns

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")


def quiet(hours: str) -> QuietHours:
    """Return the quiet hours written as `23:00-07:00`."""
    begins, _, ends = hours.partition("-")
    return QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))


def end_after(hours: str, at: str, zone: ZoneInfo = SEOUL) -> str | None:
    """Return when the quiet of a moment ends, in UTC; *at* is by the clock of *zone*, or says its own offset."""
    moment = datetime.fromisoformat(at)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    end = quiet(hours).end_after(to_ns(aware.astimezone(UTC)), zone)
    return None if end is None else f"{from_ns(end):%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2025-11-28T22:59:59.999", None),
        ("2025-11-28T23:00:00", "11-28T22:00"),
        ("2025-11-29T00:00:00", "11-28T22:00"),
        ("2025-11-29T06:59:59.999", "11-28T22:00"),
        ("2025-11-29T07:00:00", None),
        ("2025-11-29T12:00:00", None),
    ],
)
def test_a_night_begins_and_ends_to_the_moment(at: str, end: str | None) -> None:
    """Over midnight the end is tomorrow's."""
    assert end_after("23:00-07:00", at) == end


@pytest.mark.parametrize(("at", "end"), [("11:59:59", None), ("12:00:00", "11-28T05:00"), ("14:00:00", None)])
def test_a_stretch_of_the_day_needs_no_midnight(at: str, end: str | None) -> None:
    """A nap after lunch is asked for, too."""
    assert end_after("12:00-14:00", f"2025-11-28T{at}") == end


@pytest.mark.parametrize(
    ("hours", "at", "end"),
    [
        # 2026-03-08 in New York: 02:00 to 03:00 is left out.
        ("23:00-02:30", "2026-03-08T01:59:59-05:00", "03-08T07:00"),
        ("23:00-02:30", "2026-03-08T03:00:00-04:00", None),
        ("02:30-07:00", "2026-03-08T01:59:59-05:00", None),
        ("02:30-07:00", "2026-03-08T03:00:00-04:00", "03-08T11:00"),
        ("02:10-02:50", "2026-03-08T03:00:00-04:00", None),
        ("23:00-07:00", "2026-03-08T00:30:00-05:00", "03-08T11:00"),
        # 2025-11-02: 01:00 to 02:00 comes twice.
        ("23:00-01:30", "2025-11-02T01:29:00-04:00", "11-02T06:30"),
        ("23:00-01:30", "2025-11-02T01:45:00-04:00", "11-02T06:30"),
        ("23:00-01:30", "2025-11-02T01:29:00-05:00", "11-02T06:30"),
        ("23:00-01:30", "2025-11-02T01:30:00-05:00", None),
        ("01:30-07:00", "2025-11-02T01:29:00-04:00", None),
        ("01:30-07:00", "2025-11-02T01:30:00-04:00", "11-02T12:00"),
        ("01:30-07:00", "2025-11-02T01:10:00-05:00", "11-02T12:00"),
        ("01:15-01:45", "2025-11-02T01:50:00-04:00", "11-02T06:45"),
        ("23:00-07:00", "2025-11-02T00:30:00-04:00", "11-02T12:00"),
    ],
)
def test_where_the_clock_is_turned_the_sleeper_gets_the_longer_night(hours: str, at: str, end: str | None) -> None:
    """Nobody shall be woken in between because a quarter of an hour came twice, nor sleep on because one never came."""
    assert end_after(hours, at, NEW_YORK) == end
