"""The methods of the Bot API that the simulator serves: check a request as the real server does and say what it does.

A method that changes something answers with the log line of its effect; `perform` writes the line, applies it to the
book and returns the method's result. Methods that only look answer with the result itself.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from simulator.telegram.chats import ChatBook
from simulator.telegram.html import EntityError, FormattedText, is_blank, parse_html, parse_plain, utf16_length
from simulator.telegram.limits import FloodLimits
from simulator.telegram.log import LogLine, TelegramLog
from simulator.telegram.pictures import keep_picture, path_of_file_id
from simulator.telegram.requests import Call
from simulator.telegram.types import ApiError, Message

__all__ = ["MAX_CAPTION", "MAX_TEXT", "BotMethods", "Clock", "read_caption", "read_text"]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ANSWER = 200
MAX_COMMANDS = 100
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_LOGGED_NAMES = {
    name.lower(): name
    for name in ("sendMessage", "sendPhoto", "editMessageText", "answerCallbackQuery", "setMyCommands")
}


class Clock(Protocol):
    """The times a line is stamped with, in nanoseconds; `simulator.clock.WorldClock` is one."""

    def now_ns(self) -> int:
        """Return the world's moment, UTC epoch."""

    def monotonic_ns(self) -> int:
        """Return the machine's monotonic clock."""


class _Command(Struct):
    command: str
    description: str


class BotMethods:
    """What a bot may ask, by method name in lower case."""

    def __init__(
        self, book: ChatBook, log: TelegramLog, directory: Path, clock: Clock, limits: FloodLimits | None
    ) -> None:
        self._book = book
        self._log = log
        self._directory = directory
        self._clock = clock
        self._limits = limits
        self._effects: dict[str, Callable[[Call], LogLine]] = {
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "editmessagetext": self._edit_message_text,
            "answercallbackquery": self._answer_callback_query,
            "setmycommands": self._set_my_commands,
        }
        self._looks: dict[str, Callable[[Call], object]] = {
            "getme": lambda _: book.bot,
            "getmycommands": lambda call: book.commands.get(_scope(call), []),
            "sendchataction": lambda call: bool(book.reachable_chat(call.chat_id)),
            "deletewebhook": lambda _: True,
        }

    def has(self, method: str) -> bool:
        """Say whether *method* (lower case) exists; getUpdates is served elsewhere."""
        return method in self._effects or method in self._looks

    def perform(self, method: str, call: Call, *, is_reply_delivered: bool = True) -> object:
        """Do what is asked and return the result.

        Raises:
            ApiError: refused; the log has it.
        """
        look = self._looks.get(method)
        if look:
            return look(call)
        try:
            line = self._effects[method](call)
        except ApiError as error:
            self.refuse(method, call, error.description)
            raise
        line = self.record(msgspec.structs.replace(line, reply_delivered=is_reply_delivered))
        return self._result_of(line)

    def refuse(self, method: str, call: Call, reason: str) -> None:
        """Log a request that had no effect."""
        raw = call.text("text") or call.text("caption")
        name = _LOGGED_NAMES.get(method, method)
        self.record(LogLine(method=name, accepted=False, chat_id=call.chat_id, raw_text=raw, error=reason))

    def record(self, line: LogLine) -> LogLine:
        """Stamp *line*, write it and let it take effect; return it as written."""
        stamped = msgspec.structs.replace(line, at_ns=self._clock.now_ns(), monotonic_ns=self._clock.monotonic_ns())
        self._log.write(stamped)
        self._book.apply(stamped)
        return stamped

    def _result_of(self, line: LogLine) -> object:
        return self._book.messages[line.message_id] if line.message_id else True

    def _send_message(self, call: Call) -> LogLine:
        return self._new_message("sendMessage", call, read_text(call))

    def _send_photo(self, call: Call) -> LogLine:
        line = self._new_message("sendPhoto", call, read_caption(call))
        photo = call.text("photo")
        content = call.files.get(photo.removeprefix("attach://") if photo.startswith("attach://") else "photo")
        if content is not None:
            path = keep_picture(content, line.message_id, self._directory)
        elif photo:
            path = path_of_file_id(photo, self._directory)
        else:
            raise ApiError(400, "Bad Request: there is no photo in the request")
        return msgspec.structs.replace(line, photo=path)

    def _new_message(self, method: str, call: Call, formatted: FormattedText) -> LogLine:
        chat = self._book.reachable_chat(call.chat_id)
        reply_to, may_be_gone = call.reply_to()
        if reply_to and self._book.message_in(chat.id, reply_to) is None:
            if not may_be_gone:
                raise ApiError(400, "Bad Request: message to be replied not found")
            reply_to = 0
        keyboard = call.keyboard()
        self._count_message(chat.id)
        return LogLine(
            method=method,
            accepted=True,
            chat_id=chat.id,
            text=formatted.text,
            raw_text=call.text("text") or call.text("caption"),
            entities=formatted.entities,
            reply_to=reply_to,
            silent=call.truth("disable_notification"),
            keyboard=keyboard,
            message_id=self._book.last_message_id + 1,
        )

    def _count_message(self, chat_id: int) -> None:
        if self._limits is None:
            return
        wait_s = self._limits.retry_after_s(chat_id, self._clock.monotonic_ns() / 1e9)
        if wait_s:
            raise too_many_requests(wait_s)

    def _edit_message_text(self, call: Call) -> LogLine:
        formatted = read_text(call)
        chat = self._book.reachable_chat(call.chat_id)
        message = self._book.message_in(chat.id, call.integer("message_id"))
        _check_editable(message, self._book.bot.id)
        keyboard = call.keyboard()
        is_same = message is not None and (message.text, message.entities or [], message.reply_markup) == (
            formatted.text,
            formatted.entities,
            keyboard,
        )
        if is_same:
            raise ApiError(400, _NOT_MODIFIED)
        self._count_message(chat.id)
        return LogLine(
            method="editMessageText",
            accepted=True,
            chat_id=chat.id,
            text=formatted.text,
            raw_text=call.text("text"),
            entities=formatted.entities,
            keyboard=keyboard,
            message_id=call.integer("message_id"),
        )

    def _answer_callback_query(self, call: Call) -> LogLine:
        query_id, text = call.text("callback_query_id"), call.text("text")
        if query_id not in self._book.queries:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if utf16_length(text) > MAX_ANSWER:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        return LogLine(method="answerCallbackQuery", accepted=True, text=text, raw_text=text, data=query_id)

    def _set_my_commands(self, call: Call) -> LogLine:
        commands = _commands_of(call)
        data = msgspec.json.encode({_scope(call): commands}).decode()
        return LogLine(method="setMyCommands", accepted=True, data=data)


