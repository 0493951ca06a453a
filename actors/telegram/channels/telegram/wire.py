"""The Bot API's shapes: bytes to Structs and back. Pure.

Every answer is `{"ok": true, "result": …}` or `{"ok": false, "error_code": N, "description": "…", "parameters": {…}}`,
and the HTTP status equals `error_code`. Unknown fields are skipped; of an update that cannot be read only its number is
kept. What became of a message, and what is done about it (`actors.telegram.channels.outcomes`):

    answer                                                   outcome     next
    200, ok                                                  Sent        done
    DNS, refused, no connection in time, bad certificate     NotSent     again, for ever, 1 → 60 s
    429                                                      Wait        again after what it asks, the chat waits
    time-out or reset after the request was written, 5xx,    Doubtful    again after 2-5 s, marked as a possible
      an answer that cannot be read                                        repeat; after silence later,
                                                                           so that the mark is on the last
    400 can't parse entities                                 Unparsable  again at once, as plain text
    400 upgraded to a supergroup                             Moved       again at once, to its new number
    403, 400 chat not found                                  Refused     given up, the person is unreachable
    another 4xx                                              Rejected    given up, our mistake
    401, 404                                                 BadToken    kept, the operator must act

sendMessage has no idempotency key, so a doubt cannot be resolved; it can only be owned up to.
Source: Bot API 10, "Making requests", "Getting updates", "Formatting options".
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from actors.telegram.channels.channel import Keyboard
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

__all__ = [
    "EVERYWHERE",
    "EVERY_GROUP",
    "Answer",
    "Chat",
    "MembershipChange",
    "Press",
    "Scope",
    "Sender",
    "TextMessage",
    "Update",
    "build_commands",
    "build_edit",
    "build_message",
    "build_photo_fields",
    "build_poll",
    "build_press_answer",
    "outcome_of",
    "parse_answer",
    "parse_name",
    "parse_updates",
]

OK = 200
BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
DEFAULT_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_TOAST = 200
UPDATES = ("message", "callback_query", "my_chat_member")
# What the bot is in a chat that does not take its messages.
OUTSIDE = frozenset({"kicked", "left"})
# What a 400 says when it is the chat that is at fault.
CHAT_COMPLAINTS = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty", "have no rights to send")


class Sender(Struct, frozen=True, kw_only=True):
    """Who wrote (`User` of the Bot API)."""

    id: int
    is_bot: bool = False
    first_name: str = ""
    language_code: str = ""


class Chat(Struct, frozen=True, kw_only=True):
    """Where it was written; `private` is a chat with one person."""

    id: int
    type: str
    title: str = ""
    """A group's name."""


class TextMessage(Struct, frozen=True, kw_only=True):
    """What was written (`Message`)."""

    message_id: int
    chat: Chat
    sender: Sender | None = msgspec.field(name="from", default=None)
    text: str = ""
    date: int = 0
    """When it was written, UTC epoch seconds."""
    migrate_to_chat_id: int = 0
    """The number that this group has from now on, because it became a supergroup; 0 in all other messages."""


class Press(Struct, frozen=True, kw_only=True):
    """Somebody pressed a button (`CallbackQuery`)."""

    id: str
    sender: Sender = msgspec.field(name="from")
    message: TextMessage | None = None
    """The message under which it stands; None if that is too old."""
    data: str = ""


class Membership(Struct, frozen=True, kw_only=True):
    """What the bot is in a chat (`ChatMember`)."""

    status: str


class MembershipChange(Struct, frozen=True, kw_only=True):
    """Somebody let the bot in or threw it out, or blocked it (`ChatMemberUpdated`)."""

    chat: Chat
    sender: Sender = msgspec.field(name="from")
    new_chat_member: Membership

    @property
    def is_in(self) -> bool:
        """Whether the chat takes our messages now."""
        return self.new_chat_member.status not in OUTSIDE


