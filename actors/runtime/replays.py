"""What an actor tells again to those who missed it: from its rings, and from elsewhere what these no longer have.

What a ring has is answered at once. What it has lost can take seconds to be filled; whoever asks again meanwhile is
answered once, and everybody else goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable

from actors.runtime.clock import Clock
from actors.runtime.ring import ReplayRing
from protocol.messages import ReplayChunk, ReplayRequest, Trade
from protocol.moments import NS

__all__ = ["RING_AGE_S", "Filler", "Replays"]

RING_AGE_S = 60.0
RING_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
FILL_S = 30.0
"""How long it may take to fill what the ring no longer has."""

Filler = Callable[[int, int | None], Awaitable[list[Trade] | None]]
"""Returns the trades that stand for a stretch of time (UTC epoch ns), None if it can tell none of them.

The end is the moment from which on the ring has everything, None where it has all that this life has said.
"""


class Replays:
    """The replayed streams of one life of an actor, and the answers to those who ask for them."""

    def __init__(
        self,
        streams: Iterable[str],
        epoch: int,
        clock: Clock,
        begin: Callable[[Coroutine[object, object, None]], object],
        max_age_s: float = RING_AGE_S,
    ) -> None:
        """Begin with empty rings.

        Args:
            streams: their names.
            epoch: the life that their messages are numbered in.
            clock: by which *rings* are appended to.
            begin: lets work go on beside everything else.
            max_age_s: how long a message is kept.
        """
        self.rings = {stream: ReplayRing(max_age_s, RING_BYTES) for stream in streams}
        """By stream; whoever publishes appends."""
        self._epoch = epoch
        self._clock = clock
        self._begin = begin
        self._filling: set[bytes] = set()
        """Who waits for a replay that is being filled."""

    def on_request(
        self, request: ReplayRequest, asker: bytes, reply: Callable[[ReplayChunk], None], filler: Filler | None
    ) -> None:
        """Answer *asker* with a *reply*, now or once the *filler* has told what the ring has lost."""
        if request.stream not in self.rings:
            return
        if filler is None or request.since_ns == 0 or not self._lacks(request):
            reply(self._chunk(request))
        elif asker not in self._filling:
            self._filling.add(asker)
            self._begin(self._fill(request, asker, reply, filler))

    def _lacks(self, request: ReplayRequest) -> bool:
        """Say whether something that is asked for is not in the ring; what another life said never is."""
        return request.epoch != self._epoch or self.rings[request.stream].oldest > request.first

    def _chunk(self, request: ReplayRequest, filling: list[Trade] | None = None) -> ReplayChunk:
        ring = self.rings[request.stream]
        first = request.first if request.epoch == self._epoch else 1
        first, frames = ring.read(first, CHUNK_BYTES)
        return ReplayChunk(
            stream=request.stream, epoch=self._epoch, first=first, newest=ring.newest, frames=frames, filling=filling
        )

    async def _fill(
        self, request: ReplayRequest, asker: bytes, reply: Callable[[ReplayChunk], None], filler: Filler
    ) -> None:
        """Answer with what stands for all that the ring has lost, which grows while we ask."""
        ring = self.rings[request.stream]
        trades: list[Trade] | None = []
        since_ns = request.since_ns
        try:
            async with asyncio.timeout(FILL_S):
                while trades is not None:
                    until_ns = self._moment_ns(ring.began_at)
                    found = await filler(since_ns, until_ns)
                    trades = None if found is None else trades + found
                    if until_ns is None or until_ns == self._moment_ns(ring.began_at):
                        break
                    since_ns = until_ns
        except TimeoutError:
            trades = None
        finally:
            self._filling.discard(asker)
        reply(self._chunk(request, trades))

    def _moment_ns(self, monotonic: float | None) -> int | None:
        """Return what the world's clock showed when the machine's showed *monotonic*."""
        if monotonic is None:
            return None
        return self._clock.now_ns() - int((self._clock.monotonic() - monotonic) * self._clock.speed * NS)