def too_many_requests(retry_after_s: int) -> ApiError:
    """Return the refusal of whoever sends too fast."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after_s}", {"retry_after": retry_after_s})


def read_text(call: Call) -> FormattedText:
    """Return the text of a message, parsed.

    Raises:
        ApiError: its markup is wrong, it is longer than 4096 UTF-16 units after parsing, or nothing is to be seen.
    """
    formatted = _formatted(call, "text", MAX_TEXT, "message is too long")
    if is_blank(formatted.text):
        raise ApiError(400, "Bad Request: message text is empty")
    return formatted


def read_caption(call: Call) -> FormattedText:
    """Return the caption of a picture, parsed; empty where there is none.

    Raises:
        ApiError: its markup is wrong, or it is longer than 1024 UTF-16 units after parsing.
    """
    return _formatted(call, "caption", MAX_CAPTION, "message caption is too long")


def _formatted(call: Call, name: str, limit: int, complaint: str) -> FormattedText:
    raw, mode = call.text(name), call.text("parse_mode")
    if mode not in {"", "HTML", "html", "Html"}:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    try:
        formatted = parse_html(raw) if mode else parse_plain(raw)
    except EntityError as error:
        raise ApiError(400, f"Bad Request: can't parse entities: {error}") from error
    if utf16_length(formatted.text) > limit:
        raise ApiError(400, f"Bad Request: {complaint}")
    return formatted


def _check_editable(message: Message | None, bot_id: int) -> None:
    if message is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    if message.from_.id != bot_id:
        raise ApiError(400, "Bad Request: message can't be edited")
    if message.text is None:
        raise ApiError(400, "Bad Request: there is no text in the message to edit")


def _scope(call: Call) -> str:
    """Return for whom commands are meant, as one key."""
    return f"{call.text('scope') or '{}'} {call.text('language_code')}".strip()


def _commands_of(call: Call) -> list[_Command]:
    try:
        commands = msgspec.convert(call.json("commands") or [], list[_Command])
    except msgspec.ValidationError as error:
        raise ApiError(400, f"Bad Request: can't parse commands: {error}") from error
    if len(commands) > MAX_COMMANDS:
        raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _is_command_name(command.command):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command.description) <= 256:  # noqa: PLR2004 -- Bot API, BotCommand
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def _is_command_name(name: str) -> bool:
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789_")
    return 1 <= len(name) <= 32 and set(name) <= allowed  # noqa: PLR2004 -- Bot API, BotCommand
