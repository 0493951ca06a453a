"""The fields of KIS records -> values, each checked. Pure.

Everything is text, numbers too; a field may be blank-padded, empty or the literal `(null)`.
"""

import re
from datetime import date, datetime, timedelta, timezone

from actors.kis.errors import FrameError, MisalignedRecord
from actors.kis.memo import Memo
from protocol.messages import Session
from protocol.moments import NS

__all__ = [
    "MOST_SHARES",
    "changes",
    "days",
    "korean_symbols",
    "low_times",
    "lows",
    "prices",
    "times",
    "us_sessions",
    "volumes",
]

MOST_PER_SHARE = 1e12
"""Above any price, and small enough that sums of prices stay finite."""
MOST_SHARES = 2**62
"""Above any volume, and within the 64 bits of MessagePack and of the store."""

KOREA = timezone(timedelta(hours=9), "KST")
"""Without daylight saving since 1988."""

_NUMBER = re.compile(r" *[+-]?[0-9]{1,15}(\.[0-9]{1,15})? *")
_COUNT = re.compile(" *[0-9]{1,18} *")
_TIME = re.compile("([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])")
_DATE = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
_SYMBOL = re.compile("Q?[0-9A-Z]{6}")
_NOT_TOLD = frozenset({"", "(null)"})
_NO_TIME = _NOT_TOLD | {"0", "000000"}

_US_OPENS, _US_CLOSES, _US_ENDS = "093000", "160000", "200000"


def _read_number(kind: str, text: str) -> float:
    if not _NUMBER.fullmatch(text) or not -MOST_PER_SHARE < (number := float(text)) < MOST_PER_SHARE:
        raise FrameError(kind=kind, expected=f"a number below {MOST_PER_SHARE:g}", found=text)
    return number


def _read_price(text: str) -> float:
    price = _read_number("price", text)
    if price <= 0:
        raise FrameError(kind="price", expected="a price above zero", found=text)
    return price


def _read_change(text: str) -> float:
    return _read_number("change", text)


def _read_low(text: str) -> float:
    """Return the day's low, 0 where it is not told."""
    low = 0.0 if text.strip() in _NOT_TOLD else _read_number("low", text)
    if low < 0:
        raise FrameError(kind="low", expected="a price above zero, or none", found=text)
    return low


def _read_volume(text: str) -> int:
    if not _COUNT.fullmatch(text) or (volume := int(text)) == 0:
        raise FrameError(kind="volume", expected="a number of shares above zero", found=text)
    return volume


def _read_symbol(text: str) -> str:
    if not _SYMBOL.fullmatch(text):
        raise MisalignedRecord(expected="a code of six letters and digits", found=text)
    return text


def _read_day(text: str) -> tuple[date, int]:
    """Return the date YYYYMMDD and when it begins in Korea, UTC epoch nanoseconds."""
    match = _DATE.fullmatch(text)
    try:
        year, month, day = map(int, match.groups() if match else ())
        midnight = datetime(year, month, day, tzinfo=KOREA)
    except ValueError:
        raise MisalignedRecord(expected="a date YYYYMMDD", found=text) from None
    return midnight.date(), int(midnight.timestamp()) * NS


def _read_time(text: str) -> int:
    """Return how long after midnight HHMMSS is, nanoseconds."""
    match = _TIME.fullmatch(text)
    if not match:
        raise MisalignedRecord(expected="a time HHMMSS", found=text)
    hours, minutes, seconds = map(int, match.groups())
    return (hours * 3600 + minutes * 60 + seconds) * NS


def _read_low_time(text: str) -> int:
    return 0 if text.strip() in _NO_TIME else _read_time(text)


def _read_us_session(text: str) -> Session:
    _read_time(text)
    if _US_OPENS <= text < _US_CLOSES:
        return Session.REGULAR
    return Session.AFTER_HOURS if _US_CLOSES <= text < _US_ENDS else Session.PRE_MARKET


prices = Memo(_read_price, 8192)
"""A price above zero."""
changes = Memo(_read_change, 8192)
"""A change, signed."""
lows = Memo(_read_low, 8192)
"""A day's low, 0.0 where it is not told."""
volumes = Memo(_read_volume, 4096)
"""A number of shares above zero."""
korean_symbols = Memo(_read_symbol, 4096)
"""A KRX code; letters occur, ETNs begin with Q."""
days = Memo(_read_day, 64)
"""A date YYYYMMDD, and when it begins in Korea as UTC epoch nanoseconds."""
times = Memo(_read_time, 4096)
"""HHMMSS as nanoseconds after midnight."""
low_times = Memo(_read_low_time, 4096)
"""HHMMSS as nanoseconds after midnight, 0 where it is not told."""
us_sessions = Memo(_read_us_session, 4096)
"""The session by New York's clock, HHMMSS: KIS's own field for it (MTYP) contradicts itself in recorded frames. The day
market (20:00 to 04:00) belongs to the session after it and counts as pre-market; half days cannot be seen."""
