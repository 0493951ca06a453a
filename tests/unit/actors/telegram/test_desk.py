"""What comes in, and what is answered."""

from datetime import timedelta
from pathlib import Path

from tests.support.reception import Reception, pressed, typed
from tests.support.town import ANNA, BORA, seeded


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


def test_a_viewer_who_presses_a_button_may_no_more_than_he_may_type(tmp_path: Path) -> None:
    """A button is a command that is written already; it lends nobody a right."""
    desk = reception(tmp_path)

    desk.bring(pressed(BORA, "2.zzzzz.remove 005930"))

    assert "알림만 받으시도록" in desk.said[0][1]
