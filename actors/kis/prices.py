"""What a symbol costs now, asked over REST: requests and answers; pure.

Source: KIS documents of FHKST01010100, FHKST11300006 (thirty at once; not on paper), HHDFS00000300 and HHDFS76200200.
"""

from collections.abc import Sequence

from msgspec import Struct

from actors.kis.errors import UnknownSymbol
from actors.kis.rest import (
    DIVISION_BY_VENUE,
    EXCHANGE_BY_VENUE,
    Call,
    decode_answer,
    has_trade,
    read_number,
    read_price,
    read_shares,
)
from protocol.messages import Venue

__all__ = [
    "MOST_AT_ONCE",
    "Price",
    "build_price_call",
    "build_prices_call",
    "build_us_detail_call",
    "build_us_price_call",
    "parse_price",
    "parse_prices",
    "parse_us_detail",
    "parse_us_price",
]

MOST_AT_ONCE = 30

_DOWN = frozenset({"4", "5"})


class Price(Struct, frozen=True, kw_only=True):
    """What a symbol costs now. The day's low and high are 0 where KIS does not tell them (US)."""

    price: float
    change: float
    base_price: float
    cumulative_volume: int
    day_low: float
    day_high: float = 0.0


class _PriceOutput(Struct):
    stck_prpr: str = ""
    prdy_vrss: str = ""
    stck_sdpr: str = ""
    acml_vol: str = ""
    stck_lwpr: str = ""
    stck_hgpr: str = ""


class _UsPriceOutput(Struct):
    base: str = ""
    last: str = ""
    sign: str = ""
    diff: str = ""
    tvol: str = ""


class _UsDetailOutput(Struct):
    base: str = ""
    last: str = ""
    low: str = ""
    high: str = ""
    tvol: str = ""


class _PricesRow(Struct):
    inter_shrn_iscd: str = ""
    inter2_prpr: str = ""
    inter2_sdpr: str = ""
    acml_vol: str = ""
    inter2_lwpr: str = ""
    inter2_hgpr: str = ""


class _PricesAnswer(Struct):
    output: list[_PricesRow] = []


class _PriceAnswer(Struct):
    output: _PriceOutput


class _UsPriceAnswer(Struct):
    output: _UsPriceOutput


class _UsDetailAnswer(Struct):
    output: _UsDetailOutput


def build_price_call(symbol: str, venue: Venue = Venue.KRX) -> Call:
    """Ask for the price of a Korean *symbol*."""
    params = {"FID_COND_MRKT_DIV_CODE": DIVISION_BY_VENUE[venue], "FID_INPUT_ISCD": symbol}
    return Call("/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100", params)


def build_prices_call(symbols: Sequence[str], venue: Venue = Venue.KRX) -> Call:
    """Ask for the prices of at most `MOST_AT_ONCE` Korean *symbols*."""
    params = {}
    for place, symbol in enumerate(symbols, 1):
        params[f"FID_COND_MRKT_DIV_CODE_{place}"] = DIVISION_BY_VENUE[venue]
        params[f"FID_INPUT_ISCD_{place}"] = symbol
    return Call("/uapi/domestic-stock/v1/quotations/intstock-multprice", "FHKST11300006", params)


def build_us_price_call(symbol: str, venue: Venue) -> Call:
    """Ask for the price of a US *symbol*."""
    params = {"AUTH": "", "EXCD": EXCHANGE_BY_VENUE[venue], "SYMB": symbol}
    return Call("/uapi/overseas-price/v1/quotations/price", "HHDFS00000300", params)


def build_us_detail_call(symbol: str, venue: Venue) -> Call:
    """Ask for price, day's low and high of a US *symbol*; real keys only."""
    params = {"AUTH": "", "EXCD": EXCHANGE_BY_VENUE[venue], "SYMB": symbol}
    return Call("/uapi/overseas-price/v1/quotations/price-detail", "HHDFS76200200", params)


def parse_price(body: bytes) -> Price:
    """Return the price in the answer to `build_price_call`.

    Raises:
        UnknownSymbol: there is none.
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    output = decode_answer(body, _PriceAnswer).output
    _require_price(output.stck_prpr)
    return Price(
        price=read_price(output.stck_prpr),
        change=read_number(output.prdy_vrss),
        base_price=read_price(output.stck_sdpr),
        cumulative_volume=read_shares(output.acml_vol),
        day_low=read_number(output.stck_lwpr),
        day_high=_high(output.stck_hgpr),
    )


def parse_prices(body: bytes) -> dict[str, Price]:
    """Return the prices in the answer to `build_prices_call`, by symbol; a symbol that has none is not among them.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    prices = {}
    for row in decode_answer(body, _PricesAnswer).output:
        if not has_trade(row.inter2_prpr):
            continue
        price, base_price = read_price(row.inter2_prpr), read_price(row.inter2_sdpr)
        prices[row.inter_shrn_iscd] = Price(
            price=price,
            # The row's own change has its sign in another field.
            change=price - base_price,
            base_price=base_price,
            cumulative_volume=read_shares(row.acml_vol),
            day_low=read_number(row.inter2_lwpr),
            day_high=_high(row.inter2_hgpr),
        )
    return prices


def parse_us_price(body: bytes) -> Price:
    """Return the price in the answer to `build_us_price_call`; raises as `parse_price`."""
    output = decode_answer(body, _UsPriceAnswer).output
    _require_price(output.last)
    # DIFF is unsigned; SIGN is 0 before the first trade of a day.
    change = read_number(output.diff) * (-1.0 if output.sign in _DOWN else 1.0)
    return Price(
        price=read_price(output.last),
        change=change,
        base_price=read_price(output.base),
        cumulative_volume=read_shares(output.tvol),
        day_low=0.0,
    )


def parse_us_detail(body: bytes) -> Price:
    """Return the price in the answer to `build_us_detail_call`; raises as `parse_price`."""
    output = decode_answer(body, _UsDetailAnswer).output
    _require_price(output.last)
    price, base_price = read_price(output.last), read_price(output.base)
    return Price(
        price=price,
        change=price - base_price,
        base_price=base_price,
        cumulative_volume=read_shares(output.tvol),
        day_low=read_number(output.low),
        day_high=_high(output.high),
    )


def _high(price: str) -> float:
    return read_price(price) if has_trade(price) else 0.0


def _require_price(price: str) -> None:
    if not has_trade(price):
        message = f"expected a price above zero, found {price!r}"
        raise UnknownSymbol(message)
