"""What comes in, and what is answered."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from actors.feed.session.core import Phase
from actors.telegram.config import SeededWatch
from actors.telegram.people.access import Role
from protocol.letters import THE_OPERATOR, Announcement, ChatChange, ChatChanged
from protocol.messages import Venue, WatchListChanged
from tests.support.reception import Reception, membership, pressed, typed
from tests.support.town import ANNA, BORA, find, seeded

ADD = "\N{HEAVY PLUS SIGN} 추가"


def reception(directory: Path) -> Reception:
    """Return the desk of an operator and a viewer."""
    return Reception(directory, seeded(ANNA, "operator"), seeded(BORA, "viewer"))


def test_a_command_that_waited_too_long_is_given_back_instead_of_carried_out(tmp_path: Path) -> None:
    """Who wrote /remove an hour ago may have thought better of it."""
    desk = reception(tmp_path)
    now = desk.clock.now()

    desk.bring(typed(ANNA, "/list", at=now - timedelta(seconds=300)), typed(ANNA, "/list", at=now - timedelta(hours=1)))

    [served, given_back] = [text for _, text in desk.said]
    assert "아직 지켜보는 종목이 없어요" in served
    assert given_back.endswith("\n\n/list")


def test_a_pressed_button_is_answered_before_anything_else_and_says_if_it_does_nothing(tmp_path: Path) -> None:
    """A phone that waits for an answer shows a clock on the button."""
    desk = reception(tmp_path)

    desk.bring(pressed(ANNA, "1.zzzzz.list"), pressed(BORA, "1.zzzzz.list"), pressed(ANNA, "1.1.list"))

    assert [text for _, text in desk.answered] == [
        "",
        "다른 분을 위한 버튼이에요.",
        "오래된 버튼이에요. 다시 보내 주시면 새 버튼을 드릴게요.",
    ]
    assert len(desk.said) == 1


def test_a_button_that_was_pressed_in_an_outage_is_given_back_like_a_command(tmp_path: Path) -> None:
    """Who pressed "off" an hour ago may have thought better of it; nobody knows when it was."""
    desk = watching(tmp_path)

    desk.silent_s = 301.0
    [given_back] = desk.texts(pressed(ANNA, "1.zzzzz.remove 035720"))
    assert given_back.startswith("제가 한동안 답을 못 드렸어요.")
    assert desk.texts(pressed(BORA, "1.zzzzz.remove 035720")) == []
    assert [text for _, text in desk.answered] == ["", "다른 분을 위한 버튼이에요."]
    desk.silent_s = 300.0
    assert "목록에서 뺐어요" in desk.texts(pressed(ANNA, "1.zzzzz.remove 035720"))[0]


def test_a_viewer_who_presses_a_button_may_no_more_than_he_may_type(tmp_path: Path) -> None:
    """A button is a command that is written already; it lends nobody a right."""
    desk = reception(tmp_path)

    desk.bring(pressed(BORA, "2.zzzzz.remove 005930"))

    assert "알림만 받으시도록" in desk.said[0][1]


def watching(directory: Path) -> Reception:
    """Return the desk of an operator who watches two stocks of one family."""
    names = {"035720": "카카오", "323410": "카카오뱅크"}
    watches = [SeededWatch(symbol=symbol, name=name, venue=Venue.KRX) for symbol, name in names.items()]
    return Reception(directory, seeded(ANNA, "operator", *watches), seeded(BORA, "viewer"))


def test_a_command_without_its_stock_opens_buttons_of_ones_own(tmp_path: Path) -> None:
    """Two taps instead of a code."""
    desk = watching(tmp_path)

    assert desk.texts(typed(ANNA, "/remove")) == ["🔎 어떤 종목인가요?"]
    assert desk.buttons() == [["카카오 (035720)"], ["카카오뱅크 (323410)"]]
    assert desk.press(ANNA, "카카오뱅크 (323410)") == ["🗑 카카오뱅크 (323410), 목록에서 뺐어요."]
    assert desk.texts(typed(ANNA, "/빼기 ㅋㅋㅇ")) == ["🗑 카카오 (035720), 목록에서 뺐어요."]
    assert "아직 지켜보는 종목이 없어요" in desk.texts(typed(ANNA, "/remove"))[0]


def test_several_that_may_be_meant_are_chosen_from_by_button(tmp_path: Path) -> None:
    """Of the directory as well as of one's own."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "find"] = find

    desk.texts(typed(ANNA, "/add 삼성"))

    assert desk.buttons() == [["삼성전자 (005930)"], ["삼성전자우 (005935)"]]
    assert desk.press(ANNA, "삼성전자 (005930)")[0].startswith("✅ 삼성전자 (005930)")
    assert desk.texts(typed(ANNA, "/remove 카카"))
    assert desk.buttons() == [["카카오 (035720)"], ["카카오뱅크 (323410)"]]


