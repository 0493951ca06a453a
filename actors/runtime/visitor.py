"""A visitor's way to the actors: asks, listens, binds nothing and leaves no trace. For the command line, so it blocks.

Questions go to the control sockets by a DEALER with the empty part in front that a REQ would send: unlike a REQ it may
ask again when an answer did not come.
"""

from collections.abc import Iterable, Iterator
from typing import Self

import zmq

from actors.runtime.clock import SystemClock
from actors.runtime.config import Settings
from actors.runtime.control import encode_question, read_answer, unanswered
from actors.runtime.endpoints import connect, endpoint_of, open_socket
from actors.runtime.errors import ActorError, CommandRefused
from actors.runtime.lock import refuse_stranger
from protocol.errors import DecodeError
from protocol.topology import ACTORS, Address, Port
from protocol.wire import Envelope, decode_published, topic_of

__all__ = ["Visitor"]


class Visitor:
    """Speaks to the actors of one configuration, one question or one stream at a time."""

    def __init__(self, settings: Settings) -> None:
        """Visit the actors of *settings*.

        Raises:
            CommandRefused: those of another configuration run there.
        """
        refuse_stranger(settings)
        self._settings = settings
        self._clock = SystemClock()
        self._context = zmq.Context()

    def __enter__(self) -> Self:
        """Visit for the length of a `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._context.destroy(linger=0)

    def ask(
        self, address: Address, command: str, arguments: dict[str, object] | None = None, timeout_s: float = 5.0
    ) -> dict[str, object]:
        """Return what *address* answers to *command*.

        Raises:
            CommandRefused: it refused; the text says why.
            Unanswered: it did not answer within *timeout_s*.
        """
        answer = self.ask_all([address], command, arguments, timeout_s)[address]
        if isinstance(answer, ActorError):
            raise answer
        return answer

    def ask_all(
        self,
        addresses: Iterable[Address],
        command: str,
        arguments: dict[str, object] | None = None,
        timeout_s: float = 2.0,
    ) -> dict[Address, dict[str, object] | ActorError]:
        """Ask all *addresses* at once; each has its answer, or the error that `ask` would raise."""
        question = encode_question(command, arguments or {})
        waiting: dict[zmq.Socket[bytes], Address] = {}
        poller = zmq.Poller()
        answers: dict[Address, dict[str, object] | ActorError] = {}
        for address in addresses:
            answers[address] = unanswered(str(address), command, timeout_s)
            socket = open_socket(self._context, zmq.DEALER, Port.CONTROL)
            socket.connect(endpoint_of(self._settings, address, Port.CONTROL))
            socket.send_multipart([b"", question])
            waiting[socket] = address
            poller.register(socket, zmq.POLLIN)
        deadline = self._clock.monotonic() + timeout_s
        while waiting and (left := deadline - self._clock.monotonic()) > 0:
            for socket, _ in poller.poll(int(left * 1_000) + 1):
                answers[waiting.pop(socket)] = _answered(socket.recv_multipart()[-1])
                poller.unregister(socket)
                socket.close()
        for socket in waiting:
            socket.close()
        return answers

    def tail(self, streams: Iterable[str], seconds: float | None = None) -> Iterator[tuple[str, Envelope]]:
        """Yield what is published on *streams* as it comes, for *seconds* or for ever.

        Frames that are not understood are left out: they are for the actors to complain about.
        """
        deadline = float("inf") if seconds is None else self._clock.monotonic() + seconds
        with open_socket(self._context, zmq.SUB, Port.PUBLISH) as socket:
            for stream in streams:
                socket.subscribe(topic_of(stream))
            for actor in ACTORS:
                connect(socket, self._settings, actor, Port.PUBLISH)
            while (left := deadline - self._clock.monotonic()) > 0:
                if not socket.poll(int(min(left, 1.0) * 1_000) + 1):
                    continue
                try:
                    yield decode_published(socket.recv())
                except DecodeError:
                    continue


def _answered(body: bytes) -> dict[str, object] | ActorError:
    try:
        return read_answer(body)
    except CommandRefused as refusal:
        return refusal
