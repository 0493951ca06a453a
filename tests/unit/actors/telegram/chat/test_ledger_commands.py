"""`/history` and `/why`: what became of alerts, and why there is none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from actors.runtime.store import open_store
from actors.telegram.config import SeededWatch
from protocol.messages import Alert, Venue
from protocol.moments import to_ns
from protocol.tables import analyst
from protocol.tables.telegram import deliveries
from tests.support.alerts import TRADED_AT, alert, decide, volume_alert
from tests.support.market import targets
from tests.support.reception import Reception, typed
from tests.support.town import ANNA, BORA, seeded

ONE = "· 1번 · 1차 매수 (99,000원)"
LEVERAGE = SeededWatch(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)


@pytest.fixture
def reception(tmp_path: Path) -> Reception:
    """Give the desk of Anna, who runs the bot, and Bora, a member."""
    return Reception(tmp_path, seeded(ANNA, "operator", LEVERAGE), seeded(BORA, "member", LEVERAGE))


def fired(reception: Reception, user_id: int, number: int = 1) -> Alert:
    """Let evaluator's record hold an alert of that person's."""
    person = reception.register.person_of_user(user_id)
    assert person is not None
    new = alert(number, person_id=person.id)
    decide(reception.office.actor.settings, new)
    return new


def rule(person: int, stage: str, **changes: object) -> dict[str, object]:
    """Return what evaluator answers of one rule."""
    plain: dict[str, object] = {"rule": f"{person}-122630-1", "direction": "below", "threshold": 99_000.0}
    return plain | {"stage": stage, "rests_until": None} | changes


def test_history_shows_ones_own_alerts_the_newest_first(reception: Reception) -> None:
    """Everybody sees what came to him, and nothing else."""
    fired(reception, ANNA)
    fired(reception, BORA, 2)
    fired(reception, ANNA, 3)

    [told] = reception.texts(typed(ANNA, "/history"))

    assert [line for line in told.splitlines() if line.startswith("#")] == [
        "#3 · 11-28 14:32 · KODEX 레버리지 2차 70,600원",
        "#1 · 11-28 14:32 · KODEX 레버리지 2차 70,600원",
    ]
    assert told.endswith("예: /why #3")


def test_history_says_why_a_number_is_skipped_where_one_is(reception: Reception) -> None:
    """Whoever sees 1 and 3 asks whether an alert was lost between them."""
    fired(reception, ANNA)
    fired(reception, ANNA, 2)
    assert "건너뛰기도" not in reception.texts(typed(ANNA, "/history"))[0]

    fired(reception, BORA, 3)
    fired(reception, ANNA, 4)
    lines = reception.texts(typed(ANNA, "/history"))[0].splitlines()

    assert lines[-2] == "번호는 온 가족의 알림과 시험 알림까지 함께 센 것이라 건너뛰기도 해요."


def test_a_number_behind_history_is_how_many(reception: Reception) -> None:
    """It is no stock, though a code may have it in it."""
    for number in (1, 2, 3):
        fired(reception, ANNA, number)

    [told] = reception.texts(typed(ANNA, "/history 2"))

    assert [line[:2] for line in told.splitlines() if line.startswith("#")] == ["#3", "#2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/history 0", "20까지의 수와 함께"),
        ("/history 21", "20까지의 수와 함께"),
        ("/history 카카오", "카카오"),
        ("/history 레버리지", "KODEX 레버리지 알림은 아직"),
    ],
)
def test_history_says_what_it_did_not_find(reception: Reception, words: str, said: str) -> None:
    """Never that there was no alert at all, where there was one."""
    [told] = reception.texts(typed(BORA, words))

    assert said in told
    assert "아직 받으신 알림이 없어요" not in told


@pytest.mark.parametrize(
    ("words", "said"), [("/people remove 2002", "sigmactl people remove"), ("/week 지난주", "/week 는 이번 주만")]
)
def test_what_takes_nothing_says_so(reception: Reception, words: str, said: str) -> None:
    """Who asked for something else must not take the answer for it."""
    [told] = reception.texts(typed(ANNA, words))

    assert said in told


@pytest.mark.parametrize("words", ["/history", "/why"])
def test_on_the_first_day_there_is_nothing_to_tell(reception: Reception, words: str) -> None:
    """It says so, kindly."""
    assert reception.texts(typed(ANNA, words)) == ["아직 받으신 알림이 없어요. 목표가에 닿으면 바로 알려 드릴게요."]


def test_why_tells_how_an_alert_came_about(reception: Reception) -> None:
    """Without a number it is the last one."""
    fired(reception, ANNA)

    [told] = reception.texts(typed(ANNA, "/why"))

    assert told == (
        "🔎 #1 알림은 이렇게 왔어요: KODEX 레버리지\n\n"
        "⏰ 2025-11-28 14:32:15\n"
        "· 거래소에서 70,600원에 거래됐어요.\n"
        "· 기다리던 70,606원에 닿은 것을 알았어요. 기준가(보통 전일 종가)는 72,665원이었어요. (+0.1초)\n"
        "· 곧 보낼 거예요."
    )
    assert reception.texts(typed(ANNA, "/why #1")) == [told]


@pytest.mark.parametrize(
    ("state", "columns", "line"),
    [
        ("pending", {}, "· 조용히 해 달라고 하셔서 모아 두었어요. 끝나면 한 번에 전해 드려요."),
        (
            "sent",
            {"sent_at_ns": to_ns(TRADED_AT + timedelta(hours=8)), "message_id": 7},
            "· 조용한 시간이 끝난 뒤 다른 알림과 함께 모아서 전했어요.",
        ),
    ],
)
def test_what_is_held_is_told_as_held_and_its_picture_as_never_meant(
    reception: Reception, state: str, columns: dict[str, object], line: str
) -> None:
    """Nothing has failed: somebody asked for quiet."""
    new = fired(reception, ANNA)
    plain = {"content_id": new.id, "person_id": 1, "chat_id": ANNA, "doubtful": False, "due_at_ns": 0, "attempts": 0}
    plain |= {"created_at_ns": to_ns(TRADED_AT), "reason": ""}
    with open_store("telegram", reception.office.actor.settings).begin() as connection:
        connection.execute(insert(deliveries), {**plain, "kind": "text", "state": state, "missed": True, **columns})
        connection.execute(
            insert(deliveries), {**plain, "kind": "picture", "state": "dead", "reason": "told in a digest"}
        )

    [told] = reception.texts(typed(ANNA, "/why"))

    assert told.splitlines()[-1] == line


def test_only_the_operator_sees_how_anothers_alert_came_about(reception: Reception) -> None:
    """What others wait for is their business."""
    fired(reception, ANNA)

    [told] = reception.texts(typed(BORA, "/why #1"))
    [same] = reception.texts(typed(BORA, "/why 7"))

    assert told == "받으신 알림 가운데 #1 번호는 없어요. /history 를 봐 주세요."
    assert same == told.replace("1", "7")


def test_of_a_stock_why_tells_of_what_is_paused_too(reception: Reception) -> None:
    """It is the likeliest reason why there was no alert, and evaluator knows nothing of it."""
    reception.ports.answers["evaluator", "rules"] = lambda **_: {"rules": []}
    reception.texts(typed(ANNA, "/off 1"))

    [told] = reception.texts(typed(ANNA, "/why 122630"))

    assert "· 1번 · 1차 매수: 멈춰 두셨어요 (다시 켜기: /on 1)" in told.splitlines()


def test_of_a_stock_why_tells_that_it_is_muted(reception: Reception) -> None:
    """Evaluator has alerted, and nothing has come: it waits for the digest."""
    reception.ports.answers["evaluator", "rules"] = lambda **_: {"rules": [rule(1, "done")]}
    reception.texts(typed(ANNA, "/mute 122630 30분"))

    [told] = reception.texts(typed(ANNA, "/why 122630"))
    [other] = reception.texts(typed(BORA, "/why 122630"))

    line = "🔕 11-28 15:00까지 조용히 하기로 하셔서, 그 사이의 알림은 끝나면 한 번에 모아 알려 드려요."
    assert told.splitlines()[-1] == line
    assert line not in other


@pytest.mark.parametrize(
    ("stage", "changes", "line"),
    [
        ("armed", {}, f"{ONE}: 아직 0.50% 남았어요"),
        ("armed", {"threshold": 99_600.0}, f"{ONE}: 닿아 있어요. 다음 거래에서 알려 드려요"),
        (
            "resting",
            {"rests_until": datetime(2025, 11, 28, 5, 37, tzinfo=UTC).isoformat()},
            f"{ONE}: 방금 알려 드려서 14:37까지 쉬고 있어요",
        ),
        ("held", {}, f"{ONE}: 거래소 기준가와 달라서 다시 계산하고 있어요"),
        ("without threshold", {"threshold": None}, f"{ONE}: 오늘은 계산할 수 없어요"),
        ("of a newer version", {}, ONE),
        ("armed", {"rule": "1-122630-n3"}, "· 3번 · 99,000원 이하: 아직 0.50% 남았어요"),
    ],
)
def test_of_a_stock_why_tells_what_is_waited_for(
    reception: Reception, stage: str, changes: dict[str, object], line: str
) -> None:
    """Why did nothing come? The likeliest answer is: not yet."""
    with open_store("analyst", reception.office.actor.settings).begin() as connection:
        connection.execute(insert(analyst.targets), analyst.row_from(targets()))
    reception.texts(typed(ANNA, "/alert 122630 99000 이하"))
    reception.ports.answers["evaluator", "rules"] = lambda symbol: {
        "rules": [rule(1, stage, **changes), rule(2, "done")] if symbol == "122630" else []
    }
    reception.ports.answers["evaluator", "prices"] = lambda: {"122630": {"price": 99_500.0}}

    [told] = reception.texts(typed(ANNA, "/why 레버리지"))

    assert told.splitlines() == ["🔎 KODEX 레버리지, 지금 기다리는 값", "", "마지막 가격은 99,500원이에요.", line]


def test_while_evaluator_is_away_why_says_so(reception: Reception) -> None:
    """A guess would be worse than no answer."""
    [told] = reception.texts(typed(ANNA, "/why 122630"))

    assert "잠시 후에" in told


def test_why_tells_how_many_shares_an_alert_was_about(reception: Reception) -> None:
    """What was reached is no price."""
    decide(reception.office.actor.settings, volume_alert())

    [told] = reception.texts(typed(ANNA, "/why"))
    [history] = reception.texts(typed(ANNA, "/history"))

    assert "· 오늘 거래량이 24,130,000주, 기다리던 24,000,000주 이상이 된 것을 알았어요." in told
    assert "평소 하루는 12,000,000주예요. (+0.1초)\n" in told
    assert "KODEX 레버리지 평소 하루 거래량의 2배 이상 70,600원" in history


@pytest.mark.parametrize(
    ("stage", "changes", "end"),
    [
        ("armed", {"volume": 8_400_000}, ": 지금까지 8,400,000주예요"),
        ("armed", {"volume": 0}, ": 기다리고 있어요"),
        ("done", {"volume": 24_130_000}, ": 알려 드렸고, 더는 알리지 않아요"),
        ("without threshold", {"threshold": None}, ": 평소 거래량을 아직 몰라요. 거래된 날이 10일은 되어야 해요"),
    ],
)
def test_why_tells_how_many_shares_there_are_so_far(
    reception: Reception, stage: str, changes: dict[str, object], end: str
) -> None:
    """Or that nobody knows yet what is usual."""
    with open_store("analyst", reception.office.actor.settings).begin() as connection:
        connection.execute(insert(analyst.targets), analyst.row_from(targets(usual_volume=12_000_000)))
    reception.texts(typed(ANNA, "/alert 122630 거래량 2배"))
    of_volume = {"rule": "1-122630-n3", "kind": "volume", "direction": "above", "threshold": 24_000_000.0}
    reception.ports.answers["evaluator", "rules"] = lambda symbol: {
        "rules": [rule(1, stage, **(of_volume | changes)) if symbol else {}]
    }

    [told] = reception.texts(typed(ANNA, "/why 레버리지"))

    assert told.splitlines()[-1] == f"· 3번 · 평소 하루 거래량의 2배 이상 (24,000,000주){end}"


def test_why_knows_the_number_of_a_rule_from_that_of_an_alert(reception: Reception) -> None:
    """/off takes the one, /why the other: whoever mixes them up is told which is which, and what to send."""
    fired(reception, ANNA)

    [told] = reception.texts(typed(ANNA, "/why 2"))
    assert told.startswith("2번은 받으신 알림이 아니라 걸어 둔 알림의 번호예요.\nKODEX 레버리지 (122630): ")
    assert told.endswith("/why 122630 · 그만 받기: /off 2")
    for words in ("/why #2", "/why 9"):
        assert "/history 를 봐 주세요" in reception.texts(typed(ANNA, words))[0]
    for words in ("/why #1", "/why 1번", "/why \uff03\uff11"):
        assert reception.texts(typed(ANNA, words))[0].startswith("🔎 #1 알림은 이렇게 왔어요")
