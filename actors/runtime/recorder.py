"""Record beside the work: whoever works only hands over references, and a thread writes them about once a second.

What waits is bounded: where the disk does not keep up, new entries are left out, counted and told. Nothing that goes
wrong with a recording harms the work that is recorded.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any, NamedTuple

from actors.runtime.actor import Actor
from actors.runtime.recordings import RecordingFile
from protocol.messages import Event
from protocol.recording import Arrived, Bytes, Published, encode_entry, ends_ns, recording_date

__all__ = ["News", "Recorder", "announce"]

WRITE_S = 1.0
BLOCK_BYTES = 256 * 1024
"""A block of this size is written at once: small enough to hold nobody up, large enough to compress well."""
MOST_WAITING_BYTES = 32 * 1024 * 1024
ENTRY_BYTES = 256
"""What an entry, or a trade of one, takes beside its frames, about."""


class News(NamedTuple):
    """What an operator should know of a recording: the name of an event, and its details."""

    name: str
    details: dict[str, str]


def announce(actor: Actor[Any], news: Iterable[News]) -> None:
    """Log *news* of a recording and publish it as events."""
    for each in news:
        actor.log.warning(each.name, **each.details)
        actor.ports.publish(Event(name=each.name, at=actor.clock.now(), details=each.details))


class _Waiting(NamedTuple):
    size: int
    at_ns: int
    frames: Sequence[Bytes]
    first: int
    counts: list[int]
    published: Published | None


class Recorder:
    """The recording of one publisher of trades."""

    def __init__(self, file: RecordingFile | None) -> None:
        """Record to *file*; to nothing if there is none."""
        self._file = file
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recorder")
        self._writing: Future[None] | None = None
        self._write_at = float("-inf")
        self._waiting: deque[_Waiting] = deque()
        # Each of these is counted by one thread alone.
        self._taken_bytes = self._left_out = 0
        self._written_bytes = self._told_left_out = 0
        self._news: deque[News] = deque()
        self._trouble = ""
        self._day: date | None = None
        self._day_ends_ns = 0

    def take_frames(self, at_ns: int, frames: Sequence[Bytes], first: int, counts: list[int]) -> None:
        """Record *frames* that arrived at *at_ns*, with the numbers of the messages that they became: see `Arrived`."""
        self._take(_Waiting(ENTRY_BYTES + sum(map(len, frames)), at_ns, frames, first, counts, None))

    def take_published(self, at_ns: int, published: Published) -> None:
        """Record a message that does not follow from frames, published at *at_ns*."""
        self._take(_Waiting(ENTRY_BYTES * (1 + len(published.trades)), at_ns, (), 0, [], published))

    def look(self, now: float) -> list[News]:
        """Have written what waits, at most once a second unless it is much, and return what is to be told.

        To be called about once a second; *now* is monotonic seconds. A bug of ours in the thread is raised.
        """
        if now >= self._write_at:
            self._write_at = now + WRITE_S
            self._begin_to_write()
        news = []
        while self._news:
            news.append(self._news.popleft())
        return news

    def close(self) -> None:
        """Write what waits, and end."""
        if self._writing is not None:
            self._writing.result()
        self._write_waiting()
        if self._file is not None:
            self._file.close()
        self._executor.shutdown()

    def _take(self, waiting: _Waiting) -> None:
        if self._file is None:
            return
        waiting_bytes = self._taken_bytes - self._written_bytes
        if waiting_bytes > MOST_WAITING_BYTES:
            self._left_out += 1
            return
        self._taken_bytes += waiting.size
        self._waiting.append(waiting)
        if waiting_bytes > BLOCK_BYTES:
            self._begin_to_write()

    def _begin_to_write(self) -> None:
        if self._writing is not None:
            if not self._writing.done():
                return
            self._writing.result()
        if self._waiting or self._left_out > self._told_left_out or self._trouble:
            self._writing = self._executor.submit(self._write_waiting)

    # -- in the thread ------------------------------------------------------------------------------------------

    def _write_waiting(self) -> None:
        entries: list[bytes] = []
        size = 0
        while self._waiting:
            waiting = self._waiting.popleft()
            if size >= BLOCK_BYTES or waiting.at_ns >= self._day_ends_ns:
                self._append(entries)
                entries, size = [], 0
            if waiting.at_ns >= self._day_ends_ns:
                self._day = recording_date(waiting.at_ns)
                self._day_ends_ns = ends_ns(self._day)
            entries.append(_encode(waiting))
            size += len(entries[-1])
            self._written_bytes += waiting.size
        self._append(entries)
        self._tell()

    def _append(self, entries: list[bytes]) -> None:
        if entries and self._file is not None and self._day is not None:
            self._file.append(self._day, b"".join(entries))

    def _tell(self) -> None:
        """Tell of the first interruption and of its end, not of each block."""
        left_out, self._told_left_out = self._left_out - self._told_left_out, self._left_out
        trouble = (self._file.trouble if self._file else "") or (
            f"expected a disk that keeps up, left out {left_out}" if left_out else ""
        )
        if trouble and not self._trouble:
            self._news.append(News("recording_interrupted", {"reason": trouble}))
        elif self._trouble and not trouble:
            self._news.append(News("recording_resumed", {}))
        self._trouble = trouble


def _encode(waiting: _Waiting) -> bytes:
    if waiting.published is not None:
        return encode_entry(waiting.published)
    lengths = [len(frame) for frame in waiting.frames]
    arrived = Arrived(at_ns=waiting.at_ns, lengths=lengths, first=waiting.first, counts=waiting.counts)
    return encode_entry(arrived, waiting.frames)
