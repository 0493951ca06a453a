"""Commands in: what people write to the bot, and what the operator tells it from the shell."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select

from actors.runtime.store import open_store
from actors.telegram.people.access import code_hash
from protocol.messages import State, Targets, WatchListChanged
from protocol.tables import analyst
from protocol.tables.telegram import people, rules
from protocol.topology import ACTORS
from simulator.telegram.chats import ChatState
from simulator.telegram.deeds import MeetChat, PressButton
from simulator.telegram.faults import Fault, FaultKind
from simulator.telegram.log import read_log
from tests.support.alerts import alert, decide
from tests.support.databases import lay_out
from tests.support.market import DAY, targets
from tests.support.town import ANNA, BORA, Town, play, seeded, told


def test_a_symbol_is_added_shown_and_removed_and_the_others_are_told(tmp_path: Path) -> None:
    """The watch list is people's own: a word on the phone must reach feed, analyst and evaluator."""

    async def scene(place: Town) -> None:
        async with place.life():
            for text in ("/ADD 005930", "/add 005930", "/list", "/remove 005930", "/remove 005930"):
                place.say(BORA, text)
            await place.until(lambda: len(place.texts(BORA)) == 5)

    place = play(tmp_path, scene)

    added, again, listed, removed, absent = place.texts(BORA)
    assert added.startswith("✅ 삼성전자 (005930)")
    assert "이미" in again
    assert "삼성전자 (005930)" in listed
    assert removed.startswith("🗑")
    assert "아직 지켜보는 종목이 없어요" in absent
    symbols = [message.symbols for message in place.ports.published if isinstance(message, WatchListChanged)]
    assert symbols == [["122630"], ["005930", "122630"], ["122630"]]


def test_a_watch_that_comes_back_has_rules_of_a_higher_version(tmp_path: Path) -> None:
    """An alert's id is made from the rule's version: used twice, the second alert would be taken for the first."""

    async def scene(place: Town) -> None:
        async with place.life():
            for text in ("/add 005930", "/remove 005930", "/add 005930"):
                place.say(BORA, text)
            await place.until(lambda: len(place.texts(BORA)) == 3)

    place = play(tmp_path, scene)

    statement = select(rules.c.id, rules.c.version, rules.c.active).where(rules.c.symbol == "005930")
    assert [tuple(row) for row in place.rows(statement)] == [("2-005930-1", 2, True), ("2-005930-2", 2, True)]


def test_a_symbol_that_does_not_exist_is_a_kind_sentence_with_an_example(tmp_path: Path) -> None:
    """A typing error must not look like a failure of the system."""

    async def scene(place: Town) -> None:
        async with place.life():
            place.say(ANNA, "/add 999999")
            await place.until(lambda: len(place.texts()) == 1)

    [answer] = play(tmp_path, scene).texts()

    assert "999999" in answer
    assert "005930" in answer


def test_several_that_may_be_meant_are_chosen_from_by_button(tmp_path: Path) -> None:
    """The wrong stock would alert for months; a button to choose by costs a second."""

    async def scene(place: Town) -> None:
        async with place.life():
            place.say(BORA, "/add 삼성")
            await place.until(lambda: len(place.texts(BORA)) == 1)
            [asked] = place.log("sendMessage")
            assert asked.keyboard is not None
            first, second = [row[0] for row in asked.keyboard.inline_keyboard]
            assert (first.text, second.text) == ("삼성전자 (005930)", "삼성전자우 (005935)")
            place.simulator.press(
                PressButton(user_id=BORA, message_id=asked.message_id, data=second.callback_data or "")
            )
            await place.until(lambda: len(place.texts(BORA)) == 2)

    place = play(tmp_path, scene)

    assert place.texts(BORA)[1].startswith("✅ 삼성전자우 (005935)")
    assert len(place.log("answerCallbackQuery")) == 1


def test_a_name_adds_what_it_surely_means(tmp_path: Path) -> None:
    """The family knows 삼성전자, and no code."""

    async def scene(place: Town) -> None:
        async with place.life():
            for text in ("/add 삼성전자", "/add ?!", "/add 삼성전자"):
                place.say(BORA, text)
            await place.until(lambda: len(place.texts(BORA)) == 3)

    added, unknown, again = play(tmp_path, scene).texts(BORA)

    assert added.startswith("✅ 삼성전자 (005930)")
    assert unknown.startswith("?! 종목을 찾지 못했어요")
    assert "이미" in again


