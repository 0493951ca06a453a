"""An edited alert is the same alert, or a wrong one."""

from pathlib import Path

import msgspec
import pytest

from protocol.rules import Direction
from simulator.judgement.alert_text import parse_alert
from simulator.judgement.oracle import expected_alerts
from simulator.judgement.verdict import read_accepted
from simulator.telegram.log import LogLine, TelegramLog
from simulator.telegram.types import Button, Keyboard
from tests.support.falling_market import circumstances, price_rule, text_of, trade

[DUE] = expected_alerts(circumstances(trade(9_850, 10)))
TEXT = text_of(DUE)
SECOND = f"{TEXT}\n\n↕️ 2번째 닿았어요 · 지금 9,840원 (09:00:20)"
THIRD = f"{TEXT}\n\n↕️ Reached 3 times now · ₩9,830 (09:00:30)"
KEYS = Keyboard(inline_keyboard=[[Button(text="끄기", callback_data="2.off")]])


def problems(directory: Path, *edits: str, keyboard: Keyboard | None = KEYS, sent: str = TEXT) -> list[str]:
    """Return what is wrong with each alert that is found where a message is *sent* and then edited."""
    log = TelegramLog(directory)
    log.write(LogLine(method="chat", accepted=True, chat_id=1007))
    log.write(LogLine(method="sendMessage", accepted=True, chat_id=1007, message_id=1, text=sent, keyboard=KEYS))
    for edit in edits:
        line = LogLine(
            method="editMessageText", accepted=True, chat_id=1007, message_id=1, text=edit, keyboard=keyboard
        )
        log.write(msgspec.structs.replace(line, accepted=False, text="refused"))
        log.write(line)
    log.close()
    return [each.problem for each in read_accepted(directory)]


def test_what_happened_since_may_be_added_and_made_newer(tmp_path: Path) -> None:
    """Whoever reads the message now reads the same alert."""
    assert problems(tmp_path, SECOND, THIRD) == [""]
    assert parse_alert(SECOND) == parse_alert(THIRD) == parse_alert(TEXT)


@pytest.mark.parametrize(
    ("edits", "flaw"),
    [
        ([SECOND.replace("9,850원", "9,851원")], "what it said was changed"),
        ([SECOND.replace("(122630)", "(005930)")], "what it said was changed"),
        ([SECOND.replace("목표가: 9,", "목표가: 8,")], "what it said was changed"),
        ([THIRD, SECOND], "2 times is no more"),
        ([SECOND.replace("2번째", "1번째")], "1 times is no more"),
        ([SECOND.replace("9,840원", "9,999원")], "9,999원 has not reached its target"),
        ([TEXT], "edited without saying what happened"),
        (["모두 취소되었어요."], "edited without saying what happened"),
    ],
)
def test_whatever_else_an_edit_does_is_wrong(tmp_path: Path, edits: list[str], flaw: str) -> None:
    """A message that changes its price or target behind its reader's back is worse than a late one."""
    found = problems(tmp_path, *edits)

    assert [problem for problem in found if problem] == [flaw]


def test_what_waits_above_is_reached_again_from_below(tmp_path: Path) -> None:
    """Each rule has its own side."""
    above = price_rule(10_100.0, direction=Direction.ABOVE)
    [due] = expected_alerts(circumstances(trade(10_150, 10), rules=[above]))
    sent = text_of(due)
    reached = f"{sent}\n\n↕️ 2번째 닿았어요 · 지금 10,100원 (09:00:20)"

    assert problems(tmp_path, reached, sent=sent) == [""]
    assert problems(tmp_path / "other", reached.replace("10,100원 (", "10,050원 ("), sent=sent) == [
        "",
        "10,050원 has not reached its target",
    ]


def test_an_edit_that_takes_the_buttons_away_is_wrong(tmp_path: Path) -> None:
    """Telegram removes them where an edit does not bring them again."""
    assert problems(tmp_path, SECOND, keyboard=None) == ["", "its buttons were changed"]


def test_a_message_that_tells_of_several_is_not_edited(tmp_path: Path) -> None:
    """Nobody would see which of its lines has changed."""
    entries = "🚨 1차 · 📊 A (122630)\n💰 9,850원 (-1.50%) · 🎯 9,899원 · 📉 1.01%\n⏰ 2025-11-28 09:00:10"
    group = f"📢 알림 2건이 한꺼번에 왔어요.\n\n{entries}\n\n{entries}"

    [*_, last] = problems(tmp_path, f"{group}\n\n↕️ 2번째 닿았어요 · 지금 9,840원 (09:00:20)", sent=group)
    assert last.startswith("edited, though it is not one alert")


def test_a_message_that_was_none_cannot_be_made_an_alert(tmp_path: Path) -> None:
    """It would have come without a sound."""
    assert problems(tmp_path, SECOND, sent="안녕하세요") == [
        "edited, though it is not one alert: expected a line that begins with 💰, found ['안녕하세요']"
    ]
    assert problems(tmp_path / "other", "잘 가요", sent="안녕하세요") == []