def test_several_stocks_are_added_at_once(tmp_path: Path) -> None:
    """Each is answered; of what may be several there are buttons, and what is none keeps none of the others back."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "find"] = find

    [text] = desk.texts(typed(ANNA, "/add 005930, 삼성\uff0c카카카\n005935,"))

    first, choose, unknown, last = text.splitlines()
    assert (first[:8], choose, last[:9]) == ("✅ 삼성전자 (", "🔎 어떤 종목인가요?", "✅ 삼성전자우 (")
    assert unknown.startswith("카카카 종목을 찾지 못했어요")
    assert desk.buttons() == [["삼성전자 (005930)"], ["삼성전자우 (005935)"]]
    assert len(desk.register.watches_of(1)) == 4
    assert "10종목까지" in desk.texts(typed(ANNA, "/add " + "삼성, " * 11))[0]


LISTED = {"005930": "삼성전자", "TQQQ": "PROSHARES 울트라프로 QQQ", "000660": "SK하이닉스", "034730": "SK"}


def looked_up(words: str) -> dict[str, object]:
    """Answer for analyst: a whole code or name is certain, what is like one is not, and neither is a beginning."""
    names = {symbol: name.replace(" ", "") for symbol, name in LISTED.items()}
    said = words.replace(" ", "").upper()
    whole = [symbol for symbol, name in names.items() if said in {symbol, name}]
    alike = [symbol for symbol, name in names.items() if name in said or name.startswith(said)]
    rows = [{"symbol": symbol, "name": LISTED[symbol], "venue": "KRX"} for symbol in whole or alike]
    return {"candidates": rows, "certain": bool(whole)}


@pytest.mark.parametrize(
    ("words", "buttons"),
    [
        (
            "삼성전자 tqqq",
            ["모두 추가: 삼성전자, PROSHARES 울트라프로 QQQ", "삼성전자 (005930)", "PROSHARES 울트라프로 QQQ (TQQQ)"],
        ),
        ("sk 하이닉스  삼성전자", ["모두 추가: SK하이닉스, 삼성전자", "SK하이닉스 (000660)", "삼성전자 (005930)"]),
        ("005930 삼성전자", ["삼성전자 (005930)"]),
        ("삼성전자 하이닉쓰", ["삼성전자 (005930)"]),
        ("하이닉쓰 TQQX", []),
    ],
)
def test_stocks_without_a_comma_between_are_offered(tmp_path: Path, words: str, buttons: list[str]) -> None:
    """Only the first was spoken of, as if the others had not been written."""
    desk = Reception(tmp_path, seeded(ANNA, "operator"))
    desk.ports.answers["analyst", "find"] = looked_up

    [text] = desk.texts(typed(ANNA, f"/add {words}"))

    question, _, hint = text.splitlines()
    assert question.startswith("🔎 어떤 종목인가요?" if buttons else "하이닉쓰 TQQX 종목을 찾지 못했어요")
    assert hint == "여러 종목이면 쉼표로 나눠 주세요. 예: /add 삼성전자, TQQQ"
    assert [label for row in desk.buttons() for label in row] == buttons
    assert desk.register.watches_of(1) == []


def test_all_that_was_offered_is_added_by_one_button(tmp_path: Path) -> None:
    """It is the command that should have been written."""
    desk = Reception(tmp_path, seeded(ANNA, "operator"))
    desk.ports.answers["analyst", "find"] = looked_up
    desk.texts(typed(ANNA, "/add sk 하이닉스 삼성전자"))

    desk.press(ANNA, "모두 추가: SK하이닉스, 삼성전자")

    assert {watch.symbol for watch in desk.register.watches_of(1)} == {"000660", "005930"}


def test_what_lacks_one_comma_of_several_is_offered_whole(tmp_path: Path) -> None:
    """Only the stock that was found first was offered, and the other one dropped without a word."""
    desk = Reception(tmp_path, seeded(ANNA, "operator"))
    desk.ports.answers["analyst", "find"] = looked_up

    [text] = desk.texts(typed(ANNA, "/add 삼성전자, TQQQ sk 하이닉스"))

    assert text.startswith("✅ 삼성전자 (005930)")
    assert text.endswith("여러 종목이면 쉼표로 나눠 주세요. 예: /add 삼성전자, TQQQ")
    assert desk.buttons()[0] == ["모두 추가: PROSHARES 울트라프로 QQQ, SK하이닉스"]


@pytest.mark.parametrize("words", ["삼성", "PROSHARES 울트라"])
def test_the_beginning_of_a_name_is_asked_back_as_ever(tmp_path: Path, words: str) -> None:
    """Of blanks in a name nothing need be said."""
    desk = Reception(tmp_path, seeded(ANNA, "operator"))
    desk.ports.answers["analyst", "find"] = looked_up

    assert desk.texts(typed(ANNA, f"/add {words}")) == ["🔎 어떤 종목인가요?"]


def test_a_command_without_its_stroke_is_one_among_two(tmp_path: Path) -> None:
    """In a group people speak to each other; and nothing is said to everybody by mistake."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "find"] = find

    assert "카카오뱅크" in desk.texts(typed(ANNA, "목록"))[0]
    assert desk.texts(typed(ANNA, "목록", -5, "group")) == []
    assert "/help" in desk.texts(typed(ANNA, "say 안녕"))[0]
    assert desk.letters() == []
    overdue = typed(ANNA, "빼기 카카오", at=desk.clock.now() - timedelta(hours=1))
    assert desk.texts(overdue)[0].endswith("빼기 카카오")


