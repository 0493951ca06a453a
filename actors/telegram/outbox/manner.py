"""How a message is brought: to whom, as what, with what is known by then. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from actors.telegram.channels.channel import Keyboard
from actors.telegram.texts.alert_texts import Reader

__all__ = ["Manner"]


class Manner(Struct, frozen=True, kw_only=True):
    """How a message is brought."""

    reader: Reader
    address: str
    """Where to, on its channel."""
    silent: bool
    png: bytes = b""
    """What chart drew, if it is a picture."""
    prices: Mapping[str, float] = {}
    """The prices of now, by symbol, if it is a digest."""
    late_by: timedelta = timedelta()
    """How long it has waited to be brought."""
    keyboard: Keyboard = ()
    """The buttons under it."""
