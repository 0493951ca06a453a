"""Minute bars over REST, in the shapes that KIS documents."""

from datetime import UTC, datetime

import pytest

from actors.kis.errors import ShapeError
from actors.kis.minute_bars import (
    MinuteBar,
    build_minutes_call,
    build_minutes_of_today_call,
    build_us_minutes_call,
    parse_minutes,
    parse_us_minutes,
)
from protocol.messages import Venue
from protocol.moments import to_ns
from tests.support.kis_answers import ok

ROW = {
    "stck_bsop_date": "20251128",
    "stck_cntg_hour": "090100",
    "stck_oprc": "71700",
    "stck_hgpr": "71750",
    "stck_lwpr": "71500",
    "stck_prpr": "71600",
    "cntg_vol": "1234",
}
US_ROW = {
    "xymd": "20251128",
    "xhms": "093500",
    "kymd": "20251128",
    "khms": "233500",
    "open": "41.00",
    "high": "41.50",
    "low": "39.90",
    "last": "40.00",
    "evol": "800",
}
AT = datetime(2025, 11, 28, 0, 1, tzinfo=UTC)


def test_minutes_come_oldest_first_with_the_exchanges_base_price() -> None:
    """They become trades in order of time, each measured from the base price of its day."""
    older = {**ROW, "stck_cntg_hour": "090000", "stck_lwpr": "71650"}

    page = parse_minutes(
        ok(output1={"stck_prpr": "71600", "prdy_vrss": "-1065", "acml_vol": "9876"}, output2=[ROW, older, {}])
    )

    assert (page.base_price, page.day_volume) == (72_665, 9_876)
    assert [bar.low for bar in page.bars] == [71_650, 71_500]
    assert page.bars[1] == MinuteBar(
        begins_ns=to_ns(AT), open=71_700, high=71_750, low=71_500, close=71_600, volume=1_234
    )


@pytest.mark.parametrize("nothing", ["0", "", " "])
def test_a_minute_without_shares_is_no_trade(nothing: str) -> None:
    """A minute of the future, and one in which nothing was traded, come with the last price: nobody paid it then."""
    assert parse_minutes(ok(output1={}, output2=[{**ROW, "cntg_vol": nothing}])).bars == []
    assert parse_us_minutes(ok(output1={}, output2=[{**US_ROW, "evol": nothing}])).bars == []


def test_us_minutes_are_placed_by_koreas_clock() -> None:
    """New York's clock goes through some minutes twice a year; Korea's never does."""
    page = parse_us_minutes(ok(output1={"nrec": "1"}, output2=[US_ROW]))

    begins = datetime(2025, 11, 28, 14, 35, tzinfo=UTC)
    assert page.bars == [MinuteBar(begins_ns=to_ns(begins), open=41.0, high=41.5, low=39.9, close=40.0, volume=800)]


@pytest.mark.parametrize(
    "change",
    [{"stck_cntg_hour": "2561"}, {"stck_bsop_date": "2025"}, {"stck_lwpr": "0"}, {"stck_oprc": "x"}, {"cntg_vol": "y"}],
)
def test_a_minute_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    """It would become a trade."""
    with pytest.raises(ShapeError):
        parse_minutes(ok(output1={}, output2=[{**ROW, **change}]))


def test_calls_ask_as_documented() -> None:
    """Up to a minute, on the exchange's own clock."""
    today = build_minutes_of_today_call("005930", Venue.NXT, AT)
    assert (today.tr_id, today.params["FID_INPUT_HOUR_1"]) == ("FHKST03010200", "090100")
    assert today.params["FID_COND_MRKT_DIV_CODE"] == "NX"
    another = build_minutes_call("005930", Venue.KRX, AT)
    assert (another.tr_id, another.params["FID_INPUT_DATE_1"]) == ("FHKST03010230", "20251128")
    us = build_us_minutes_call("SOXL", Venue.AMEX, datetime(2025, 11, 28, 14, 35, tzinfo=UTC))
    assert (us.params["EXCD"], us.params["KEYB"]) == ("AMS", "20251128093500")
