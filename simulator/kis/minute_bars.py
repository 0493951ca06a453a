"""What KIS answers about one-minute bars: what a client fills its holes with.

Source: KIS Open API: 주식당일분봉조회 (30 rows; an hour in the future is filled with the current price),
주식일별분봉조회 (120 rows, any day), 해외주식분봉조회 (120 rows at most). All newest first; a row is named by
the instant at which its minute began. Minutes of days that this world has not lived are not known.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from simulator.clock import WorldClock, moment_of, nanoseconds_of
from simulator.kis.queries import Answer, BadQuery, Query, asked_date, asked_moment, needed
from simulator.market.instrument import Instrument
from simulator.market.minutes import MINUTE_NS, MinuteBar

__all__ = ["foreign_minutes", "minutes_of_day", "minutes_of_today"]

_SEOUL = ZoneInfo("Asia/Seoul")
_ROWS_OF_TODAY, _MOST_ROWS = 30, 120


def minutes_of_today(instrument: Instrument, query: Query, clock: WorldClock) -> Answer:
    """Answer 주식당일분봉조회: thirty rows back from FID_INPUT_HOUR_1.

    Raises:
        BadQuery: the hour is none.
    """
    now_ns = clock.now_ns()
    today = moment_of(now_ns).astimezone(_SEOUL).date()
    until_ns = _in_seoul(today, asked_moment(query, "FID_INPUT_HOUR_1", "%H%M%S").time())
    ahead = _filled(instrument, range(_minute(until_ns), _minute(now_ns), -MINUTE_NS))
    bars = [*ahead, *instrument.minutes.newest_first(min(until_ns, now_ns), _in_seoul(today, time()))]
    return _answer(instrument, bars[:_ROWS_OF_TODAY])


def minutes_of_day(instrument: Instrument, query: Query, clock: WorldClock) -> Answer:
    """Answer 주식일별분봉조회: 120 rows back from hour and date; raises as `minutes_of_today`."""
    day = asked_date(query, "FID_INPUT_DATE_1")
    until_ns = _in_seoul(day, asked_moment(query, "FID_INPUT_HOUR_1", "%H%M%S").time())
    bars = instrument.minutes.newest_first(min(until_ns, clock.now_ns()), _in_seoul(day, time()))
    return _answer(instrument, bars[:_MOST_ROWS])


def foreign_minutes(instrument: Instrument, query: Query, clock: WorldClock) -> Answer:
    """Answer 해외주식분봉조회: NREC bars of NMIN minutes back from KEYB, exchange's time, or from now on.

    Raises:
        BadQuery: a number or the key is none.
    """
    zone = instrument.calendar.zone
    until_ns = now_ns = clock.now_ns()
    if query.get("KEYB"):
        until_ns = nanoseconds_of(asked_moment(query, "KEYB", "%Y%m%d%H%M%S").replace(tzinfo=zone))
    since_ns = 0 if query.get("PINC") == "1" else _midnight(moment_of(now_ns).astimezone(zone))
    bars = _merged(instrument.minutes.newest_first(min(until_ns, now_ns), since_ns), _number(query, "NMIN"))
    count = min(_number(query, "NREC"), _MOST_ROWS)
    rows = [_foreign_row(bar, zone) for bar in bars[:count]]
    session = instrument.calendar.session_on(_day(instrument))
    opens, closes = moment_of(session.opens_ns), moment_of(session.ends_ns)
    return {
        "output1": {
            "rsym": f"D{needed(query, 'EXCD')}{instrument.profile.code}",
            "zdiv": "4",
            "stim": f"{opens.astimezone(zone):%H%M%S}",
            "etim": f"{closes.astimezone(zone):%H%M%S}",
            "sktm": f"{opens.astimezone(_SEOUL):%H%M%S}",
            "ektm": f"{closes.astimezone(_SEOUL):%H%M%S}",
            "next": "1" if len(bars) > count else "0",
            "more": "0",
            "nrec": str(len(rows)),
        },
        "output2": rows,
    }


def _answer(instrument: Instrument, bars: Iterable[MinuteBar]) -> Answer:
    return {
        "output1": {
            "hts_kor_isnm": instrument.profile.name,
            "stck_prpr": f"{instrument.last_price:.0f}",
            "prdy_vrss": f"{instrument.last_price - instrument.base_price:.0f}",
            "stck_prdy_clpr": f"{instrument.base_price:.0f}",
            "acml_vol": str(instrument.day.volume if instrument.day else 0),
        },
        "output2": [_row(bar) for bar in bars],
    }


def _row(bar: MinuteBar) -> dict[str, str]:
    begins = moment_of(bar.begins_ns).astimezone(_SEOUL)
    return {
        "stck_bsop_date": f"{begins:%Y%m%d}",
        "stck_cntg_hour": f"{begins:%H%M%S}",
        "stck_prpr": f"{bar.close:.0f}",
        "stck_oprc": f"{bar.open:.0f}",
        "stck_hgpr": f"{bar.high:.0f}",
        "stck_lwpr": f"{bar.low:.0f}",
        "cntg_vol": str(bar.volume),
        "acml_tr_pbmn": f"{bar.day_value:.0f}",
    }


def _foreign_row(bar: MinuteBar, zone: ZoneInfo) -> dict[str, str]:
    begins = moment_of(bar.begins_ns)
    local, korean = begins.astimezone(zone), begins.astimezone(_SEOUL)
    return {
        "tymd": f"{local:%Y%m%d}",
        "xymd": f"{local:%Y%m%d}",
        "xhms": f"{local:%H%M%S}",
        "kymd": f"{korean:%Y%m%d}",
        "khms": f"{korean:%H%M%S}",
        "open": f"{bar.open:.4f}",
        "high": f"{bar.high:.4f}",
        "low": f"{bar.low:.4f}",
        "last": f"{bar.close:.4f}",
        "evol": str(bar.volume),
        "eamt": f"{bar.volume * bar.close:.0f}",
    }


def _filled(instrument: Instrument, minutes: Iterable[int]) -> list[MinuteBar]:
    price = instrument.last_price
    return [
        MinuteBar(begins_ns=begins_ns, open=price, high=price, low=price, close=price, volume=0, day_value=0.0)
        for begins_ns in minutes
    ]


def _merged(newest_first: list[MinuteBar], minutes: int) -> list[MinuteBar]:
    """Return bars of so many minutes each."""
    if minutes == 1:
        return newest_first
    wide: dict[int, MinuteBar] = {}
    for bar in reversed(newest_first):
        begins_ns = bar.begins_ns - bar.begins_ns % (minutes * MINUTE_NS)
        before = wide.get(begins_ns)
        wide[begins_ns] = MinuteBar(
            begins_ns=begins_ns,
            open=before.open if before else bar.open,
            high=max(before.high, bar.high) if before else bar.high,
            low=min(before.low, bar.low) if before else bar.low,
            close=bar.close,
            volume=(before.volume if before else 0) + bar.volume,
            day_value=bar.day_value,
        )
    return list(reversed(wide.values()))


def _day(instrument: Instrument) -> date:
    assert instrument.session is not None  # noqa: S101 - begun when the symbol was added
    return instrument.session.session_date


def _number(query: Query, name: str) -> int:
    text = needed(query, name)
    if not text.isdecimal() or int(text) == 0:
        raise BadQuery(name)
    return int(text)


def _minute(at_ns: int) -> int:
    return at_ns - at_ns % MINUTE_NS


def _midnight(moment: datetime) -> int:
    return nanoseconds_of(moment.replace(hour=0, minute=0, second=0, microsecond=0))


def _in_seoul(day: date, clock: time) -> int:
    return nanoseconds_of(datetime.combine(day, clock, tzinfo=_SEOUL))
