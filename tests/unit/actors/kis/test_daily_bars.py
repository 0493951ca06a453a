"""Daily bars over REST, in the shapes that KIS documents."""

from datetime import date

import pytest

from actors.kis.daily_bars import Bar, build_bars_call, build_us_bars_call, parse_bars, parse_us_bars
from actors.kis.errors import ShapeError
from protocol.messages import Venue
from tests.support.kis_answers import ok

ROW = {
    "stck_bsop_date": "20251128",
    "stck_clpr": "70600",
    "stck_oprc": "72000",
    "stck_hgpr": "72100",
    "stck_lwpr": "70500",
    "acml_vol": "9000000",
}
US_ROW = {"xymd": "20251128", "clos": "40.00", "open": "41.00", "high": "41.50", "low": "39.90", "tvol": "80000000"}


def test_bars_come_oldest_first_without_empty_rows_and_halted_days() -> None:
    """KIS sends the newest first, ends a range with empty rows, and gives a halted day no open."""
    halted = {**ROW, "stck_bsop_date": "20251127", "stck_oprc": "0", "stck_hgpr": "0", "stck_lwpr": "0"}
    older = {**ROW, "stck_bsop_date": "20251126"}

    page = parse_bars(ok(output1={"hts_kor_isnm": "KODEX 레버리지"}, output2=[ROW, halted, older, {}]))

    assert page.name == "KODEX 레버리지"
    assert [bar.session_date for bar in page.bars] == [date(2025, 11, 26), date(2025, 11, 28)]
    assert page.bars[1] == Bar(
        session_date=date(2025, 11, 28), open=72_000, high=72_100, low=70_500, close=70_600, volume=9_000_000
    )


def test_us_bars_come_oldest_first() -> None:
    """The same order from both markets."""
    page = parse_us_bars(ok(output1={"nrec": "2"}, output2=[US_ROW, {**US_ROW, "xymd": "20251126"}, {}]))

    assert [bar.session_date.day for bar in page.bars] == [26, 28]
    assert page.bars[1] == Bar(
        session_date=date(2025, 11, 28), open=41.0, high=41.5, low=39.9, close=40.0, volume=80_000_000
    )


@pytest.mark.parametrize(
    "change", [{"stck_clpr": "x"}, {"stck_bsop_date": "2025"}, {"acml_vol": ""}, {"stck_lwpr": "0"}]
)
def test_a_bar_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    """It would move σ and with it every target."""
    with pytest.raises(ShapeError):
        parse_bars(ok(output2=[{**ROW, **change}]))


def test_calls_ask_as_documented() -> None:
    """The adjusted flag has opposite senses: 0 for Korea, 1 for the US."""
    korean = build_bars_call("005930", date(2024, 11, 28), date(2025, 11, 28)).params
    assert (korean["FID_INPUT_DATE_1"], korean["FID_INPUT_DATE_2"]) == ("20241128", "20251128")
    assert korean["FID_ORG_ADJ_PRC"] == "0"
    us = build_us_bars_call("TQQQ", Venue.NASDAQ, date(2025, 11, 28)).params
    assert (us["EXCD"], us["BYMD"], us["MODP"]) == ("NAS", "20251128", "1")
