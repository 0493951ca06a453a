"""The simulated ntfy's log: what it took and what it refused, one JSON line each (`docs/ledger.md`).

The line is on its way to the disk before the reply leaves, so what a client was told is never missing from it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

__all__ = ["LOG_NAME", "NtfyLine", "NtfyLog", "read_ntfy"]

LOG_NAME = "ntfy.jsonl"


class NtfyLine(Struct, frozen=True, kw_only=True):
    """One publication; `at_ns` is world time, UTC epoch nanoseconds."""

    accepted: bool
    at_ns: int = 0
    number: int = 0
    """How many were taken before it and with it; 0 for one that was refused."""
    id: str = ""
    topic: str = ""
    title: str = ""
    text: str = ""
    priority: int = 3
    attachment: str = ""
    """The picture's path below the log's directory."""
    reply_delivered: bool = True
    """False where a fault withheld the true reply."""
    error: str = ""


_decoder = msgspec.json.Decoder(NtfyLine)


class NtfyLog:
    """Appends lines; one writer at a time."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(directory / LOG_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, line: NtfyLine) -> None:
        """Append *line* in one write, so that a killed server leaves whole lines."""
        os.write(self._descriptor, msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_ntfy(directory: Path) -> Iterator[NtfyLine]:
    """Yield the lines of the log in *directory*, oldest first; nothing where there is none."""
    path = directory / LOG_NAME
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield _decoder.decode(line)
            except msgspec.MsgspecError:
                continue