@pytest.mark.parametrize("answer", [None, {"unreachable": "KIS is down"}, {"candidates": 7}])
def test_a_symbol_that_cannot_be_looked_up_now_is_told_kindly(tmp_path: Path, answer: dict[str, object] | None) -> None:
    """KIS may be down or analyst restarting; the family should try again, not doubt their stock."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            del place.ports.answers[("analyst", "find")]
            if answer is not None:
                place.ports.answers[("analyst", "find")] = lambda words: {**answer, "asked": words}
            place.say(ANNA, "/add 005930")
            await place.until(lambda: len(place.texts(ANNA)) == 1)
            assert "again in a moment" in str(await told(actor, "add", symbol="005930"))

    assert "잠시 후" in play(tmp_path, scene).texts(ANNA)[0]


def test_a_stranger_is_never_answered(tmp_path: Path) -> None:
    """Who has no invitation must not even learn that the bot is alive."""

    async def scene(place: Town) -> None:
        async with place.life():
            for text in ("/start", "/list", "/help", "hello", "/start WRONG", "/add 005930"):
                place.say(7, text)
            # Commands are served in order: with Anna's answered, the stranger's have been dealt with.
            place.say(ANNA, "/help")
            await place.until(lambda: len(place.texts(ANNA)) == 1)

    assert play(tmp_path, scene).texts(7) == []


def test_a_group_gives_no_rights_to_anybody_in_it_and_takes_none(tmp_path: Path) -> None:
    """Membership of a chat is not a person's right; who has rights has them there, too."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            for user_id, text in ((7, "/remove 122630"), (BORA, "good morning"), (BORA, "/sing"), (ANNA, "/list")):
                place.say(user_id, text, chat_id=-100)
            await place.until(lambda: len(place.texts(-100)) == 1)
            assert "122630" in str(await told(actor, "people"))
            place.say(ANNA, "/remove 122630", chat_id=-100)
            await place.until(lambda: len(place.texts(-100)) == 2)

    listed, removed = play(tmp_path, scene).texts(-100)

    assert "122630" in listed
    assert removed.startswith("🗑")


def test_an_invitation_lets_one_person_in_and_is_used_up(tmp_path: Path) -> None:
    """A code that leaks after its use opens nothing."""

    async def scene(place: Town) -> None:
        async with place.life():
            place.invite("BLUE-HERON-7", "member")
            place.say(7, "/start BLUE-HERON-7")
            await place.until(lambda: len(place.texts(7)) == 1)
            place.say(8, "/start BLUE-HERON-7")
            place.say(7, "/start BLUE-HERON-7")
            await place.until(lambda: len(place.texts(7)) == 2)

    place = play(tmp_path, scene)

    welcome, again = place.texts(7)
    assert "7" in welcome
    assert again == welcome
    assert place.texts(8) == []


def test_the_operators_one_time_code_makes_an_operator(tmp_path: Path) -> None:
    """Somebody must be the first, and it must be whoever installed it."""

    async def scene(place: Town) -> None:
        config = msgspec.structs.replace(place.config(), people=())
        async with place.life(config, code_hash("FIRST-OF-ALL")) as actor:
            for user_id in (7, 8):
                place.say(user_id, "/start FIRST-OF-ALL")
            await place.until(lambda: len(place.texts(7)) == 1)
            people = (await told(actor, "people"))["people"]
            assert isinstance(people, list)
            assert [each["role"] for each in people] == ["operator"]

    assert play(tmp_path, scene).texts(8) == []


def test_a_viewer_receives_and_changes_nothing(tmp_path: Path) -> None:
    """Receiving never implies controlling, not even one's own list."""

    async def scene(place: Town) -> None:
        people = (seeded(ANNA, "operator"), seeded(BORA, "viewer"))
        async with place.life(msgspec.structs.replace(place.config(), people=people)):
            place.say(BORA, "/add 005930")
            place.say(BORA, "/list")
            await place.until(lambda: len(place.texts(BORA)) == 2)

    refused, listed = play(tmp_path, scene).texts(BORA)

    assert "알림만 받으시도록" in refused
    assert "아직" in listed


