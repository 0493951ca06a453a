"""Who somebody is, and what he watches. Pure."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from actors.ledger.rows import TELEGRAM
from actors.market.choices import REGULAR_ONLY, SessionChoice
from actors.telegram.channels.channel import Address
from actors.telegram.texts.alert_texts import Reader
from protocol.messages import Venue

__all__ = ["NO_CHAT", "Person", "Watch"]

NO_CHAT = 0
"""The chat of somebody who is not on Telegram, which gives no chat this number."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody whom the bot knows."""

    id: int
    name: str
    user_id: int
    chat_id: int
    role: str
    language: str
    time_zone: str
    reachable: bool
    sessions: frozenset[SessionChoice] = REGULAR_ONLY
    """Which sessions may alert."""
    tells_closed_days: bool = False
    """Whether this person is told that a market stays closed."""
    addresses: Mapping[str, Address] = {}
    """By channel, where this person gets messages beside the chat, or instead of one."""

    @property
    def has_chat(self) -> bool:
        """Whether this person is on Telegram."""
        return self.chat_id != NO_CHAT

    @property
    def channels(self) -> list[str]:
        """The channels by which this person is reached."""
        return [*([TELEGRAM] if self.has_chat else []), *self.addresses]

    @property
    def reader(self) -> Reader:
        """How this person reads."""
        return Reader(self.language, ZoneInfo(self.time_zone))


class Watch(Struct, frozen=True, kw_only=True):
    """A symbol that somebody watches."""

    symbol: str
    name: str
    venue: Venue
