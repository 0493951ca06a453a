"""The floor of parsing: split and type, into the values that our `Trade` holds.

Written as somebody would who trusts every byte and wants speed: no more is split than needed where there is one record,
and a time of day, which hundreds of trades share, is worked out once.
"""

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from msgspec import Struct

__all__ = ["FloorTrade", "split_trades"]

KOREA = timezone(timedelta(hours=9))
NS = 1_000_000_000
LAST_FIELD = 34
ONE = "001"


class FloorTrade(Struct, frozen=True, array_like=True, gc=False):
    """What a trade holds; moments are UTC epoch nanoseconds."""

    symbol: str
    session_date: date
    price: float
    change: float
    volume: int
    cumulative_volume: int
    day_low: float
    day_low_at_ns: int
    traded_at_ns: int
    received_at_ns: int


def split_trades(frame: bytes, received_at_ns: int) -> list[FloorTrade]:
    """Return the trades in *frame*, `flag|TR_ID|count|payload`, whatever its width."""
    _, _, count, payload = str(frame, "ascii").split("|", 3)
    if count == ONE:
        return [_typed(payload.split("^", LAST_FIELD), received_at_ns)]
    fields = payload.split("^")
    width = len(fields) // int(count)
    return [_typed(fields[start : start + LAST_FIELD], received_at_ns) for start in range(0, len(fields), width)]


def _typed(fields: list[str], received_at_ns: int) -> FloorTrade:
    session_date, midnight_ns = _day(fields[33])
    return FloorTrade(
        fields[0],
        session_date,
        float(fields[2]),
        float(fields[4]),
        int(fields[12]),
        int(fields[13]),
        float(fields[9]),
        midnight_ns + _time_ns(fields[30]),
        midnight_ns + _time_ns(fields[1]),
        received_at_ns,
    )


@lru_cache(maxsize=8)
def _day(text: str) -> tuple[date, int]:
    midnight = datetime(int(text[:4]), int(text[4:6]), int(text[6:]), tzinfo=KOREA)
    return midnight.date(), int(midnight.timestamp()) * NS


@lru_cache(maxsize=4096)
def _time_ns(text: str) -> int:
    return (int(text[:2]) * 3600 + int(text[2:4]) * 60 + int(text[4:])) * NS
