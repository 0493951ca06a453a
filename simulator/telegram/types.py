"""The objects of the Bot API that the simulated server answers with, and its errors.

The field sets are those that strict clients insist on; what is not set is left out, as the real server does.
Source: Bot API 10, "Available types" and "Making requests".
"""

import msgspec
from msgspec import Struct

from simulator.telegram.html import MessageEntity

__all__ = [
    "ApiError",
    "Button",
    "CallbackQuery",
    "Chat",
    "ChatMember",
    "ChatMemberUpdated",
    "Keyboard",
    "Message",
    "PhotoSize",
    "Update",
    "User",
    "chat_type",
]

_FIRST_SUPERGROUP = -1_000_000_000_000


class ApiError(Exception):
    """A request refused as the real server refuses it: `error_code`, `description`, `parameters`."""

    def __init__(self, error_code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.parameters = parameters or {}


class User(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or a bot."""

    id: int
    is_bot: bool
    first_name: str
    username: str | None = None
    language_code: str | None = None
    can_join_groups: bool | None = None
    can_read_all_group_messages: bool | None = None
    supports_inline_queries: bool | None = None


class Chat(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where messages go: a person (`first_name`) or a group (`title`)."""

    id: int
    type: str
    first_name: str | None = None
    title: str | None = None


class PhotoSize(Struct, frozen=True, kw_only=True):
    """One size of a picture; sizes in pixels and bytes."""

    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int


class Button(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One key under a message: it sends `callback_data` back or opens `url`."""

    text: str
    callback_data: str | None = None
    url: str | None = None


class Keyboard(Struct, frozen=True, kw_only=True):
    """The keys under a message, row by row."""

    inline_keyboard: list[list[Button]]


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message; `date` is in seconds of the world's clock."""

    message_id: int
    date: int
    chat: Chat
    from_: User = msgspec.field(name="from")
    edit_date: int | None = None
    text: str | None = None
    entities: list[MessageEntity] | None = None
    photo: list[PhotoSize] | None = None
    caption: str | None = None
    caption_entities: list[MessageEntity] | None = None
    reply_to_message: "Message | None" = None
    reply_markup: Keyboard | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class ChatMember(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the bot is in a chat: `member`, or `kicked`, which is also who was blocked."""

    user: User
    status: str
    until_date: int | None = None


class ChatMemberUpdated(Struct, frozen=True, kw_only=True):
    """Somebody let the bot in or threw it out."""

    chat: Chat
    from_: User = msgspec.field(name="from")
    date: int
    old_chat_member: ChatMember
    new_chat_member: ChatMember


class CallbackQuery(Struct, frozen=True, kw_only=True):
    """Somebody pressed a button."""

    id: str
    from_: User = msgspec.field(name="from")
    message: Message
    chat_instance: str
    data: str


class Update(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What getUpdates brings: a message, a pressed button, or that a chat thinks otherwise of the bot."""

    update_id: int
    message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None


def chat_type(chat_id: int) -> str:
    """Return the type that a chat's number tells: people are positive, groups negative, supergroups below -10^12."""
    if chat_id > 0:
        return "private"
    return "supergroup" if chat_id < _FIRST_SUPERGROUP else "group"
