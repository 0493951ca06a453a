"""The WebSocket to KIS. No decisions: bytes in, frames out; it opens, sends and closes as it is told.

The protocol is `websockets`' own, without its asyncio shell: one `await` a message would cost more than all the rest,
and here everything that one look at the socket brought is handed over at once. Frames stay bytes, because KIS was seen
to send what is not UTF-8, which that shell answers with a close (1007). Proxies of the environment are ignored.
We send no pings of our own, which KIS dislikes: TCP's keep-alive notices a peer that is gone, after
`keepalive_idle_s + keepalive_interval_s × keepalive_count` seconds.
"""

import asyncio
import logging
import socket
from typing import Protocol

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State
from websockets.uri import WebSocketURI, parse_uri

from actors.feed.config import FeedConfig
from actors.kis.frames import Bytes
from actors.runtime.errors import TemporaryFailure

__all__ = ["KisSocket", "SocketOwner", "open_kis_socket"]

MOST_BYTES = 1024 * 1024
NORMAL_CLOSURE = 1000
_DATA = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


class SocketOwner(Protocol):
    """Who is told what the socket brings: first that it is open, at last that it is closed."""

    def on_opened(self, socket: "KisSocket") -> None:
        """Take the *socket* that is open from now on."""

    def on_frames(self, frames: list[Bytes]) -> None:
        """Take the data frames that one look at the socket brought, at least one."""

    def on_closed(self, reason: str, bug: Exception | None) -> None:
        """Take notice that the socket is closed; *bug* is our own mistake, if that closed it."""


async def open_kis_socket(url: str, config: FeedConfig, owner: SocketOwner) -> "KisSocket":
    """Return an open WebSocket to *url*, which *owner* has been told of before anything that it brought.

    Raises:
        TemporaryFailure: it could not be opened in time; *owner* has heard nothing.
    """
    uri = parse_uri(url)
    loop = asyncio.get_running_loop()
    opened: KisSocket | None = None
    try:
        async with asyncio.timeout(config.open_timeout_s):
            _, opened = await loop.create_connection(
                lambda: KisSocket(uri, config, owner), uri.host, uri.port, ssl=True if uri.secure else None
            )
            await opened.shaken
    except (OSError, WebSocketException) as error:
        if opened is not None:
            if opened.has_opened:
                return opened
            opened.abort()
        message = f"expected a WebSocket at {url}, found {type(error).__name__}: {error}"
        raise TemporaryFailure(message) from error
    return opened


class KisSocket(asyncio.Protocol):
    """One connection, from its handshake to its end."""

    def __init__(self, uri: WebSocketURI, config: FeedConfig, owner: SocketOwner) -> None:
        # A logger of its own that is never set to debug: the library would write out the approval key.
        quiet = logging.Logger("kis_socket", logging.WARNING)  # noqa: LOG001 - not one that settings can reach
        self._protocol = ClientProtocol(uri, max_size=MOST_BYTES, logger=quiet)
        self._config = config
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._parts: list[Bytes] = []
        self._reason = ""
        self.shaken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the handshake is."""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the connection is over."""

    @property
    def has_opened(self) -> bool:
        """Whether its owner was told of it."""
        return self.shaken.done() and not self.shaken.cancelled() and self.shaken.exception() is None

    # -- what we do ---------------------------------------------------------------------------------------------

    def send(self, text: bytes) -> None:
        """Send *text*; on a connection that is closing it goes nowhere."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(text)
            self._flush()

    def close(self) -> None:
        """Say goodbye, and cut the connection if nobody answers in time."""
        if self._protocol.state is not State.OPEN:
            self.abort()
            return
        self._reason = self._reason or "closed by us"
        self._protocol.send_close(NORMAL_CLOSURE)
        self._flush()
        asyncio.get_running_loop().call_later(self._config.close_timeout_s, self.abort)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    # -- what asyncio tells us ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let TCP watch the peer, and begin the handshake."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type alone
        self._transport = transport
        self._keep_alive(transport.get_extra_info("socket"))
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Hand over all frames in *data*."""
        self._protocol.receive_data(data)
        events = self._protocol.events_received()
        self._flush()
        if not self.shaken.done():
            events = self._finish_handshake(events)
        frames: list[Bytes] = []
        for event in events:
            if isinstance(event, Frame):
                if event.opcode is Opcode.TEXT and event.fin:
                    frames.append(event.data)
                else:
                    self._take_part(event, frames)
        if frames:
            self._owner.on_frames(frames)
        if self._protocol.close_expected():
            asyncio.get_running_loop().call_later(self._config.close_timeout_s, self.abort)

    def eof_received(self) -> None:
        """Let the protocol know; the transport then closes."""
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the owner why it is over, if it had begun."""
        self._transport = None
        self.gone.set_result(None)
        if not self.shaken.done():
            self.shaken.set_exception(
                self._protocol.handshake_exc or error or ConnectionResetError("closed in handshake")
            )
        elif self.has_opened:
            is_bug = error is not None and not isinstance(error, OSError)
            self._owner.on_closed(self._why(error), error if is_bug else None)

    # -- inside -------------------------------------------------------------------------------------------------

    def _finish_handshake(self, events: list[Event]) -> list[Event]:
        failure = self._protocol.handshake_exc
        if failure is not None:
            self.shaken.set_exception(failure)
            self.abort()
        elif events:
            self.shaken.set_result(None)
            self._owner.on_opened(self)
        return events[1:]

    def _take_part(self, frame: Frame, frames: list[Bytes]) -> None:
        """Add the message that *frame* completes to *frames*, if it does; control frames are not for us."""
        if frame.opcode not in _DATA:
            return
        self._parts.append(frame.data)
        if frame.fin:
            frames.append(b"".join(self._parts))
            self._parts = []

    def _flush(self) -> None:
        transport = self._transport
        if transport is None:
            return
        for data in self._protocol.data_to_send():
            if data:
                transport.write(data)
            elif transport.can_write_eof():
                transport.write_eof()

    def _why(self, error: Exception | None) -> str:
        if self._reason:
            return self._reason
        close = self._protocol.close_rcvd
        if close is not None:
            return f"closed by KIS with code {close.code} {close.reason}".strip()
        failure = self._protocol.parser_exc
        if failure is not None and not isinstance(failure, EOFError):
            return f"broken off: {type(failure).__name__}: {failure}"
        return f"lost: {type(error).__name__}" if error else "lost without a close frame"

    def _keep_alive(self, connection: socket.socket) -> None:
        config = self._config
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, config.keepalive_idle_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, config.keepalive_interval_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, config.keepalive_count)
        # The same limit where something of ours is not acknowledged, which keep-alive does not look at.
        patience_s = config.keepalive_idle_s + config.keepalive_interval_s * config.keepalive_count
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience_s * 1000)
