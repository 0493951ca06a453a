"""Who the bot is: by which name people address it, and at which address they find it."""

import contextlib

from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.telegram.client import Bot

__all__ = ["Identity"]


class Identity:
    """What Telegram has told of the bot; its name is empty before that."""

    def __init__(self) -> None:
        self.name = ""

    def learn_from(self, bot: Bot) -> None:
        """Have *bot* say who it is, unless that is known; called in a thread. If it cannot now, it is asked again."""
        if not self.name:
            with contextlib.suppress(TemporaryFailure):
                self.name = bot.get_name()

    def is_addressed_by(self, name: str) -> bool:
        """Say whether a command that is addressed to *name*, or to nobody, is for this bot."""
        return name == "" or name == self.name.lower()

    def start_link(self, code: str) -> str:
        """Return the link that opens the chat with an invitation's *code*; empty while the name is not known."""
        return f"https://t.me/{self.name}?start={code}" if self.name else ""
