"""A process that plays the KIS WebSocket as a source of load: flat out, or at a pace with crossings in between.

It confirms every subscription and then sends what its one asker orders on stdin, to the client that connected under the
path that the order names. Frames are packed before the clock starts, all but their volumes (`tape`), so a frame costs
little; flat out, TCP alone holds it back. At a pace it writes once in a millisecond what is due.
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

from benchmarks.records import crossings, walk
from benchmarks.tape import Packed, Tape, pack

__all__ = ["Listening", "Play", "Played", "Stamp"]

RECORDS = 8_000
RECORDS_AT_ONCE = 160
"""How many are written together flat out: about 48 KiB."""
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
    """What was sent, and when that began."""

    trades: int
    began_ns: int
    stamps: list[Stamp]


class _Stage:
    """The clients, and what they are sent."""

    def __init__(self) -> None:
        self._clients: dict[str, ServerConnection] = {}
        self._tapes: dict[str, Tape] = {}
        self._came = asyncio.Condition()
        self._crossings = crossings()

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
        # A client that comes again goes on where it was: the market has not begun anew meanwhile.
        tape = self._tapes.setdefault(order.path, Tape())
        if order.rate:
            return await self._pace(order, tape, transport)
        return await self._flood(order, tape, transport)

    async def _pace(self, order: Play, tape: Tape, transport: asyncio.Transport) -> Played:
        frames = cycle(_pieces(order, 1))
        frames_per_s = (order.rate - order.crossings_per_s) / order.records
        sent = 0
        stamps: list[Stamp] = []
        began_ns = time.monotonic_ns()
        while (passed_s := (time.monotonic_ns() - began_ns) / 1e9) < order.seconds:
            due = int(passed_s * frames_per_s) - sent
            if due:
                transport.write(b"".join([tape.write(next(frames)) for _ in range(due)]))
                sent += due
            if passed_s * order.crossings_per_s >= len(stamps) + 1:
                stamps.append(self._cross(order, tape, transport))
            await asyncio.sleep(PAUSE_S)
        return Played(sent * order.records + len(stamps), began_ns, stamps)

    async def _flood(self, order: Play, tape: Tape, transport: asyncio.Transport) -> Played:
        pieces = cycle(_pieces(order, RECORDS_AT_ONCE // order.records))
        sent = 0
        stamps: list[Stamp] = []
        began_ns = time.monotonic_ns()
        while (passed_s := (time.monotonic_ns() - began_ns) / 1e9) < order.seconds:
            piece = next(pieces)
            transport.write(tape.write(piece))
            sent += len(piece.trades)
            if passed_s * order.crossings_per_s >= len(stamps) + 1:
                stamps.append(self._cross(order, tape, transport))
            while transport.get_write_buffer_size() > MOST_BUFFERED:  # noqa: ASYNC110 - the transport has no event for it
                await asyncio.sleep(PAUSE_S)
        return Played(sent + len(stamps), began_ns, stamps)

    def _cross(self, order: Play, tape: Tape, transport: asyncio.Transport) -> Stamp:
        record = next(self._crossings)
        frame = tape.write(pack([record], 1, order.fields))
        sent_ns = time.monotonic_ns()
        transport.write(frame)
        return Stamp(record.symbol, record.price, sent_ns)


def _pieces(order: Play, frames: int) -> list[Packed]:
    return _packed(order.records, order.fields, order.symbols, frames)


@cache
def _packed(per_frame: int, fields: int, symbols: int, frames: int) -> list[Packed]:
    """Return a walk in pieces of so many *frames*."""
    records = walk(RECORDS, symbols)
    size = per_frame * frames
    return [pack(records[start : start + size], per_frame, fields) for start in range(0, RECORDS, size)]


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
