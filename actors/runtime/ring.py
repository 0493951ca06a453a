"""What a publisher said lately, kept for those who missed it. Pure: it is handed the moment."""

from collections import deque

__all__ = ["ReplayRing"]


class ReplayRing:
    """The frames of one stream, in order, no older and no larger in all than its bounds."""

    def __init__(self, max_age_s: float, max_bytes: int) -> None:
        self._max_age_s = max_age_s
        self._max_bytes = max_bytes
        self._frames: deque[tuple[float, bytes]] = deque()
        self._bytes = 0
        self._newest = 0
        self._dropped_at = 0.0

    @property
    def newest(self) -> int:
        """The number of the last frame ever appended, 0 before the first."""
        return self._newest

    @property
    def oldest(self) -> int:
        """The number of the oldest frame still here; one above `newest` when there is none."""
        return self._newest - len(self._frames) + 1

    @property
    def began_at(self) -> float | None:
        """When the oldest frame still here was appended; None while nothing has been dropped."""
        if self.oldest == 1:
            return None
        return self._frames[0][0] if self._frames else self._dropped_at

    def append(self, frame: bytes, now: float) -> None:
        """Keep *frame* as the next of its stream; *now* is monotonic seconds."""
        frames = self._frames
        frames.append((now, frame))
        self._newest += 1
        self._bytes += len(frame)
        while self._bytes > self._max_bytes or frames[0][0] < now - self._max_age_s:
            self._dropped_at, dropped = frames.popleft()
            self._bytes -= len(dropped)

    def read(self, first: int, max_bytes: int) -> tuple[int, list[bytes]]:
        """Return the number of the first frame at or after *first* that is still here, and as many as fit *max_bytes*.

        At least one frame is returned if there is any, whatever its size.
        """
        start = max(first, self.oldest)
        chosen: list[bytes] = []
        size = 0
        for index in range(start - self.oldest, len(self._frames)):
            frame = self._frames[index][1]
            size += len(frame)
            if chosen and size > max_bytes:
                break
            chosen.append(frame)
        return start, chosen