def test_what_is_not_watched_is_answered_with_an_example(tmp_path: Path) -> None:
    """Of the command that was given."""
    desk = watching(tmp_path)

    for command in ("/mute 라면 2시간", "/remove 라면", "/amount 라면 50만", "/why 라면"):
        text = desk.texts(typed(ANNA, command))[0]
        assert text.startswith("지켜보는 종목 중에 라면 종목은 없어요.")
        assert f"예: {command.split()[0]} " in text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("/lang klingon", "🤔 한국어(ko)나 영어(en)가 있어야 하는데, 이렇게 적혀 있어요: klingon"),
        ("/week 지난주", "🤔 뒤에 아무것도 없어야 하는데, 이렇게 적혀 있어요: 지난주"),
        ("/history 30", "🤔 1부터 20까지의 수가 있어야 하는데, 이렇게 적혀 있어요: 30"),
        ("/off 라면", "🤔 알림 번호가 있어야 하는데, 이렇게 적혀 있어요: 라면"),
        ("/alert 삭제", "🤔 알림 번호가 있어야 하는데, 빠져 있어요."),
        ("/level 라면", "🤔 1이나 2처럼 몇 차인지(10까지) 있어야 하는데, 빠져 있어요."),
        ("/amount 카카오", "🤔 한 번에 살 금액이 있어야 하는데, 빠져 있어요."),
        ("/level 11", "🤔 1이나 2처럼 몇 차인지(10까지) 있어야 하는데, 이렇게 적혀 있어요: 11"),
        ("/amount 백만원", "🤔 한 번에 살 금액이 있어야 하는데, 이렇게 적혀 있어요: 백만원"),
        ("/amount 카카오 $5", "🤔 그 종목을 사는 돈(원 또는 달러)으로 쓴 금액이 있어야 하는데, 이렇게 적혀 있어요: $5"),
        ("/holiday maybe", "🤔 on이나 off가 있어야 하는데, 이렇게 적혀 있어요: maybe"),
        ("/quiet 밤에", "🤔 서로 다른 시작 시각과 끝 시각이 있어야 하는데, 이렇게 적혀 있어요: 밤에"),
        ("/mute 400d", "🤔 30분이나 2시간 같은 시간이(30일까지) 있어야 하는데, 이렇게 적혀 있어요: 400d"),
        ("/invite king", "🤔 member나 viewer가 있어야 하는데, 이렇게 적혀 있어요: king"),
    ],
)
def test_what_is_wrong_is_said_before_the_example(tmp_path: Path, text: str, first: str) -> None:
    """Who sees the example alone does not see in what his own line differs from it."""
    [said] = watching(tmp_path).texts(typed(ANNA, text))

    wrong, _, example = said.partition("\n\n")
    assert wrong == first
    assert text.split(maxsplit=1)[0] in example


