"""What `/check` finds, and says of it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, insert

from actors.analyst.core import Agenda, Watched
from actors.market.sessions import REGULAR
from actors.runtime.store import open_store
from actors.telegram.config import SeededWatch
from protocol.messages import Targets, Venue
from protocol.tables import analyst
from protocol.topology import ACTORS
from tests.support.calendar import calendar
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
        {"symbol": "122630", "of_trades": True, "standing": "confirmed", "polled": False},
        {"symbol": "SOXL", "of_trades": True, "standing": "rejected", "polled": True},
        {"symbol": "005930", "of_trades": True, "standing": "confirmed", "polled": False},
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
        "• 내 종목 시세: 2개 중 실시간 1개, 몇 초마다 확인 1개 (장이 닫혀 있으면 0개예요)",
        f"• 프로그램: {len(ACTORS)}개 중 {len(ACTORS)}개가 일하고 있어요",
    ]


def test_targets_of_an_earlier_session_are_not_called_todays(tmp_path: Path) -> None:
    """In the first minute of a morning evaluator waits for targets, and nothing would be alerted."""
    desk = at_work(tmp_path)
    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {"122630": "2025-12-01", "SOXL": "2025-11-28"}}

    [text] = desk.texts(typed(ANNA, "/check"))
    assert text.startswith("🩺 살펴볼 것이 있어요")
    assert (
        "• 국내 2025-12-01 목표가는 아직 만들지 못했어요: 1개 (지금 보이는 것이 있으면 그 전 거래일의 것이에요)"
        in text.splitlines()
    )
    # Nor is what was never made: nobody knows yet whether there is a target.
    assert "• 미국 2025-11-28 목표가는 아직 만들지 못했어요: 1개" in text
    assert "목표가 없는 종목" not in text
    assert "준비됐어요" not in text
    assert "  ⏳ 11/28 목표가예요. 12/1 것은 아직 준비하고 있어요." in desk.texts(typed(ANNA, "/list"))[0].splitlines()

    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {"122630": "2025-11-28"}}
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")
    assert "⏳" not in desk.texts(typed(ANNA, "/list"))[0]


def put_targets(desk: Reception, *made: Targets) -> None:
    """Let analyst have made these, and no others."""
    engine = open_store("analyst", desk.settings)
    with engine.begin() as connection:
        connection.execute(delete(analyst.targets))
        connection.execute(insert(analyst.targets), [analyst.row_from(each) for each in made])
    engine.dispose()


def answer_as_analyst(desk: Reception) -> None:
    """Let analyst's own agenda say of which session date the targets are to be, and the calendar what trades."""
    watched = [Watched(symbol=each.symbol, name=each.name, venue=each.venue) for each in WATCHES]
    agenda = Agenda(calendar(), timedelta(minutes=40))

    def answer() -> dict[str, object]:
        now = desk.clock.now()
        return {
            "sessions": {each.symbol: agenda.need(each, now).session_date.isoformat() for each in watched},
            "open": [each.symbol for each in watched if calendar().is_open(each.venue, now, REGULAR)],
            "opens": {each.symbol: calendar().next_open(each.venue, now) for each in watched},
        }

    desk.ports.answers["analyst", "targets"] = answer


def checked(desk: Reception) -> str:
    """Return what is said to `/check` at the moment to which the clock was moved."""
    [text] = desk.texts(typed(ANNA, "/check", at=desk.clock.now()))
    return text


def moment(text: str) -> datetime:
    """Return the moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "korea", "us"),
    [
        pytest.param("2025-11-28T14:29:59", "2025-12-01", "2025-11-28", id="a second before New York opens"),
        pytest.param("2025-11-28T14:30:00", "2025-12-01", "2025-11-28", id="New York opens"),
        pytest.param("2025-11-28T21:59:59", "2025-12-01", "2025-11-28", id="the end of its half day"),
        pytest.param("2025-11-28T22:00:00", "2025-12-01", "2025-12-01", id="behind its half day"),
        pytest.param("2026-01-19T05:00:00", "2026-01-19", "2026-01-20", id="a holiday of the US alone"),
        pytest.param("2026-02-17T15:00:00", "2026-02-19", "2026-02-17", id="a holiday of Korea alone"),
        pytest.param("2026-03-07T00:59:59", "2026-03-09", "2026-03-06", id="the last evening of winter time"),
        pytest.param("2026-03-07T01:00:00", "2026-03-09", "2026-03-09", id="behind it"),
        pytest.param("2026-03-09T23:59:59", "2026-03-10", "2026-03-09", id="the first evening of summer time"),
        pytest.param("2026-03-10T00:00:00", "2026-03-10", "2026-03-10", id="behind that"),
        pytest.param("2026-10-30T23:59:59", "2026-11-02", "2026-10-30", id="the last evening of summer time"),
        pytest.param("2026-10-31T00:00:00", "2026-11-02", "2026-11-02", id="behind the last"),
        pytest.param("2026-11-03T00:59:59", "2026-11-03", "2026-11-02", id="the first evening of winter time"),
        pytest.param("2026-11-03T01:00:00", "2026-11-03", "2026-11-03", id="behind the first"),
    ],
)
def test_targets_are_missing_by_the_session_date_of_their_own_market(
    tmp_path: Path, at: str, korea: str, us: str
) -> None:
    """Seoul's Saturday is New York's Friday, and a holiday of one market is none of the other's."""
    desk = at_work(tmp_path)
    answer_as_analyst(desk)
    desk.clock.step((moment(at) - desk.clock.now()).total_seconds())
    of_korea = targets(session_date=date.fromisoformat(korea))
    of_us = targets(symbol="SOXL", venue=Venue.AMEX, session_date=date.fromisoformat(us))

    def missing(*made: Targets) -> list[str]:
        put_targets(desk, *made)
        lines = checked(desk).splitlines()
        return [line.split(" 목표가는")[0] for line in lines if "아직 만들지 못했어요: 1개" in line]

    before = {"session_date": date(2025, 11, 26)}
    assert missing(of_korea, of_us) == []
    assert missing(of_korea, msgspec.structs.replace(of_us, **before)) == [f"• 미국 {us}"]
    assert missing(msgspec.structs.replace(of_korea, **before), of_us) == [f"• 국내 {korea}"]
    assert missing(of_korea) == [f"• 미국 {us}"]


