"""/quiet and /mute, from what is typed to what is held."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from actors.runtime.errors import CommandRefused
from actors.telegram.config import SeededWatch
from actors.telegram.people.hush import Mute
from actors.telegram.people.hush_control import HushControl
from actors.telegram.people.quiet import QuietHours
from protocol.messages import Market, Venue
from protocol.moments import to_ns
from tests.support.alerts import alert
from tests.support.reception import NOW, Reception, typed
from tests.support.town import ANNA, BORA, seeded

SEOUL = ZoneInfo("Asia/Seoul")
NOW_NS = to_ns(NOW)
HOUR_NS = timedelta(hours=1) // timedelta(microseconds=1) * 1_000
WATCHES = (
    SeededWatch(symbol="005930", name="삼성전자", venue=Venue.KRX),
    SeededWatch(symbol="SOXL", name="Direxion Semiconductor", venue=Venue.AMEX),
)


@pytest.fixture
def desk(tmp_path: Path) -> Reception:
    """Return the desk of somebody who watches two stocks, and of a viewer; it is 14:30 in Seoul."""
    return Reception(tmp_path, seeded(ANNA, "operator", *WATCHES), seeded(BORA, "viewer"))


def say(desk: Reception, text: str, user_id: int = ANNA) -> str:
    """Return the answer to *text*."""
    [answer] = desk.texts(typed(user_id, text))
    return answer


def seoul_ns(moment: str) -> int:
    """Return a moment by Seoul's clock, UTC epoch nanoseconds."""
    return to_ns(datetime.fromisoformat(moment).replace(tzinfo=SEOUL).astimezone(UTC))


def test_quiet_hours_are_kept_told_and_ended(desk: Reception) -> None:
    """Who is told that it will be quiet must be left in peace."""
    told = say(desk, "/quiet 23:00-07:00 2σ")
    assert desk.hushes.of(1).quiet == QuietHours(begins=time(23), ends=time(7), wakes_from=2.0)
    assert told.startswith("🌙 23:00부터 07:00까지는 조용히 할게요.")
    assert "그래도 2차까지 떨어지면 바로 알려 드려요." in told

    assert say(desk, "/quiet").startswith("🌙 23:00부터 07:00까지는")
    assert say(desk, "/방해금지 해제").startswith("🌙 지금은 조용한 시간이 없어요.")
    assert desk.hushes.of(1).quiet is None


def test_without_an_argument_quiet_hours_are_chosen_by_a_button(desk: Reception) -> None:
    """A grandmother presses, and types nothing."""
    say(desk, "/quiet")
    [told] = desk.press(ANNA, "23:00-07:00")

    assert told.startswith("🌙 23:00부터 07:00까지는 조용히 할게요.")
    assert "아무리 떨어져도 깨우지 않아요" in told


def test_what_rings_can_be_chosen(desk: Reception) -> None:
    """1σ is silent unless somebody wants to hear it."""
    assert say(desk, "/quiet 소리 1σ") == "🔔 1차 알림부터 소리가 나요."
    assert desk.hushes.of(1).rings([alert(level=1.0)])
    assert say(desk, "/quiet 소리 끄기") == "🔕 알림은 와도 소리는 나지 않아요."
    assert not desk.hushes.of(1).rings([alert(level=5.0)])


@pytest.mark.parametrize(
    ("text", "answer", "mutes"),
    [
        ("/mute 1h", "🔕 모든 종목: 15:30까지 조용히 할게요.", [Mute(since_ns=NOW_NS, until_ns=NOW_NS + HOUR_NS)]),
        (
            "/mute 삼성전자 10시간",
            "🔕 삼성전자 (005930): 11-29 00:30까지 조용히 할게요.",
            [Mute(since_ns=NOW_NS, until_ns=NOW_NS + 10 * HOUR_NS, symbol="005930")],
        ),
        (
            "/조용히 ㅅㅅㅈㅈ 오늘",
            "🔕 삼성전자 (005930): 20:00까지 조용히 할게요.",
            [Mute(since_ns=NOW_NS, until_ns=seoul_ns("2025-11-28T20:00"), market=Market.KRX, symbol="005930")],
        ),
        (
            "/mute SOXL",
            "🔕 Direxion Semiconductor (SOXL): 11-29 10:00까지 조용히 할게요.",
            [Mute(since_ns=NOW_NS, until_ns=seoul_ns("2025-11-29T10:00"), market=Market.US, symbol="SOXL")],
        ),
        (
            "/mute 오늘",
            "🔕 국내 종목: 20:00까지 조용히 할게요.\n🔕 미국 종목: 11-29 10:00까지 조용히 할게요.",
            [
                Mute(since_ns=NOW_NS, until_ns=seoul_ns("2025-11-28T20:00"), market=Market.KRX),
                Mute(since_ns=NOW_NS, until_ns=seoul_ns("2025-11-29T10:00"), market=Market.US),
            ],
        ),
    ],
)
def test_a_mute_is_for_a_time_or_for_today_of_all_or_one(
    desk: Reception, text: str, answer: str, mutes: list[Mute]
) -> None:
    """And says until when, by the reader's own clock."""
    assert say(desk, text).startswith(answer)
    assert list(desk.hushes.of(1).mutes) == mutes


