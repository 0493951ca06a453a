"""What a recorded frame of trades tells, read by code that shares nothing with the feed's.

Source of the places: KIS Open API, H0STCNT0 and H0NXCNT0 (46 fields and more), HDFSCNT0 (26 fields).
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from simulator.clock import nanoseconds_of

__all__ = ["KOREAN_VENUES", "US_TRADES", "RecordedTrade", "read_trades"]

KOREAN_VENUES = {"H0STCNT0": "KRX", "H0NXCNT0": "NXT"}
US_TRADES = "HDFSCNT0"
_SEOUL = ZoneInfo("Asia/Seoul")
_US_VENUES = {"NAS": "NASDAQ", "NYS": "NYSE", "AMS": "AMEX", "BAQ": "NASDAQ", "BAY": "NYSE", "BAA": "AMEX"}
_DOWN = {"4", "5"}


class RecordedTrade(Struct, frozen=True):
    """One record of a frame, as far as the journal tells it. Moments are whole seconds, epoch nanoseconds."""

    symbol: str
    venue: str
    session_date: date
    traded_at_ns: int
    price: float
    base_price: float
    volume: int
    cumulative_volume: int
    day_open: float
    day_high: float
    day_low: float
    day_low_at_ns: int


def read_trades(line: str) -> list[RecordedTrade]:
    """Return the trades in a frame; none if its TR is not one of trades.

    Raises:
        ValueError, IndexError, KeyError: it is damaged.
    """
    _, tr_id, count_text, payload = line.split("|", 3)
    if tr_id not in KOREAN_VENUES and tr_id != US_TRADES:
        return []
    fields, count = payload.split("^"), int(count_text)
    width, rest = divmod(len(fields), count)
    if rest:
        message = f"{len(fields)} fields for {count} records"
        raise ValueError(message)
    records = [fields[start : start + width] for start in range(0, len(fields), width)]
    if tr_id == US_TRADES:
        return [_read_us(record) for record in records]
    return [_read_korean(record, KOREAN_VENUES[tr_id]) for record in records]


def _read_korean(fields: list[str], venue: str) -> RecordedTrade:
    day = fields[33]
    return RecordedTrade(
        symbol=fields[0],
        venue=venue,
        session_date=datetime.strptime(day, "%Y%m%d").date(),  # noqa: DTZ007 - the exchange's own date
        traded_at_ns=_moment(day, fields[1]),
        price=float(fields[2]),
        base_price=float(fields[2]) - float(fields[4]),
        volume=int(fields[12]),
        cumulative_volume=int(fields[13]),
        day_open=float(fields[7]),
        day_high=float(fields[8]),
        day_low=float(fields[9]),
        day_low_at_ns=_moment(day, fields[30]),
    )


def _read_us(fields: list[str]) -> RecordedTrade:
    change = -float(fields[13]) if fields[12] in _DOWN else float(fields[13])
    return RecordedTrade(
        symbol=fields[1],
        venue=_US_VENUES[fields[0][1:4]],
        session_date=datetime.strptime(fields[3], "%Y%m%d").date(),  # noqa: DTZ007 - the exchange's own date
        traded_at_ns=_moment(fields[6], fields[7]),
        price=float(fields[11]),
        base_price=round(float(fields[11]) - change, 4),
        volume=int(fields[19]),
        cumulative_volume=int(fields[20]),
        day_open=float(fields[8]),
        day_high=float(fields[9]),
        day_low=float(fields[10]),
        day_low_at_ns=0,
    )


def _moment(day: str, clock: str) -> int:
    return nanoseconds_of(datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=_SEOUL))
