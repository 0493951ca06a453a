"""How fast Telegram lets a bot speak: a token bucket a chat and one for all. Pure: it is handed the monotonic clock.

Source: the Bot API's FAQ, "My bot is hitting limits": one message a second in a chat, short bursts excepted; 20 a
minute in a group; 30 a second in all. Whoever goes faster gets 429, and waits longer than his bucket would have him.
"""

from actors.telegram.channels.channel import Rates

__all__ = ["Pace"]


class _Bucket:
    """Tokens that come at *rate* a second, up to *size*; it begins full."""

    def __init__(self, rate: float, size: float, now_s: float) -> None:
        self._rate = rate
        self._size = size
        self._tokens = size
        self._filled_at = now_s

    def holds(self, now_s: float, *, spare: int) -> bool:
        """Say whether there is a token, and so many others are left over as are to be *spare*."""
        self._fill(now_s)
        return self._tokens >= min(1.0 + spare, self._size)

    def take(self, now_s: float) -> None:
        """Take a token; where there is none, nothing is owed."""
        self._fill(now_s)
        self._tokens = max(0.0, self._tokens - 1.0)

    def _fill(self, now_s: float) -> None:
        self._tokens = min(self._size, self._tokens + (now_s - self._filled_at) * self._rate)
        self._filled_at = now_s


class Pace:
    """The buckets of all chats."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._chats: dict[int, _Bucket] = {}
        self._bot: _Bucket | None = None

    def allows(self, chat_id: int, now_s: float, *, spare: int = 0) -> bool:
        """Say whether a message may go to a chat, and so many others right after it as are to be *spare*."""
        chat, bot = self._buckets(chat_id, now_s)
        return chat.holds(now_s, spare=spare) and bot.holds(now_s, spare=spare)

    def spend(self, chat_id: int, now_s: float) -> None:
        """Note that a message goes to a chat."""
        for bucket in self._buckets(chat_id, now_s):
            bucket.take(now_s)

    def _buckets(self, chat_id: int, now_s: float) -> tuple[_Bucket, _Bucket]:
        rates = self._rates
        if self._bot is None:
            self._bot = _Bucket(rates.bot_per_s, rates.bot_burst or rates.bot_per_s, now_s)
        chat = self._chats.get(chat_id)
        if chat is None:
            # Groups and channels have numbers below zero.
            rate = rates.chat_per_s if chat_id > 0 else rates.group_per_min / 60
            chat = self._chats[chat_id] = _Bucket(rate, rates.chat_burst, now_s)
        return chat, self._bot
