"""The feed's WebSocket against servers that behave in every way that servers do."""

import asyncio
import ctypes
import socket as tcp
import struct
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.utils import accept_key

from actors.feed.config import FeedConfig
from actors.feed.session.client import KisSocket, open_kis_socket
from actors.kis.frames import Bytes
from actors.runtime.errors import TemporaryFailure

CONFIG = msgspec.convert({"open_timeout_s": 0.5, "close_timeout_s": 0.1}, FeedConfig)
MEBIBYTE = 1024 * 1024
SO_ATTACH_FILTER = 26
MOST_PATIENCE_S = 5.0


class Owner:
    """Who is told what the socket brings."""

    def __init__(self) -> None:
        self.looks: list[list[bytes]] = []
        self.closed: asyncio.Future[tuple[str, Exception | None]] = asyncio.get_running_loop().create_future()
        self.mistake: Exception | None = None

    @property
    def frames(self) -> list[bytes]:
        """Everything that came, in order."""
        return [frame for look in self.looks for frame in look]

    def on_opened(self, socket: KisSocket) -> None:
        """Keep the socket, which nothing precedes."""
        assert not self.looks
        self.socket = socket

    def on_frames(self, frames: list[Bytes]) -> None:
        """Keep what one look brought."""
        self.looks.append([bytes(frame) for frame in frames])
        if self.mistake is not None:
            raise self.mistake

    def on_closed(self, reason: str, bug: Exception | None) -> None:
        """Note the end."""
        self.closed.set_result((reason, bug))


Serve = Callable[[ServerConnection], Awaitable[None]]


def meet(talk: Serve, act: Callable[[KisSocket, Owner], Awaitable[None]]) -> Owner:
    """Let a server *talk* to our socket while we *act*; return the owner as it is then."""
    return asyncio.run(meeting(talk, act))


async def meeting(talk: Serve, act: Callable[[KisSocket, Owner], Awaitable[None]]) -> Owner:
    """Do what `meet` does."""
    async with serve(talk, "127.0.0.1", 0, ping_interval=None) as server:
        owner = Owner()
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(10):
            socket = await open_kis_socket(f"ws://127.0.0.1:{port}", CONFIG, owner)
            try:
                await act(socket, owner)
            finally:
                socket.abort()
        return owner


async def until_closed(_socket: KisSocket, owner: Owner) -> None:
    """Wait for the end."""
    await owner.closed


async def abort(connection: ServerConnection) -> None:
    """End without a close frame."""
    connection.transport.abort()


def test_all_that_has_arrived_is_handed_over_at_once() -> None:
    """One message a look is what makes the rest of the line cheap."""

    async def talk(connection: ServerConnection) -> None:
        connection.transport.write(b"".join(b"\x81\x02%02d" % number for number in range(50)))
        await connection.close()

    owner = meet(talk, until_closed)

    assert owner.frames == [b"%02d" % number for number in range(50)]
    assert len(owner.looks) == 1


def test_the_opening_is_told_before_what_came_with_it() -> None:
    """KIS may refuse in the same breath in which it opens, and the core knows no answer to no connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        key = next(line.split(b": ")[1] for line in request.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key"))
        head = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        writer.write(f"{head}{accept_key(key.decode())}\r\n\r\n".encode() + b"\x81\x02no\x88\x00")
        writer.close()

    async def attempt() -> Owner:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        owner = Owner()
        socket = await open_kis_socket(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", CONFIG, owner)
        await socket.gone
        server.close()
        assert owner.socket is socket
        return owner

    owner = asyncio.run(attempt())

    assert owner.frames == [b"no"]
    assert owner.closed.done()


def test_a_message_in_parts_is_one_message() -> None:
    """A server, or something on the way, may cut it anywhere, and ping in between."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send(["0|H0", "STCNT0", "|001|x"])
        connection.transport.write(b"\x01\x01a\x89\x00\x80\x01b")
        await connection.close()

    assert meet(talk, until_closed).frames == [b"0|H0STCNT0|001|x", b"ab"]


def test_text_that_is_no_utf8_does_not_cost_the_connection() -> None:
    """A strict library closes with 1007: seen with KIS in June 2026."""

    async def talk(connection: ServerConnection) -> None:
        connection.transport.write(b"\x81\x02\xff\xfe")
        await connection.send("next")
        await connection.close()

    assert meet(talk, until_closed).frames == [b"\xff\xfe", b"next"]


def test_what_we_send_arrives_and_a_ping_is_answered() -> None:
    """Requests, PINGPONG echoes, and the protocol's own duty."""
    heard: list[object] = []

    async def talk(connection: ServerConnection) -> None:
        heard.append(await connection.recv())
        await (await connection.ping())
        await connection.close()

    async def act(socket: KisSocket, owner: Owner) -> None:
        socket.send(b'{"header":{}}')
        await owner.closed

    meet(talk, act)

    assert heard == ['{"header":{}}']


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (lambda connection: connection.close(1001, "bye"), "closed by KIS with code 1001 bye"),
        (abort, "lost without a close frame"),
    ],
)
def test_an_end_is_told_once_with_its_reason(ending: Serve, reason: str) -> None:
    """It stands in the log and in the operator's status."""
    owner = meet(ending, until_closed)

    assert owner.closed.result() == (reason, None)