class Update(Struct, frozen=True, kw_only=True):
    """One thing that happened; all is None for what we did not ask for or could not read."""

    update_id: int
    message: TextMessage | None = None
    callback_query: Press | None = None
    my_chat_member: MembershipChange | None = None


class Scope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In which chats a menu is shown (`BotCommandScope`): `default`, `all_group_chats`, or one `chat`."""

    type: str
    chat_id: int = 0


EVERYWHERE = Scope(type="default")
EVERY_GROUP = Scope(type="all_group_chats")


class Parameters(Struct, frozen=True, kw_only=True):
    """What a refusal adds."""

    retry_after: float | None = None
    """Seconds."""
    migrate_to_chat_id: int = 0
    """The number of the supergroup that the group has become."""


class Answer(Struct, frozen=True, kw_only=True):
    """Every method's answer."""

    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: Parameters = Parameters()


class _SentMessage(Struct, frozen=True, kw_only=True):
    message_id: int


class _User(Struct, frozen=True, kw_only=True):
    username: str = ""


class _Numbered(Struct, frozen=True, kw_only=True):
    update_id: int


_answers = msgspec.json.Decoder(Answer)
_sent_messages = msgspec.json.Decoder(_SentMessage)
_update_lists = msgspec.json.Decoder(list[msgspec.Raw])
_updates = msgspec.json.Decoder(Update)
_users = msgspec.json.Decoder(_User)
_numbers = msgspec.json.Decoder(_Numbered)


def parse_answer(body: bytes) -> Answer | None:
    """Return the answer in *body*, None if it cannot be read."""
    try:
        return _answers.decode(body)
    except (ValueError, RecursionError):
        return None


def outcome_of(status: int, body: bytes) -> Outcome:
    """Return what the HTTP *status* and *body* of an answer to a send or an edit mean: the table above."""
    if status == TOO_MANY_REQUESTS:
        return _wait(parse_answer(body))
    if status >= SERVER_ERROR:
        return Doubtful(f"HTTP {status}")
    answer = parse_answer(body)
    if answer is None:
        return Doubtful(f"HTTP {status} with an answer that cannot be read")
    if answer.ok:
        return _sent(answer)
    if status == OK:
        # Seen from proxies: the refusal is true, the status is not.
        return _refusal(answer.error_code, answer)
    return _refusal(status, answer)


def parse_name(result: bytes) -> str:
    """Return the bot's name in the *result* of getMe, empty if there is none."""
    try:
        return _users.decode(result).username
    except (ValueError, RecursionError):
        return ""


def parse_updates(result: bytes) -> list[Update]:
    """Return the updates in the *result* of getUpdates.

    Raises:
        ValueError: it is no list, or something in it has no number.
    """
    updates = []
    for raw in _update_lists.decode(result):
        try:
            updates.append(_updates.decode(raw))
        except (ValueError, RecursionError):
            updates.append(Update(update_id=_numbers.decode(raw).update_id))
    return updates


def build_message(
    chat_id: int, text: str, keyboard: Keyboard = (), *, plain: bool = False, silent: bool = False
) -> bytes:
    """Return sendMessage's body; *text* is what shall be read, all of which is escaped unless it goes *plain*."""
    fields = _text_fields(chat_id, text, keyboard, plain=plain)
    if silent:
        fields["disable_notification"] = True
    return msgspec.json.encode(fields)


def build_edit(chat_id: int, message_id: int, text: str, keyboard: Keyboard = (), *, plain: bool = False) -> bytes:
    """Return editMessageText's body; without a *keyboard* the message loses the one that it has."""
    return msgspec.json.encode({"message_id": message_id} | _text_fields(chat_id, text, keyboard, plain=plain))


