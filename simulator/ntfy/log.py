"""The simulated ntfy's log: what it took and what it refused, one JSON line each (`docs/ledger.md`).

The line is on its way to the disk before the reply leaves, so what a client was told is never missing from it.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from simulator.json_lines import JsonLinesLog, read_json_lines

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


class NtfyLog(JsonLinesLog):
    """The log in *directory*, which goes on where an earlier life of the server ended."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / LOG_NAME)


def read_ntfy(directory: Path) -> Iterator[NtfyLine]:
    """Yield the lines of the log in *directory*, oldest first; nothing where there is none."""
    path = directory / LOG_NAME
    return read_json_lines(path, NtfyLine) if path.exists() else iter(())
