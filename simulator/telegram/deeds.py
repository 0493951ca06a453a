"""What people and an experimenter do to the simulated Telegram: type, press a button, block the bot, order a fault.

POST /simulator/say    {"user_id": 1001, "text": "/list", "chat_id": 1001, "name": "데모"}
POST /simulator/press  {"user_id": 1001, "chat_id": 1001, "message_id": 7, "data": "mute:60"}
POST /simulator/chat   {"chat_id": 1001, "state": "blocked", "name": "데모", "moved_to": 0, "user_id": 0}
POST /simulator/fault  one rule of `simulator.telegram.faults`;  DELETE forgets all rules
"""

from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from simulator.telegram.chats import STATUSES, ChatBook, ChatState
from simulator.telegram.log import LogLine
from simulator.telegram.methods import BotMethods
from simulator.telegram.types import Button, chat_type

__all__ = ["Deeds", "MeetChat", "PressButton", "Say", "decode_deed"]


Deed = TypeVar("Deed")
SOMEBODY = 999
"""Who does in a group what nobody is named for."""


class Say(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody types; in their private chat with the bot unless a chat is named."""

    user_id: int
    text: str
    chat_id: int = 0
    name: str = ""


class PressButton(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody presses a button under a message."""

    user_id: int
    message_id: int
    data: str
    chat_id: int = 0
    name: str = ""


class MeetChat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chat appears, or changes its mind about the bot; whoever polls is told so as Telegram tells it."""

    chat_id: int
    state: ChatState = ChatState.ACTIVE
    name: str = ""
    moved_to: int = 0
    user_id: int = 0
    """Who did it; 0: in a private chat its person, in a group somebody."""


class Deeds:
    """Puts deeds into the log, from where they become updates and states of chats."""

    def __init__(self, book: ChatBook, methods: BotMethods) -> None:
        self._book = book
        self._methods = methods

    def say(self, said: Say) -> LogLine:
        """Let somebody type; whoever writes in private is known from then on, and has unblocked the bot."""
        chat_id = said.chat_id or said.user_id
        chat = self._book.chats.get(chat_id)
        if chat is None:
            self.know(MeetChat(chat_id=chat_id, name=said.name))
        elif chat.state is ChatState.BLOCKED and chat_type(chat_id) == "private":
            self.meet(MeetChat(chat_id=chat_id, name=said.name))
        return self._methods.record(
            LogLine(
                method="say",
                accepted=True,
                chat_id=chat_id,
                user_id=said.user_id,
                name=said.name or self._name_of(said.user_id),
                text=said.text,
                raw_text=said.text,
                message_id=self._book.last_message_id + 1,
                update_id=self._book.last_update_id + 1,
            )
        )

    def press(self, pressed: PressButton) -> LogLine:
        """Let somebody press a button.

        Raises:
            ValueError: the message has no such button.
        """
        chat_id = pressed.chat_id or pressed.user_id
        message = self._book.message_in(chat_id, pressed.message_id)
        rows = message.reply_markup.inline_keyboard if message and message.reply_markup else []
        buttons: list[Button] = [button for row in rows for button in row]
        if not any(button.callback_data == pressed.data for button in buttons):
            message_text = (
                f"expected a button of message {pressed.message_id} in chat {chat_id}, found {pressed.data!r}"
            )
            raise ValueError(message_text)
        return self._methods.record(
            LogLine(
                method="press",
                accepted=True,
                chat_id=chat_id,
                user_id=pressed.user_id,
                name=pressed.name or self._name_of(pressed.user_id),
                message_id=pressed.message_id,
                update_id=self._book.last_update_id + 1,
                data=pressed.data,
            )
        )

    def know(self, met: MeetChat) -> LogLine:
        """Let a chat be as it is without anybody being told."""
        return self._methods.record(self._line_of(met))

    def meet(self, met: MeetChat) -> LogLine:
        """Let a chat appear or change its state."""
        line = self._line_of(met)
        book = self._book
        known = book.chats.get(met.chat_id)
        is_first_word = known is None and chat_type(met.chat_id) == "private"
        is_change = known is None or known.state is not met.state
        has_status = met.state in STATUSES and (known is None or known.state in STATUSES)
        if is_change and (met.moved_to or (has_status and not is_first_word)):
            line = replace(
                line,
                user_id=met.user_id or max(met.chat_id, 0) or SOMEBODY,
                update_id=book.last_update_id + 1,
                # A group that moves says two words: the last of the old one and the first of the new one.
                message_id=book.last_message_id + 1 if met.moved_to else 0,
            )
        return self._methods.record(line)

    def _line_of(self, met: MeetChat) -> LogLine:
        data = f"{met.state.value}:{met.moved_to}" if met.moved_to else met.state.value
        return LogLine(method="chat", accepted=True, chat_id=met.chat_id, name=met.name, data=data)

    def _name_of(self, user_id: int) -> str:
        chat = self._book.chats.get(user_id)
        return chat.name if chat else str(user_id)


def decode_deed(body: bytes, expected: type[Deed]) -> Deed:
    """Return the deed in a request's *body*.

    Raises:
        ValueError: it is not one.
    """
    try:
        return msgspec.json.decode(body, type=expected)
    except msgspec.MsgspecError as error:
        message = f"expected {expected.__name__}, found {body[:200]!r}: {error}"
        raise ValueError(message) from error
