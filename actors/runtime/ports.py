"""An actor's way to the others: what it publishes, sends, asks and receives. Every socket is made from the topology.

`serve` is the work loop's heart: it hands over all that was ready at one wake-up (one `await` a message would cost
37 times the message), and it sends the heartbeat, so that an actor that is stuck in its work stops beating.
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Protocol

import structlog
import zmq
from msgspec import Struct

from actors.runtime.clock import Clock
from actors.runtime.config import Settings
from actors.runtime.control import Commands, encode_answer, encode_question, read_answer, unanswered
from actors.runtime.endpoints import connect, endpoint_of, open_socket
from actors.runtime.inlet import Inlet
from actors.runtime.replays import RING_AGE_S, Filler, Replays
from actors.runtime.tasks import Tasks
from protocol.errors import DecodeError
from protocol.messages import Heartbeat, Message, ReplayChunk, ReplayRequest
from protocol.topology import CHANNELS, Address, Channel, Port, channel_of, publishers_for
from protocol.wire import (
    Envelope,
    Glances,
    decode,
    decode_published,
    encode,
    encode_published,
    glance_published,
    topic_of,
)

__all__ = ["Ports", "Received", "ZmqPorts"]

BEAT_S = 1.0

Pulse = Callable[[dict[str, int]], Heartbeat]


class Received(Struct, frozen=True):
    """One message and where it came from; `stream` is empty for what came into the inbox or as a replay."""

    stream: str
    sender: str
    epoch: int
    sequence: int
    message: Message | Glances


Take = Callable[[list[Received]], None]
"""Whoever is given what was received."""


class Ports(Protocol):
    """What a shell needs of the others; `ZmqPorts` is the real one, `tests.support` has the fake."""

    async def serve(self, take: Take) -> None:
        """Give *take* all that is ready at each wake-up, at least once a second (then perhaps nothing), until we stop.

        What *take* raises is raised.
        """

    filler: "Filler | None"
    """Fills what the replay ring no longer has; None: nobody does."""

    @property
    def epoch(self) -> int:
        """The life that our messages are numbered in."""

    def publish(self, message: Message) -> int:
        """Give *message* to whoever subscribes to the stream of its type, and return its number there."""

    def send(self, message: Message) -> None:
        """Put *message* into the inbox that its type goes to. A doorbell: it may be lost."""

    def wake(self) -> None:
        """Let `serve` take a turn at once."""

    async def ask(self, actor: str, command: str, timeout_s: float = 5.0, **arguments: object) -> dict[str, object]:
        """Return what *actor* answers to a control *command*.

        Raises:
            CommandRefused: it refused; the text says why.
            Unanswered: it did not answer within *timeout_s*.
        """

    def ask_replay(self, sender: str, request: ReplayRequest) -> None:
        """Ask *sender* (`feed-1`) for what was missed; the `ReplayChunk` comes through `serve`."""


class ZmqPorts:
    """The ports of one running actor."""

    def __init__(
        self,
        address: Address,
        settings: Settings,
        clock: Clock,
        epoch: int,
        log: structlog.typing.FilteringBoundLogger,
        *,
        ring_age_s: float = RING_AGE_S,
    ) -> None:
        self._address = address
        self._settings = settings
        self._clock = clock
        self._epoch = epoch
        self._log = log
        self._context = zmq.Context()
        self._take: Take | None = None
        """Who is given what arrives, while somebody is."""
        self._over: asyncio.Future[None]
        self._turn_soon: asyncio.Handle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._stopping = False
        self._tasks = Tasks(self.wake)
        """Answers that take a while."""
        self._sequences: dict[str, int] = {}
        replayed = [each.name for each in CHANNELS if each.replayed and address.actor in each.senders]
        self._replays = Replays(replayed, epoch, clock, self._tasks.begin, ring_age_s)
        self._rings = self._replays.rings
        self._inboxes: dict[str, zmq.Socket[bytes]] = {}
        self._repeaters: dict[str, Inlet] = {}
        """Whom we ask for what we missed, by address."""
        self._glanced = tuple(topic_of(channel.name) for channel in CHANNELS if address.actor in channel.glancers)
        self._inlets: list[Inlet] = []
        self._next_beat = float("-inf")
        self._complaints: set[str] = set()
        self.commands = Commands(str(address))
        self.filler: Filler | None = None
        self.pulse: Pulse | None = None
        self.rejected = 0
        """Frames that were none of ours."""

    # -- opening and closing ------------------------------------------------------------------------------------

    def open(self) -> None:
        """Bind what is ours, connect to the others, and let the event loop watch it all."""
        actor = self._address.actor
        self._publisher = self._bind(zmq.PUB, Port.PUBLISH)
        self._watch(self._bind(zmq.ROUTER, Port.CONTROL), self._drain_control)
        if any(channel.port is Port.INBOX and actor in channel.receivers for channel in CHANNELS):
            self._watch(self._bind(zmq.PULL, Port.INBOX), self._drain_inbox)
        for channel in CHANNELS:
            if channel.port is Port.INBOX and actor in channel.senders:
                self._connect_inbox(channel)
            if channel.port is Port.REPLAY and actor in channel.senders:
                self._connect_replays(channel)
        if self._rings:
            self._watch(self._bind(zmq.ROUTER, Port.REPLAY), self._drain_replay_requests)
        self._subscribe()

    def close(self) -> None:
        """Let go of every socket; what was not yet handed over is lost, which the disk makes good."""
        loop = asyncio.get_running_loop()
        for inlet in self._inlets:
            loop.remove_reader(inlet.socket.fileno())
        self._tasks.cancel()
        if self._alarm:
            self._alarm.cancel()
        self._context.destroy(linger=200)

    def stop(self) -> None:
        """Let `serve` end after what it has already handed out."""
        self._stopping = True
        self.wake()

    def _bind(self, kind: int, port: Port) -> "zmq.Socket[bytes]":
        socket = open_socket(self._context, kind, port)
        socket.bind(endpoint_of(self._settings, self._address, port))
        return socket

    def _watch(self, socket: "zmq.Socket[bytes]", drain: Callable[[Inlet, list[Received]], None]) -> Inlet:
        inlet = Inlet(socket, drain, self.wake)
        asyncio.get_running_loop().add_reader(socket.fileno(), self._on_signal, inlet)
        self._inlets.append(inlet)
        inlet.drain_soon()
        return inlet

    def _on_signal(self, inlet: Inlet) -> None:
        """Read *inlet* if something waits in it; most signals are of a connection's own business."""
        if inlet.holds_something:
            inlet.is_due = True
            self._turn()

    def _subscribe(self) -> None:
        wanted = publishers_for(self._address.actor)
        if not wanted:
            return
        socket = open_socket(self._context, zmq.SUB, Port.PUBLISH)
        for stream in sorted({stream for streams in wanted.values() for stream in streams}):
            socket.subscribe(topic_of(stream))
        for publisher in wanted:
            connect(socket, self._settings, publisher, Port.PUBLISH)
        self._watch(socket, self._drain_streams)

    def _connect_inbox(self, channel: Channel) -> None:
        for receiver in channel.receivers:
            if receiver not in self._inboxes:
                self._inboxes[receiver] = connect(
                    open_socket(self._context, zmq.PUSH, Port.INBOX), self._settings, receiver, Port.INBOX
                )

    def _connect_replays(self, channel: Channel) -> None:
        for receiver in channel.receivers:
            socket = connect(open_socket(self._context, zmq.DEALER, Port.REPLAY), self._settings, receiver, Port.REPLAY)
            self._repeaters[str(Address(receiver))] = self._watch(socket, self._drain_inbox)

    # -- sending ------------------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """The life that our messages are numbered in."""
        return self._epoch

    def publish(self, message: Message) -> int:
        """Give *message* to whoever subscribes to the stream of its type, and return its number there.

        It is kept for those who missed it if the stream is replayed.
        """
        stream = channel_of(type(message)).name
        sequence = self._sequences[stream] = self._sequences.get(stream, 0) + 1
        frame = encode_published(stream, Envelope(str(self._address), self._epoch, sequence, message))
        self._publisher.send(frame, zmq.NOBLOCK)
        ring = self._rings.get(stream)
        if ring is not None:
            ring.append(frame, self._clock.monotonic())
        return sequence

    def send(self, message: Message) -> None:
        """Ring at the inbox that *message* goes to; a full or absent inbox is not waited for."""
        frame = encode(Envelope(str(self._address), self._epoch, 0, message))
        for receiver in channel_of(type(message)).receivers:
            try:
                self._inboxes[receiver].send(frame, zmq.NOBLOCK)
            except zmq.Again:
                self._complain("inbox_full", receiver=receiver)

    def ask_replay(self, sender: str, request: ReplayRequest) -> None:
        """Ask *sender* (`feed-1`) for what was missed; the `ReplayChunk` comes through `serve`."""
        inlet = self._repeaters[sender]
        with contextlib.suppress(zmq.Again):
            inlet.socket.send(encode(Envelope(str(self._address), self._epoch, 0, request)), zmq.NOBLOCK)
        inlet.drain_soon()

    async def ask(self, actor: str, command: str, timeout_s: float = 5.0, **arguments: object) -> dict[str, object]:
        """Return what *actor* answers to a control *command*.

        Raises:
            CommandRefused: it refused; the text says why.
            Unanswered: it did not answer within *timeout_s*.
        """
        address = Address(actor)
        with open_socket(self._context, zmq.DEALER, Port.CONTROL) as socket:
            socket.connect(endpoint_of(self._settings, address, Port.CONTROL))
            socket.send_multipart([b"", encode_question(command, arguments)])
            try:
                async with asyncio.timeout(timeout_s):
                    body = await self._next_answer(socket)
            except TimeoutError:
                raise unanswered(str(address), command, timeout_s) from None
        return read_answer(body)

    async def _next_answer(self, socket: "zmq.Socket[bytes]") -> bytes:
        loop = asyncio.get_running_loop()
        arrived = asyncio.Event()
        loop.add_reader(socket.fileno(), arrived.set)
        try:
            while True:
                with contextlib.suppress(zmq.Again):
                    return socket.recv_multipart(zmq.NOBLOCK)[-1]
                arrived.clear()
                await arrived.wait()
        finally:
            loop.remove_reader(socket.fileno())

    # -- receiving ----------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Let `serve` take a turn at once."""
        if self._turn_soon is None and self._take is not None:
            self._turn_soon = asyncio.get_running_loop().call_soon(self._turn)

    async def serve(self, take: Take) -> None:
        """Give *take* all that is ready at each wake-up, at least once a second, until we stop; beat in between.

        What *take* raises is raised, and so is what went wrong beside it.
        """
        self._take = take
        self._over = asyncio.get_running_loop().create_future()
        self._turn()
        try:
            await self._over
        finally:
            self._take = None
        self._tasks.check()
        self._next_beat = float("-inf")
        self._beat()  # the last one: that we are stopping, and need not be thought dead while work is finished

    def _turn(self) -> None:
        """Take in what is ready. The event loop calls it: a coroutine would have to be woken first."""
        if self._turn_soon is not None:
            self._turn_soon.cancel()
            self._turn_soon = None
        if self._take is None:
            return
        if self._stopping or self._tasks.failure:
            self._take = None
            if not self._over.done():  # whoever waited may have been told to end
                self._over.set_result(None)
            return
        try:
            batch: list[Received] = []
            for inlet in self._inlets:
                if inlet.is_due:
                    inlet.is_due = False
                    inlet.drain(inlet, batch)
            self._beat()
            self._take(batch)
        except BaseException as error:  # noqa: BLE001 - whoever waits in `serve` is told of it
            self._tasks.fail(error)
        # One alarm a beat, not one a turn: under load there are a thousand turns to a beat.
        if self._alarm is None:
            pause_s = max(0.0, self._next_beat - self._clock.monotonic())
            self._alarm = asyncio.get_running_loop().call_later(pause_s, self._on_alarm)

    def _on_alarm(self) -> None:
        self._alarm = None
        self._turn()

    def _beat(self) -> None:
        now = self._clock.monotonic()
        if now < self._next_beat:
            return
        self._next_beat = now + BEAT_S
        for inlet in self._inlets:
            inlet.is_due = True  # if a signal was ever lost, the next wake makes it good
        if self.pulse is None:
            return
        beat = self.pulse(dict(self._sequences))
        frame = encode_published("heartbeat", Envelope(str(self._address), self._epoch, 0, beat))
        self._publisher.send(frame, zmq.NOBLOCK)

    def _drain_streams(self, inlet: Inlet, batch: list[Received]) -> None:
        for frame in inlet.frames():
            read = glance_published if frame.startswith(self._glanced) else decode_published
            try:
                stream, envelope = read(frame)
            except DecodeError as error:
                self._reject(error)
                continue
            batch.append(Received(stream, envelope.sender, envelope.epoch, envelope.sequence, envelope.message))

    def _drain_inbox(self, inlet: Inlet, batch: list[Received]) -> None:
        for frame in inlet.frames():
            try:
                envelope = decode(frame)
            except DecodeError as error:
                self._reject(error)
                continue
            batch.append(Received("", envelope.sender, envelope.epoch, envelope.sequence, envelope.message))

    def _drain_replay_requests(self, inlet: Inlet, _batch: list[Received]) -> None:
        for asker, *_, question in inlet.parts():
            try:
                request = decode(question).message
            except DecodeError as error:
                self._reject(error)
                continue
            if isinstance(request, ReplayRequest):
                reply = partial(self._send_chunk, inlet, asker)
                self._replays.on_request(request, asker, reply, self.filler)

    def _send_chunk(self, inlet: Inlet, asker: bytes, chunk: ReplayChunk) -> None:
        with contextlib.suppress(zmq.Again, zmq.ZMQError):  # whoever asked has gone
            inlet.socket.send_multipart(
                [asker, encode(Envelope(str(self._address), self._epoch, 0, chunk))], zmq.NOBLOCK
            )
        inlet.drain_soon()

    def _drain_control(self, inlet: Inlet, _batch: list[Received]) -> None:
        for *route, question in inlet.parts():
            self._tasks.begin(self._answer(inlet, route, question))

    async def _answer(self, inlet: Inlet, route: list[bytes], question: bytes) -> None:
        answer = await self.commands.answer(question)
        with contextlib.suppress(zmq.Again, zmq.ZMQError):  # whoever asked has gone
            inlet.socket.send_multipart([*route, encode_answer(answer)], zmq.NOBLOCK)
        inlet.drain_soon()

    def _reject(self, error: DecodeError) -> None:
        self.rejected += 1
        self._complain("message_rejected", reason=str(error))

    def _complain(self, event: str, **details: str) -> None:
        """Log the first of its kind; the rest are counted."""
        if event not in self._complaints:
            self._complaints.add(event)
            self._log.warning(event, **details)
