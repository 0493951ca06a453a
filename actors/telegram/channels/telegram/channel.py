"""The Bot API as a channel; its addresses are the numbers of chats, written out."""

from functools import partial

from actors.ledger.rows import TELEGRAM
from actors.telegram.channels.channel import Message, Opened, Rates
from actors.telegram.channels.outcomes import Knocked, Outcome
from actors.telegram.channels.telegram.client import Bot, BotFactory
from actors.telegram.config import TelegramConfig

__all__ = ["TelegramChannel", "open_telegram"]


class TelegramChannel:
    """Brings messages by *bot*."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    def bring(self, message: Message) -> Outcome:
        """Hand *message* over, once, and return what became of it."""
        chat_id = int(message.address)
        if message.png is not None:
            return self.bot.send_photo(chat_id, message.png, message.text, message.reply_to, plain=message.plain)
        return self.bot.send_text(chat_id, message.text, message.keyboard, plain=message.plain, silent=message.silent)

    def edit(self, message_id: int, message: Message) -> Outcome:
        """Put *message*, which is no picture, in place of the one with that number, and return what became of that."""
        chat_id = int(message.address)
        return self.bot.edit_text(chat_id, message_id, message.text, message.keyboard, plain=message.plain)

    def knock(self) -> Knocked:
        """Ask who we are, in place of a message that nobody is to get."""
        return self.bot.knock()


def open_telegram(config: TelegramConfig, bots: BotFactory) -> Opened[TelegramChannel]:
    """Return the Bot API as *config* wants it used."""
    return Opened(
        name=TELEGRAM,
        title="Telegram",
        rates=Rates(
            chat_per_s=config.chat_per_s,
            chat_burst=config.chat_burst,
            group_per_min=config.group_per_min,
            bot_per_s=config.bot_per_s,
        ),
        open=partial(_opened, bots),
        threads=config.threads,
        unreached="is the internet there, does the network need [telegram] proxy? `sigmactl init` sets the token anew",
        refused="Telegram refuses the bot token: set it anew with `sigmactl init`",
    )


def _opened(bots: BotFactory) -> TelegramChannel:
    return TelegramChannel(bots())
