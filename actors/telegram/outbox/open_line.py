"""Keeps one connection to Telegram open, so that an alert finds it and need not wait for the round trips of a new one.

A connection that was idle too long is not used again, because it may be gone and leave a doubt
(`TelegramConfig.keep_alive_s`), and alerts come hours apart. So somebody knocks before it is too old.
"""

import asyncio
import math

from actors.runtime.clock import Clock
from actors.telegram.channels.channel import Channel
from actors.telegram.channels.outcomes import Knocked, Sent
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.senders import Senders

__all__ = ["OpenLine"]

SHARE_OF_AGE = 0.8
"""How old a connection is when it is used again, as a share of how old it may be."""


class OpenLine:
    """The knocking at one channel, by whichever thread used its connection last."""

    def __init__(self, senders: Senders[Channel], clock: Clock, config: TelegramConfig) -> None:
        self._senders = senders
        self._clock = clock
        self._again_s = SHARE_OF_AGE * config.keep_alive_s
        self._patience_s = config.bad_token_retry_s
        self._knock_at = clock.monotonic()

    def look(self) -> None:
        """Knock if it is time, and nothing is being sent. To be called now and then."""
        if self._clock.monotonic() < self._knock_at or not self._senders.is_idle:
            return
        self._knock_at = math.inf
        self._senders.ask(_knock).add_done_callback(self._on_knocked)

    def _on_knocked(self, knocked: "asyncio.Future[Knocked]") -> None:
        is_open = isinstance(knocked.result(), Sent)
        self._knock_at = self._clock.monotonic() + (self._again_s if is_open else self._patience_s)


def _knock(channel: Channel) -> Knocked:
    return channel.knock()
