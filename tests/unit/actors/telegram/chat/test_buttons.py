"""Buttons: what they send back, and what is made of it."""

from datetime import timedelta

import pytest

from actors.telegram.chat.buttons import Button, Pressed, build_keyboard, parse_pressed

MINUTE_NS = 60_000_000_000
NOW_NS = 29_400_000 * MINUTE_NS + 1
HOUR = timedelta(hours=1)


def test_a_button_sends_back_whose_it_is_until_when_and_what_it_does() -> None:
    """All that is needed is in it: nothing is kept, so a restart changes nothing."""
    [[(label, sent)]] = build_keyboard([[Button("빼기", "remove 005930")]], 2, NOW_NS, HOUR)

    assert label == "빼기"
    assert sent == "2.hi58d.remove 005930"
    assert parse_pressed(sent) == Pressed(2, (29_400_000 + 61) * MINUTE_NS, "remove 005930")


def test_a_button_that_telegram_would_refuse_is_left_out_and_the_rest_stays() -> None:
    """For a button too long the whole message would be refused."""
    rows = [[Button("a", "x" * 60), Button("b", "list")], [Button("c", "가" * 20)]]

    assert [[label for label, _ in row] for row in build_keyboard(rows, 1, NOW_NS, HOUR)] == [["b"]]


@pytest.mark.parametrize("sent", ["", "x", "1.", "1.2.", "a.b.list", "1.!.list", ".2.list", "1..list"])
def test_what_is_no_button_of_ours_is_none(sent: str) -> None:
    """Who speaks to Telegram without its app may send anything."""
    assert parse_pressed(sent) is None


def test_a_command_may_hold_points() -> None:
    """As US symbols do."""
    assert parse_pressed("1.1.remove BRK.B") == Pressed(1, MINUTE_NS, "remove BRK.B")
