"""KIS's WebSocket: its connections, PINGPONG, and what each request is answered.

PINGPONG is sent only on a connection that has been silent for a while, and may be answered by the same text or by a
pong control frame; unanswered for too long, the connection is cut without a close frame.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol
from zoneinfo import ZoneInfo

from simulator.chance import stream
from simulator.clock import WorldClock
from simulator.config import SimulatorConfig
from simulator.faults import Acks, Answer, Drop, NoAck
from simulator.journal import Journal
from simulator.kis.answer_faults import AnswerFaults, AnswerOrder
from simulator.kis.answers import Code, build_pingpong
from simulator.kis.broker import Broker, Outcome, Subscriber
from simulator.kis.connection import Connection
from simulator.kis.publisher import Publisher

__all__ = ["KisWebSocket", "SessionCounter"]

_SECOND_NS = 1_000_000_000
_MEGABYTE = 1024 * 1024
_SEOUL = ZoneInfo("Asia/Seoul")
_PATHS = ("", "/", "/tryitout")
_PINGPONG = b"PINGPONG"
_EVENTS = {Code.SUBSCRIBED: "confirmed", Code.UNSUBSCRIBED: "released"}


class SessionCounter(Protocol):
    """Numbers the sessions; they go on over a restart of the simulator."""

    connections: int


class KisWebSocket:
    """The WebSocket server.

    Args:
        config: address, limits, delays.
        clock: the world's time.
        broker: who knows what is registered.
        journal: where sessions and trades are noted.
        counter: numbers the sessions.
        on_opened: called with a session's number when it has opened.
    """

    def __init__(
        self,
        *,
        config: SimulatorConfig,
        clock: WorldClock,
        broker: Broker,
        journal: Journal,
        counter: SessionCounter,
        on_opened: Callable[[int], None],
    ) -> None:
        self._config = config
        self._clock = clock
        self._broker = broker
        self._journal = journal
        self._counter = counter
        self._on_opened = on_opened
        self._connections: dict[int, Connection] = {}
        self._abandoned: list[Connection] = []
        self._answer_faults = AnswerFaults()
        self._answer_order = AnswerOrder()
        self._server: asyncio.Server | None = None
        self._refusing: asyncio.Task[None] | None = None
        self.port = config.ws_port
        self.publisher = Publisher(broker, self._connections, journal, clock, config.fields)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ws://{self._config.host}:{self.port}"

    @property
    def open_sessions(self) -> list[int]:
        """The numbers of the sessions that are open."""
        return list(self._connections)

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._new_connection, self._config.host, self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the listening socket and every connection, with a close frame."""
        if self._refusing is not None:
            self._refusing.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections.values()):
            connection.end("clean", "the simulator ends")
        for connection in self._abandoned:
            connection.end("rst", "the simulator ends")

    def refuse(self, seconds: float) -> None:
        """Listen no more for so many real *seconds*; open connections stay."""
        if self._refusing is not None:
            self._refusing.cancel()
        if self._server is not None:
            self._server.close()
        self._refusing = asyncio.get_running_loop().create_task(self._listen_again_after(seconds))

    async def _listen_again_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.start()

    def drop(self, fault: Drop) -> list[int]:
        """End every connection as *fault* says; return their numbers."""
        hit = list(self._connections.items())
        for _, connection in hit:
            if fault.how == "mute":
                connection.is_mute = True
                continue
            connection.end(fault.how, f"fault: {fault.how}", fault.code)
            if fault.how == "half_open":
                self._abandoned.append(connection)
                self.on_lost(connection, "fault: half_open", clean=False)
        return [number for number, _ in hit]

    def unmute(self) -> list[int]:
        """Let every connection carry trades again; return their numbers."""
        for connection in self._connections.values():
            connection.is_mute = False
        return list(self._connections)

    def disturb_answers(self, fault: Answer | NoAck | Acks) -> None:
        """Let *fault* strike the next requests or their answers."""
        if isinstance(fault, Acks):
            self._answer_order.order(fault, self._clock.monotonic_ns())
        else:
            self._answer_faults.add(fault)

    def steal_slot(self, app_keys: Collection[str], seconds: float) -> list[int]:
        """Cut the sessions of *app_keys*, whose slots another program holds for so many real seconds from now on."""
        lost = self._broker.steal_slot(app_keys, self._clock.monotonic_ns(), seconds)
        for session in lost:
            self._connections[session.number].end("eof", "another program took the slot")
        return [session.number for session in lost]

    def look_after_silence(self) -> None:
        """Send PINGPONG where it is due and what was held back too long, and cut who has not answered."""
        now_ns = self._clock.monotonic_ns()
        self.publisher.look_after_held()
        self._send(self._answer_order.overdue(now_ns))
        after_ns, cut_ns = self._config.pingpong_after_s * _SECOND_NS, self._config.pingpong_cut_s * _SECOND_NS
        for connection in list(self._connections.values()):
            if connection.unanswered_since_ns and now_ns - connection.unanswered_since_ns > cut_ns:
                connection.end("eof", "PINGPONG unanswered")
            elif now_ns - connection.sent_at_ns > after_ns:
                connection.send_text(build_pingpong(self._clock.now().astimezone(_SEOUL).strftime("%Y%m%d%H%M%S")))
                connection.unanswered_since_ns = connection.unanswered_since_ns or now_ns

    def accepts(self, path: str) -> bool:
        """Whether there is a WebSocket at *path*: the bare host, /tryitout and /tryitout/<TR>."""
        return path in _PATHS or path.startswith("/tryitout/")

    def on_opened(self, connection: Connection) -> None:
        """Note the new session."""
        number = _number(connection)
        self._connections[number] = connection
        self._journal.connection(number, "opened")
        self._on_opened(number)

    def on_pong(self, connection: Connection) -> None:
        """Take a pong control frame for an answer."""
        connection.unanswered_since_ns = 0

    def on_text(self, connection: Connection, text: bytes) -> None:
        """Answer a request, or take an echoed PINGPONG for an answer."""
        if _PINGPONG in text:
            connection.unanswered_since_ns = 0
            return
        session = connection.subscriber
        if session is None or session.number not in self._connections:
            return
        fault = self._answer_faults.take(text)
        if fault is not None and not fault.effect:
            self._refuse_anyway(session, text, fault)
            return
        outcome = self._broker.answer(session, text, self._clock.now_ns(), self._clock.monotonic_ns())
        if outcome.displaced is not None and (displaced := self._connections.get(outcome.displaced.number)):
            displaced.end("eof", "another session took the slot")
        self._note(session.number, outcome)
        if fault is None:
            self._send(self._answer_order.take(session.number, outcome.text))
        elif isinstance(fault, Answer):
            pretended = self._broker.pretend(session, text, fault.code, fault.header)
            self._send(self._answer_order.take(session.number, pretended))
        if outcome.code is Code.SUBSCRIBED:
            self.publisher.repeat_before(session.number, (outcome.tr_id, outcome.tr_key))
        if outcome.code is Code.IN_USE and self._config.close_when_in_use:
            connection.end("eof", "the slot is taken")

    def _refuse_anyway(self, session: Subscriber, text: bytes, fault: Answer | NoAck) -> None:
        if isinstance(fault, NoAck):
            self._journal.connection(session.number, "ignored")
            return
        self._journal.connection(session.number, "pretended", msg_cd=fault.code)
        answer = self._broker.pretend(session, text, fault.code, fault.header)
        self._send(self._answer_order.take(session.number, answer))

    def _note(self, number: int, outcome: Outcome) -> None:
        event = _EVENTS.get(outcome.code, "refused")
        self._journal.connection(number, event, tr_id=outcome.tr_id, tr_key=outcome.tr_key, msg_cd=outcome.code.msg_cd)

    def _send(self, answers: list[tuple[int, str]]) -> None:
        for number, text in answers:
            if connection := self._connections.get(number):
                connection.send_text(text)

    def on_lost(self, connection: Connection, reason: str, *, clean: bool) -> None:
        """Free what the session held."""
        number = _number(connection)
        if connection.subscriber is None or self._connections.pop(number, None) is None:
            return
        self._broker.end(connection.subscriber, self._clock.monotonic_ns(), clean=clean)
        self._journal.connection(number, "closed", reason=reason)

    def _new_connection(self) -> Connection:
        return Connection(self, self._new_subscriber, self._config.send_buffer_mb * _MEGABYTE)

    def _new_subscriber(self) -> Subscriber:
        self._counter.connections += 1
        number = self._counter.connections
        letters = f"{stream(self._config.seed, 'cipher', number).getrandbits(192):048x}"
        return Subscriber(number, (letters[:16], letters[16:48]))


def _number(connection: Connection) -> int:
    return connection.subscriber.number if connection.subscriber is not None else 0