def test_a_message_beyond_all_measure_ends_the_connection() -> None:
    """Memory must not depend on who writes to us."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send("x" * (MEBIBYTE + 1))
        await connection.wait_closed()

    reason, bug = meet(talk, until_closed).closed.result()

    assert "PayloadTooBig" in reason
    assert bug is None


def test_garbage_behind_the_handshake_ends_the_connection() -> None:
    """Something on the way has lost its mind; a new connection may find it again."""

    async def talk(connection: ServerConnection) -> None:
        connection.transport.write(b"\xff" * 64)
        await connection.wait_closed()

    reason, bug = meet(talk, until_closed).closed.result()

    assert "ProtocolError" in reason
    assert bug is None


def test_a_goodbye_that_nobody_answers_is_cut_short() -> None:
    """A peer that is gone must not hold up the next connection."""
    over = asyncio.Event()

    async def talk(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await over.wait()
        connection.transport.abort()

    async def act(socket: KisSocket, owner: Owner) -> None:
        socket.close()
        socket.close()
        socket.send(b"into the void")
        assert (await owner.closed)[0] == "closed by us"
        over.set()

    meet(talk, act)


def stop_acknowledging(connection: ServerConnection) -> None:
    """Let the kernel drop whatever comes for *connection*, acknowledgements, probes and all: the peer is gone.

    A filter of one instruction, "keep 0 bytes", which anybody may put on his own socket (SO_ATTACH_FILTER, socket(7)).
    """
    keep_nothing = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0))
    program = struct.pack("@HP", 1, ctypes.addressof(keep_nothing))
    connection.transport.get_extra_info("socket").setsockopt(tcp.SOL_SOCKET, SO_ATTACH_FILTER, program)


def test_a_peer_that_acknowledges_nothing_any_more_is_noticed_within_five_seconds() -> None:
    """A pulled cable, a router that has forgotten us: no close, no error, and else a quarter of an hour of silence.

    How long it takes is the kernel's affair, so it is read from the options of the connected socket; that these do end
    the connection is seen. Without them it would outlast this test.
    """

    async def lose_peer(said: bytes) -> Owner:
        is_gone, over = asyncio.Event(), asyncio.Event()

        async def talk(connection: ServerConnection) -> None:
            stop_acknowledging(connection)
            is_gone.set()
            await over.wait()

        async def act(socket: KisSocket, owner: Owner) -> None:
            await is_gone.wait()
            assert socket._transport is not None
            assert patience_s(socket._transport.get_extra_info("socket")) <= MOST_PATIENCE_S
            if said:
                socket.send(said)
            try:
                await owner.closed
            finally:
                over.set()

        return await meeting(talk, act)

    async def lose_two() -> list[Owner]:
        return list(await asyncio.gather(lose_peer(b""), lose_peer(b"subscribe")))

    assert [owner.closed.result() for owner in asyncio.run(lose_two())] == [("lost: TimeoutError", None)] * 2


def patience_s(connected: tcp.socket) -> float:
    """Return for how long TCP bears a peer that acknowledges neither its probes nor what we sent, tcp(7)."""
    assert connected.getsockopt(tcp.SOL_SOCKET, tcp.SO_KEEPALIVE)
    idle_s, interval_s, count, unacknowledged_ms = (
        connected.getsockopt(tcp.IPPROTO_TCP, option)
        for option in (tcp.TCP_KEEPIDLE, tcp.TCP_KEEPINTVL, tcp.TCP_KEEPCNT, tcp.TCP_USER_TIMEOUT)
    )
    # What is not acknowledged is sent again at growing intervals: the last may end half a second behind the limit.
    return max(idle_s + interval_s * count, unacknowledged_ms / 1000 + 0.5)


def test_our_own_mistake_is_not_mistaken_for_a_lost_connection() -> None:
    """A bug that looks like weather is met by reconnecting for ever."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send(await connection.recv())
        await connection.wait_closed()

    async def act(socket: KisSocket, owner: Owner) -> None:
        owner.mistake = KeyError("ours")
        socket.send(b"echo")
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        await owner.closed

    assert meet(talk, act).closed.result()[1] is not None


def test_a_server_that_refuses_the_handshake_is_a_failure_that_passes() -> None:
    """403 and 404 end other clients for good."""

    def refuse(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(HTTPStatus.FORBIDDEN, "no")

    async def attempt() -> None:
        async with serve(abort, "127.0.0.1", 0, process_request=refuse) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(TemporaryFailure, match="403"):
                await open_kis_socket(f"ws://127.0.0.1:{port}", CONFIG, Owner())

    asyncio.run(attempt())


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", None])
def test_what_is_no_websocket_server_is_a_failure_that_passes(answer: bytes | None) -> None:
    """A wrong port, a proxy's page, a server that accepts and says nothing."""
    over = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()
        over.set()

    async def attempt() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TemporaryFailure, match=f"127.0.0.1:{port}"):
            await open_kis_socket(f"ws://127.0.0.1:{port}", CONFIG, Owner())
        await over.wait()
        server.close()

    asyncio.run(attempt())


def test_a_port_where_nobody_listens_is_a_failure_that_passes() -> None:
    """KIS is down: weather."""

    async def attempt() -> None:
        server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        with pytest.raises(TemporaryFailure, match="ConnectionRefusedError"):
            await open_kis_socket(f"ws://127.0.0.1:{port}", CONFIG, Owner())

    asyncio.run(attempt())
