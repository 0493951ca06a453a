"""The floor of receiving, a process: bare `websockets`, bytes, and then nothing, or the bare split.

`python -m benchmarks.floors.receive URL TALLY [--split]`; the tally counts frames, or with --split trades.
"""

import asyncio
import sys
import time
from pathlib import Path

from websockets.asyncio.client import connect

from benchmarks.floors.split import split_trades
from benchmarks.tally import Tally

__all__: list[str] = []

TELL_S = 0.02


async def _receive(url: str, tally: Tally, *, split: bool) -> None:
    count = 0

    def tell() -> None:
        tally.count = count
        loop.call_later(TELL_S, tell)

    loop = asyncio.get_running_loop()
    tell()
    async with connect(url, compression=None, ping_interval=None) as socket:
        while not split:
            await socket.recv(decode=False)
            count += 1
        while True:
            count += len(split_trades(await socket.recv(decode=False), time.time_ns()))


if __name__ == "__main__":
    asyncio.run(_receive(sys.argv[1], Tally(Path(sys.argv[2])), split="--split" in sys.argv))
