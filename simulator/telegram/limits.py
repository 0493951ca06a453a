"""Telegram's flood limits as a token bucket a chat and one for the bot. Pure: it is handed the time.

Guide values of the Bot API's FAQ: one message a second in a chat (short bursts pass), 20 a minute in a group, 30 a
second in all. An edit counts as a message.
"""

import math
from dataclasses import dataclass

__all__ = ["FloodLimits"]

CHAT_BURST = 3
GROUP_PER_S = 20 / 60
BOT_PER_S = 30


@dataclass
class _Bucket:
    rate: float
    size: float
    tokens: float
    filled_at: float

    def wait_s(self, now: float) -> float:
        """Fill up to *now* and return how long until one token is there; 0 when there is one."""
        self.tokens = min(self.size, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        return max(0.0, (1 - self.tokens) / self.rate)


class FloodLimits:
    """Says whether one more message may pass."""

    def __init__(self) -> None:
        self._bot: _Bucket | None = None
        self._chats: dict[int, _Bucket] = {}

    def retry_after_s(self, chat_id: int, now: float) -> int:
        """Count one message at *now* (monotonic seconds) and return 0, or return the whole seconds to wait."""
        if self._bot is None:
            self._bot = _Bucket(BOT_PER_S, BOT_PER_S, BOT_PER_S, now)
        chat = self._chats.get(chat_id)
        if chat is None:
            rate = 1.0 if chat_id > 0 else GROUP_PER_S
            chat = self._chats[chat_id] = _Bucket(rate, CHAT_BURST, CHAT_BURST, now)
        wait_s = max(self._bot.wait_s(now), chat.wait_s(now))
        if wait_s > 0:
            return math.ceil(wait_s)
        self._bot.tokens -= 1
        chat.tokens -= 1
        return 0
