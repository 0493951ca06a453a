"""What stands behind /quiet and /mute, as people write it."""

from datetime import time, timedelta

import pytest

from actors.telegram.chat.hush_orders import SILENT, MuteOrder, Sound, parse_mute, parse_quiet
from actors.telegram.chat.misused import Misused
from actors.telegram.people.quiet import QuietHours

HOUR = timedelta(hours=1)
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    ("text", "begins", "ends", "wakes_from"),
    [
        ("23:00-07:00", time(23), time(7), 0.0),
        ("23:00-07:00 2σ", time(23), time(7), 2.0),
        ("23:00-07:00 2차", time(23), time(7), 2.0),
        ("23:00-07:00 2차 매수", time(23), time(7), 2.0),
        ("11pm-7am Buy point 2", time(23), time(7), 2.0),
        ("밤 11시부터 아침 7시까지", time(23), time(7), 0.0),
        ("밤 12시~새벽 6시 30분 2차", time(0), time(6, 30), 2.0),
        ("밤 1시 오전 12시", time(1), time(0), 0.0),
        ("저녁 9:30 - 오후 12시", time(21, 30), time(12), 0.0),
        ("11pm-7am", time(23), time(7), 0.0),
        ("10 PM to 12 am 2", time(22), time(0), 2.0),
        ("오후 22시 7시", time(22), time(7), 0.0),
        ("23-7", time(23), time(7), 0.0),
        ("23:30 ~ 6:15 1.5 시그마", time(23, 30), time(6, 15), 1.5),
        ("23시-7시 30분 2차", time(23), time(7, 30), 2.0),
        ("23:00~07:00".translate(FULL_WIDTH), time(23), time(7), 0.0),
        ("12:00-24:00", time(12), time(0), 0.0),
    ],
)
def test_hours_are_understood_as_they_are_written(text: str, begins: time, ends: time, wakes_from: float) -> None:
    """With colons or without, Korean or full-width, and with a level that may wake."""
    assert parse_quiet(text) == QuietHours(begins=begins, ends=ends, wakes_from=wakes_from)


@pytest.mark.parametrize(("text", "rings_from"), [("소리 1σ", 1.0), ("sound 2", 2.0), ("소리 끄기", SILENT)])
def test_what_rings_can_be_chosen(text: str, rings_from: float) -> None:
    """From the first level on, or nothing at all."""
    assert parse_quiet(text) == Sound(rings_from)


@pytest.mark.parametrize("text", ["off", "해제", "끄기"])
def test_quiet_hours_can_be_ended(text: str) -> None:
    """In either language."""
    assert parse_quiet(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "밤",
        "23:00",
        "25:00-07:00",
        "23:61-07:00",
        "07:00-7",
        "23:00-07:00 깊게",
        "23-7 0σ",
        "23-7 20",
        "소리 11",
        "소리",
        "-",
    ],
)
def test_what_is_no_hours_is_refused(text: str) -> None:
    """The answer is an example. No stock falls by 20σ: whoever meant 2.0 would sleep through it."""
    with pytest.raises(Misused, match=r"expected (hours|loudness)"):
        parse_quiet(text)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("1h", MuteOrder(length=HOUR)),
        ("90분", MuteOrder(length=1.5 * HOUR)),
        ("2 시간", MuteOrder(length=2 * HOUR)),
        ("3d", MuteOrder(length=timedelta(days=3))),
        ("오늘", MuteOrder()),
        ("하루종일", MuteOrder()),
        ("삼성전자 하루종일", MuteOrder(stock="삼성전자")),
        ("1주일", MuteOrder(length=timedelta(days=7))),
        ("KODEX 200", MuteOrder(stock="kodex 200")),
        ("005930", MuteOrder(stock="005930")),
        ("today", MuteOrder()),
        ("전체 1시간", MuteOrder(length=HOUR)),
        ("삼성전자 2h", MuteOrder(stock="삼성전자", length=2 * HOUR)),
        ("2시간 KODEX 레버리지", MuteOrder(stock="kodex 레버리지", length=2 * HOUR)),
        ("122630 today", MuteOrder(stock="122630")),
        ("삼성전자", MuteOrder(stock="삼성전자")),
        ("off", MuteOrder(over=True)),
        ("삼성전자 해제", MuteOrder(stock="삼성전자", over=True)),
    ],
)
def test_mutes_are_understood_as_they_are_written(text: str, order: MuteOrder) -> None:
    """For a time, or for today; all or one stock; in either order."""
    assert parse_mute(text) == order


@pytest.mark.parametrize("text", ["0h", "31d", "9999시간"])
def test_no_mute_lasts_longer_than_a_month(text: str) -> None:
    """Who wants never to be told removes the stock."""
    with pytest.raises(Misused, match=f"expected length, found '{text}'"):
        parse_mute(text)


@pytest.mark.parametrize("text", ["30초", "30s", "30", "삼성전자 30초", "6개월", "99999시간", "-5분", "-5", "1.5시간"])
def test_what_may_be_meant_for_a_time_is_no_stocks_name(text: str) -> None:
    """The answer is an example of a time, not that no stock is called so."""
    with pytest.raises(Misused, match="expected length"):
        parse_mute(text)


@pytest.mark.parametrize("text", ["23:00 07:00", "23 7", "23시 7시", "23시부터 7시까지", "23:00 to 07:00"])
def test_quiet_hours_need_no_dash(text: str) -> None:
    """People write as they speak."""
    assert parse_quiet(text) == QuietHours(begins=time(23), ends=time(7))
    assert parse_quiet(f"{text} 2σ") == QuietHours(begins=time(23), ends=time(7), wakes_from=2.0)
