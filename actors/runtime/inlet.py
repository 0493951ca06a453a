"""A socket that is read. Plain, and watched by the event loop.

ZeroMQ's file descriptor is edge-triggered: at each signal the socket must be drained until it is empty, whatever the
signal was for. To ask what waits in it also takes the signal back: unasked, it would wake the loop a second time for
each message.
"""

from collections.abc import Callable
from typing import Any

import zmq

__all__ = ["Inlet"]

MOST_AT_ONCE = 1_000
MOST_BYTES_AT_ONCE = 64 * 1024
EVENTS, READABLE = int(zmq.EVENTS), int(zmq.POLLIN)
"""As plain numbers: to reckon with those enumerations costs more than to ask."""


class Inlet:
    """The socket, the way to read it, and whether something may wait in it."""

    __slots__ = ("_wake", "drain", "is_due", "socket")

    def __init__(
        self, socket: "zmq.Socket[bytes]", drain: "Callable[[Inlet, list[Any]], None]", wake: Callable[[], None]
    ) -> None:
        """Read *socket* by *drain*, which is called with it; *wake* has that done soon."""
        self.socket = socket
        self.drain = drain
        self.is_due = True
        self._wake = wake

    @property
    def holds_something(self) -> bool:
        """Whether a message can be read. Cheaper than the exception that says so."""
        events = self.socket.getsockopt(EVENTS)
        return isinstance(events, int) and events & READABLE != 0

    def drain_soon(self) -> None:
        """Have it read: something waits in it, or it was used in a way that may have swallowed a signal."""
        self.is_due = True
        self._wake()

    def frames(self) -> list[bytes]:
        """Return the messages that wait, but no more than are still in the cache when they are dealt with."""
        frames: list[bytes] = []
        size = 0
        while self.holds_something:
            if size >= MOST_BYTES_AT_ONCE or len(frames) >= MOST_AT_ONCE:
                self.drain_soon()
                break
            frame = self.socket.recv(zmq.NOBLOCK)
            size += len(frame)
            frames.append(frame)
        return frames

    def parts(self) -> list[list[bytes]]:
        """Return the messages that wait, of several parts each: who asks, and the question."""
        questions: list[list[bytes]] = []
        while self.holds_something:
            questions.append(self.socket.recv_multipart(zmq.NOBLOCK))
        return questions
