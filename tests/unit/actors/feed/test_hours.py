"""When trades must flow on KRX."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actors.feed.hours import Hours
from tests.support.calendar import calendar


def at(text: str) -> datetime:
    """Return a moment by Seoul's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Seoul"))


def hours() -> Hours:
    """Return the hours with a closing auction of ten minutes."""
    return Hours(calendar(), timedelta(minutes=10))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-11-28 08:59:59", False),
        ("2025-11-28 09:00:00", True),
        ("2025-11-28 15:19:59", True),
        ("2025-11-28 15:20:00", False),
        ("2025-11-28 15:35:00", False),
        ("2025-11-29 10:00:00", False),
        ("2025-12-25 10:00:00", False),
        ("2025-11-13 09:30:00", False),
        ("2025-11-13 10:00:00", True),
        ("2025-11-13 16:19:59", True),
        ("1999-11-12 10:00:00", False),
    ],
)
def test_trades_are_expected_in_the_continuous_session_alone(moment: str, *, expected: bool) -> None:
    """A false alarm costs a connect: none at night, at Christmas, before a late open, in the closing auction."""
    assert hours().trades_expected(at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-11-28 08:45:00", True),
        ("2025-11-28 12:00:00", True),
        ("2025-11-28 16:30:00", True),
        ("2025-11-28 23:00:00", False),
        ("2025-11-30 12:00:00", False),
        ("1999-11-12 10:00:00", False),
    ],
)
def test_the_market_is_open_in_every_session_of_its_day(moment: str, *, expected: bool) -> None:
    """Without a connection the feed is degraded then, and only then."""
    assert hours().is_open(at(moment)) is expected