def test_an_update_that_comes_again_after_a_restart_is_answered_once(tmp_path: Path) -> None:
    """Telegram repeats what was not confirmed; a repeated /remove would undo a later /add."""

    async def scene(place: Town) -> None:
        async with place.life():
            place.say(ANNA, "/help")
            await place.until(lambda: len(place.texts(ANNA)) == 1)
            await place.until(lambda: place.mark("update_id") != "0")
        async with place.life():
            place.say(ANNA, "/status")
            await place.until(lambda: len(place.texts(ANNA)) == 2)

    help_text, status = play(tmp_path, scene).texts(ANNA)

    assert "/list - " in help_text
    assert "대답이 없어요" in status


def test_before_anybody_has_come_in_the_operator_is_told_how(tmp_path: Path) -> None:
    """On the first evening `sigmactl add` is typed before the chat was opened."""

    async def scene(place: Town) -> None:
        async with place.life(msgspec.structs.replace(place.config(), people=())) as actor:
            for person in ("", 1):
                answer = await told(actor, "add", symbol="005930", person=person)
                assert "send /start CODE to the bot" in str(answer["error"])

    play(tmp_path, scene)


def test_the_operator_adds_and_removes_from_the_shell(tmp_path: Path) -> None:
    """`sigmactl` never writes: it tells us, and is told what was done or why not."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            added = await told(actor, "add", symbol="005930", person=str(BORA))
            assert added == {"symbol": "005930", "name": "삼성전자", "venue": "KRX", "person": str(BORA)}
            assert "not watched" in str(await told(actor, "add", symbol="005930", person=2))
            assert "listed" in str(await told(actor, "add", symbol="code:999999"))
            assert "005930, Q530036 or TQQQ" in str(await told(actor, "add", symbol="no such"))
            assert "somebody known: 1 (1001), 2 (1002)" in str(await told(actor, "remove", symbol="005930", person=9))
            assert (await told(actor, "remove", symbol="122630"))["person"] == str(ANNA)
            assert "watches" in str(await told(actor, "remove", symbol="code:122630"))

    play(tmp_path, scene)


def test_the_list_shows_what_analyst_and_evaluator_know(tmp_path: Path) -> None:
    """Targets are of the newest session date, the price is the last trade's."""

    async def scene(place: Town) -> None:
        lay_out(place.settings, "analyst")
        aim(place, targets(base_price=1.0, session_date=DAY - timedelta(days=1)), targets())
        async with place.life():
            place.ports.answers[("evaluator", "prices")] = lambda: {"122630": {"price": 98_500.0}}
            rested: dict[str, object] = {"rules": [{"rule": "1-122630-1", "stage": "resting"}]}
            place.ports.answers["evaluator", "rules"] = lambda symbol: rested if symbol == "122630" else {}
            place.say(ANNA, "/list")
            await place.until(lambda: len(place.texts()) == 1)

    assert play(tmp_path, scene).texts()[0].splitlines()[2:] == [
        "• KODEX 레버리지 (122630) 98,500원",
        "  1차 99,000원 (전일대비 -1.00%) · 🔔 알림 후 쉬는 중",
        "  2차 98,000원 (전일대비 -2.00%) · 0.51% 남음",
    ]


def test_today_is_answered_by_the_letter_that_analyst_writes(tmp_path: Path) -> None:
    """The report of the day and the one that is asked for are one; who watches nothing learns how to begin."""
    asked: list[object] = []

    def report(person: object) -> dict[str, object]:
        asked.append(person)
        return {"reports": [{}] if person == 1 else []}

    async def scene(place: Town) -> None:
        async with place.life():
            place.say(BORA, "/today")
            await place.until(lambda: len(place.texts(BORA)) == 1)
            place.ports.answers["analyst", "report"] = report
            place.say(ANNA, "/today")
            place.say(BORA, "/today")
            await place.until(lambda: len(place.texts(BORA)) == 2)

    place = play(tmp_path, scene)

    assert (asked, place.texts(ANNA)) == ([1, 2], [])
    assert "잠시 후" in place.texts(BORA)[0]
    assert "아직 지켜보는 종목이 없어요" in place.texts(BORA)[1]


