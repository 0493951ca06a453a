"""What is handed to a thread to be sent, on disk before it is: in a file that outlives the process, if not the machine.

A transaction of the database takes ten times as long as a line in a file, and a person waits for it. So the deliveries
are written there while the request is under way, and the file is emptied once they are. What stands in it when a life
begins may have been sent, whatever the database says.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from actors.telegram.outbox.deliveries import Delivery, Kind

__all__ = ["Claims"]


class _Claim(msgspec.Struct, frozen=True, array_like=True):
    """A delivery by what it brings and by which way: its number may be another in the next life."""

    content_id: str
    kind: Kind
    channel: str


class Claims:
    """The claims of this life, behind those of earlier ones, which stay until `forget_earlier`."""

    def __init__(self, path: Path) -> None:
        """Read and go on with the file at *path*, whose folder exists."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._encode = msgspec.json.Encoder().encode
        self._earlier = frozenset(_read(path))
        self._kept = os.fstat(self._file).st_size
        self._is_clear = True

    def take(self, deliveries: Iterable[Delivery]) -> bool:
        """Note that *deliveries* may be sent from now on, and say whether that was possible: the disk may be full."""
        # The line comes before what stands in it: a line that was cut must not swallow the next.
        lines = b"".join([b"\n" + self._encode(_claim_of(each)) for each in deliveries])
        self._is_clear = False
        try:
            return os.write(self._file, lines) == len(lines)
        except OSError:
            return False

    def may_be_sent(self, delivery: Delivery) -> bool:
        """Say whether an earlier life was about to send *delivery*, or had, when it ended."""
        return bool(self._earlier) and _claim_of(delivery) in self._earlier

    def forget_earlier(self) -> None:
        """Note that the deliveries know what earlier lives claimed, and with the next `clear` the database does."""
        self._is_clear = self._is_clear and not self._kept
        self._earlier, self._kept = frozenset(), 0

    def clear(self) -> None:
        """Take out of the file what this life claimed: all of that stands in the database."""
        if not self._is_clear:
            with contextlib.suppress(OSError):  # it says too much then, and never too little
                os.truncate(self._file, self._kept)
                self._is_clear = True

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def _claim_of(delivery: Delivery) -> _Claim:
    return _Claim(delivery.content.id, delivery.kind, delivery.channel)


def _read(path: Path) -> Iterable[_Claim]:
    decode = msgspec.json.Decoder(_Claim).decode
    for line in path.read_bytes().splitlines():
        # A line that was cut was never acted upon; the one before the first is empty.
        with contextlib.suppress(msgspec.DecodeError):
            yield decode(line)
