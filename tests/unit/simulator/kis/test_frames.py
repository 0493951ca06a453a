"""The text of a trade record, field by field."""

from datetime import date, datetime

import msgspec
import pytest

from simulator.clock import nanoseconds_of
from simulator.kis.frames import build_frame, build_record
from simulator.kis.spoilt import spoil
from simulator.market.instrument import Print


def at(clock: str) -> int:
    """Return an instant of the day in Seoul as nanoseconds."""
    return nanoseconds_of(datetime.fromisoformat(f"2025-11-28T{clock}+09:00"))


TRADE = Print(
    index=1,
    symbol="122630",
    venue="KRX",
    traded_at_ns=at("14:32:15"),
    session_date=date(2025, 11, 28),
    price=70_600,
    base_price=72_665,
    volume=15,
    side="5",
    ask=70_605,
    bid=70_600,
    average=71_500.256,
    open=72_450,
    high=72_500,
    low=70_600,
    opened_at_ns=at("09:00:00"),
    high_at_ns=at("09:00:07"),
    low_at_ns=at("14:32:15"),
    cumulative_volume=2_000_000,
    cumulative_value=143_000_000_000,
    previous_volume=8_000_000,
    sells=60,
    buys=40,
    sell_volume=300,
    buy_volume=450,
    depth=100,
)


def test_every_field_stands_in_its_place() -> None:
    """The places are KIS's; one off, and a client takes the sign for the price."""
    fields = build_record(TRADE, 47).split("^")
    assert fields[:10] == ["122630", "143215", "70600", "5", "-2065", "-2.84", "71500.26", "72450", "72500", "70600"]
    assert fields[10:19] == ["70605", "70600", "15", "2000000", "143000000000", "60", "40", "-20", "150.00"]
    assert fields[19:24] == ["300", "450", "5", "0.60", "25.00"]
    assert fields[24:33] == ["090000", "5", "-1850", "090007", "5", "-1900", "143215", "3", "0"]
    assert fields[33:38] == ["20251128", "20", "N", "101", "201"]
    assert fields[41:] == ["4000000", "50.00", "0", "", "72450", "2"]


@pytest.mark.parametrize("fields", [46, 47, 48])
def test_a_record_is_as_wide_as_asked(fields: int) -> None:
    """KIS went from 46 to 47 on a Monday and may go on."""
    assert len(build_record(TRADE, fields).split("^")) == fields
    assert build_record(TRADE, fields).startswith(build_record(TRADE, 46))


def test_a_cross_has_an_empty_side() -> None:
    """A client that wants a number there breaks at nine o'clock."""
    cross = msgspec.structs.replace(TRADE, side="", sell_volume=0, buy_volume=0)
    assert build_record(cross, 47).split("^")[18:23] == ["0.00", "0", "0", "", "0.00"]


def test_a_frame_tells_its_records_in_three_digits_and_has_no_separator_between_them() -> None:
    """Only the count tells where a record ends."""
    assert build_frame(["a^b", "c^d"]) == b"0|H0STCNT0|002|a^b^c^d"


@pytest.mark.parametrize(
    "how", ["garbage_text", "garbage_binary", "truncated", "lying_count", "invalid_utf8", "null_price", "negative"]
)
def test_a_spoilt_frame_is_never_the_good_one(how: str) -> None:
    """A fault that changes nothing would prove nothing."""
    good = build_frame([build_record(TRADE, 47)])
    spoilt, _ = spoil(how, good)
    assert spoilt != good
