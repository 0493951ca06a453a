"""What KIS says of a day reaches every process that knows a calendar, and stays."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from protocol.messages import Venue
from tests.support.actor import make_settings
from tests.support.calendar import lay_out_closed_days
from tests.support.market import DAY, NINE

MONDAY = date(2025, 12, 1)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return a data directory in which the closed days lie already."""
    settings = make_settings(tmp_path)
    lay_out_closed_days(settings)
    return settings.data_dir


def test_what_one_process_keeps_another_takes_up_while_it_runs(data_dir: Path) -> None:
    """A holiday that is announced today must not wait for a restart."""
    writer, reader = Almanac(MarketConfig(), data_dir), Almanac(MarketConfig(), data_dir)
    assert reader.calendar.next_session_date(Venue.NXT, DAY) == MONDAY

    writer.keep(NINE, {MONDAY: False})
    reader.look()

    assert reader.calendar.next_session_date(Venue.NXT, DAY) == date(2025, 12, 2)
    assert reader.calendar.is_trading_day(Venue.NASDAQ, MONDAY)
    assert reader.asked_at == NINE


def test_kis_goes_before_the_operators_settings(data_dir: Path) -> None:
    """A setting that was right last week must not silence a day on which Korea trades."""
    almanac = Almanac(MarketConfig(krx_extra_closed_days=(MONDAY,)), data_dir)
    almanac.keep(NINE, {MONDAY: True})

    assert almanac.calendar.is_trading_day(Venue.KRX, MONDAY)


def test_what_was_said_of_a_day_stays_after_it_is_over(data_dir: Path) -> None:
    """The session before tomorrow is still the one that KIS knew of."""
    Almanac(MarketConfig(), data_dir).keep(NINE, {MONDAY: False})
    Almanac(MarketConfig(), data_dir).keep(NINE + timedelta(days=4), {date(2025, 12, 2): True})

    calendar = Almanac(MarketConfig(), data_dir).calendar

    assert calendar.previous_session_date(Venue.KRX, date(2025, 12, 2)) == DAY


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"asked_at": "2025-11-28T09:00:00", "is_open": {}}'])
def test_a_spoilt_file_is_as_good_as_none(data_dir: Path, content: bytes) -> None:
    """The lists serve until KIS is asked again, which is at once."""
    (data_dir / "broker-days.json").write_bytes(content)

    almanac = Almanac(MarketConfig(), data_dir)

    assert almanac.asked_at is None
    assert almanac.calendar.is_trading_day(Venue.KRX, MONDAY)
