"""The child's side of a worker (`worker.py`): answers requests until its parent lets it go.

Nothing here imports asyncio: it costs 7 MB, and a child has one thing to do at a time. The frames of both sides are
MessagePack behind a four-byte length.
"""

import os
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

__all__ = ["ANSWERS_VARIABLE", "LENGTH_BYTES", "REQUESTS_VARIABLE", "Failed", "serve", "write_frame"]

REQUESTS_VARIABLE = "SIGMABELL_WORKER_REQUESTS"
"""The environment variable with the descriptor that requests are read from."""
ANSWERS_VARIABLE = "SIGMABELL_WORKER_ANSWERS"
"""The environment variable with the descriptor that answers are written to."""
LENGTH_BYTES = 4
"""What stands before each frame: its length, big-endian."""

RequestT = TypeVar("RequestT", bound=Struct)


class Failed(Struct, tag="failed", frozen=True):
    """The child could not answer this request; it lives on."""

    reason: Annotated[str, Meta(max_length=2_000)]


def serve(
    answer: Callable[[RequestT], Struct], request_type: type[RequestT], expected: tuple[type[Exception], ...] = ()
) -> None:
    """Answer requests until the pipe closes: the child's whole life.

    Args:
        answer: does the work.
        request_type: what is asked.
        expected: the errors that are answers, too; any other ends the child, and the caller learns of that.
    """
    decoder = msgspec.msgpack.Decoder(request_type)
    requests = os.fdopen(int(os.environ[REQUESTS_VARIABLE]), "rb")
    answers = int(os.environ[ANSWERS_VARIABLE])
    while head := requests.read(LENGTH_BYTES):
        request = decoder.decode(requests.read(int.from_bytes(head, "big")))
        try:
            reply: Struct = answer(request)
        except expected as error:
            reply = Failed(f"{type(error).__name__}: {error}"[:2_000])
        write_frame(answers, msgspec.msgpack.encode(reply))


def write_frame(descriptor: int, body: bytes) -> None:
    """Write *body* behind its length, and wait until the pipe has taken it all.

    Raises:
        OSError: nobody reads any more.
    """
    view = memoryview(len(body).to_bytes(LENGTH_BYTES, "big") + body)
    while view:
        view = view[os.write(descriptor, view) :]
