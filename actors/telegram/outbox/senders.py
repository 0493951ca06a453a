"""The threads that speak to Telegram, each with a client of its own, so that a slow chat delays no other."""

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from msgspec import Struct
from structlog.typing import FilteringBoundLogger

from actors.runtime.errors import TemporaryFailure
from actors.telegram.api.client import Bot, BotFactory
from actors.telegram.api.outcomes import Outcome, Rejected
from actors.telegram.api.wire import Keyboard
from actors.telegram.outbox.deliveries import Kind
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.wording import Unwordable, bare_text_of, text_of
from actors.telegram.texts.alert_texts import Reader
from protocol.letters import Letter
from protocol.rehearsal import HIDDEN_CHAT

__all__ = ["Manner", "Senders"]


class Manner(Struct, frozen=True, kw_only=True):
    """How a message is brought."""

    reader: Reader
    silent: bool
    png: bytes = b""
    """What chart drew, if it is a picture."""
    prices: Mapping[str, float] = {}
    """The prices of now, by symbol, if it is a digest."""
    late_by: timedelta = timedelta()
    """How long it has waited to be brought."""
    keyboard: Keyboard = ()
    """The buttons under it."""


class Senders:
    """At most *threads* requests at a time, made by the bots of *bots*; letters' pictures lie below *data_dir*."""

    def __init__(self, threads: int, bots: BotFactory, data_dir: Path, log: FilteringBoundLogger) -> None:
        self._bots = bots
        self._log = log
        self._data_dir = data_dir
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(threads, "sender", self._open_bot)

    def send(self, bundle: Bundle, manner: Manner) -> "asyncio.Future[Outcome]":
        """Have *bundle* sent, and return its outcome to be."""
        return asyncio.get_running_loop().run_in_executor(self._threads, self._send, bundle, manner)

    def say(self, chat_id: int, text: str, keyboard: Keyboard) -> "asyncio.Future[Outcome]":
        """Have *text* sent over *keyboard*, and return its outcome to be."""
        return asyncio.get_running_loop().run_in_executor(self._threads, self._say, chat_id, text, keyboard)

    def answer_press(self, press_id: str, text: str) -> "asyncio.Future[None]":
        """Have a pressed button answered."""
        return asyncio.get_running_loop().run_in_executor(self._threads, self._answer_press, press_id, text)

    def close(self) -> None:
        """Wait for what is being sent, and end the threads."""
        self._threads.shutdown()

    def _open_bot(self) -> None:
        self._own.bot = self._bots()

    def _send(self, bundle: Bundle, manner: Manner) -> Outcome:
        bot: Bot = self._own.bot
        delivery = bundle[0]
        try:
            text = text_of(bundle, manner.reader, manner.prices, manner.late_by)
        except Unwordable as error:
            self._log.error("text_not_made", content_id=delivery.content.id, reason=str(error))
            # Of several at least one has no words: refused, they go each by itself.
            bare = bare_text_of(delivery) if len(bundle) == 1 else None
            if bare is None:
                return Rejected(str(error))
            text = bare
        if delivery.chat_id == HIDDEN_CHAT:
            return bot.knock()
        if delivery.kind is Kind.TEXT:
            return bot.send_text(delivery.chat_id, text, manner.keyboard, plain=delivery.plain, silent=manner.silent)
        png = manner.png
        if isinstance(delivery.content, Letter) and delivery.content.picture:
            try:
                png = (self._data_dir / delivery.content.picture).read_bytes()
            except OSError as error:
                return Rejected(f"no picture: {error.strerror}")
        return bot.send_photo(delivery.chat_id, png, text, delivery.reply_to, plain=delivery.plain)

    def _say(self, chat_id: int, text: str, keyboard: Keyboard) -> Outcome:
        bot: Bot = self._own.bot
        return bot.send_text(chat_id, text, keyboard, plain=False, silent=False)

    def _answer_press(self, press_id: str, text: str) -> None:
        bot: Bot = self._own.bot
        try:
            bot.answer_press(press_id, text)
        except TemporaryFailure as error:
            self._log.warning("press_unanswered", reason=str(error))
