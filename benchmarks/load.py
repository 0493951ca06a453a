"""A process that plays the KIS WebSocket as a source of load: flat out, or at a pace with crossings in between.

It confirms every subscription and then sends what its one asker orders on stdin, to the client that connected under the
path that the order names. Frames are packed before the clock starts, so a frame costs it next to nothing; flat out, TCP
alone holds it back. At a pace it writes once in a millisecond what is due.
"""

import asyncio
import contextlib
import sys
import time
from functools import cache
from itertools import cycle

import msgspec
from msgspec import Struct
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from benchmarks.records import Record, crossings, frames_of, time_text, walk

__all__ = ["Listening", "Play", "Played", "Stamp"]

RECORDS = 8_000
CHUNK_BYTES = 48 * 1024
MOST_BUFFERED = 256 * 1024
PAUSE_S = 0.001
PATIENCE_S = 15.0


class Listening(Struct, frozen=True):
    """The first line: where the WebSocket is."""

    port: int


class Play(Struct, frozen=True, kw_only=True):
    """Send trades of so many *symbols* for *seconds* to the client that connected to *path*."""

    seconds: float
    path: str = ""
    records: int = 1
    """Records in a frame."""
    fields: int = 47
    symbols: int = 40
    rate: float = 0.0
    """Trades a second, crossings included; 0: as many as TCP takes."""
    crossings_per_s: float = 0.0
    """Trades below their symbol's target; each comes in a frame of its own."""


class Stamp(Struct, frozen=True):
    """A crossing, and when it was written to the socket, nanoseconds of the machine's monotonic clock."""

    symbol: str
    price: int
    sent_ns: int


class Played(Struct, frozen=True):
    """What was sent, and when the first and the last of it."""

    trades: int
    began_ns: int
    ended_ns: int
    stamps: list[Stamp]


class _Stage:
    """The clients, and what they are sent."""

    def __init__(self) -> None:
        self._clients: dict[str, ServerConnection] = {}
        self._came = asyncio.Condition()
        self._crossings = crossings()
        self._opened_at = time.monotonic()

    async def welcome(self, client: ServerConnection) -> None:
        """Confirm whatever *client* subscribes to, until it goes."""
        assert client.request is not None  # noqa: S101 - the handshake is over
        async with self._came:
            self._clients[client.request.path] = client
            self._came.notify_all()
        with contextlib.suppress(ConnectionClosed):
            async for text in client:
                await client.send(_confirmation(text))

    async def play(self, order: Play) -> Played:
        """Perform *order*, as soon as its client is there."""
        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(lambda: order.path in self._clients)
        transport = self._clients[order.path].transport
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type alone
        if order.rate:
            return await self._pace(order, transport)
        return await _flood(order, transport)

    async def _pace(self, order: Play, transport: asyncio.Transport) -> Played:
        frames = cycle(_packed(order.records, order.fields, order.symbols))
        frames_per_s = (order.rate - order.crossings_per_s) / order.records
        sent = 0
        stamps: list[Stamp] = []
        began_ns = time.monotonic_ns()
        while (passed_s := (time.monotonic_ns() - began_ns) / 1e9) < order.seconds:
            due = int(passed_s * frames_per_s) - sent
            if due:
                transport.write(b"".join([next(frames) for _ in range(due)]))
                sent += due
            if passed_s * order.crossings_per_s >= len(stamps) + 1:
                stamps.append(self._cross(order, transport))
            await asyncio.sleep(PAUSE_S)
        return Played(sent * order.records + len(stamps), began_ns, time.monotonic_ns(), stamps)

    def _cross(self, order: Play, transport: asyncio.Transport) -> Stamp:
        """Send the next crossing; its time of day goes on, because its rule must have rested."""
        now = time_text(int(time.monotonic() - self._opened_at))
        record: Record = next(self._crossings)._replace(time=now, day_low_time=now)
        frame = _pack(frames_of([record], 1, order.fields)[0])
        sent_ns = time.monotonic_ns()
        transport.write(frame)
        return Stamp(record.symbol, record.price, sent_ns)


async def _flood(order: Play, transport: asyncio.Transport) -> Played:
    chunks = cycle(_chunks(order.records, order.fields, order.symbols))
    frames = 0
    began_ns = time.monotonic_ns()
    until_ns = began_ns + int(order.seconds * 1e9)
    while time.monotonic_ns() < until_ns:
        chunk, count = next(chunks)
        transport.write(chunk)
        frames += count
        while transport.get_write_buffer_size() > MOST_BUFFERED:  # noqa: ASYNC110 - the transport has no event for it
            await asyncio.sleep(PAUSE_S)
    return Played(frames * order.records, began_ns, time.monotonic_ns(), [])


@cache
def _packed(per_frame: int, fields: int, symbols: int) -> list[bytes]:
    return [_pack(frame) for frame in frames_of(walk(RECORDS, symbols), per_frame, fields)]


@cache
def _chunks(per_frame: int, fields: int, symbols: int) -> list[tuple[bytes, int]]:
    """Return the frames in pieces of about 48 KiB, each with how many frames are in it."""
    frames = _packed(per_frame, fields, symbols)
    size = max(1, CHUNK_BYTES // len(frames[0]))
    pieces = [frames[start : start + size] for start in range(0, len(frames), size)]
    return [(b"".join(piece), len(piece)) for piece in pieces]


def _pack(frame: bytes) -> bytes:
    return Frame(Opcode.TEXT, frame).serialize(mask=False)


class _Asked(Struct):
    body: dict[str, dict[str, str]]


def _confirmation(text: str | bytes) -> bytes:
    stream = msgspec.json.decode(text, type=_Asked).body["input"]
    return msgspec.json.encode(
        {
            "header": {"tr_id": stream["tr_id"], "tr_key": stream["tr_key"], "encrypt": "N"},
            "body": {"rt_cd": "0", "msg_cd": "OPSP0000", "msg1": "SUBSCRIBE SUCCESS"},
        }
    )


def _say(answer: Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


async def _serve() -> None:
    stage = _Stage()
    async with serve(stage.welcome, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        _say(Listening(next(iter(server.sockets)).getsockname()[1]))
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            _say(await stage.play(msgspec.json.decode(line, type=Play)))


if __name__ == "__main__":
    asyncio.run(_serve())