def aim(place: Town, *aimed: Targets) -> None:
    """Let analyst's database hold these targets."""
    engine = open_store("analyst", place.settings)
    with engine.begin() as connection:
        connection.execute(insert(analyst.targets), [analyst.row_from(each) for each in aimed])
    engine.dispose()


def test_status_shows_each_actor_as_it_answers(tmp_path: Path) -> None:
    """On a quiet day this is how one learns that the silence is the market's."""

    async def scene(place: Town) -> None:
        async with place.life():
            well: dict[str, object] = {"state": "running", "reason": "", "last_progress_s": 0.4, "pid": 7}
            for actor in ACTORS:
                place.ports.answers[(actor, "status")] = lambda: well
            place.say(ANNA, "/status")
            await place.until(lambda: len(place.texts()) == 1)
            place.ports.answers[("feed", "status")] = lambda: {"state": 7}
            place.say(ANNA, "/status")
            await place.until(lambda: len(place.texts()) == 2)

    well, ill = play(tmp_path, scene).texts()

    assert well.startswith("✅ 모두 잘 돌아가고 있어요.")
    assert "❌ 국내 시세: 대답이 없어요" in ill


def test_nobody_watches_more_than_there_is_room_for(tmp_path: Path) -> None:
    """A session carries 41 symbols for all of us together."""

    async def scene(place: Town) -> None:
        async with place.life(msgspec.structs.replace(place.config(), most_watches=1)) as actor:
            for text in ("/add 005930", "/start", "/remove", "what?"):
                place.say(ANNA, text)
            await place.until(lambda: len(place.texts()) == 4)
            assert "at most 1" in str(await told(actor, "add", symbol="005930", person=1))
            assert (await told(actor, "deliveries")) == {"states": {}}

    full, known, misused, unknown = play(tmp_path, scene).texts()

    assert "/remove 122630" in full
    assert "이미 함께" in known
    assert misused == "🔎 어떤 종목인가요?"
    assert "/help" in unknown


def test_an_answer_waits_for_a_flood_limit_and_gives_up_on_an_outage(tmp_path: Path) -> None:
    """An answer is not an alert: late by an hour it helps nobody, and it must not hold up the next command."""
    faults = [
        Fault(kind=FaultKind.FLOOD, method="sendMessage", retry_after_s=1),
        Fault(kind=FaultKind.ERROR, method="sendMessage", first=3, status=400, description="Bad Request: too long"),
    ]

    async def scene(place: Town) -> None:
        async with place.life():
            for text in ("/help", "/list", "/remove"):
                place.say(ANNA, text)
            await place.until(lambda: len(place.texts()) == 2)

    first, last = play(tmp_path, scene, faults).texts()

    assert "/list - " in first
    assert last == "🔎 어떤 종목인가요?"


def test_a_chat_that_must_wait_keeps_nobody_waiting_and_gets_nothing_meanwhile(tmp_path: Path) -> None:
    """Its alerts, too, would only be refused; and the next person's command is the next person's."""
    flood = Fault(kind=FaultKind.FLOOD, method="sendMessage", chat_id=ANNA, retry_after_s=1)

    async def scene(place: Town) -> None:
        async with place.life():
            place.say(ANNA, "/help")
            place.say(BORA, "/help")
            await place.until(lambda: len(place.texts(BORA)) == 1)
            assert place.texts(ANNA) == []
            decide(place.settings, alert())
            await place.until(lambda: len(place.texts(ANNA)) == 2)

    place = play(tmp_path, scene, [flood])

    [refused] = [line for line in read_log(tmp_path) if line.error]
    assert all(line.monotonic_ns >= refused.monotonic_ns + 1_000_000_000 for line in place.log("sendMessage")[1:])


