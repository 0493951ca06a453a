"""The floor of the feed, a process: bare `websockets`, the bare split, one PUB message for all that was ready.

`python -m benchmarks.floors.feed URL ENDPOINT`. Trades collect in a list; a flush that `call_soon` plans runs when the
reader really waits, so that batches form under load and not at rest: the habit that saves most.
"""

import asyncio
import sys
import time

import msgspec
import zmq
from websockets.asyncio.client import connect

from benchmarks.floors.split import FloorTrade, split_trades

__all__: list[str] = []

MOST_TRADES = 256


async def _bring(url: str, publisher: "zmq.Socket[bytes]") -> None:
    encode = msgspec.msgpack.Encoder().encode
    loop = asyncio.get_running_loop()
    trades: list[FloorTrade] = []

    def flush() -> None:
        if trades:
            publisher.send(encode(trades), zmq.NOBLOCK)
            trades.clear()

    async with connect(url, compression=None, ping_interval=None) as socket:
        while True:
            frame = await socket.recv(decode=False)
            if not trades:
                loop.call_soon(flush)
            trades += split_trades(frame, time.time_ns())
            if len(trades) >= MOST_TRADES:
                flush()


if __name__ == "__main__":
    _SOCKET = zmq.Context().socket(zmq.PUB)
    _SOCKET.set_hwm(0)
    _SOCKET.bind(sys.argv[2])
    asyncio.run(_bring(sys.argv[1], _SOCKET))
