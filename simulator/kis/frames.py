"""The text of KIS data frames: `flag|TR_ID|NNN|fields`, records one behind the other, fields separated by `^`.

Source: KIS Open API, H0STCNT0 (국내주식 실시간체결가; H0NXCNT0 and H0UNCNT0 alike), 46 fields, 47 since 2026-09-14;
HDFSCNT0 (해외주식 실시간지연체결가), 26 fields. Numbers in comments are the places of fields, from 0.
"""

import functools
from datetime import datetime
from zoneinfo import ZoneInfo

from simulator.market.instrument import Print

__all__ = [
    "KRX_TRADES",
    "NXT_TRADES",
    "UNIFIED_TRADES",
    "US_TRADES",
    "build_frame",
    "build_record",
    "build_us_record",
    "clock_text",
    "sign_of",
    "trade_sign",
    "us_key",
]

KRX_TRADES, NXT_TRADES, UNIFIED_TRADES, US_TRADES = "H0STCNT0", "H0NXCNT0", "H0UNCNT0", "HDFSCNT0"

_SEOUL, _NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
_SECOND_NS = 1_000_000_000
_LISTED_SHARES = 100_000_000
_MADE_UP = "^0"
_EXCHANGES = {"NASDAQ": "NAS", "NYSE": "NYS", "AMEX": "AMS"}


def us_key(venue: str, code: str) -> str:
    """Return the key of an American symbol on the free feed: `DAMSSOXL`."""
    return f"D{_EXCHANGES[venue]}{code}"


def build_frame(records: list[str], tr_id: str = KRX_TRADES) -> bytes:
    """Return *records* as one frame."""
    return f"0|{tr_id}|{len(records):03d}|{'^'.join(records)}".encode()


@functools.lru_cache(maxsize=4096)
def clock_text(at_ns: int) -> str:
    """Return HHMMSS in Seoul of *at_ns*, whole seconds."""
    return datetime.fromtimestamp(at_ns // _SECOND_NS, tz=_SEOUL).strftime("%H%M%S")


def sign_of(change: float) -> str:
    """Return KIS's sign of a *change*: 2 up, 3 unchanged, 5 down."""
    if change > 0:
        return "2"
    return "5" if change < 0 else "3"


def trade_sign(trade: Print) -> str:
    """Return KIS's sign of a trade's change: 1 and 4 at the day's limits, else as `sign_of`."""
    if trade.at_limit:
        return "1" if trade.at_limit > 0 else "4"
    return sign_of(trade.price - trade.base_price)


def build_record(trade: Print, fields: int) -> str:
    """Return the Korean record of *trade* with so many *fields*: 46, 47 or 48."""
    change = trade.price - trade.base_price
    strength = 100 * trade.buy_volume / trade.sell_volume if trade.sell_volume else 0.0
    initiated = trade.buy_volume + trade.sell_volume
    ratio = trade.buy_volume / initiated if initiated else 0.0
    volume, before = trade.cumulative_volume, trade.previous_volume
    growth = 100 * volume / before if before else 0.0
    record = (
        f"{trade.symbol}^{clock_text(trade.traded_at_ns)}^{trade.price:.0f}^{trade_sign(trade)}^{change:.0f}"  # 0-4
        f"^{100 * change / trade.base_price:.2f}^{trade.average:.2f}"  # 5, 6
        f"^{trade.open:.0f}^{trade.high:.0f}^{trade.low:.0f}^{trade.ask:.0f}^{trade.bid:.0f}"  # 7-11
        f"^{trade.volume}^{volume}^{trade.cumulative_value:.0f}"  # 12-14
        f"^{trade.sells}^{trade.buys}^{trade.buys - trade.sells}^{strength:.2f}"  # 15-18
        f"^{trade.sell_volume}^{trade.buy_volume}^{trade.side}^{ratio:.2f}^{growth:.2f}"  # 19-23
        f"^{_since(trade.opened_at_ns, trade.price - trade.open)}"  # 24-26
        f"^{_since(trade.high_at_ns, trade.price - trade.high)}"  # 27-29
        f"^{_since(trade.low_at_ns, trade.price - trade.low)}"  # 30-32
        f"^{_date_text(trade.session_date.toordinal())}^{trade.state}^N"  # 33-35
        f"^{trade.depth + 1}^{trade.depth * 2 + 1}"  # 36, 37
        f"^{trade.depth * 11 + 100}^{trade.depth * 13 + 100}^{100 * volume / _LISTED_SHARES:.2f}"  # 38-40
        f"^{before // 2}^{2 * growth:.2f}^0^^{trade.open:.0f}"  # 41-45
    )
    return record + f"^{trade.market_class}" * (fields > 46) + _MADE_UP * (fields > 47)  # noqa: PLR2004 - widths


def build_us_record(trade: Print) -> str:
    """Return the record of an American *trade*: the change without its sign, and an MTYP that nobody can rely on."""
    change = trade.price - trade.base_price
    strength = 100 * trade.buy_volume / trade.sell_volume if trade.sell_volume else 0.0
    korean, american = _local(trade.traded_at_ns, _SEOUL), _local(trade.traded_at_ns, _NEW_YORK)
    return (
        f"{us_key(trade.venue, trade.symbol)}^{trade.symbol}^4^{_date_text(trade.session_date.toordinal())}"  # 0-3
        f"^{american}^{korean}"  # 4-7
        f"^{trade.open:.4f}^{trade.high:.4f}^{trade.low:.4f}^{trade.price:.4f}"  # 8-11
        f"^{sign_of(change)}^{abs(change):.4f}^{100 * change / trade.base_price:+.2f}"  # 12-14
        f"^{trade.bid:.4f}^{trade.ask:.4f}^{trade.depth + 1}^{trade.depth * 2 + 1}"  # 15-18
        f"^{trade.volume}^{trade.cumulative_volume}^{trade.cumulative_value:.0f}"  # 19-21
        f"^{trade.sell_volume}^{trade.buy_volume}^{strength:.2f}^{1 + trade.depth % 2}"  # 22-25
    )


@functools.lru_cache(maxsize=4096)
def _local(at_ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ns // _SECOND_NS, tz=zone).strftime("%Y%m%d^%H%M%S")


def _since(at_ns: int, change: float) -> str:
    return f"{clock_text(at_ns)}^{sign_of(change)}^{change:.0f}"


@functools.lru_cache(maxsize=16)
def _date_text(ordinal: int) -> str:
    return datetime.fromordinal(ordinal).strftime("%Y%m%d")
