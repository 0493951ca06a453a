"""Our way from the socket to trades, a process: the feed's socket and intake, and nothing behind them.

`python -m benchmarks.receiver URL TALLY`; the tally counts trades.
"""

import asyncio
import sys
import time
from pathlib import Path

from actors.feed.config import FeedConfig
from actors.feed.gaps.repair import Repairs
from actors.feed.session.client import KisSocket, open_kis_socket
from actors.feed.session.intake import Intake
from actors.kis.frames import Bytes
from benchmarks.tally import Tally

__all__: list[str] = []

TELL_S = 0.02


class _Owner:
    """Whom the socket tells, as the feed's shell would be told."""

    def __init__(self) -> None:
        self._intake = Intake(Repairs(FeedConfig()))
        self.count = 0

    def on_opened(self, socket: KisSocket) -> None:
        """Need nothing of it but what it brings."""

    def on_frames(self, frames: list[Bytes]) -> None:
        self.count += len(self._intake.take_trades(frames, time.time_ns(), time.monotonic()))

    def on_closed(self, reason: str, bug: Exception | None) -> None:
        """Let the process wait for its end."""


async def _receive(url: str, tally: Tally) -> None:
    owner = _Owner()
    socket = await open_kis_socket(url, FeedConfig(), owner)
    while not socket.gone.done():
        await asyncio.sleep(TELL_S)
        tally.count = owner.count


if __name__ == "__main__":
    asyncio.run(_receive(sys.argv[1], Tally(Path(sys.argv[2]))))
