"""Ports without sockets: what is published and sent is kept, what a test delivers is received."""

import asyncio
from collections import Counter
from collections.abc import Callable

from actors.runtime.control import unanswered
from actors.runtime.ports import Received, Take
from actors.runtime.replays import Filler
from protocol.messages import Message, ReplayRequest, Trades
from protocol.topology import channel_of
from protocol.wire import Glances

__all__ = ["FakePorts"]


class FakePorts:
    """Plays all the other actors. As strict as the real ports: a message type without a channel is an error."""

    def __init__(self) -> None:
        self.published: list[Message] = []
        self.sent: list[Message] = []
        self.replays_asked: list[tuple[str, ReplayRequest]] = []
        self.answers: dict[tuple[str, str], Callable[..., dict[str, object]]] = {}
        """(actor, command) → what it answers; may raise CommandRefused. What is missing does not answer."""
        self.asked: list[tuple[str, str]] = []
        """(actor, command) of each question."""
        self.mute: set[tuple[str, str]] = set()
        """Questions that are heard and never answered, whatever the time limit."""
        self._numbers: Counter[str] = Counter()
        self.filler: Filler | None = None
        self._batches: asyncio.Queue[list[Received] | None] = asyncio.Queue()

    @property
    def epoch(self) -> int:
        """There is one life."""
        return 1

    def publish(self, message: Message) -> int:
        """Keep *message* in `published`, and return its number on its stream."""
        stream = channel_of(type(message)).name
        self.published.append(message)
        self._numbers[stream] += 1
        return self._numbers[stream]

    def send(self, message: Message) -> None:
        """Keep *message* in `sent`."""
        channel_of(type(message))
        self.sent.append(message)

    def wake(self) -> None:
        """Let `serve` hand over an empty batch."""
        self._batches.put_nowait([])

    def ask_replay(self, sender: str, request: ReplayRequest) -> None:
        """Keep the request in `replays_asked`."""
        self.replays_asked.append((sender, request))

    async def ask(self, actor: str, command: str, timeout_s: float = 5.0, **arguments: object) -> dict[str, object]:
        """Answer as `answers` says; otherwise nobody answers."""
        self.asked.append((actor, command))
        if (actor, command) in self.mute:
            await asyncio.get_running_loop().create_future()
        answer = self.answers.get((actor, command))
        if answer is None:
            raise unanswered(actor, command, timeout_s)
        await asyncio.sleep(0)
        return answer(**arguments)

    async def serve(self, take: Take) -> None:
        """Give *take* what `deliver` put in, until `stop`."""
        while (batch := await self._batches.get()) is not None:
            take(batch)

    @property
    def is_idle(self) -> bool:
        """Whether all that was put in has been handed over."""
        return self._batches.empty()

    def deliver(self, *messages: Message | Glances, sender: str = "test-1", epoch: int = 1, sequence: int = 1) -> None:
        """Let these arrive in one batch, numbered from *sequence* on where they travel on a stream."""
        batch = []
        for message in messages:
            channel = channel_of(Trades if isinstance(message, Glances) else type(message))
            is_stream = channel.pattern.value == "PUB/SUB"
            batch.append(
                Received(channel.name if is_stream else "", sender, epoch, sequence if is_stream else 0, message)
            )
            sequence += is_stream
        self._batches.put_nowait(batch)

    def stop(self) -> None:
        """Let `serve` end after what was delivered."""
        self._batches.put_nowait(None)
