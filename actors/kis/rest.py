"""The REST calls of KIS that we use: requests as values, answers (bytes) -> Structs. Pure. What all of them share.

    issuance      approval keys and access tokens        prices         what a symbol costs now
    daily_bars    a year of days                         minute_bars    what fills a hole
    open_days     when Korea trades

A call returns `rt_cd` "0" and `output`, or a refusal, as HTTP 200 or 500 alike: the body decides, not the status. All
values are texts.
"""

import math
from datetime import date
from typing import TypeVar

import msgspec
from msgspec import Struct

from actors.kis.codes import reaction_to
from actors.kis.errors import RefusedByKis, ShapeError
from protocol.messages import Venue

__all__ = [
    "DIVISION_BY_VENUE",
    "EXCHANGE_BY_VENUE",
    "Call",
    "decode_answer",
    "has_trade",
    "read_date",
    "read_number",
    "read_price",
    "read_shares",
]

EXCHANGE_BY_VENUE = {Venue.NASDAQ: "NAS", Venue.NYSE: "NYS", Venue.AMEX: "AMS"}
DIVISION_BY_VENUE = {Venue.KRX: "J", Venue.NXT: "NX"}

ShapeT = TypeVar("ShapeT")


class Call(Struct, frozen=True):
    """One GET: where, under which TR, asking what."""

    path: str
    tr_id: str
    params: dict[str, str]


class _Verdict(Struct):
    rt_cd: str = "0"
    msg_cd: str = ""
    msg1: str = ""
    error_code: str = ""
    error_description: str = ""


def decode_answer(body: bytes, shape: type[ShapeT]) -> ShapeT:
    """Return what *body* holds, as *shape*.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
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


def has_trade(price: str) -> bool:
    """Say whether a day or a symbol has a price at all: a halted day opens at 0, an unknown symbol costs nothing."""
    return bool(price.strip(" 0."))


def read_number(text: str) -> float:
    """Return the finite number that *text* writes; raises ShapeError."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        message = f"expected a number, found {text[:40]!r}"
        raise ShapeError(message)
    return number


def read_price(text: str) -> float:
    """Return the price above zero that *text* writes; raises ShapeError."""
    price = read_number(text)
    if price <= 0:
        message = f"expected a price above zero, found {text[:40]!r}"
        raise ShapeError(message)
    return price


def read_shares(text: str) -> int:
    """Return the number of shares that *text* writes; raises ShapeError."""
    return int(read_number(text))


def read_date(text: str) -> date:
    """Return the date that *text* writes, YYYYMMDD; raises ShapeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"expected a date YYYYMMDD, found {text[:40]!r}"
        raise ShapeError(message) from None
