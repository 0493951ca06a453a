"""KIS's WebSocket: its connections, PINGPONG, and trades to whoever has registered for them.

PINGPONG is sent only on a connection that has been silent for a while, and may be answered by the same text or by a
pong control frame; unanswered for too long, the connection is cut without a close frame.
"""

import asyncio
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Protocol
from zoneinfo import ZoneInfo

from simulator.chance import stream
from simulator.clock import WorldClock
from simulator.config import SimulatorConfig
from simulator.faults import Corrupt, Drop
from simulator.journal import Journal, TradeLine
from simulator.kis.answers import build_pingpong
from simulator.kis.broker import Broker, Subscriber
from simulator.kis.connection import TEXT, Connection, build_raw_frame
from simulator.kis.frames import TRADE_TR, build_frame, build_record
from simulator.kis.spoilt import spoil
from simulator.market.instrument import Print

__all__ = ["KisWebSocket", "SessionCounter"]

_SECOND_NS = 1_000_000_000
_MEGABYTE = 1024 * 1024
_SEOUL = ZoneInfo("Asia/Seoul")
_PATHS = ("", "/", "/tryitout")
_PINGPONG = b"PINGPONG"


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
        self._spoil: list[Corrupt] = []
        self._server: asyncio.Server | None = None
        self._refusing: asyncio.Task[None] | None = None
        self.fields = config.fields
        self.port = config.ws_port

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

    def corrupt(self, fault: Corrupt) -> list[int]:
        """Spoil the next frame as *fault* says; return who will get it."""
        self._spoil.append(fault)
        return list(self._connections)

    def publish(self, trades: Iterable[Print], most: int) -> None:
        """Send *trades* in their order to who has registered for them, up to *most* of one symbol in a frame."""
        outgoing: dict[int, list[bytes]] = {}
        now_ns = self._clock.now_ns()
        for code, run in groupby(trades, key=lambda trade: trade.symbol):
            together = list(run)
            for start in range(0, len(together), most):
                part = together[start : start + most]
                numbers = self._send(outgoing, code, part)
                for trade in part:
                    self._journal.trade(_line(trade, numbers[0] if numbers else None, now_ns))
        self._write(outgoing)

    def publish_raw(self, tr_id: str, tr_key: str, frame: bytes) -> list[int]:
        """Send a ready-made *frame* to who has registered for it; return their numbers."""
        outgoing: dict[int, list[bytes]] = {}
        receivers = self._receivers((tr_id, tr_key))
        self._add(outgoing, receivers, frame)
        self._write(outgoing)
        return receivers

    def look_after_silence(self) -> None:
        """Send PINGPONG where it is due, and cut who has not answered."""
        now_ns = self._clock.monotonic_ns()
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
        outcome = self._broker.answer(session, text, self._clock.now_ns(), self._clock.monotonic_ns())
        if outcome.displaced is not None and (displaced := self._connections.get(outcome.displaced.number)):
            displaced.end("eof", "another session took the slot")
        event = "confirmed" if outcome.code.msg_cd in {"OPSP0000", "OPSP0001"} else "refused"
        self._journal.connection(
            session.number, event, tr_id=outcome.tr_id, tr_key=outcome.tr_key, msg_cd=outcome.code.msg_cd
        )
        connection.send_text(outcome.text)

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

    def _receivers(self, registration: tuple[str, str]) -> list[int]:
        sessions = self._broker.subscribers.get(registration, ())
        return [session.number for session in sessions if self._connections[session.number].is_useful]

    def _send(self, outgoing: dict[int, list[bytes]], code: str, trades: list[Print]) -> list[int]:
        receivers = self._receivers((TRADE_TR, code))
        if not receivers or trades[0].venue != "KRX":
            return []
        payload = build_frame([build_record(trade, self.fields) for trade in trades])
        instead = False
        for fault in self._spoil:
            spoilt, opcode = spoil(fault.how, payload)
            self._add(outgoing, receivers, spoilt, opcode)
            instead = instead or fault.instead
        self._spoil.clear()
        if instead:
            return []
        self._add(outgoing, receivers, payload)
        return receivers

    def _add(self, outgoing: dict[int, list[bytes]], receivers: list[int], payload: bytes, opcode: int = TEXT) -> None:
        frame = build_raw_frame(payload, opcode)
        for number in receivers:
            outgoing.setdefault(number, []).append(frame)

    def _write(self, outgoing: dict[int, list[bytes]]) -> None:
        for number, frames in outgoing.items():
            self._connections[number].write(b"".join(frames))


def _number(connection: Connection) -> int:
    return connection.subscriber.number if connection.subscriber is not None else 0


def _line(trade: Print, connection: int | None, written_at: int) -> TradeLine:
    return TradeLine(
        trade.index,
        trade.symbol,
        trade.venue,
        trade.traded_at_ns,
        trade.session_date.isoformat(),
        trade.price,
        trade.base_price,
        trade.volume,
        trade.cumulative_volume,
        trade.low,
        trade.low_at_ns,
        connection,
        written_at,
    )
