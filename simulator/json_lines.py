"""Files of one JSON object a line, appended by one writer that may be killed at any moment."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

__all__ = ["JsonLinesLog", "read_json_lines"]

LineT = TypeVar("LineT", bound=Struct)


class JsonLinesLog:
    """Appends lines; one writer at a time. What is written is on its way to the disk before `write` returns."""

    def __init__(self, path: Path) -> None:
        """Go on with the file at *path*; half a line that a killed writer left there is ended."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._encoder = msgspec.json.Encoder()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            os.write(self._descriptor, b"\n")

    def write(self, *lines: Struct) -> None:
        """Append *lines* in one write, so that a killed writer leaves whole ones."""
        self.write_encoded([self._encoder.encode(line) for line in lines])

    def write_encoded(self, lines: Sequence[bytes]) -> None:
        """Append *lines*, each without its end, in one write."""
        os.write(self._descriptor, b"".join(line + b"\n" for line in lines))

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_json_lines(path: Path, kind: type[LineT]) -> Iterator[LineT]:
    """Yield the lines of *path*, oldest first; one that is no *kind*, as a killed writer leaves, is stepped over.

    Raises:
        OSError: the file is not there.
    """
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError:
                continue