@pytest.mark.parametrize("text", ["/add", "/on", "/off", "/say"])
def test_a_command_alone_is_no_mistake_but_is_asked_what_it_lacks(tmp_path: Path, text: str) -> None:
    """The menu sends it so."""
    [said] = watching(tmp_path).texts(typed(ANNA, text))

    assert "🤔" not in said
    assert "까요?" in said


def test_many_stocks_stand_two_in_a_row(tmp_path: Path) -> None:
    """Forty rows are no keyboard."""
    watches = [SeededWatch(symbol=f"00000{digit}", name=f"회사{digit}", venue=Venue.KRX) for digit in range(7)]
    desk = Reception(tmp_path, seeded(ANNA, "operator", *watches))

    desk.texts(typed(ANNA, "/remove"))

    assert desk.buttons() == [["회사0", "회사1"], ["회사2", "회사3"], ["회사4", "회사5"], ["회사6"]]


def test_somebody_is_told_who_he_is_and_chooses_his_language(tmp_path: Path) -> None:
    """The bot speaks to each in his own."""
    desk = watching(tmp_path)

    [me] = desk.texts(typed(ANNA, "/me"))
    assert me.splitlines() == [
        f"🙋 {ANNA}",
        "",
        "역할: 운영자",
        "언어: 한국어",
        "시간대: Asia/Seoul",
        "알림이 울리는 시간: 국내 정규장, 미국 정규장",
        "지켜보는 종목: 2개",
    ]
    desk.texts(typed(ANNA, "/lang"))
    assert desk.buttons() == [["한국어", "English"]]
    assert desk.press(ANNA, "English") == ["I will speak English from now on."]
    assert "Role: operator" in desk.texts(typed(ANNA, "/me"))[0]
    assert desk.texts(typed(ANNA, "/언어 영어")) == ["I will speak English from now on."]
    assert desk.texts(typed(ANNA, "/lang 한국어")) == ["네, 이제 한국어로 말씀드릴게요."]
    assert "/lang en" in desk.texts(typed(ANNA, "/lang klingon"))[0]


def test_the_operator_sees_who_is_there(tmp_path: Path) -> None:
    """With who takes no messages."""
    desk = watching(tmp_path)
    desk.register.set_reachable(2, reachable=False)

    [people] = desk.texts(typed(ANNA, "/people"))

    assert people.splitlines()[2:5] == [
        f"• {ANNA} · 운영자 · 종목 2개",
        f"• {BORA} · 보기만 · 종목 0개",
        "  📵 지금은 메시지를 받지 못해요",
    ]


def code_in(text: str) -> str:
    """Return the code in an invitation."""
    return text.rpartition("/start ")[2]


def test_an_invitation_lets_a_stranger_in_once_as_what_it_says(tmp_path: Path) -> None:
    """The operator needs no shell for it; the link types the code."""
    desk = watching(tmp_path)

    [text] = desk.texts(typed(ANNA, "/invite viewer"))
    code = code_in(text)
    assert f"https://t.me/Sigmabell_bot?start={code}\n" in text
    assert "2025-12-05 14:30" in text
    assert desk.texts(typed(7, f"/start {code}", -5, "group"), typed(7, f"/start {code.lower()}"))[0].startswith(
        "반가워"
    )
    assert desk.texts(typed(8, f"/start {code}")) == []
    assert [person.role for person in desk.register.people()] == ["operator", "viewer", "viewer"]
    assert "/invite viewer" in desk.texts(typed(ANNA, "/invite operator"))[0]


def test_an_invitation_expires(tmp_path: Path) -> None:
    """A code in a forgotten message opens nothing for ever."""
    desk = watching(tmp_path)
    code = code_in(desk.texts(typed(ANNA, "/invite"))[0])

    desk.clock.step(7 * 86_400)

    assert desk.texts(typed(7, f"/start {code}", at=desk.clock.now())) == []


