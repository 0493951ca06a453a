"""Read a Bot API request, however it was sent: query string, JSON, form or multipart, alone or mixed.

Source: Bot API, "Making requests": GET and POST; all four ways of passing parameters; nested values are JSON text
except in a JSON body.
"""

from typing import TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from simulator.telegram.html import is_blank
from simulator.telegram.types import ApiError, Button, Keyboard

__all__ = ["Call", "read_call"]

MAX_CALLBACK_BYTES = 64

Parsed = TypeVar("Parsed")


class _Reply(Struct):
    message_id: int
    allow_sending_without_reply: bool = False


class Call:
    """A request's parameters and files, each looked up by name in the type that the method expects."""

    def __init__(self, parameters: dict[str, object], files: dict[str, bytes]) -> None:
        self._parameters = parameters
        self.files = files

    def text(self, name: str) -> str:
        """Return a text parameter; empty where it is missing."""
        value = self._parameters.get(name, "")
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number; *default* where it is missing or something else, as the real server reads it."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def truth(self, name: str) -> bool:
        """Return a Boolean parameter."""
        return self.text(name).lower() in {"true", "1", "yes"}

    @property
    def chat_id(self) -> int:
        """The chat that is addressed; 0 where none is, or a channel's @name, which nobody here has."""
        return self.integer("chat_id")

    def reply_to(self) -> tuple[int, bool]:
        """Return the message to be answered (0: none) and whether to send without it if it is gone.

        Raises:
            ApiError: `reply_parameters` are not understood.
        """
        written = self.text("reply_parameters")
        if not written:
            return self.integer("reply_to_message_id"), self.truth("allow_sending_without_reply")
        reply = _parsed(written, _Reply, "reply parameters")
        return reply.message_id, reply.allow_sending_without_reply

    def keyboard(self) -> Keyboard | None:
        """Return the keys that go under the message.

        Raises:
            ApiError: they are not an inline keyboard, or a key's data is not of 1 to 64 bytes.
        """
        written = self.text("reply_markup")
        if not written:
            return None
        keyboard = _parsed(written, Keyboard, "reply keyboard markup")
        for button in (button for row in keyboard.inline_keyboard for button in row):
            _check_button(button)
        return keyboard

    def json(self, name: str) -> object:
        """Return a nested parameter decoded; None where it is missing.

        Raises:
            ApiError: it is not JSON.
        """
        written = self.text(name)
        return _parsed(written, object, name) if written else None


async def read_call(request: web.Request) -> Call:
    """Read the parameters of *request*.

    Raises:
        ApiError: the body is not what its content type says.
    """
    parameters: dict[str, object] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        body = await request.read()
        parameters.update(_parsed(body or b"{}", dict[str, object], "request"))
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
            else:
                parameters[name] = value if isinstance(value, str) else bytes(value).decode(errors="replace")
    return Call(parameters, files)


def _parsed(written: str | bytes, expected: type[Parsed], what: str) -> Parsed:
    try:
        return msgspec.json.decode(written, type=expected)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        description = f"Bad Request: can't parse {what}: {error}"
        raise ApiError(400, description) from error


def _check_button(button: Button) -> None:
    if is_blank(button.text):
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: Text is empty")
    if button.callback_data is None and button.url is None:
        reason = "Text buttons are unallowed in the inline keyboard"
        raise ApiError(400, f"Bad Request: can't parse inline keyboard button: {reason}")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= MAX_CALLBACK_BYTES:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
