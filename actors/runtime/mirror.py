"""What another actor keeps in its database, as we last read it.

The watch list and the targets are announced on a stream and lie in their owner's database. Whoever uses them reads the
database at start, and again when an announcement comes or was missed (`News`). While the owner has no database yet,
or one that cannot be read, there is nothing new, and the next look tries again.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from actors.runtime.errors import TemporaryFailure
from actors.runtime.news import News
from actors.runtime.ports import Received
from protocol.messages import Heartbeat

__all__ = ["Mirror"]

ViewT = TypeVar("ViewT")


class Mirror(Generic[ViewT]):
    """One thing that *owner* keeps and announces on *stream*."""

    def __init__(self, owner: str, stream: str, read: Callable[[], ViewT | None], *, says_all: bool = False) -> None:
        """Look at nothing yet.

        Args:
            owner: the actor that writes it.
            stream: where it announces a change.
            read: returns what we need of the owner's database, None while it has none; raises TemporaryFailure
                where it cannot be read.
            says_all: whether an announcement carries the change itself, so that only a missed one needs a look.
        """
        self._stream = stream
        self._read = read
        self._says_all = says_all
        self._news = News(owner, stream)
        self.trouble = ""
        """Why the owner's database could not be read at the last look, in words for the operator; empty if it could."""

    @property
    def is_current(self) -> bool:
        """Whether nothing is known to have changed since we read."""
        return not self._news.missed

    def hear(self, received: Received) -> None:
        """Take what may tell of a change: any message that arrived."""
        if isinstance(received.message, Heartbeat):
            self._news.on_heartbeat(received.epoch, received.message)
        elif received.stream == self._stream:
            self._news.on_message(received.epoch, received.sequence)
            if not self._says_all:
                self._news.miss()

    def miss(self) -> None:
        """Have the next look read again, whatever was announced."""
        self._news.miss()

    def look(self) -> ViewT | None:
        """Return what the owner keeps now; None if it cannot have changed, is not there yet or cannot be read."""
        if not self._news.missed:
            return None
        try:
            view = self._read()
        except TemporaryFailure as failure:
            self.trouble = str(failure)
            return None
        self.trouble = ""
        if view is not None:
            self._news.caught_up()
        return view
