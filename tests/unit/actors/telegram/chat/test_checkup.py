"""What `/check` finds, and says of it."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from actors.runtime.store import open_store
from actors.telegram.config import SeededWatch
from protocol.messages import Venue
from protocol.tables import analyst
from protocol.topology import ACTORS
from tests.support.market import targets
from tests.support.reception import Reception, typed
from tests.support.town import ANNA, seeded

LEVERAGE = SeededWatch(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
SOXL = SeededWatch(symbol="SOXL", name="SOXL", venue=Venue.AMEX)
WATCHES = (LEVERAGE, SOXL)


def at_work(directory: Path, *without: str) -> Reception:
    """Return the desk of somebody who watches two stocks, with all actors at work but those *without* answers."""
    desk = Reception(directory, seeded(ANNA, "member", *WATCHES))
    engine = open_store("analyst", desk.settings)
    with engine.begin() as connection:
        connection.execute(insert(analyst.targets), [analyst.row_from(targets())])
    engine.dispose()
    traded_at = desk.clock.now() - timedelta(hours=20)
    streams = [
        {"symbol": "122630", "standing": "confirmed", "polled": False},
        {"symbol": "DAMSSOXL", "standing": "rejected", "polled": True},
        {"symbol": "005930", "standing": "confirmed", "polled": False},
    ]
    desk.ports.answers["evaluator", "prices"] = lambda: {
        "122630": {"price": 98_500.0, "traded_at": traded_at.isoformat()},
        "005930": {"price": 1.0, "traded_at": desk.clock.now().isoformat()},
    }
    desk.ports.answers["feed", "subscriptions"] = lambda: {"streams": streams}
    for actor in ACTORS:
        desk.ports.answers[actor, "status"] = lambda: {"state": "running", "reason": "", "last_progress_s": 0.4}
    desk.office.actor.running()
    for actor in without:
        for key in [key for key in desk.ports.answers if key[0] == actor]:
            del desk.ports.answers[key]
    return desk


def test_on_a_quiet_day_all_is_said_to_be_well_with_what_that_rests_on(tmp_path: Path) -> None:
    """Silence is told from a failure only by somebody who looks: the last trade, the targets, the streams."""
    [text] = at_work(tmp_path).texts(typed(ANNA, "/check"))

    first, _, *lines = text.splitlines()
    assert first == "🩺 모두 괜찮아요. 조용하면 아직 목표가에 닿지 않은 거예요."
    assert lines == [
        "• 마지막 체결: 11-27 18:30:00 · KODEX 레버리지 98,500원",
        f"• 목표가: {targets().session_date} 기준으로 1개 준비됐어요",
        "• 목표가 없는 종목: 1개 (/list 에서 까닭을 볼 수 있어요)",
        "• 시세: 2개 중 실시간 1개, 몇 초마다 확인 1개 (장이 닫혀 있으면 0개예요)",
        f"• 프로그램: {len(ACTORS)}개 중 {len(ACTORS)}개가 일하고 있어요",
    ]


def test_targets_of_an_earlier_session_are_not_called_todays(tmp_path: Path) -> None:
    """In the first minute of a morning evaluator waits for targets, and nothing would be alerted."""
    desk = at_work(tmp_path)
    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {"122630": "2025-12-01", "SOXL": "2025-11-28"}}

    [text] = desk.texts(typed(ANNA, "/check"))
    assert text.startswith("🩺 살펴볼 것이 있어요")
    assert (
        "• 2025-12-01 목표가는 아직 만들지 못했어요: 1개 (지금 보이는 것은 그 전 거래일의 것이에요)"
        in text.splitlines()
    )
    assert "준비됐어요" not in text
    assert "  ⏳ 11/28 목표가예요. 12/1 것은 아직 준비하고 있어요." in desk.texts(typed(ANNA, "/list"))[0].splitlines()

    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {"122630": "2025-11-28"}}
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")
    assert "⏳" not in desk.texts(typed(ANNA, "/list"))[0]


def test_what_does_not_answer_is_named_and_nothing_is_well_then(tmp_path: Path) -> None:
    """A green line over a dead feed is the worst answer."""
    [text] = at_work(tmp_path, "feed", "evaluator").texts(typed(ANNA, "/check"))

    assert text.startswith("🩺 살펴볼 것이 있어요")
    assert "• 마지막 체결: 아직 없어요" in text
    assert "• 국내 시세: 대답이 없어요" in text
    assert text.splitlines()[-2:] == ["  ⚠️ 국내 시세", "  ⚠️ 알림 판단"]


def test_no_stream_while_the_market_is_open_is_not_well(tmp_path: Path) -> None:
    """Feed is back a second after its death, its streams are not: that hour is no quiet one."""
    desk = at_work(tmp_path)
    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {}, "open": ["122630"]}
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")

    desk.ports.answers["feed", "subscriptions"] = lambda: {"streams": [{"symbol": "122630", "standing": "wanted"}]}
    desk.ports.answers["evaluator", "prices"] = dict
    [text] = desk.texts(typed(ANNA, "/check"))
    assert text.startswith("🩺 살펴볼 것이 있어요")
    assert "장이 열려 있는데 1개는 아직 연결 중이에요" in text
    assert "마지막 체결: 아직 받지 못했어요" in text

    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {}, "open": ["SOXL"]}
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")


def test_a_trade_of_this_minute_is_just_now(tmp_path: Path) -> None:
    """During the session nobody reckons."""
    desk = at_work(tmp_path)
    now = desk.clock.now()
    desk.ports.answers["evaluator", "prices"] = lambda: {"122630": {"price": 98_500.0, "traded_at": now.isoformat()}}

    assert "방금 · KODEX 레버리지 98,500원" in desk.texts(typed(ANNA, "/check"))[0]
