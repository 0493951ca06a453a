"""Notice that we missed news of something that its owner keeps on disk. Pure.

The watch list and the targets are announced on a stream, and lie in their owner's database. Whoever uses them reads the
database at start and again when an announcement was missed, which a heartbeat shows by its epoch and last number.
Reading is cheap and always right, so no replay is needed.
"""

from protocol.messages import Heartbeat

__all__ = ["News"]


class News:
    """Whether what we read from *owner*'s database still is what *stream* last announced."""

    def __init__(self, owner: str, stream: str) -> None:
        self._owner = owner
        self._stream = stream
        self._known: tuple[int, int] | None = None
        self._announced: tuple[int, int] | None = None
        self.missed = True
        """Whether the database must be read again; at first it must."""

    def miss(self) -> None:
        """Have it read again."""
        self.missed = True

    def caught_up(self) -> None:
        """Note that the database has just been read."""
        self.missed = False
        self._known = self._announced

    def on_message(self, epoch: int, sequence: int) -> None:
        """Take an announcement that was used as it came: only a number that was skipped is a miss."""
        if self._known not in ((epoch, sequence - 1), (epoch, sequence)):
            self.missed = True
        self._announced = self._known = (epoch, sequence)

    def on_heartbeat(self, epoch: int, beat: Heartbeat) -> None:
        """Take a heartbeat; those of other actors say nothing."""
        if beat.actor != self._owner:
            return
        self._announced = (epoch, beat.sequences.get(self._stream, 0))
        if self._announced != self._known:
            self.missed = True
