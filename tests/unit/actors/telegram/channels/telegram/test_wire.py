"""The Bot API's shapes."""

import json
from typing import Any

import pytest

from actors.telegram.channels.outcomes import (
    BadToken,
    Doubtful,
    Moved,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unparsable,
    Wait,
)
from actors.telegram.channels.telegram.wire import (
    Chat,
    Sender,
    TextMessage,
    Update,
    build_commands,
    build_edit,
    build_message,
    build_photo_fields,
    build_poll,
    build_press_answer,
    outcome_of,
    parse_answer,
    parse_name,
    parse_updates,
)
from simulator.telegram.methods import read_caption, read_text
from simulator.telegram.requests import Call


def refusal(code: int, description: str, **parameters: object) -> bytes:
    """Return a refusal as Telegram words it."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()


ACCEPTED = b'{"ok":true,"result":{"message_id":42,"date":1,"chat":{"id":1,"type":"private"}}}'


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, ACCEPTED, Sent(42)),
        (429, refusal(429, "Too Many Requests: retry after 7", retry_after=7), Wait(7.0)),
        (429, b"<html>slow down</html>", Wait(5.0)),
        (429, refusal(429, "Too Many Requests", retry_after=10**9), Wait(3600.0)),
        (429, refusal(429, "Too Many Requests", retry_after=-1), Wait(0.0)),
        (200, refusal(429, "Too Many Requests", retry_after=7), Wait(7.0)),
        (401, refusal(401, "Unauthorized"), BadToken("Unauthorized")),
        (404, refusal(404, "Not Found"), BadToken("Not Found")),
        (
            403,
            refusal(403, "Forbidden: bot was blocked by the user"),
            Refused("Forbidden: bot was blocked by the user"),
        ),
        (400, refusal(400, "Bad Request: chat not found"), Refused("Bad Request: chat not found")),
        (400, refusal(400, "Bad Request: can't parse entities: x"), Unparsable("Bad Request: can't parse entities: x")),
        (
            400,
            refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001),
            Moved(-1001, "Bad Request: group chat was upgraded to a supergroup chat"),
        ),
        (400, refusal(400, "Bad Request: message is too long"), Rejected("Bad Request: message is too long")),
        (413, refusal(413, "Request Entity Too Large"), Rejected("Request Entity Too Large")),
    ],
)
def test_an_answer_is_read_as_what_is_done_about_it(status: int, body: bytes, outcome: Outcome) -> None:
    """Each of these classes is treated differently; one taken for another loses or repeats a message."""
    assert outcome_of(status, body) == outcome


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"<html>Bad Gateway</html>"),
        (500, refusal(500, "Internal Server Error")),
        (200, b'{"ok":true,"result":{"message_id":'),
        (200, b'{"ok":true,"result":true}'),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (200, b""),
        (200, refusal(502, "Bad Gateway")),
        (302, refusal(302, "Found")),
        (403, b"<html>a proxy's own refusal</html>"),
    ],
)
def test_an_answer_that_cannot_be_trusted_leaves_a_doubt(status: int, body: bytes) -> None:
    """Neither "sent" nor "not sent" may be guessed."""
    assert isinstance(outcome_of(status, body), Doubtful)


def test_a_message_shows_exactly_its_text() -> None:
    """Names such as F&F and <b> must arrive as they are, and nothing may become a link."""
    body = json.loads(build_message(7, 'F&F <b> "S&P"'))

    assert body == {
        "chat_id": 7,
        "link_preview_options": {"is_disabled": True},
        "parse_mode": "HTML",
        "text": 'F&amp;F &lt;b&gt; "S&amp;P"',
    }


def test_a_plain_message_has_no_markup_to_refuse() -> None:
    """It is the way out when ours was refused."""
    body = json.loads(build_message(7, "F&F", plain=True))

    assert (body["text"], body.get("parse_mode")) == ("F&F", None)


@pytest.mark.parametrize("letter", ["x", "가", "🚨", "&"])
def test_a_text_is_cut_before_telegram_refuses_it(letter: str) -> None:
    """A long list must arrive in part rather than not at all, and say so; Telegram counts in UTF-16."""
    size = 2 if letter == "🚨" else 1
    text = read_text(Call(json.loads(build_message(7, letter * 5000)), {})).text
    caption = read_caption(Call(dict(build_photo_fields(7, letter * 5000, None)), {})).text
    toast = json.loads(build_press_answer("1", letter * 5000))["text"]
    whole = read_text(Call(json.loads(build_message(7, letter * (4096 // size))), {})).text

    assert (text, caption) == (letter * (4095 // size) + "…", letter * (1023 // size) + "…")
    assert toast == letter * (199 // size) + "…"
    assert whole == letter * (4096 // size)


def test_a_photo_replies_to_its_text_even_if_that_was_deleted() -> None:
    """Somebody who tidies up must still get the picture."""
    fields = build_photo_fields(7, "a < b", 42)

    assert fields["chat_id"] == "7"
    assert fields["caption"] == "a &lt; b"
    assert json.loads(fields["reply_parameters"]) == {"message_id": 42, "allow_sending_without_reply": True}
    assert "reply_parameters" not in build_photo_fields(7, "a", None, plain=True)
    assert "reply_parameters" not in build_photo_fields(7, "a", 0)


def test_a_message_carries_its_buttons_row_by_row() -> None:
    """What stands on a button, and what it sends back."""
    body = json.loads(build_message(7, "x", [[("a", "1"), ("b", "2")], [("c", "3")]]))

    assert body["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "a", "callback_data": "1"}, {"text": "b", "callback_data": "2"}],
            [{"text": "c", "callback_data": "3"}],
        ]
    }


def test_an_edit_names_its_message_and_is_otherwise_the_message() -> None:
    """What an edit leaves out the message loses: its buttons, and that no link is shown large."""
    keys = [[("a", "1")]]

    edit, message = (json.loads(body) for body in (build_edit(7, 42, "F&F", keys), build_message(7, "F&F", keys)))
    assert edit == message | {"message_id": 42}
    assert json.loads(build_edit(7, 42, "F&F", plain=True))["text"] == "F&F"


def test_a_pressed_button_is_answered_shortly() -> None:
    """Telegram shows two hundred characters, and refuses more."""
    assert json.loads(build_press_answer("5", "x" * 300)) == {"callback_query_id": "5", "text": "x" * 199 + "…"}


def test_a_poll_asks_for_what_we_understand_only() -> None:
    """What we do not understand need not travel."""
    assert json.loads(build_poll(8, 25)) == {
        "offset": 8,
        "timeout": 25,
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }


@pytest.mark.parametrize(("result", "name"), [(b'{"id":1,"username":"a_bot"}', "a_bot"), (b"{}", ""), (b"[", "")])
def test_the_bots_name_is_read(result: bytes, name: str) -> None:
    """A command that is addressed to another bot is none of ours."""
    assert parse_name(result) == name


@pytest.mark.parametrize(
    ("status", "is_in"), [("member", True), ("administrator", True), ("kicked", False), ("left", False)]
)
def test_what_the_bot_is_in_a_chat_is_read(status: str, is_in: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Whoever blocks the bot is told nothing until he lets it in again."""
    change = {
        "chat": {"id": -5, "type": "group", "title": "Family"},
        "from": {"id": 7, "is_bot": False, "first_name": "Anna"},
        "date": 1,
        "old_chat_member": {"status": "left", "user": {"id": 1, "is_bot": True, "first_name": "bot"}},
        "new_chat_member": {"status": status, "user": {"id": 1, "is_bot": True, "first_name": "bot"}},
    }
    [update] = parse_updates(json.dumps([{"update_id": 1, "my_chat_member": change}]).encode())

    assert update.my_chat_member is not None
    assert update.my_chat_member.is_in is is_in
    assert update.my_chat_member.chat == Chat(id=-5, type="group", title="Family")


