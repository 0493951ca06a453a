"""The REST calls of KIS that we use: requests as values, answers (bytes) -> Structs. Pure.

A call returns `rt_cd` "0" and `output`, or a refusal, as HTTP 200 or 500 alike: the body decides, not the status. All
values are texts. KIS ends a range of bars with empty rows, and a halted day has no open: both are stepped over. Today's
unfinished bar is left in, because only the caller knows which sessions are over.

Source: KIS documents of oauth2/Approval, oauth2/tokenP, FHKST01010100, FHKST03010100, HHDFS00000300, HHDFS76240000.
"""

import math
from datetime import date
from typing import TypeVar

import msgspec
from msgspec import Struct

from actors.kis.codes import reaction_to
from actors.kis.errors import RefusedByKis, ShapeError, UnknownSymbol
from protocol.messages import Venue

__all__ = [
    "AccessToken",
    "ApprovalKey",
    "Bar",
    "Bars",
    "Call",
    "Price",
    "build_approval_request",
    "build_bars_call",
    "build_price_call",
    "build_token_request",
    "build_us_bars_call",
    "build_us_price_call",
    "parse_approval",
    "parse_bars",
    "parse_price",
    "parse_token",
    "parse_us_bars",
    "parse_us_price",
]

APPROVAL_PATH = "/oauth2/Approval"
TOKEN_PATH = "/oauth2/tokenP"  # noqa: S105 - a path
EXCHANGE_BY_VENUE = {Venue.NASDAQ: "NAS", Venue.NYSE: "NYS", Venue.AMEX: "AMS"}
DIVISION_BY_VENUE = {Venue.KRX: "J", Venue.NXT: "NX"}
_DOWN = frozenset({"4", "5"})

ShapeT = TypeVar("ShapeT")


class Call(Struct, frozen=True):
    """One GET: where, under which TR, asking what."""

    path: str
    tr_id: str
    params: dict[str, str]


class ApprovalKey(Struct, frozen=True):
    """The key of a WebSocket session; valid for 24 hours."""

    approval_key: str

    def __repr__(self) -> str:
        """Hide the key."""
        return "ApprovalKey(***)"


class AccessToken(Struct, frozen=True):
    """The token of REST calls; valid for *expires_in* seconds from its issue."""

    access_token: str
    expires_in: float = 86_400.0

    def __repr__(self) -> str:
        """Hide the token."""
        return "AccessToken(***)"


class Price(Struct, frozen=True, kw_only=True):
    """What a symbol costs now. The day's low is 0 where KIS does not tell it (US)."""

    price: float
    change: float
    base_price: float
    cumulative_volume: int
    day_low: float


class Bar(Struct, frozen=True, kw_only=True):
    """One day of a symbol, adjusted for splits and rights as of when it was asked for."""

    session_date: date
    open: float
    high: float
    low: float
    close: float
    volume: int


class Bars(Struct, frozen=True):
    """Up to a hundred days, oldest first; ask again up to the day before the first for more. US bars have no name."""

    name: str
    bars: list[Bar]


class _PriceOutput(Struct):
    stck_prpr: str = ""
    prdy_vrss: str = ""
    stck_sdpr: str = ""
    acml_vol: str = ""
    stck_lwpr: str = ""


class _UsPriceOutput(Struct):
    base: str = ""
    last: str = ""
    sign: str = ""
    diff: str = ""
    tvol: str = ""


class _Row(Struct):
    stck_bsop_date: str = ""
    stck_clpr: str = ""
    stck_oprc: str = ""
    stck_hgpr: str = ""
    stck_lwpr: str = ""
    acml_vol: str = ""


class _Instrument(Struct, frozen=True):
    hts_kor_isnm: str = ""


class _UsRow(Struct):
    xymd: str = ""
    clos: str = ""
    open: str = ""
    high: str = ""
    low: str = ""
    tvol: str = ""


class _Verdict(Struct):
    rt_cd: str = "0"
    msg_cd: str = ""
    msg1: str = ""
    error_code: str = ""
    error_description: str = ""


class _PriceAnswer(Struct):
    output: _PriceOutput


class _UsPriceAnswer(Struct):
    output: _UsPriceOutput


class _BarsAnswer(Struct):
    output1: _Instrument = _Instrument()
    output2: list[_Row] = []


class _UsBarsAnswer(Struct):
    output2: list[_UsRow] = []


def build_approval_request(app_key: str, app_secret: str) -> bytes:
    """Return the body that asks for an approval key; here alone the secret's field is `secretkey`."""
    return msgspec.json.encode({"grant_type": "client_credentials", "appkey": app_key, "secretkey": app_secret})


def build_token_request(app_key: str, app_secret: str) -> bytes:
    """Return the body that asks for an access token."""
    return msgspec.json.encode({"grant_type": "client_credentials", "appkey": app_key, "appsecret": app_secret})


def build_price_call(symbol: str, venue: Venue = Venue.KRX) -> Call:
    """Ask for the price of a Korean *symbol*."""
    params = {"FID_COND_MRKT_DIV_CODE": DIVISION_BY_VENUE[venue], "FID_INPUT_ISCD": symbol}
    return Call("/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100", params)