def test_a_reason_of_an_earlier_session_says_nothing_of_this_one(tmp_path: Path) -> None:
    """A history that was too short yesterday may reach today; until then nobody knows."""
    desk = at_work(tmp_path)
    answer_as_analyst(desk)
    put_targets(desk, targets(), targets(symbol="SOXL", venue=Venue.AMEX, obstacle="short_history"))
    assert "목표가 없는 종목: 1개" in desk.texts(typed(ANNA, "/check"))[0]
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")

    desk.clock.step((moment("2025-12-01T15:00:00") - desk.clock.now()).total_seconds())
    text = checked(desk)
    assert "목표가 없는 종목" not in text
    assert "• 미국 2025-12-01 목표가는 아직 만들지 못했어요: 1개" in text


def test_what_does_not_answer_is_named_and_nothing_is_well_then(tmp_path: Path) -> None:
    """A green line over a dead feed is the worst answer."""
    [text] = at_work(tmp_path, "feed", "evaluator").texts(typed(ANNA, "/check"))

    assert text.startswith("🩺 살펴볼 것이 있어요")
    assert "• 마지막 체결: 아직 없어요" in text
    assert "• 국내 시세: 대답이 없어요" in text
    assert text.splitlines()[-2:] == ["  ⚠️ 국내 시세", "  ⚠️ 알림 판단"]


def test_where_no_market_is_open_it_is_said_when_the_next_opens(tmp_path: Path) -> None:
    """Whoever starts in the evening has missed nothing, and need not look for a mistake of his."""
    desk = at_work(tmp_path)
    answer_as_analyst(desk)
    desk.ports.answers["evaluator", "prices"] = dict
    desk.clock.step((moment("2025-11-29T01:00:00") - desk.clock.now()).total_seconds())

    assert "• 마지막 체결: 아직 없어요. 지금은 장이 닫혀 있고, 다음 정규장은 12-01 09:00에 열려요" in checked(desk)


def test_no_stream_while_the_market_is_open_is_not_well(tmp_path: Path) -> None:
    """Feed is back a second after its death, its streams are not: that hour is no quiet one."""
    desk = at_work(tmp_path)
    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {}, "open": ["122630"]}
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")

    desk.ports.answers["feed", "subscriptions"] = lambda: {
        "streams": [{"symbol": "122630", "of_trades": True, "standing": "wanted"}]
    }
    desk.ports.answers["evaluator", "prices"] = dict
    [text] = desk.texts(typed(ANNA, "/check"))
    assert text.startswith("🩺 살펴볼 것이 있어요")
    assert "장이 열려 있는데 1개는 아직 연결 중이에요" in text
    assert "마지막 체결: 아직 받지 못했어요" in text

    # us_poller asks for what no stream brings.
    desk.ports.answers["analyst", "targets"] = lambda: {"sessions": {}, "open": ["SOXL"]}
    assert desk.texts(typed(ANNA, "/check"))[0].startswith("🩺 모두 괜찮아요")

    del desk.ports.answers["us_poller", "status"]
    assert "장이 열려 있는데 1개는 아직 연결 중이에요" in desk.texts(typed(ANNA, "/check"))[0]


def test_a_trade_of_this_minute_is_just_now(tmp_path: Path) -> None:
    """During the session nobody reckons."""
    desk = at_work(tmp_path)
    now = desk.clock.now()
    desk.ports.answers["evaluator", "prices"] = lambda: {"122630": {"price": 98_500.0, "traded_at": now.isoformat()}}

    assert "방금 · KODEX 레버리지 98,500원" in desk.texts(typed(ANNA, "/check"))[0]