def test_who_was_let_in_and_not_greeted_is_greeted_when_the_code_comes_again(tmp_path: Path) -> None:
    """Killed in between, we are told of it again: that he is in already would not say how he gets to watch a stock."""
    desk = watching(tmp_path)
    code = code_in(desk.texts(typed(ANNA, "/invite"))[0])
    greeting = desk.texts(typed(7, f"/start {code}"))

    assert desk.texts(typed(7, f"/start {code}")) == greeting
    assert desk.texts(typed(7, "/start")) != greeting
    assert "이미 함께하고" in desk.texts(typed(ANNA, f"/start {code}"))[0]


def test_a_stranger_gets_five_tries_an_hour_also_over_a_restart(tmp_path: Path) -> None:
    """A code that can be guessed at leisure is no code."""
    desk = watching(tmp_path)
    code = code_in(desk.texts(typed(ANNA, "/invite"))[0])
    desk.texts(*(typed(7, f"/start WRONG-{number}") for number in range(5)))

    later = Reception(tmp_path, seeded(ANNA, "operator"))
    assert later.texts(typed(7, f"/start {code}")) == []
    later.clock.step(3_599)
    assert later.texts(typed(7, f"/start {code}", at=later.clock.now())) == []
    later.clock.step(1)
    assert later.texts(typed(7, f"/start {code}", at=later.clock.now()))[0].startswith("반가워요")


def test_the_operator_is_told_who_has_come_in(tmp_path: Path) -> None:
    """A code that was handed on may have gone further; his own coming is no news to him."""
    desk = Reception(tmp_path)
    operators, members = (desk.office.membership.invite(role).code for role in (Role.OPERATOR, Role.MEMBER))

    desk.bring(typed(ANNA, f"/start {operators}"))
    desk.bring(*(typed(BORA, f"/start {members}") for _ in range(2)), typed(7, f"/start {members}"))

    joined = ChatChanged(change=ChatChange.JOINED, name=desk.register.people()[1].name)
    assert [(letter.person_id, letter.matter) for letter in desk.letters()] == [(THE_OPERATOR, joined)]


def test_the_operator_is_told_who_has_come_in_right_before_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next life knows the person, and would not think of it any more: both are on disk, or neither."""
    desk = Reception(tmp_path, seeded(ANNA, "operator"))
    code = desk.office.membership.invite(Role.MEMBER).code
    admit = desk.register.admit

    def admit_and_die(**named: Any) -> None:  # noqa: ANN401 - handed on
        admit(**named)
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.register, "admit", admit_and_die)
    with pytest.raises(KeyboardInterrupt):
        desk.bring(typed(BORA, f"/start {code}"))

    later = Reception(tmp_path, seeded(ANNA, "operator"))
    later.bring(typed(BORA, f"/start {code}"))
    assert [letter.matter for letter in later.letters()] == [ChatChanged(change=ChatChange.JOINED, name=str(BORA))]


def test_the_operator_is_told_whose_chat_is_lost_and_comes_back(tmp_path: Path) -> None:
    """Once a change, however often Telegram says it, and in a letter: he may be out of reach just now."""
    desk = watching(tmp_path)

    desk.bring(*(membership(BORA, status, by=BORA) for status in ("kicked", "kicked", "member")))
    desk.bring(typed(BORA, "/list"), membership(ANNA, "kicked", by=ANNA))

    assert [(letter.person_id, letter.matter) for letter in desk.letters()] == [
        (THE_OPERATOR, ChatChanged(change=ChatChange.LOST, name=str(BORA))),
        (THE_OPERATOR, ChatChanged(change=ChatChange.RETURNED, name=str(BORA))),
    ]
    assert [person.reachable for person in desk.register.people()] == [False, True]


def test_a_private_word_says_nothing_of_the_group_that_takes_somebodys_messages(tmp_path: Path) -> None:
    """The bot was thrown out there: called back with each word, it would be lost again with each alert."""
    family = msgspec.structs.replace(seeded(BORA, "member"), chat_id=-5)
    desk = Reception(tmp_path, seeded(ANNA, "operator"), family)
    desk.bring(membership(-5, "kicked", by=BORA))

    desk.bring(typed(BORA, "/list"))

    assert [person.reachable for person in desk.register.people()] == [True, False]
    assert [letter.matter for letter in desk.letters()] == [ChatChanged(change=ChatChange.LOST, name=str(BORA))]


def test_the_operator_is_told_of_groups(tmp_path: Path) -> None:
    """Of one that nobody asked for, and of one that moves and takes somebody's alerts along."""
    family = msgspec.structs.replace(seeded(BORA, "member"), chat_id=-5)
    desk = Reception(tmp_path, seeded(ANNA, "operator"), family)
    moved = typed(ANNA, "", -5, "group")
    moved["message"]["migrate_to_chat_id"] = -1_000_000_000_005  # type: ignore[index]

    desk.bring(membership(-9, "member", "동창회"), membership(-9, "left", "동창회"), moved)

    assert [letter.matter for letter in desk.letters()] == [
        ChatChanged(change=ChatChange.ENTERED, name="동창회"),
        ChatChanged(change=ChatChange.MOVED, name=str(BORA)),
    ]
    assert [person.chat_id for person in desk.register.people()] == [ANNA, -1_000_000_000_005]
    assert desk.said == []


