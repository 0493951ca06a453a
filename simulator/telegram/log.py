"""The simulated Telegram's log: what it accepted, what it refused, and what people did, one JSON line each.

The line is on its way to the disk before the reply leaves, so what a client was told is never missing from it. The log
is also the server's memory: chats, messages and updates are rebuilt from it at start (`docs/ledger.md` lists the
fields).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from simulator.telegram.html import MessageEntity
from simulator.telegram.types import Keyboard

__all__ = ["LOG_NAME", "LogLine", "TelegramLog", "read_log"]

LOG_NAME = "telegram.jsonl"


class LogLine(Struct, frozen=True, kw_only=True):
    """One request that had an effect or was refused, or one deed of the outside world (`say`, `press`, `chat`).

    `at_ns` is world time (UTC epoch nanoseconds), `monotonic_ns` this machine's monotonic clock; ids are 0 where there
    are none.
    """

    method: str
    accepted: bool
    at_ns: int = 0
    monotonic_ns: int = 0
    reply_delivered: bool = True
    """False where a fault withheld the true reply, or the client had gone before it."""
    chat_id: int = 0
    user_id: int = 0
    name: str = ""
    text: str = ""
    """What a reader sees, entities parsed."""
    raw_text: str = ""
    entities: list[MessageEntity] = []
    reply_to: int = 0
    photo: str = ""
    """The picture's path below the log's directory."""
    silent: bool = False
    keyboard: Keyboard | None = None
    message_id: int = 0
    update_id: int = 0
    """The update that a deed of a person became; for getUpdates the first one not yet confirmed."""
    data: str = ""
    """A pressed button's callback data, an answered query's id, a chat's new state, or the commands set."""
    error: str = ""


_decoder = msgspec.json.Decoder(LogLine)


class TelegramLog:
    """Appends lines; one writer at a time."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = directory / LOG_NAME
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            os.write(self._descriptor, b"\n")

    def write(self, line: LogLine) -> None:
        """Append *line* in one write, so that a killed server leaves whole lines."""
        os.write(self._descriptor, msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_log(directory: Path) -> Iterator[LogLine]:
    """Yield the lines of the log in *directory*, oldest first; a line that a dying server left torn is stepped over."""
    path = directory / LOG_NAME
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield _decoder.decode(line)
            except msgspec.MsgspecError:
                continue
