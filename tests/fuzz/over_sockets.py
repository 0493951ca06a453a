"""Our clients under a server that says anything: over real sockets where a library reads HTTP."""

import asyncio
import contextlib
import functools
import socket
import threading
from typing import Any

from websockets.uri import parse_uri
from websockets.utils import accept_key

from actors.feed.config import FeedConfig
from actors.feed.gaps.repair import Repairs
from actors.feed.session.client import KisSocket
from actors.feed.session.intake import Intake
from actors.kis.config import KisConfig
from actors.kis.frames import Bytes
from actors.kis.http import KisHttp
from actors.kis.rest import Call
from actors.runtime.clock import SystemClock
from actors.runtime.config import AppKey, Secret
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.telegram.client import BotClient
from actors.telegram.config import TelegramConfig
from simulator.kis.connection import build_raw_frame

__all__ = ["read_by_bot", "read_by_gateway", "read_by_socket"]

PATIENCE_S = 5.0
MOST_BYTES = 64 * 1024
CALL = Call("/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100", {"FID_INPUT_ISCD": "005930"})


class _Speaker:
    """A server that says `words` to whoever comes, and no more."""

    def __init__(self) -> None:
        self.words = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            connection.settimeout(PATIENCE_S)
            with connection, contextlib.suppress(OSError):
                asked = b""
                while b"\r\n\r\n" not in asked and (part := connection.recv(MOST_BYTES)):
                    asked += part
                connection.sendall(self.words)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(MOST_BYTES):
                    pass


@functools.cache
def _speaker() -> _Speaker:
    return _Speaker()


@functools.cache
def _gateway() -> KisHttp:
    key = AppKey("main", Secret("KEY"), Secret("SECRET"))
    return KisHttp(KisConfig(rest_url=_speaker().url, read_timeout_s=PATIENCE_S), key)


@functools.cache
def _bot() -> BotClient:
    config = TelegramConfig(api_url=_speaker().url, read_timeout_s=PATIENCE_S, poll_timeout_s=0)
    return BotClient(config, Secret("1:TOKEN"), SystemClock())


def read_by_gateway(words: bytes) -> None:
    """Ask KIS's gateway for a price, and be answered *words*."""
    _speaker().words = words
    with contextlib.suppress(TemporaryFailure):
        _gateway().get(CALL, "TOKEN")


def read_by_bot(words: bytes) -> None:
    """Send a text by the Bot API and ask for updates, and be answered *words* each time."""
    _speaker().words = words
    _bot().send_text(1, "text", plain=True, silent=False)
    with contextlib.suppress(TemporaryFailure):
        _bot().get_updates(0)


class _Wire(asyncio.Transport):
    """The transport of a connection that nobody is at the other end of."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.socket = socket.socket()

    def get_extra_info(self, _name: str, _default: Any = None) -> Any:  # noqa: ANN401 - as asyncio has it
        """Return the socket, whose options are set."""
        return self.socket

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep what is said."""
        self.written += data

    def can_write_eof(self) -> bool:
        """Return that a half can be closed."""
        return True

    def write_eof(self) -> None:
        """Close our half."""

    def abort(self) -> None:
        """Cut the connection, which is none."""


class _Owner:
    """Does with what the socket brings what feed does."""

    def __init__(self) -> None:
        self._intake = Intake(Repairs(FeedConfig()))

    def on_opened(self, socket: KisSocket) -> None:
        """Take the socket."""

    def on_frames(self, frames: list[Bytes]) -> None:
        """Read the frames."""
        self._intake.take_trades(frames, 1, 0.0)
        self._intake.take_messages()
        self._intake.take_complaints()

    def on_closed(self, reason: str, bug: Exception | None) -> None:
        """Take notice of the end, which must not be our own mistake."""
        assert reason
        assert bug is None


def read_by_socket(words: bytes) -> None:
    """Open KIS's WebSocket, and hear *words*: as the payload of a frame, and as what comes instead of one."""
    asyncio.run(_hear(build_raw_frame(words) + words))
    asyncio.run(_hear(words))


async def _hear(data: bytes) -> None:
    wire = _Wire()
    heard = KisSocket(parse_uri("ws://127.0.0.1:1"), FeedConfig(), _Owner())
    heard.connection_made(wire)
    key = next(line.split(b": ")[1] for line in wire.written.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key"))
    head = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    heard.data_received(f"{head}{accept_key(key.decode())}\r\n\r\n".encode())
    middle = len(data) // 2
    for part in (data[:middle], data[middle:]):
        if part:
            heard.data_received(part)
    heard.eof_received()
    heard.connection_lost(None)
    wire.socket.close()
