"""Adjusted daily bars over REST: requests and answers; pure.

KIS ends a range of bars with empty rows, and a halted day has no open: both are stepped over. Today's unfinished bar is
left in, because only the caller knows which sessions are over.

Source: KIS documents of FHKST03010100 and HHDFS76240000.
"""

from datetime import date

from msgspec import Struct

from actors.kis.rest import EXCHANGE_BY_VENUE, Call, decode_answer, has_trade, read_date, read_price, read_shares
from protocol.messages import Venue

__all__ = ["Bar", "Bars", "build_bars_call", "build_us_bars_call", "parse_bars", "parse_us_bars"]


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


class _BarsAnswer(Struct):
    output1: _Instrument = _Instrument()
    output2: list[_Row] = []


class _UsBarsAnswer(Struct):
    output2: list[_UsRow] = []


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


def parse_bars(body: bytes) -> Bars:
    """Return the bars in the answer to `build_bars_call`, oldest first.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    answer = decode_answer(body, _BarsAnswer)
    rows = [row for row in reversed(answer.output2) if row.stck_bsop_date and has_trade(row.stck_oprc)]
    bars = [
        _bar(row.stck_bsop_date, (row.stck_oprc, row.stck_hgpr, row.stck_lwpr, row.stck_clpr), row.acml_vol)
        for row in rows
    ]
    return Bars(answer.output1.hts_kor_isnm, bars)


def parse_us_bars(body: bytes) -> Bars:
    """Return the bars in the answer to `build_us_bars_call`, oldest first; raises as `parse_bars`."""
    rows = [row for row in reversed(decode_answer(body, _UsBarsAnswer).output2) if row.xymd and has_trade(row.open)]
    return Bars("", [_bar(row.xymd, (row.open, row.high, row.low, row.clos), row.tvol) for row in rows])


def _bar(session_date: str, prices: tuple[str, str, str, str], volume: str) -> Bar:
    opened, high, low, close = map(read_price, prices)
    return Bar(
        session_date=read_date(session_date), open=opened, high=high, low=low, close=close, volume=read_shares(volume)
    )
