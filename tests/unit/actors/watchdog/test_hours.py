"""When a large actor may be restarted without harm."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.watchdog.hours import Hours
from tests.support.actor import make_settings
from tests.support.calendar import lay_out_closed_days


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2025, 11, 28, 1, 0, tzinfo=UTC), True),
        (datetime(2025, 11, 28, 9, 0, tzinfo=UTC), False),
        (datetime(2025, 11, 28, 15, 0, tzinfo=UTC), True),
        (datetime(2025, 11, 29, 1, 0, tzinfo=UTC), False),
        (datetime(2041, 1, 5, 12, 0, tzinfo=UTC), True),
    ],
    ids=["seoul trades", "between the two", "new york trades", "saturday", "beyond every calendar"],
)
def test_the_market_is_open_while_either_of_the_two_is(tmp_path: Path, moment: datetime, is_open: bool) -> None:  # noqa: FBT001 - a column
    """A restart in either session would cost somebody a minute of trades."""
    settings = make_settings(tmp_path)
    lay_out_closed_days(settings)

    assert Hours(settings).is_market_open(moment) is is_open


def test_what_kis_says_of_a_day_is_taken_up(tmp_path: Path) -> None:
    """A temporary holiday is known that morning, to a watchdog that has run for months."""
    settings = make_settings(tmp_path)
    lay_out_closed_days(settings)
    hours, moment = Hours(settings), datetime(2025, 11, 28, 1, 0, tzinfo=UTC)
    assert hours.is_market_open(moment)

    Almanac(settings.table("market", MarketConfig), settings.data_dir).keep(moment, {date(2025, 11, 28): False})

    assert not hours.is_market_open(moment)
