"""When a large actor may be restarted without harm."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from actors.watchdog.hours import is_market_open
from tests.support.actor import make_settings
from tests.support.calendar import lay_out_closed_days


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2025, 11, 28, 1, 0, tzinfo=UTC), True),
        (datetime(2025, 11, 28, 9, 0, tzinfo=UTC), False),
        (datetime(2025, 11, 28, 15, 0, tzinfo=UTC), True),
        (datetime(2025, 11, 29, 1, 0, tzinfo=UTC), False),
    ],
    ids=["seoul trades", "between the two", "new york trades", "saturday"],
)
def test_both_markets_count(tmp_path: Path, moment: datetime, is_open: bool) -> None:  # noqa: FBT001 - a column
    """A restart in either session would cost somebody a minute of trades."""
    settings = make_settings(tmp_path)
    lay_out_closed_days(settings)

    assert is_market_open(settings, moment) is is_open
