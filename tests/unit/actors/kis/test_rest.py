"""REST requests and answers, in the shapes that KIS documents."""

import json
from datetime import date

import pytest

from actors.kis.codes import Reaction
from actors.kis.errors import RefusedByKis, ShapeError, UnknownSymbol
from actors.kis.rest import (
    Bar,
    Price,
    build_approval_request,
    build_bars_call,
    build_price_call,
    build_token_request,
    build_us_bars_call,
    build_us_price_call,
    parse_approval,
    parse_bars,
    parse_price,
    parse_token,
    parse_us_bars,
    parse_us_price,
)
from protocol.messages import Venue

PRICE = {"stck_prpr": "70600", "prdy_vrss": "-2065", "stck_sdpr": "72665", "acml_vol": "9000000", "stck_lwpr": "70500"}
US_PRICE = {"base": "41.2700", "last": "40.0000", "sign": "5", "diff": "1.2700", "tvol": "80000000"}
ROW = {
    "stck_bsop_date": "20251128",
    "stck_clpr": "70600",
    "stck_oprc": "72000",
    "stck_hgpr": "72100",
    "stck_lwpr": "70500",
    "acml_vol": "9000000",
}
US_ROW = {"xymd": "20251128", "clos": "40.00", "open": "41.00", "high": "41.50", "low": "39.90", "tvol": "80000000"}


def ok(**parts: object) -> bytes:
    """Return a successful answer."""
    return json.dumps({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상처리", **parts}).encode()


def test_the_secret_has_another_name_where_an_approval_key_is_asked_for() -> None:
    """`secretkey` here, `appsecret` everywhere else; with the wrong one KIS answers no key."""
    assert json.loads(build_approval_request("key", "secret")) == {
        "grant_type": "client_credentials",
        "appkey": "key",
        "secretkey": "secret",
    }
    assert json.loads(build_token_request("key", "secret")) == {
        "grant_type": "client_credentials",
        "appkey": "key",
        "appsecret": "secret",
    }


def test_keys_are_read_and_hide_themselves() -> None:
    """Whatever prints one, by accident or in a traceback, prints stars."""
    key = parse_approval(b'{"approval_key": "a2585daf"}')
    token = parse_token(b'{"access_token": "ey", "token_type": "Bearer", "expires_in": 86400}')

    assert (key.approval_key, token.access_token, token.expires_in) == ("a2585daf", "ey", 86_400)
    assert repr([key, token]) == "[ApprovalKey(***), AccessToken(***)]"


@pytest.mark.parametrize(
    ("body", "code", "reaction"),
    [
        (b'{"rt_cd":"1","msg_cd":"EGW00123","msg1":"expired"}', "EGW00123", Reaction.NEW_TOKEN),
        (b'{"rt_cd":"1","msg_cd":"EGW00201","msg1":"too many"}', "EGW00201", Reaction.RETRY_LATER),
        (b'{"error_code":"EGW00133","error_description":"(1)"}', "EGW00133", Reaction.WAIT_A_MINUTE),
        (b'{"error_code":"EGW00103","error_description":"key"}', "EGW00103", Reaction.STOP),
    ],
)
def test_a_refusal_says_what_to_do(body: bytes, code: str, reaction: Reaction) -> None:
    """The body decides, not the status: refusals come as 200, 403 and 500; tokens' have fields of their own."""
    for parse in (parse_token, parse_price, parse_bars):
        with pytest.raises(RefusedByKis, match=code) as caught:
            parse(body)
        assert caught.value.reaction is reaction


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"rt_cd":"0"}', b'{"rt_cd":"0","output":[]}', b"\xff"]
)
def test_what_is_no_answer_is_refused_without_being_quoted(body: bytes) -> None:
    """A body that is not understood may still hold a key."""
    with pytest.raises(ShapeError, match=f"found {len(body)} bytes"):
        parse_price(body)


def test_a_price_is_read_with_the_exchanges_base() -> None:
    """stck_sdpr is right on split days, when yesterday's close is not."""
    assert parse_price(ok(output=PRICE)) == Price(
        price=70_600, change=-2_065, base_price=72_665, cumulative_volume=9_000_000, day_low=70_500
    )


@pytest.mark.parametrize(("sign", "change"), [("2", 1.27), ("5", -1.27), ("4", -1.27), ("0", 1.27), ("3", 1.27)])
def test_a_us_change_gets_its_direction_from_its_sign(sign: str, change: float) -> None:
    """DIFF is unsigned; SIGN is 0 before the first trade, when DIFF is 0 too."""
    price = parse_us_price(ok(output={**US_PRICE, "sign": sign}))

    assert price == Price(price=40.0, change=change, base_price=41.27, cumulative_volume=80_000_000, day_low=0.0)


@pytest.mark.parametrize("nothing", ["", " ", "0", "0.0000", " 0.00"])
def test_a_symbol_without_a_price_is_unknown(nothing: str) -> None:
    """KIS answers an unknown code with success and zeros."""
    with pytest.raises(UnknownSymbol):
        parse_price(ok(output={**PRICE, "stck_prpr": nothing}))
    with pytest.raises(UnknownSymbol):
        parse_us_price(ok(output={**US_PRICE, "last": nothing}))
    with pytest.raises(UnknownSymbol):
        parse_price(ok(output={}))


@pytest.mark.parametrize("price", ["-1", "x", "NaN", "inf"])
def test_a_price_that_cannot_be_is_refused(price: str) -> None:
    """It would become a trade."""
    with pytest.raises(ShapeError):
        parse_price(ok(output={**PRICE, "stck_prpr": price}))


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
    assert build_price_call("005930").params == {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}
    assert build_price_call("005930", Venue.NXT).params["FID_COND_MRKT_DIV_CODE"] == "NX"
    assert build_us_price_call("SOXL", Venue.AMEX).params == {"AUTH": "", "EXCD": "AMS", "SYMB": "SOXL"}
    korean = build_bars_call("005930", date(2024, 11, 28), date(2025, 11, 28)).params
    assert (korean["FID_INPUT_DATE_1"], korean["FID_INPUT_DATE_2"]) == ("20241128", "20251128")
    assert korean["FID_ORG_ADJ_PRC"] == "0"
    us = build_us_bars_call("TQQQ", Venue.NASDAQ, date(2025, 11, 28)).params
    assert (us["EXCD"], us["BYMD"], us["MODP"]) == ("NAS", "20251128", "1")
