"""Commands in: what people write to the bot, and what the operator tells it from the shell."""

from pathlib import Path

import msgspec
from sqlalchemy import select

from actors.telegram.access import code_hash
from protocol.messages import WatchListChanged
from protocol.tables.telegram import rules
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
    assert "아닙니다" in absent
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
    assert "/add 005930" in answer


def test_an_analyst_that_does_not_answer_is_told_kindly(tmp_path: Path) -> None:
    """Analyst may be restarting; the family should try again, not worry."""

    async def scene(place: Town) -> None:
        async with place.life():
            del place.ports.answers[("analyst", "find")]
            place.say(ANNA, "/add 005930")
            await place.until(lambda: len(place.texts(ANNA)) == 1)

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


def test_a_group_gives_no_rights_to_anybody_in_it(tmp_path: Path) -> None:
    """Membership of a chat is not a person's right; groups come later."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            place.say(ANNA, "/remove 122630", chat_id=-100)
            place.say(ANNA, "/help")
            await place.until(lambda: len(place.texts(ANNA)) == 1)
            assert "122630" in str(await told(actor, "people"))

    assert play(tmp_path, scene).texts(-100) == []


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

    welcome, known = place.texts(7)
    assert "7" in welcome
    assert "이미" in known
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

    assert "관리자" in refused
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

    assert help_text.startswith("사용할 수 있는")
    assert "응답 없음" in status


def test_the_operator_adds_and_removes_from_the_shell(tmp_path: Path) -> None:
    """`sigmactl` never writes: it tells us, and is told what was done or why not."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            added = await told(actor, "add", symbol="005930", person=str(BORA))
            assert added == {"symbol": "005930", "name": "삼성전자", "venue": "KRX", "person": str(BORA)}
            assert "not watched" in str(await told(actor, "add", symbol="005930", person=2))
            assert "exists" in str(await told(actor, "add", symbol="999999"))
            assert "005930, Q530036 or TQQQ" in str(await told(actor, "add", symbol="no such"))
            assert "somebody known" in str(await told(actor, "remove", symbol="005930", person=9))
            assert (await told(actor, "remove", symbol="122630"))["person"] == str(ANNA)
            assert "watches" in str(await told(actor, "remove", symbol="122630"))

    play(tmp_path, scene)
