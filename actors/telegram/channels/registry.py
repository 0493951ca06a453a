"""Which channels there are beside Telegram. A new one is a folder here, and a line each in this module and `config`."""

from functools import partial

from actors.runtime.actor import Actor
from actors.telegram.channels.channel import Channel, Opened
from actors.telegram.channels.console.client import open_console
from actors.telegram.channels.exchange import Exchange
from actors.telegram.channels.ntfy.client import open_ntfy
from actors.telegram.config import TelegramConfig

__all__ = ["open_others"]


def open_others(actor: Actor[TelegramConfig]) -> list[Opened[Channel]]:
    """Return all that are switched on."""
    config = actor.config
    exchanges = partial(
        Exchange, actor.clock, connect_timeout_s=config.connect_timeout_s, keep_alive_s=config.keep_alive_s
    )
    channels: tuple[Opened[Channel] | None, ...] = (
        open_ntfy(config.channels.ntfy, actor.secrets.ntfy_token, exchanges, config.read_timeout_s),
        open_console(config.channels.console, actor.settings.root, actor.clock),
    )
    return [channel for channel in channels if channel is not None]
