"""Prices over REST, in the shapes that KIS documents."""

import pytest
from msgspec.structs import replace

from actors.kis.errors import ShapeError, UnknownSymbol
from actors.kis.prices import Price, build_price_call, build_us_price_call, parse_price, parse_us_price
from protocol.messages import Venue
from tests.support.kis_answers import ok

PRICE = {"stck_prpr": "70600", "prdy_vrss": "-2065", "stck_sdpr": "72665", "acml_vol": "9000000", "stck_lwpr": "70500"}
US_PRICE = {"base": "41.2700", "last": "40.0000", "sign": "5", "diff": "1.2700", "tvol": "80000000"}


def test_a_price_is_read_with_the_exchanges_base() -> None:
    """stck_sdpr is right on split days, when yesterday's close is not."""
    told = Price(price=70_600, change=-2_065, base_price=72_665, cumulative_volume=9_000_000, day_low=70_500)

    assert parse_price(ok(output=PRICE)) == told
    assert parse_price(ok(output=PRICE | {"stck_hgpr": "73000"})) == replace(told, day_high=73_000)


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


def test_calls_ask_as_documented() -> None:
    """Each venue has its own division."""
    assert build_price_call("005930").params == {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}
    assert build_price_call("005930", Venue.NXT).params["FID_COND_MRKT_DIV_CODE"] == "NX"
    assert build_us_price_call("SOXL", Venue.AMEX).params == {"AUTH": "", "EXCD": "AMS", "SYMB": "SOXL"}