def build_photo_fields(chat_id: int, caption: str, reply_to: int | None, *, plain: bool = False) -> dict[str, str]:
    """Return sendPhoto's form fields, all but the photo; it makes no sound, as the text before it may have made one.

    A message to reply to that is gone does no harm; none begins with 0.
    """
    fields = {"chat_id": str(chat_id), "disable_notification": "true"} | _formatted(
        "caption", _cut(caption, LONGEST_CAPTION), plain=plain
    )
    if reply_to:
        reply = {"message_id": reply_to, "allow_sending_without_reply": True}
        fields["reply_parameters"] = msgspec.json.encode(reply).decode()
    return fields


def build_poll(offset: int, timeout_s: int) -> bytes:
    """Return getUpdates' body: all that we understand from *offset* on, held open for *timeout_s* for want of any."""
    return msgspec.json.encode({"offset": offset, "timeout": timeout_s, "allowed_updates": UPDATES})


def build_press_answer(press_id: str, text: str) -> bytes:
    """Return answerCallbackQuery's body; *text* is shown for a moment, an empty one only ends the waiting."""
    return msgspec.json.encode({"callback_query_id": press_id, "text": _cut(text, LONGEST_TOAST)})


def build_commands(commands: Sequence[tuple[str, str]], language_code: str = "", scope: Scope = EVERYWHERE) -> bytes:
    """Return setMyCommands' body for the (command, description) pairs; without a language, for everybody else."""
    listed = [{"command": command, "description": description} for command, description in commands]
    return msgspec.json.encode({"commands": listed, "language_code": language_code, "scope": scope})


def _text_fields(chat_id: int, text: str, keyboard: Keyboard, *, plain: bool) -> dict[str, object]:
    fields: dict[str, object] = {"chat_id": chat_id, "link_preview_options": {"is_disabled": True}}
    if keyboard:
        fields["reply_markup"] = {
            "inline_keyboard": [[{"text": label, "callback_data": data} for label, data in row] for row in keyboard]
        }
    return fields | _formatted("text", _cut(text, LONGEST_TEXT), plain=plain)


def _formatted(field: str, text: str, *, plain: bool) -> dict[str, str]:
    if plain:
        return {field: text}
    return {field: _escape(text), "parse_mode": "HTML"}


def _cut(text: str, most: int) -> str:
    """Return as much of *text* as Telegram takes, and `…` for the rest; it counts in UTF-16, where an emoji is two."""
    # No character is more than two units.
    if 2 * len(text) <= most:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    # Half of a character at the end is left out.
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def _escape(text: str) -> str:
    """Replace what the Bot API says must be replaced in HTML; `html` of the library brings a 0.4 MB list of names."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _wait(answer: Answer | None) -> Wait:
    asked_s = answer.parameters.retry_after if answer is not None else None
    return Wait(min(max(DEFAULT_WAIT_S if asked_s is None else asked_s, 0.0), LONGEST_WAIT_S))


def _sent(answer: Answer) -> Outcome:
    try:
        return Sent(_sent_messages.decode(answer.result).message_id)
    except (ValueError, RecursionError):
        return Doubtful("accepted, but without a message that can be read")


def _refusal(code: int, answer: Answer) -> Outcome:
    reason = answer.description[:200]
    if code == TOO_MANY_REQUESTS:
        return _wait(answer)
    if code in {UNAUTHORIZED, NOT_FOUND}:
        return BadToken(reason)
    if code == FORBIDDEN:
        return Refused(reason)
    if code == BAD_REQUEST:
        return _bad_request(answer, reason)
    return Rejected(reason) if BAD_REQUEST < code < SERVER_ERROR else Doubtful(f"error {code}: {reason}")


def _bad_request(answer: Answer, reason: str) -> Outcome:
    lowered = reason.lower()
    if answer.parameters.migrate_to_chat_id:
        return Moved(answer.parameters.migrate_to_chat_id, reason)
    if any(complaint in lowered for complaint in CHAT_COMPLAINTS):
        return Refused(reason)
    return Unparsable(reason) if "can't parse" in lowered else Rejected(reason)
