"""Quiet hours: a stretch of each day by a person's own wall clock, over midnight if it ends before it begins. Pure.

Where the clock is turned, the sleeper gets the longer night:

    23:00-01:30, and 01:00 to 02:00 comes twice     it ends with the second 01:30
    01:30-07:00, and 01:00 to 02:00 comes twice     it begins with the first 01:30
    23:00-02:30, and 02:00 to 03:00 is left out     it ends at 03:00, the first minute after what is left out
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from protocol.moments import from_ns, to_ns

__all__ = ["QuietHours"]

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class QuietHours(Struct, frozen=True, kw_only=True):
    """From *begins* up to but not including *ends*, whole minutes that differ."""

    begins: time
    ends: time
    wakes_from: float = 0.0
    """How many σ deep an alert must be to come through; 0: none does."""

    def end_after(self, at_ns: int, zone: ZoneInfo) -> int | None:
        """Return when the quiet that reigns at *at_ns* in *zone* ends, None if none does; UTC epoch nanoseconds."""
        at = from_ns(at_ns)
        today = at.astimezone(zone).date()
        # The quiet of yesterday may last until today; where midnight comes twice, tomorrow's has begun already.
        for on in (today - DAY, today, today + DAY):
            ends_at = self._ends_at(on, zone)
            if _first(on, self.begins, zone) <= at < ends_at:
                return to_ns(ends_at)
        return None

    def _ends_at(self, on: date, zone: ZoneInfo) -> datetime:
        """Return when the quiet that begins on the day *on* ends."""
        return _last(on if self.begins < self.ends else on + DAY, self.ends, zone)


def _first(on: date, shown: time, zone: ZoneInfo) -> datetime:
    """Return when a clock in *zone* shows this time on the day *on*, for the first time if it does so twice."""
    return min(_moments(on, shown, zone))


def _last(on: date, shown: time, zone: ZoneInfo) -> datetime:
    """Return when a clock in *zone* shows this time on the day *on*, for the second time if it does so twice."""
    return max(_moments(on, shown, zone))


def _moments(on: date, shown: time, zone: ZoneInfo) -> list[datetime]:
    """Return both readings of a time of the day, which are one but for the hour that comes twice.

    A time that is left out is read as the first minute that comes after it.
    """
    wall = datetime.combine(on, shown)
    while not (found := _readings(wall, zone)):
        wall += MINUTE
    return found


def _readings(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    readings = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return [moment for moment in readings if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall]