def test_the_menu_is_set_for_a_language() -> None:
    """A Korean phone shows Korean descriptions."""
    assert json.loads(build_commands([("list", "목록")], "ko")) == {
        "commands": [{"command": "list", "description": "목록"}],
        "language_code": "ko",
        "scope": {"type": "default"},
    }


def test_updates_are_read_with_their_sender_and_chat() -> None:
    """Rights hang on the sender's number, not on the chat's."""
    result = json.dumps(
        [
            {
                "update_id": 1,
                "message": {
                    "message_id": 5,
                    "date": 1,
                    "from": {"id": 1001, "is_bot": False, "first_name": "Anna", "language_code": "en"},
                    "chat": {"id": 1001, "type": "private"},
                    "text": "/list",
                },
            }
        ]
    ).encode()

    assert parse_updates(result) == [
        Update(
            update_id=1,
            message=TextMessage(
                message_id=5,
                chat=Chat(id=1001, type="private"),
                sender=Sender(id=1001, first_name="Anna", language_code="en"),
                text="/list",
                date=1,
            ),
        )
    ]


def test_an_update_that_cannot_be_read_does_not_hold_up_the_next() -> None:
    """Without its number it would be brought again for ever."""
    result = b'[{"update_id":1,"message":{"message_id":"?"}},{"update_id":2},{"update_id":3,"poll":{}}]'

    assert parse_updates(result) == [Update(update_id=number) for number in (1, 2, 3)]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"ok":"yes"}', b"nonsense"])
def test_what_is_no_answer_is_none(body: bytes) -> None:
    """The caller decides what an unreadable answer means; it differs."""
    assert parse_answer(body) is None
