"""Follow a numbered stream so that nothing is missed in silence. Pure: no socket, no clock.

PUB/SUB loses messages when a process dies, joins late or falls behind. Each message therefore carries its sender's
epoch (one per life) and number, the heartbeat carries the last number, and the sender keeps the last minute.
A follower goes round two states:

    ASKING --a chunk that reaches the newest--> LIVE --a number was skipped, or another epoch--> ASKING

It begins in ASKING, from the number that the store remembers: start, restart and recovery are one path. While ASKING
it holds back what arrives live. What the ring no longer has its owner may fill, which can take seconds; what nobody
could fill is a `Hole`.
"""

import enum
from collections import deque
from datetime import timedelta

from msgspec import Struct

from protocol.errors import DecodeError
from protocol.messages import Message, ReplayChunk, ReplayRequest, Trade
from protocol.wire import Glances, decode_published

__all__ = ["Ask", "Deliver", "Fill", "Follow", "Hole", "Position", "StreamFollower"]

MOST_HELD = 50_000


class Position(Struct, frozen=True):
    """How far a stream has been read: number *sequence* of *epoch* is done; 0 of 0 is nothing at all."""

    epoch: int = 0
    sequence: int = 0


class Deliver(Struct, frozen=True):
    """The next message, in order; *position* is what to remember once it is dealt with."""

    message: Message | Glances
    position: Position


class Ask(Struct, frozen=True):
    """Ask the sender for what is missing."""

    request: ReplayRequest


class Hole(Struct, frozen=True):
    """What lay between these two is gone from the ring, and nothing stands for it."""

    after: Position
    before: Position


class Fill(Struct, frozen=True):
    """These stand for what is gone from the ring before the message behind *position*."""

    trades: list[Trade]
    position: Position


Follow = Deliver | Ask | Hole | Fill


class Phase(enum.Enum):
    """Whether we wait for a replay."""

    ASKING = "asking"
    LIVE = "live"


class StreamFollower:
    """One stream of one sender, from a position on."""

    def __init__(
        self, stream: str, position: Position, since_ns: int = 0, ask_again: timedelta = timedelta(seconds=0.5)
    ) -> None:
        """Begin behind *position*, which was reached at *since_ns* (UTC epoch ns, 0 if nobody knows)."""
        self._stream = stream
        self._position = position
        self._ask_again_s = ask_again.total_seconds()
        self._asked_at = float("-inf")
        self._phase = Phase.ASKING
        self._held: deque[tuple[Position, Message | Glances]] = deque(maxlen=MOST_HELD)
        self.since_ns = since_ns
        """How far we have come in the time of what was delivered; whoever reads it moves it on."""
        self._epoch: int | None = None
        """The sender's life, as far as we have heard of it."""

    @property
    def position(self) -> Position:
        """How far the stream has been delivered."""
        return self._position

    @property
    def is_live(self) -> bool:
        """Whether nothing is known to be missing."""
        return self._phase is Phase.LIVE

    def on_message(self, position: Position, message: Message | Glances, now: float) -> list[Follow]:
        """Take a live message; *now* is monotonic seconds."""
        self._epoch = position.epoch
        if self._phase is Phase.ASKING:
            self._held.append((position, message))
            return self._ask_if_due(now)
        if position.epoch == self._position.epoch:
            if position.sequence == self._position.sequence + 1:
                self._position = position
                return [Deliver(message, position)]
            if position.sequence <= self._position.sequence:
                return []
        self._held.append((position, message))
        return self._ask(now)

    def on_heartbeat(self, epoch: int, newest: int, now: float) -> list[Follow]:
        """Take the last number that the sender has used; it reveals a loss at the very end."""
        self._epoch = epoch
        if self._phase is Phase.ASKING:
            return self._ask_if_due(now)
        if epoch != self._position.epoch or newest > self._position.sequence:
            return self._ask(now)
        return []

    def on_chunk(self, chunk: ReplayChunk, now: float) -> list[Follow]:
        """Take what the sender still had, then what was held back if that closes the gap."""
        is_of_a_former_life = self._epoch not in (None, chunk.epoch)
        if self._phase is not Phase.ASKING or is_of_a_former_life:
            return []
        follows = self._enter(chunk)
        for number, frame in enumerate(chunk.frames, chunk.first):
            if number <= self._position.sequence:
                continue
            self._position = Position(chunk.epoch, number)
            follows += self._deliver_frame(frame)
        if self._position.sequence < chunk.newest and chunk.frames:
            return follows + self._ask(now)
        self._phase = Phase.LIVE
        held, self._held = self._held, deque(maxlen=MOST_HELD)
        for position, message in held:
            follows += self.on_message(position, message, now)
        return follows

    def on_quiet(self, now: float) -> list[Follow]:
        """Ask again if an answer is overdue; to be called about once a second."""
        return self._ask_if_due(now) if self._phase is Phase.ASKING else []

    def _enter(self, chunk: ReplayChunk) -> list[Follow]:
        """Step to just before *chunk*, telling of the hole that is jumped, if any."""
        before = Position(chunk.epoch, chunk.first - 1)
        same_epoch = chunk.epoch == self._position.epoch
        if same_epoch and chunk.first <= self._position.sequence + 1:
            return []
        is_first_look = self._position == Position()
        hole = Hole(self._position, before)
        self._position = before
        if is_first_look:
            return []
        return [hole] if chunk.filling is None else [Fill(chunk.filling, before)]

    def _deliver_frame(self, frame: bytes) -> list[Follow]:
        try:
            _, envelope = decode_published(frame)
        except DecodeError:
            return [Hole(Position(self._position.epoch, self._position.sequence - 1), self._position)]
        return [Deliver(envelope.message, self._position)]

    def _ask_if_due(self, now: float) -> list[Follow]:
        return self._ask(now) if now - self._asked_at >= self._ask_again_s else []

    def _ask(self, now: float) -> list[Follow]:
        self._phase = Phase.ASKING
        self._asked_at = now
        position = self._position
        first = position.sequence + 1
        request = ReplayRequest(stream=self._stream, epoch=position.epoch, first=first, since_ns=self.since_ns)
        return [Ask(request)]
