"""One WebSocket connection of a client, with every way to end it or to spoil it.

The protocol itself is the `websockets` library's core without I/O; this module owns the socket, because a reset, a
half-open connection, a frame cut short or text that is not UTF-8 cannot be asked of a well-behaved server.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Literal, Protocol, cast

from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from simulator.clock import monotonic_ns
from simulator.kis.broker import Subscriber

__all__ = ["BINARY", "TEXT", "Connection", "Listener", "build_raw_frame"]

BINARY, TEXT = 0x82, 0x81
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
_SMALL, _MIDDLE = 126, 65_536
_CLOSE = 0x88
_WITHOUT_CODE, _WITHOUT_FRAME = 1005, 1006
_NEVER_SENT = frozenset({1004, _WITHOUT_CODE, 1015})
"""Close codes that RFC 6455 lets nobody send, which does not keep a server from it."""


def build_raw_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return an unmasked, unfragmented frame with *payload*, which may be anything."""
    length = len(payload)
    if length < _SMALL:
        return bytes((opcode, length)) + payload
    if length < _MIDDLE:
        return bytes((opcode, _SMALL)) + length.to_bytes(2, "big") + payload
    return bytes((opcode, _SMALL + 1)) + length.to_bytes(8, "big") + payload


class Listener(Protocol):
    """Who hears what happens on a connection."""

    def accepts(self, path: str) -> bool:
        """Whether there is a WebSocket at *path*."""

    def on_opened(self, connection: "Connection") -> None:
        """The handshake is done."""

    def on_text(self, connection: "Connection", text: bytes) -> None:
        """A text message came in."""

    def on_pong(self, connection: "Connection") -> None:
        """A pong control frame came in."""

    def on_lost(self, connection: "Connection", reason: str, *, clean: bool) -> None:
        """The connection has ended; *clean* with a close frame."""


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, listener: Listener, new_subscriber: Callable[[], Subscriber], buffer_bytes: float) -> None:
        self._listener = listener
        self._new_subscriber = new_subscriber
        self._buffer_bytes = buffer_bytes
        self._protocol = ServerProtocol()
        self._transport: asyncio.Transport | None = None
        self._parts: list[bytes] = []
        self._reason = "the client has gone"
        self._is_half_open = False
        self._was_closed = False
        self.is_mute = False
        self.subscriber: Subscriber | None = None
        self.sent_at_ns = monotonic_ns()
        self.unanswered_since_ns = 0
        """When the oldest unanswered PINGPONG was sent, monotonic; 0 if none is."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast("asyncio.Transport", transport)
        own = transport.get_extra_info("socket")
        if own is not None:
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Take what the client has sent."""
        if self._is_half_open:
            return
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._on_request(event)
            elif isinstance(event, Frame):
                self._on_frame(event)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the listener how it ended."""
        self._transport = None
        closed = self._protocol.close_rcvd or self._protocol.close_sent
        if self.subscriber is not None:
            reason = f"close frame {closed.code}" if closed else self._reason
            is_clean = closed is not None or self._was_closed
            self._listener.on_lost(self, f"{reason}: {exc}" if exc else reason, clean=is_clean)

    @property
    def is_useful(self) -> bool:
        """Whether trades go out on it."""
        return self._transport is not None and not self._is_half_open and not self.is_mute

    def send_text(self, text: str) -> None:
        """Send an answer or a PINGPONG."""
        self.write(build_raw_frame(text.encode()))

    def write(self, frames: bytes) -> None:
        """Send *frames* as they are; a client that lets too much pile up is cut."""
        if self._transport is None or self._is_half_open or self._protocol.close_sent:
            return
        self._transport.write(frames)
        self.sent_at_ns = monotonic_ns()
        if self._transport.get_write_buffer_size() > self._buffer_bytes:
            self.end("eof", "the client does not read")

    def end(self, how: Literal["clean", "eof", "rst", "half_open"], reason: str, code: int = 1001) -> None:
        """End the connection *how*: with a close frame, without one, by a reset, or without anybody noticing."""
        transport = self._transport
        if transport is None:
            return
        self._reason = reason
        if how == "clean" and code == _WITHOUT_FRAME:
            how = "eof"
        if how == "clean" and code in _NEVER_SENT:
            transport.write(build_raw_frame(b"" if code == _WITHOUT_CODE else code.to_bytes(2, "big"), _CLOSE))
            self._was_closed = True
            transport.close()
        elif how == "half_open":
            self._is_half_open = True
            transport.pause_reading()
        elif how == "clean":
            self._protocol.send_close(code)
            self._flush()
        elif how == "rst":
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            transport.abort()
        else:
            transport.close()

    def _on_request(self, request: Request) -> None:
        response = self._protocol.accept(request)
        if response.status_code == 101 and not self._listener.accepts(request.path):  # noqa: PLR2004 - switching
            response = self._protocol.reject(404, "no such path\n")
        self._protocol.send_response(response)
        self._flush()
        if response.status_code == 101:  # noqa: PLR2004 - as above
            self.subscriber = self._new_subscriber()
            self._listener.on_opened(self)

    def _on_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            self._listener.on_pong(self)
        elif frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                message, self._parts = b"".join(self._parts), []
                self._listener.on_text(self, message)

    def _flush(self) -> None:
        if self._transport is None:
            return
        for part in self._protocol.data_to_send():
            if part:
                self._transport.write(part)
            else:
                self._transport.close()
        if isinstance(self._protocol.parser_exc, ProtocolError):
            self._reason = "the client broke the protocol"
