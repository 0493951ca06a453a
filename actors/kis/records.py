"""One record of a trade frame -> `Trade`. Pure; every field that is used is checked.

KRX and NXT (H0STCNT0, H0NXCNT0): the change is signed and measured from the exchange's base price; the day's low comes
with its time. US (HDFSCNT0): DIFF is unsigned and SIGN tells its direction; the low comes without a time; Korean date
and time stand beside New York's, and Korea has no daylight saving, so the instant is taken from them.

A price need not lie on the tick grid (mid-point orders print at half ticks): no trade is refused for that.
"""

import re
from typing import NamedTuple

from actors.kis.errors import FrameError, MisalignedRecord
from actors.kis.fields import (
    MOST_SHARES,
    changes,
    days,
    korean_symbols,
    low_times,
    lows,
    prices,
    times,
    us_sessions,
    volumes,
)
from actors.kis.memo import Memo
from protocol.messages import Session, Trade, Venue

__all__ = ["korean_trade", "us_instrument", "us_trade"]

SYMBOL, TIME, PRICE, CHANGE, LOW = 0, 1, 2, 4, 9
VOLUME, CUMULATIVE_VOLUME, LOW_TIME, DATE, MARKET_STATE = 12, 13, 30, 33, 34

US_KEY, US_SYMBOL, US_SESSION_DATE, US_TIME, US_KOREAN_DATE, US_KOREAN_TIME = 0, 1, 3, 5, 6, 7
US_LOW, US_LAST, US_SIGN, US_DIFF, US_VOLUME, US_CUMULATIVE_VOLUME = 10, 11, 12, 13, 19, 20

_SESSION_BY_MARKET_CLASS = {
    "1": Session.PRE_MARKET,
    "2": Session.REGULAR,
    "3": Session.AFTER_HOURS,
    # The cross of the closing auction belongs to the regular session.
    "5": Session.REGULAR,
}
_SESSION_BY_STATE = {
    "1": Session.PRE_MARKET,
    "2": Session.REGULAR,
    "3": Session.AFTER_HOURS,
    "4": Session.AFTER_HOURS,
    # Buy-in: forced purchases, outside the ordinary book.
    "7": Session.AFTER_HOURS,
    "8": Session.AFTER_HOURS,
}
_VENUE_BY_EXCHANGE = {
    "NAS": Venue.NASDAQ,
    "NYS": Venue.NYSE,
    "AMS": Venue.AMEX,
    # The day market, 10:00 to 16:00 in Korea.
    "BAQ": Venue.NASDAQ,
    "BAY": Venue.NYSE,
    "BAA": Venue.AMEX,
}
_DIRECTION_BY_SIGN = {"0": 0.0, "1": 1.0, "2": 1.0, "3": 0.0, "4": -1.0, "5": -1.0}
_US_KEY = re.compile("[DR]([A-Z]{3})([0-9A-Z./^-]{1,16})")


class _UsInstrument(NamedTuple):
    symbol: str
    venue: Venue


def korean_trade(record: list[str], market_class: str, venue: Venue, received_at_ns: int) -> Trade:
    """Return the trade in *record*, the fields of one print of KRX or NXT.

    Args:
        record: the fields, at least 35 of them.
        market_class: MARKET_CLS_CODE, the 47th field; empty where there is none.
        venue: KRX or NXT.
        received_at_ns: UTC epoch nanoseconds.

    Raises:
        MisalignedRecord: symbol, date or time are none.
        FrameError: another field is not what it should be.
    """
    session_date, midnight_ns = days[record[DATE]]
    low_ns = low_times[record[LOW_TIME]]
    price = prices[record[PRICE]]
    change = changes[record[CHANGE]]
    volume = volumes[record[VOLUME]]
    try:
        cumulative_volume = int(record[CUMULATIVE_VOLUME])
    except ValueError:
        raise _not_shares(record[CUMULATIVE_VOLUME]) from None
    if not (change < price and volume <= cumulative_volume < MOST_SHARES):
        raise _contradiction(price, change, volume, cumulative_volume)
    return Trade(
        symbol=korean_symbols[record[SYMBOL]],
        venue=venue,
        session_date=session_date,
        session=_SESSION_BY_MARKET_CLASS.get(market_class) or _sessions[record[MARKET_STATE]],
        price=price,
        change=change,
        volume=volume,
        cumulative_volume=cumulative_volume,
        day_low=lows[record[LOW]],
        day_low_at_ns=midnight_ns + low_ns if low_ns else 0,
        traded_at_ns=midnight_ns + times[record[TIME]],
        received_at_ns=received_at_ns,
    )


