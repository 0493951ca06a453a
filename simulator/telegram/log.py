"""The simulated Telegram's log: what it accepted, what it refused, and what people did, one JSON line each.

The line is on its way to the disk before the reply leaves, so what a client was told is never missing from it. The log
is also the server's memory: chats, messages and updates are rebuilt from it at start (`docs/ledger.md` lists the
fields).
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from simulator.json_lines import JsonLinesLog, read_json_lines
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


class TelegramLog(JsonLinesLog):
    """The log in *directory*, which goes on where an earlier life of the server ended."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / LOG_NAME)


def read_log(directory: Path) -> Iterator[LogLine]:
    """Yield the lines of the log in *directory*, oldest first; nothing where there is none."""
    path = directory / LOG_NAME
    return read_json_lines(path, LogLine) if path.exists() else iter(())