def build_bars_call(symbol: str, first: date, last: date) -> Call:
    """Ask for the adjusted daily bars of a Korean *symbol*; at most the 100 newest of the range come."""
    params = {
        "FID_COND_MRKT_DIV_CODE": "J",
        "FID_INPUT_ISCD": symbol,
        "FID_INPUT_DATE_1": f"{first:%Y%m%d}",
        "FID_INPUT_DATE_2": f"{last:%Y%m%d}",
        "FID_PERIOD_DIV_CODE": "D",
        "FID_ORG_ADJ_PRC": "0",
    }
    return Call("/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice", "FHKST03010100", params)


def build_us_price_call(symbol: str, venue: Venue) -> Call:
    """Ask for the price of a US *symbol*."""
    params = {"AUTH": "", "EXCD": EXCHANGE_BY_VENUE[venue], "SYMB": symbol}
    return Call("/uapi/overseas-price/v1/quotations/price", "HHDFS00000300", params)


def build_us_bars_call(symbol: str, venue: Venue, last: date) -> Call:
    """Ask for the adjusted daily bars of a US *symbol*, the 100 that end with *last* (New York's date)."""
    exchange = EXCHANGE_BY_VENUE[venue]
    # MODP 1 is adjusted: the opposite sense of the Korean call's flag.
    params = {
        "AUTH": "",
        "EXCD": exchange,
        "SYMB": symbol,
        "GUBN": "0",
        "BYMD": f"{last:%Y%m%d}",
        "MODP": "1",
        "KEYB": "",
    }
    return Call("/uapi/overseas-price/v1/quotations/dailyprice", "HHDFS76240000", params)


def parse_approval(body: bytes) -> ApprovalKey:
    """Return the approval key in *body*; raises as every `parse_` here: `RefusedByKis`, `ShapeError`."""
    return _decode(body, ApprovalKey)


def parse_token(body: bytes) -> AccessToken:
    """Return the access token in *body*.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    return _decode(body, AccessToken)


def parse_price(body: bytes) -> Price:
    """Return the price in the answer to `build_price_call`.

    Raises:
        UnknownSymbol: there is none.
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    output = _decode(body, _PriceAnswer).output
    _require_price(output.stck_prpr)
    return Price(
        price=_price(output.stck_prpr),
        change=_number(output.prdy_vrss),
        base_price=_price(output.stck_sdpr),
        cumulative_volume=_shares(output.acml_vol),
        day_low=_number(output.stck_lwpr),
    )


def parse_us_price(body: bytes) -> Price:
    """Return the price in the answer to `build_us_price_call`; raises as `parse_price`."""
    output = _decode(body, _UsPriceAnswer).output
    _require_price(output.last)
    # DIFF is unsigned; SIGN is 0 before the first trade of a day.
    change = _number(output.diff) * (-1.0 if output.sign in _DOWN else 1.0)
    return Price(
        price=_price(output.last),
        change=change,
        base_price=_price(output.base),
        cumulative_volume=_shares(output.tvol),
        day_low=0.0,
    )


def parse_bars(body: bytes) -> Bars:
    """Return the bars in the answer to `build_bars_call`, oldest first; raises as `parse_token`."""
    answer = _decode(body, _BarsAnswer)
    rows = [row for row in reversed(answer.output2) if row.stck_bsop_date and _has_trade(row.stck_oprc)]
    bars = [
        _bar(row.stck_bsop_date, (row.stck_oprc, row.stck_hgpr, row.stck_lwpr, row.stck_clpr), row.acml_vol)
        for row in rows
    ]
    return Bars(answer.output1.hts_kor_isnm, bars)


def parse_us_bars(body: bytes) -> Bars:
    """Return the bars in the answer to `build_us_bars_call`, oldest first; raises as `parse_token`."""
    rows = [row for row in reversed(_decode(body, _UsBarsAnswer).output2) if row.xymd and _has_trade(row.open)]
    return Bars("", [_bar(row.xymd, (row.open, row.high, row.low, row.clos), row.tvol) for row in rows])


def _decode(body: bytes, shape: type[ShapeT]) -> ShapeT:
    try:
        verdict = msgspec.json.decode(body, type=_Verdict)
        if verdict.rt_cd != "0" or verdict.error_code:
            code = verdict.error_code or verdict.msg_cd
            raise RefusedByKis(code, verdict.error_description or verdict.msg1, reaction_to(code))
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        # The body itself may hold a key: it is not quoted.
        message = f"expected {shape.__name__.strip('_')} in JSON, found {len(body)} bytes: {error}"
        raise ShapeError(message) from None


def _has_trade(price: str) -> bool:
    """Say whether a day or a symbol has a price at all: a halted day opens at 0, an unknown symbol costs nothing."""
    return bool(price.strip(" 0."))


def _require_price(price: str) -> None:
    if not _has_trade(price):
        message = f"expected a price above zero, found {price!r}"
        raise UnknownSymbol(message)


def _bar(session_date: str, prices: tuple[str, str, str, str], volume: str) -> Bar:
    opened, high, low, close = map(_price, prices)
    return Bar(session_date=_date(session_date), open=opened, high=high, low=low, close=close, volume=_shares(volume))


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        message = f"expected a number, found {text[:40]!r}"
        raise ShapeError(message)
    return number


def _price(text: str) -> float:
    price = _number(text)
    if price <= 0:
        message = f"expected a price above zero, found {text[:40]!r}"
        raise ShapeError(message)
    return price


def _shares(text: str) -> int:
    return int(_number(text))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"expected a date YYYYMMDD, found {text[:40]!r}"
        raise ShapeError(message) from None
