"""The threads that speak to one channel, each with a client of its own, so that a slow chat delays no other."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from structlog.typing import FilteringBoundLogger

from actors.runtime.crew import Crew
from actors.telegram.channels.channel import Channel, ChannelT_co, Message, Opened
from actors.telegram.channels.outcomes import Outcome, Rejected
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.wording import Unwordable, bare_text_of, cut_to, text_of
from protocol.letters import Letter
from protocol.rehearsal import HIDDEN_CHAT

__all__ = ["Senders"]

ResultT = TypeVar("ResultT")


class Senders(Generic[ChannelT_co]):
    """The threads of one *channel*; letters' pictures lie below *data_dir*."""

    def __init__(self, channel: Opened[ChannelT_co], data_dir: Path, log: FilteringBoundLogger) -> None:
        self.channel = channel
        self._log = log
        self._data_dir = data_dir
        self._crew = Crew("sender", channel.threads, channel.open)

    @property
    def is_idle(self) -> bool:
        """Whether none of the threads has anything to do."""
        return self._crew.is_idle

    def send(self, bundle: Bundle, manner: Manner) -> "asyncio.Future[Outcome]":
        """Have *bundle* sent, and return its outcome to be."""
        return self._crew.do(partial(self._send, bundle, manner))

    def ask(self, call: Callable[[ChannelT_co], ResultT]) -> "asyncio.Future[ResultT]":
        """Have *call* made with a thread's channel, and return its result to be."""
        return self._crew.do(call)

    async def close(self) -> None:
        """Wait for what is being sent, and end the threads."""
        await self._crew.close()

    def _send(self, bundle: Bundle, manner: Manner, own: Channel) -> Outcome:
        delivery = bundle[0]
        try:
            text = text_of(bundle, manner.reader, manner.prices, manner.late_by)
        except Unwordable as error:
            self._log.error("text_not_made", content_id=delivery.content.id, reason=str(error))
            # Of several at least one has no words: refused, they go each by itself.
            bare = bare_text_of(delivery) if len(bundle) == 1 else None
            if bare is None:
                return Rejected(str(error), was_asked=False)
            text = bare
        if delivery.chat_id == HIDDEN_CHAT:
            return own.knock()
        longest = self.channel.longest
        if longest and len(text.encode()) > longest:
            if len(bundle) > 1:
                # They go each by itself.
                return Rejected(f"expected at most {longest} bytes, found more", was_asked=False)
            text = cut_to(text, longest, manner.reader.words)
        png = None
        if delivery.kind is Kind.PICTURE:
            try:
                png = self._png_of(delivery, manner)
            except OSError as error:
                return Rejected(f"no picture: {error.strerror}", was_asked=False)
        message = Message(
            address=manner.address,
            text=text,
            keyboard=manner.keyboard,
            plain=delivery.plain,
            silent=manner.silent,
            png=png,
            reply_to=delivery.reply_to,
        )
        return own.bring(message)

    def _png_of(self, delivery: Delivery, manner: Manner) -> bytes:
        """Return the picture of *delivery*: what chart drew, or what the letter brought along."""
        if isinstance(delivery.content, Letter) and delivery.content.picture:
            return (self._data_dir / delivery.content.picture).read_bytes()
        return manner.png