def test_commands_are_served_without_a_menu_and_after_a_conflict(tmp_path: Path) -> None:
    """Telegram may refuse the menu, or take the process before us for a second poller; both pass."""
    faults = [
        Fault(kind=FaultKind.ERROR, method="setMyCommands", status=400, description="Bad Request"),
        Fault(kind=FaultKind.ERROR, method="getUpdates", status=409, description="Conflict: terminated by other"),
        Fault(kind=FaultKind.MALFORMED, method="getUpdates", first=2),
    ]

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            await place.until(lambda: actor.state is State.DEGRADED)
            # What goes out is not touched by it.
            decide(place.settings, alert(person_id=2))
            await place.until(lambda: len(place.texts(BORA)) == 1)
            place.say(ANNA, "/help")
            await place.until(lambda: len(place.texts()) == 1)
            await place.until(lambda: actor.state is State.RUNNING)
            # In two languages and for all others, in private and in groups, and to Anna and Bora.
            await place.until(lambda: len(place.log("setMyCommands")) == 3 * 2 + 2)

    play(tmp_path, scene, faults)


def test_the_operator_chooses_the_sessions_that_may_alert_somebody(tmp_path: Path) -> None:
    """Who sleeps early wants no evening; it must outlive a restart, and the others must hear of it."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            heard = len(place.ports.published)
            chosen = await told(actor, "sessions", sessions=["nxt", "krx-after"], person=2)
            assert chosen == {"person": str(BORA), "sessions": "krx-after nxt"}
            assert len(place.ports.published) == heard + 1
            assert "krx-regular, krx-after, nxt" in str(await told(actor, "sessions", sessions=["moon"], person=2))
            assert "expected the number or name" in str(
                await told(actor, "sessions", sessions=["nxt"], person="nobody")
            )
        async with place.life() as actor:
            people = (await told(actor, "people"))["people"]
            assert [person["sessions"] for person in people] == [  # type: ignore[attr-defined]
                "krx-regular us-regular",
                "krx-after nxt",
            ]

    play(tmp_path, scene)


GROUP, SUPERGROUP = -5, -1_000_000_000_005
UPGRADED = Fault(
    kind=FaultKind.ERROR,
    method="sendMessage",
    chat_id=GROUP,
    status=400,
    description="Bad Request: group chat was upgraded to a supergroup chat",
    parameters={"migrate_to_chat_id": SUPERGROUP},
)


@pytest.mark.parametrize("faults", [[], [UPGRADED]], ids=["told by a message", "told by a refusal"])
def test_alerts_follow_a_group_that_becomes_a_supergroup(tmp_path: Path, faults: list[Fault]) -> None:
    """The family's group grows: what is queued, and all that comes later, goes to its new number."""

    async def scene(place: Town) -> None:
        for chat_id in (GROUP, SUPERGROUP):
            place.simulator.meet(MeetChat(chat_id=chat_id, name="Family"))
        family = msgspec.structs.replace(seeded(BORA, "member"), chat_id=GROUP)
        async with place.life(msgspec.structs.replace(place.config(), people=(seeded(ANNA, "operator"), family))):
            if not faults:
                moved = MeetChat(chat_id=GROUP, state=ChatState.MIGRATED, moved_to=SUPERGROUP)
                place.simulator.meet(moved)
            decide(place.settings, alert(person_id=2), alert(person_id=2, firing=2))
            await place.until(lambda: len(place.texts(SUPERGROUP)) == 2)
            # The two alerts, and the operator's letter on the move.
            await place.until(lambda: place.deliveries().count(("sent", "")) >= 3)
        assert [row.chat_id for row in place.rows(select(people.c.chat_id).order_by(people.c.id))] == [ANNA, SUPERGROUP]

    assert play(tmp_path, scene, faults).texts(GROUP) == []


def test_who_blocks_the_bot_is_unreachable_until_he_comes_back(tmp_path: Path) -> None:
    """Telegram tells of it at once; nobody has to send something in vain first."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:

            async def is_reachable() -> bool:
                people = (await told(actor, "people"))["people"]
                return bool(people[1]["reachable"])  # type: ignore[index]

            place.simulator.meet(MeetChat(chat_id=BORA, state=ChatState.BLOCKED))
            # Updates are served in order: with Anna's answered, those before it have been dealt with.
            place.say(ANNA, "/help")
            await place.until(lambda: len(place.texts(ANNA)) == 2)
            assert not await is_reachable()
            place.simulator.meet(MeetChat(chat_id=BORA))
            place.say(ANNA, "/help")
            await place.until(lambda: len(place.texts(ANNA)) == 4)
            assert await is_reachable()

    texts = play(tmp_path, scene).texts(ANNA)
    assert [text[0] for text in texts if "/list - " not in text] == ["📵", "📲"]