def test_a_price_is_shown_with_its_distances_and_of_what_is_not_watched_offered_to_be(tmp_path: Path) -> None:
    """By name, as everywhere; who has it muted sees that, too."""
    desk = watching(tmp_path)
    desk.ports.answers["evaluator", "prices"] = lambda: {"035720": {"price": 41_000.0}}
    desk.ports.answers["analyst", "find"] = find
    charts: list[dict[str, object]] = []

    def draw(**asked: object) -> dict[str, object]:
        charts.append(asked)
        return {}

    desk.ports.answers["analyst", "chart"] = draw

    assert desk.texts(typed(ANNA, "/price ㅋㅋㅇ")) == ["• 카카오 (035720) 41,000원\n  목표가를 준비하고 있어요"]
    assert desk.press(ANNA, "📈 차트") == []
    assert charts == [{"person": 1, "symbol": "035720"}]
    desk.texts(typed(ANNA, "/price 카카오", -5, "group"))
    assert desk.buttons() == []
    desk.texts(typed(ANNA, "/mute 카카오 1h"))
    assert desk.texts(typed(ANNA, "/price 카카오"))[0].startswith("• 카카오 (035720) 41,000원 🔕 조용히")
    assert "장이 열리면 보여요" in desk.texts(typed(ANNA, "/price 카카오뱅크"))[0]
    desk.ports.answers["analyst", "targets"] = lambda: {"open": ["323410"]}
    assert "잠시 뒤에 다시 물어봐 주세요" in desk.texts(typed(ANNA, "/price 카카오뱅크"))[0]
    assert "추가할까요" in desk.texts(typed(ANNA, "/price 삼성전자"))[0]
    assert desk.press(ANNA, desk.buttons()[0][0])[0].startswith("✅ 삼성전자 (005930)")
    desk.texts(typed(BORA, "/price 삼성전자"))
    assert desk.keyboards[-1] == []
    desk.texts(typed(ANNA, "/price"))
    assert len(desk.buttons()) == 3


@pytest.mark.parametrize(
    ("words", "answer", "buttons"),
    [
        ("ㅋㅋㅇ", "• 카카오 (035720)\n", [["📈 차트"]]),
        (" 035720 ", "• 카카오 (035720)\n", [["📈 차트"]]),
        ("삼성전자", "지켜보는 종목만 값을 알 수 있어요. 삼성전자 (005930), 추가할까요?", [[ADD]]),
        ("삼성", "🔎 어떤 종목인가요?", [["삼성전자 (005930)"], ["삼성전자우 (005935)"]]),
        ("라면", "무슨 말씀인지 잘 모르겠어요. /help", []),
    ],
)
def test_a_stocks_name_alone_asks_for_its_price(
    tmp_path: Path, words: str, answer: str, buttons: list[list[str]]
) -> None:
    """Who opens a chat to see a price types what the price is of; what may be several is chosen from as ever."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "find"] = find

    [text] = desk.texts(typed(ANNA, words))

    assert text.startswith(answer)
    assert desk.buttons() == buttons
    assert desk.texts(typed(ANNA, words, -5, "group"), typed(7, words)) == []


def test_in_a_group_the_bot_is_asked_by_its_name(tmp_path: Path) -> None:
    """People speak of stocks to each other all day; with its name in front it is the bot that is meant."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "find"] = find

    def said(text: str) -> list[str]:
        return [answer[:7] for answer in desk.texts(typed(ANNA, text, -5, "group"))]

    assert said("@Sigmabell_bot 카카오") == ["• 카카오 ("]
    assert said("@sigmabell_bot 목록") == ["📋 지켜보는 "]
    assert said("@sigmabell_bot /list") == ["📋 지켜보는 "]
    assert said("@sigmabell_bot 라면") == ["무슨 말씀인지"]
    assert said("@another_bot 카카오") == said("카카오 @sigmabell_bot") == said("@bora 카카오") == []
    assert desk.texts(typed(7, "@Sigmabell_bot 카카오", -5, "group")) == []


