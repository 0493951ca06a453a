"""One-minute bars over REST, which fill the holes in a stream: requests and answers; pure.

KIS answers newest first; here they come oldest first. A row is named by the instant at which its minute began, the
running minute is there, unfinished. A row without shares is no trade: it stands for a minute in which nothing was
traded, or which has not come yet (an hour of today in the future is filled with the current price).

Source: KIS documents of FHKST03010200 (today, 30 rows), FHKST03010230 (any day, 120 rows; real keys only) and
HHDFS76950200 (US, 120 rows; real keys only).
"""

from datetime import datetime, time

from msgspec import Struct

from actors.kis.errors import ShapeError
from actors.kis.rest import (
    DIVISION_BY_VENUE,
    EXCHANGE_BY_VENUE,
    Call,
    decode_answer,
    has_trade,
    read_date,
    read_number,
    read_price,
    read_shares,
)
from actors.market.sessions import NEW_YORK, SEOUL
from protocol.messages import Venue
from protocol.moments import MINUTE_NS, to_ns

__all__ = [
    "MINUTE_NS",
    "MinuteBar",
    "MinuteBars",
    "build_minutes_call",
    "build_minutes_of_today_call",
    "build_us_minutes_call",
    "parse_minutes",
    "parse_us_minutes",
]

MOST_US_ROWS = 120


class MinuteBar(Struct, frozen=True, kw_only=True, gc=False):
    """What was traded in one minute, which began at `begins_ns` (UTC epoch ns)."""

    begins_ns: int
    open: float
    high: float
    low: float
    close: float
    volume: int


class MinuteBars(Struct, frozen=True):
    """One page of minutes, oldest first; ask again up to the minute before the first for more.

    `base_price` is the exchange's of today, 0 where KIS does not tell it (US). `day_volume` is how many shares had been
    traded today when KIS answered, so that their minutes are told; 0 where it does not say.
    """

    base_price: float
    bars: list[MinuteBar]
    day_volume: int = 0


class _Symbol(Struct, frozen=True):
    stck_prpr: str = ""
    prdy_vrss: str = ""
    acml_vol: str = ""


class _Row(Struct):
    stck_bsop_date: str = ""
    stck_cntg_hour: str = ""
    stck_oprc: str = ""
    stck_hgpr: str = ""
    stck_lwpr: str = ""
    stck_prpr: str = ""
    cntg_vol: str = ""


class _UsRow(Struct):
    kymd: str = ""
    khms: str = ""
    open: str = ""
    high: str = ""
    low: str = ""
    last: str = ""
    evol: str = ""


class _MinutesAnswer(Struct):
    output1: _Symbol = _Symbol()
    output2: list[_Row] = []


class _UsMinutesAnswer(Struct):
    output2: list[_UsRow] = []


def build_minutes_of_today_call(symbol: str, venue: Venue, until: datetime) -> Call:
    """Ask for the 30 minutes of a Korean *symbol* that end with the minute of *until*, today and not in the future."""
    params = {
        "FID_COND_MRKT_DIV_CODE": DIVISION_BY_VENUE[venue],
        "FID_INPUT_ISCD": symbol,
        "FID_INPUT_HOUR_1": f"{until.astimezone(SEOUL):%H%M%S}",
        "FID_PW_DATA_INCU_YN": "Y",
        "FID_ETC_CLS_CODE": "",
    }
    return Call("/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice", "FHKST03010200", params)


def build_minutes_call(symbol: str, venue: Venue, until: datetime) -> Call:
    """Ask for the 120 minutes of a Korean *symbol* that end with the minute of *until*, on that day in Seoul."""
    local = until.astimezone(SEOUL)
    params = {
        "FID_COND_MRKT_DIV_CODE": DIVISION_BY_VENUE[venue],
        "FID_INPUT_ISCD": symbol,
        "FID_INPUT_HOUR_1": f"{local:%H%M%S}",
        "FID_INPUT_DATE_1": f"{local:%Y%m%d}",
        "FID_PW_DATA_INCU_YN": "Y",
        "FID_FAKE_TICK_INCU_YN": "",
    }
    return Call("/uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice", "FHKST03010230", params)


def build_us_minutes_call(symbol: str, venue: Venue, until: datetime) -> Call:
    """Ask for the 120 minutes of a US *symbol* that end with the minute of *until*."""
    params = {
        "AUTH": "",
        "EXCD": EXCHANGE_BY_VENUE[venue],
        "SYMB": symbol,
        "NMIN": "1",
        "PINC": "0",
        "NEXT": "1",
        "NREC": str(MOST_US_ROWS),
        "FILL": "",
        "KEYB": f"{until.astimezone(NEW_YORK):%Y%m%d%H%M%S}",
    }
    return Call("/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice", "HHDFS76950200", params)


def parse_minutes(body: bytes) -> MinuteBars:
    """Return the minutes in the answer to one of the Korean calls.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    answer = decode_answer(body, _MinutesAnswer)
    symbol = answer.output1
    base_price = read_price(symbol.stck_prpr) - read_number(symbol.prdy_vrss) if has_trade(symbol.stck_prpr) else 0.0
    bars = [
        _bar(
            (row.stck_bsop_date, row.stck_cntg_hour),
            (row.stck_oprc, row.stck_hgpr, row.stck_lwpr, row.stck_prpr),
            row.cntg_vol,
        )
        for row in reversed(answer.output2)
        if row.stck_bsop_date and has_trade(row.cntg_vol)
    ]
    return MinuteBars(base_price, bars, read_shares(symbol.acml_vol) if has_trade(symbol.acml_vol) else 0)


def parse_us_minutes(body: bytes) -> MinuteBars:
    """Return the minutes in the answer to `build_us_minutes_call`; raises as `parse_minutes`."""
    rows = [row for row in reversed(decode_answer(body, _UsMinutesAnswer).output2) if row.kymd and has_trade(row.evol)]
    return MinuteBars(
        0.0, [_bar((row.kymd, row.khms), (row.open, row.high, row.low, row.last), row.evol) for row in rows]
    )


def _bar(begins: tuple[str, str], prices: tuple[str, str, str, str], volume: str) -> MinuteBar:
    opened, high, low, close = map(read_price, prices)
    begins_ns = _moment_ns(*begins)
    return MinuteBar(begins_ns=begins_ns, open=opened, high=high, low=low, close=close, volume=read_shares(volume))


def _moment_ns(day: str, clock: str) -> int:
    """Return the begin of the minute in which *day* and *clock* lie, on Korea's clock, which knows no summer time."""
    try:
        begins = datetime.combine(read_date(day), time.fromisoformat(clock), SEOUL)
    except ValueError:
        message = f"expected a time HHMMSS, found {clock[:40]!r}"
        raise ShapeError(message) from None
    at_ns = to_ns(begins)
    return at_ns - at_ns % MINUTE_NS