def us_trade(record: list[str], _appended: str, _venue: Venue, received_at_ns: int) -> Trade:
    """Return the trade in *record*, the fields of one US print; its key tells the venue.

    Raises:
        MisalignedRecord: key, dates or times are none.
        FrameError: another field is not what it should be.
    """
    symbol, venue = _us_instruments[record[US_KEY]]
    if record[US_SYMBOL] != symbol:
        raise MisalignedRecord(expected=f"the symbol of {record[US_KEY]}", found=record[US_SYMBOL])
    price = prices[record[US_LAST]]
    change = _directions[record[US_SIGN]] * changes[record[US_DIFF]]
    volume = volumes[record[US_VOLUME]]
    try:
        cumulative_volume = int(record[US_CUMULATIVE_VOLUME])
    except ValueError:
        raise _not_shares(record[US_CUMULATIVE_VOLUME]) from None
    if not (change < price and volume <= cumulative_volume < MOST_SHARES):
        raise _contradiction(price, change, volume, cumulative_volume)
    return Trade(
        symbol=symbol,
        venue=venue,
        session_date=days[record[US_SESSION_DATE]][0],
        session=us_sessions[record[US_TIME]],
        price=price,
        change=change,
        volume=volume,
        cumulative_volume=cumulative_volume,
        day_low=lows[record[US_LOW]],
        day_low_at_ns=0,
        traded_at_ns=days[record[US_KOREAN_DATE]][1] + times[record[US_KOREAN_TIME]],
        received_at_ns=received_at_ns,
    )


def us_instrument(key: str) -> tuple[str, Venue]:
    """Return the symbol and venue of a US realtime key; raises MisalignedRecord."""
    return _us_instruments[key]


def _not_shares(found: str) -> FrameError:
    return FrameError(kind="cumulative_volume", expected="a number of shares", found=found)


def _contradiction(price: float, change: float, volume: int, cumulative_volume: int) -> FrameError:
    expected = "a change below the price and a volume within the cumulative one"
    return FrameError(
        kind="contradiction", expected=expected, found=f"{price}, {change}; {volume}, {cumulative_volume}"
    )


def _read_state(state: str) -> Session:
    session = _SESSION_BY_STATE.get(state[:1])
    if session is None:
        raise FrameError(
            kind="session", expected="a NEW_MKOP_CLS_CODE that begins with 1, 2, 3, 4, 7 or 8", found=state
        )
    return session


def _read_us_key(key: str) -> _UsInstrument:
    match = _US_KEY.fullmatch(key)
    venue = _VENUE_BY_EXCHANGE.get(match[1]) if match else None
    if match is None or venue is None:
        raise MisalignedRecord(expected="a key such as DNASAAPL", found=key)
    return _UsInstrument(match[2], venue)


def _read_sign(sign: str) -> float:
    try:
        return _DIRECTION_BY_SIGN[sign]
    except KeyError:
        raise FrameError(kind="sign", expected="a sign from 0 to 5", found=sign) from None


_sessions = Memo(_read_state, 64)
_us_instruments = Memo(_read_us_key, 4096)
_directions = Memo(_read_sign, 16)
