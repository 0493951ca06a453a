"""Moments as integers and back: UTC epoch nanoseconds on disk and in `Trade`, aware datetimes everywhere else."""

from datetime import UTC, datetime, timedelta

__all__ = ["MINUTE_NS", "NS", "from_ns", "to_ns"]

NS = 1_000_000_000
"""A second."""
MINUTE_NS = 60 * NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ns(moment: datetime) -> int:
    """Return *moment* (tz-aware) as UTC epoch nanoseconds, exact to its microsecond."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000


def from_ns(nanoseconds: int) -> datetime:
    """Return UTC epoch *nanoseconds* as an aware UTC datetime, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1_000)