def test_help_begins_with_what_is_used_daily(tmp_path: Path) -> None:
    """Under short headings, those that hold nothing for the reader left out; in one message, the operator's as well."""
    desk = watching(tmp_path)

    [whole], [of_viewer] = desk.texts(typed(ANNA, "/help")), desk.texts(typed(BORA, "도움말"))
    [in_group] = desk.texts(typed(ANNA, "/help", -5, "group"))

    first, *groups = [part.splitlines() for part in whole.split("\n\n")]
    assert first == ["이렇게 보내 주시면 돼요. 종목 이름만 보내셔도 가격을 알려 드려요."]
    assert [lines[0] for lines in groups] == [
        "📌 날마다",
        "🔔 내 알림",
        "🌙 조용히",
        "📖 지난 일",
        "⚙️ 나와 시그마벨",
        "🛠 운영자",
    ]
    assert [line.split()[0] for line in groups[0][1:]] == ["/list", "/price", "/today", "/add", "/remove", "/chart"]
    assert len(whole) < 2_000
    assert "🔔 내 알림" not in of_viewer
    assert "/list - " in of_viewer
    assert in_group.startswith("이렇게 보내 주시면 돼요.\n\n📌 날마다\n/list")
    assert "/chart" not in in_group


def test_a_stock_that_is_chosen_for_its_price_is_added_by_the_next_button(tmp_path: Path) -> None:
    """From a beginning of its name to being watched it is two taps."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "find"] = find
    desk.texts(typed(ANNA, "삼성"))

    assert desk.press(ANNA, "삼성전자 (005930)")[0].endswith("추가할까요?")
    assert desk.press(ANNA, ADD)[0].startswith("✅ 삼성전자 (005930)")


@pytest.mark.parametrize(
    "text",
    [
        "오늘은 정말 많이 떨어졌네요 그래도 언젠가는 오르겠지요?",
        "가" * 65,
        "삼성전자\n카카오",
        "👍",
        "",
        "/프라이스 삼성전자",
    ],
)
def test_what_is_no_name_is_not_looked_up(tmp_path: Path, text: str) -> None:
    """Sentences, pictures and mistyped commands are told where help is, also while analyst is away."""
    desk = watching(tmp_path)

    assert desk.texts(typed(ANNA, text)) == ["무슨 말씀인지 잘 모르겠어요. /help 를 보내시면 쓰는 법을 알려 드릴게요."]


def test_a_name_whose_stock_cannot_be_looked_up_now_is_to_be_sent_again(tmp_path: Path) -> None:
    """That it is no stock would be a guess."""
    assert watching(tmp_path).texts(typed(ANNA, "삼성전자"))[0].startswith("지금은 알아볼 수가 없어요.")


def test_what_the_operator_says_goes_to_everybody_else_in_letters(tmp_path: Path) -> None:
    """It comes however long Telegram is away; he himself has just written it."""
    desk = watching(tmp_path)

    assert desk.texts(typed(ANNA, "/say 밤 10시에\n점검해요")) == ["📣 1분께 전할게요."]
    assert "/say" in desk.texts(typed(ANNA, "/say"))[0]

    assert [(letter.person_id, letter.matter) for letter in desk.letters()] == [
        (2, Announcement(by=str(ANNA), text="밤 10시에\n점검해요"))
    ]


def test_the_operator_sees_how_the_streams_are(tmp_path: Path) -> None:
    """Away from the shell, too; what is the matter with a link is named."""
    desk = watching(tmp_path)
    assert "잠시 후" in desk.texts(typed(ANNA, "/feed"))[0]
    links = [{"link": "main", "phase": "waiting", "trouble": "refused"}]
    streams = [{"standing": "confirmed"}, {"standing": "wanted", "polled": True}]
    desk.ports.answers["feed", "subscriptions"] = lambda: {"links": links, "streams": streams}

    assert desk.texts(typed(ANNA, "/feed"))[0].splitlines() == [
        "🔌 온 가족의 시세 구독: 2건 중 실시간 1건, 몇 초마다 확인 1건",
        "한 종목에 여러 건(KRX·NXT·장 상태)일 수 있어요. 내 종목 수로는 /check",
        "• 앱 키 main: 잠시 기다렸다가 다시 연결해요",
        "refused",
    ]


@pytest.mark.parametrize("phase", Phase)
def test_how_a_link_is_has_words(tmp_path: Path, phase: Phase) -> None:
    """`main: connected` was neither Korean nor what an app key is called."""
    desk = watching(tmp_path)
    links = [{"link": "main", "phase": phase.value}]
    desk.ports.answers["feed", "subscriptions"] = lambda: {"links": links, "streams": []}

    line = desk.texts(typed(ANNA, "/feed"))[0].splitlines()[-1]

    assert line.startswith("• 앱 키 main: ")
    assert phase.value not in line


def test_the_operator_sees_the_last_warnings_of_all_actors(tmp_path: Path) -> None:
    """The newest last; what is no line of ours, and what is only said in passing, is left out."""
    desk = watching(tmp_path)
    assert "없어요" in desk.texts(typed(ANNA, "/logs"))[0]
    feed = [
        {"at": "2025-11-28T05:00:02+00:00", "actor": "feed-1", "level": "error", "event": "feed_lost", "reason": "cut"},
        {"at": "2025-11-28T05:00:03+00:00", "actor": "feed-1", "level": "info", "event": "feed_connected"},
    ]
    chart = [{"at": "2025-11-28T05:00:01+00:00", "actor": "chart-1", "level": "warning", "event": "late"}]
    for name, lines in (("feed-1", feed), ("chart-1", chart)):
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (desk.settings.logs_dir / f"{name}.log").write_text(f"half a line\n{text}", encoding="utf-8")

    assert desk.texts(typed(ANNA, "/logs"))[0].splitlines()[2:] == [
        "11-28 14:00:01 chart-1 late",
        "11-28 14:00:02 feed-1 feed_lost cut",
    ]


def test_a_remark_about_a_stock_says_which(tmp_path: Path) -> None:
    """Who reads that a σ cannot be told must not have to search the log for the stock."""
    desk = watching(tmp_path)
    line = {
        "at": "2025-11-28T05:00:02+00:00",
        "actor": "analyst",
        "level": "warning",
        "event": "targets_impossible",
        "symbol": "950160",
        "name": "코오롱티슈진",
        "reason": "too few days",
    }
    (desk.settings.logs_dir / "analyst.log").write_text(f"{json.dumps(line)}\n", encoding="utf-8")

    [text] = desk.texts(typed(ANNA, "/logs"))
    assert text.endswith("14:00:02 analyst targets_impossible 코오롱티슈진 950160 too few days")


def test_strangers_are_counted_and_a_flood_of_them_fills_no_log(tmp_path: Path) -> None:
    """The operator can see that somebody tries, and nobody can write his log full."""
    desk = watching(tmp_path)

    with capture_logs() as logs:
        desk.bring(*(typed(7, f"hello {number}") for number in range(8)), pressed(7, "1.zzzzz.list"))

    assert [line["count"] for line in logs if line["event"] == "stranger_ignored"] == [1, 2, 4, 8]
    assert desk.said == []


def test_the_operator_has_read_anew_what_needs_no_restart(tmp_path: Path) -> None:
    """And is told what still does: a change of conf/ that silently counts for nothing would be a trap."""
    desk = watching(tmp_path)
    desk.ports.answers["analyst", "reload"] = lambda: {"symbols": ["035720", "323410"], "files": ["kospi_code.mst"]}

    [text] = desk.texts(typed(ANNA, "/reload"))
    assert text.splitlines()[2:5] == [
        "✅ 목표가 계산: 종목 파일을 새로 받아요",
        "✅ 목표가 계산: 2종목의 일봉과 목표가를 새로 만들어요",
        "✅ 국내 시세, 미국 시세, 알림 판단: 지켜보는 종목과 규칙을 다시 읽어요",
    ]
    assert "sigmactl reload" in text
    assert isinstance(desk.ports.published[-1], WatchListChanged)

    desk.ports.answers.clear()
    assert "❌ 목표가 계산: 대답이 없어요" in desk.texts(typed(ANNA, "/다시읽기"))[0]
