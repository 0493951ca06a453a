"""The table [telegram.channels]: one table a channel beside Telegram, each described in its folder."""

from msgspec import Struct

from actors.telegram.channels.console.config import ConsoleConfig
from actors.telegram.channels.ntfy.config import NtfyConfig

__all__ = ["ChannelsConfig"]


class ChannelsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every channel beside Telegram."""

    ntfy: NtfyConfig = NtfyConfig()
    """See [telegram.channels.ntfy]."""
    console: ConsoleConfig = ConsoleConfig()
    """See [telegram.channels.console]."""