def test_a_mute_is_shown_and_ended(desk: Reception) -> None:
    """What was held until then is told at once."""
    say(desk, "/mute 삼성전자 1h")
    assert say(desk, "/mute").startswith("🔕 삼성전자 (005930): 15:30까지 조용히 할게요.")
    assert desk.press(ANNA, "끄기") == ["🔔 다시 알려 드릴게요. 그동안 온 알림이 있으면 모아서 보내 드려요."]
    assert say(desk, "/mute off") == "지금 조용히 해 둔 것은 없어요."


def test_of_the_same_stock_the_newest_mute_counts(desk: Reception) -> None:
    """Who says an hour after he has said a day means the hour."""
    say(desk, "/mute 삼성전자 오늘")
    say(desk, "/mute 삼성전자 1h")
    assert say(desk, "/mute").splitlines()[:2] == ["🔕 삼성전자 (005930): 15:30까지 조용히 할게요.", ""]
    assert desk.hushes.of(1).muted_until("005930", Venue.KRX, desk.clock.now_ns() + 3_601 * 10**9) is None

    say(desk, "/mute 오늘")
    say(desk, "/mute 1h")
    assert len([line for line in say(desk, "/mute").splitlines() if line.startswith("🔕")]) == 2


def test_today_that_is_over_mutes_nothing(desk: Reception) -> None:
    """After the close of a stock's market, tomorrow must not be silenced."""
    desk.clock.step(8 * 3600)
    at = desk.clock.now()
    [answer] = desk.texts(typed(ANNA, "/mute 삼성전자 오늘", at=at))

    assert answer == "오늘 장은 이미 끝났어요. 내일은 다시 알려 드릴게요."
    assert desk.hushes.of(1).mutes == ()


def test_a_stock_that_may_be_several_is_asked_back_with_the_rest_of_the_order(tmp_path: Path) -> None:
    """The button carries the length."""
    twins = [
        SeededWatch(symbol=code, name=name, venue=Venue.KRX)
        for code, name in (("005930", "삼성전자"), ("005935", "삼성전자우"))
    ]
    desk = Reception(tmp_path, seeded(ANNA, "operator", *twins))
    say(desk, "/mute 삼성 2h")
    [answer] = desk.press(ANNA, "삼성전자우 (005935)")

    assert answer.startswith("🔕 삼성전자우 (005935): 16:30까지 조용히 할게요.")


@pytest.mark.parametrize(("text", "example"), [("/quiet 밤에", "/quiet 23:00-07:00"), ("/mute 400d", "/mute 1h")])
def test_a_wrong_one_is_answered_by_an_example(desk: Reception, text: str, example: str) -> None:
    """Nobody learns a grammar from a refusal."""
    assert example in say(desk, text)


def test_a_viewer_may_silence_his_own_phone_and_nobody_elses(desk: Reception) -> None:
    """Receiving includes the right to sleep."""
    say(desk, "/mute 1h", BORA)

    assert (len(desk.hushes.of(2).mutes), desk.hushes.of(1).mutes) == (1, ())


def test_the_operator_learns_who_is_spared_a_stock_and_until_when(desk: Reception) -> None:
    """Why did her phone not ring?"""
    control = HushControl(desk.register, desk.hushes, desk.office.actor)

    def spared(symbol: str) -> list[object]:
        return cast("list[object]", asyncio.run(control.spared({"symbol": symbol}))["spared"])

    assert spared("005930") == []
    say(desk, "/mute 삼성전자 1h")
    assert spared("005930") == [{"person": 1, "until": "2025-11-28T06:30:00+00:00", "wakes_from": 0.0}]
    assert spared("SOXL") == []
    say(desk, "/mute off")
    say(desk, "/quiet 14:00-16:00 2σ")
    assert spared("SOXL") == [{"person": 1, "until": "2025-11-28T07:00:00+00:00", "wakes_from": 2.0}]
    with pytest.raises(CommandRefused, match="expected"):
        asyncio.run(control.spared({}))
