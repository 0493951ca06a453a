"""What the simulated Telegram knows: chats, messages, updates not yet confirmed. All of it follows from the log.

Nothing here is changed but by `ChatBook.apply`, a line at a time, live as well as at start: a restarted server goes on
with the same chats, message ids and update ids.
"""

import enum
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from simulator.telegram.html import MessageEntity, utf16_length
from simulator.telegram.log import LogLine
from simulator.telegram.pictures import photo_sizes
from simulator.telegram.types import (
    ApiError,
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    Message,
    Update,
    User,
    chat_type,
)

__all__ = ["STATUSES", "ChatBook", "ChatState", "KnownChat", "command_entities"]

REMEMBERED_MESSAGES = 10_000
"""Older messages can no longer be edited or answered; the real limit is 48 hours."""

NS = 1_000_000_000


class ChatState(enum.Enum):
    """What a chat thinks of the bot; a move carries the new number behind a colon (`migrated:-1001`)."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    KICKED = "kicked"
    MIGRATED = "migrated"


_REFUSALS = {
    ChatState.BLOCKED: "Forbidden: bot was blocked by the user",
    ChatState.DEACTIVATED: "Forbidden: user is deactivated",
    ChatState.KICKED: "Forbidden: bot was kicked from the group chat",
}


STATUSES = {ChatState.ACTIVE: "member", ChatState.BLOCKED: "kicked", ChatState.KICKED: "kicked"}
"""What the bot is in a chat, as Telegram tells it; of the other states it tells nothing in this way."""


class KnownChat(Struct, frozen=True, kw_only=True):
    """A chat that the bot may write to unless its `state` forbids it."""

    id: int
    name: str
    state: ChatState = ChatState.ACTIVE
    moved_to: int = 0

    def as_chat(self) -> Chat:
        """Return the chat as the Bot API shows it."""
        kind = chat_type(self.id)
        if kind == "private":
            return Chat(id=self.id, type=kind, first_name=self.name)
        return Chat(id=self.id, type=kind, title=self.name)


class ChatBook:
    """The chats of one bot, rebuilt by applying its log."""

    def __init__(self, bot: User, directory: Path) -> None:
        self.bot = bot
        self.chats: dict[int, KnownChat] = {}
        self.messages: dict[int, Message] = {}
        self.updates: list[Update] = []
        self.queries: set[str] = set()
        """Pressed buttons that wait for their answer."""
        self.commands: dict[str, object] = {}
        self.last_message_id = 0
        self.last_update_id = 0
        self._directory = directory
        self._appliers: dict[str, Callable[[LogLine], None]] = {
            "sendMessage": self._keep_sent,
            "sendPhoto": self._keep_sent,
            "editMessageText": self._keep_edit,
            "answerCallbackQuery": lambda line: self.queries.discard(line.data),
            "setMyCommands": lambda line: self.commands.update(msgspec.json.decode(line.data, type=dict[str, object])),
            "getUpdates": self._forget_confirmed,
            "chat": self._keep_chat,
            "say": self._keep_said,
            "press": self._keep_pressed,
        }

    def apply(self, line: LogLine) -> None:
        """Take in what *line* did; refused requests did nothing."""
        if line.accepted:
            self._appliers[line.method](line)

    def reachable_chat(self, chat_id: int) -> KnownChat:
        """Return the chat to which the bot wants to write.

        Raises:
            ApiError: there is none, or it does not want the bot.
        """
        chat = self.chats.get(chat_id)
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        if chat.state is ChatState.MIGRATED:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, description, {"migrate_to_chat_id": chat.moved_to})
        if refusal := _REFUSALS.get(chat.state):
            raise ApiError(403, refusal)
        return chat

    def message_in(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message if it is remembered and stands in that chat."""
        message = self.messages.get(message_id)
        return message if message is not None and message.chat.id == chat_id else None

    def _remember(self, message: Message) -> None:
        self.messages[message.message_id] = message
        self.last_message_id = max(self.last_message_id, message.message_id)
        if len(self.messages) > REMEMBERED_MESSAGES:
            del self.messages[next(iter(self.messages))]

    def _keep_sent(self, line: LogLine) -> None:
        answered = self.messages.get(line.reply_to)
        text, entities = line.text or None, line.entities or None
        is_photo = bool(line.photo)
        self._remember(
            Message(
                message_id=line.message_id,
                date=line.at_ns // NS,
                chat=self.chats[line.chat_id].as_chat(),
                from_=self.bot,
                text=None if is_photo else text,
                entities=None if is_photo else entities,
                photo=photo_sizes(self._directory / line.photo, line.photo) if is_photo else None,
                caption=text if is_photo else None,
                caption_entities=entities if is_photo else None,
                # An answered message is shown without the one it answered itself.
                reply_to_message=answered and msgspec.structs.replace(answered, reply_to_message=None),
                reply_markup=line.keyboard,
            )
        )

    def _keep_edit(self, line: LogLine) -> None:
        message = self.messages.get(line.message_id)
        if message is not None:
            self.messages[line.message_id] = msgspec.structs.replace(
                message,
                text=line.text,
                entities=line.entities or None,
                reply_markup=line.keyboard,
                edit_date=line.at_ns // NS,
            )

    def _keep_chat(self, line: LogLine) -> None:
        known = self.chats.get(line.chat_id)
        name = line.name or (known.name if known else str(line.chat_id))
        state, _, moved_to = line.data.partition(":")
        chat = KnownChat(id=line.chat_id, name=name, state=ChatState(state), moved_to=int(moved_to or 0))
        self.chats[line.chat_id] = chat
        if line.update_id and chat.moved_to:
            self._keep_move(line, chat)
        elif line.update_id:
            before = STATUSES[known.state] if known else "left"
            self._keep_change(line, chat, before)

    def _keep_change(self, line: LogLine, chat: KnownChat, before: str) -> None:
        change = ChatMemberUpdated(
            chat=chat.as_chat(),
            from_=self._doer_of(line),
            date=line.at_ns // NS,
            old_chat_member=self._as_member(before),
            new_chat_member=self._as_member(STATUSES[chat.state]),
        )
        self._keep_update(Update(update_id=line.update_id, my_chat_member=change))

    def _doer_of(self, line: LogLine) -> User:
        """Return who changed a chat; the line names the chat."""
        private = self.chats.get(line.user_id)
        return User(id=line.user_id, is_bot=False, first_name=private.name if private else str(line.user_id))

    def _as_member(self, status: str) -> ChatMember:
        return ChatMember(user=self.bot, status=status, until_date=0 if status == "kicked" else None)

    def _keep_move(self, line: LogLine, old: KnownChat) -> None:
        """A group became a supergroup: the last word of the old one and the first of the new one say so."""
        new = self.chats[old.moved_to] = KnownChat(id=old.moved_to, name=old.name)
        date, doer = line.at_ns // NS, self._doer_of(line)
        words = [
            Message(message_id=line.message_id, date=date, chat=old.as_chat(), from_=doer, migrate_to_chat_id=new.id),
            Message(
                message_id=line.message_id + 1, date=date, chat=new.as_chat(), from_=doer, migrate_from_chat_id=old.id
            ),
        ]
        for number, message in enumerate(words):
            self._remember(message)
            self._keep_update(Update(update_id=line.update_id + number, message=message))

    def _keep_said(self, line: LogLine) -> None:
        message = Message(
            message_id=line.message_id,
            date=line.at_ns // NS,
            chat=self.chats[line.chat_id].as_chat(),
            from_=person_of(line),
            text=line.text,
            entities=command_entities(line.text) or None,
        )
        self._remember(message)
        self._keep_update(Update(update_id=line.update_id, message=message))

    def _keep_pressed(self, line: LogLine) -> None:
        query = CallbackQuery(
            id=str(line.update_id),
            from_=person_of(line),
            message=self.messages[line.message_id],
            chat_instance=str(line.chat_id),
            data=line.data,
        )
        self.queries.add(query.id)
        self._keep_update(Update(update_id=line.update_id, callback_query=query))

    def _keep_update(self, update: Update) -> None:
        self.updates.append(update)
        self.last_update_id = update.update_id

    def _forget_confirmed(self, line: LogLine) -> None:
        self.updates = [update for update in self.updates if update.update_id >= line.update_id]


def person_of(line: LogLine) -> User:
    """Return who typed or pressed."""
    return User(id=line.user_id, is_bot=False, first_name=line.name or str(line.user_id), language_code="ko")


def command_entities(text: str) -> list[MessageEntity]:
    """Return the entity of the command at the beginning of *text*, by which bot libraries recognise one."""
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    if len(command) < 2:  # noqa: PLR2004 -- a lone slash is no command
        return []
    return [MessageEntity(type="bot_command", offset=0, length=utf16_length(command))]
