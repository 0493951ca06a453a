"""`sigmactl logs`: the actors' log files, merged by time, for a person to read.

Each line is a JSON object (`actors/runtime/logs.py`). What is not one, half a line for instance, is shown as it is.
What an actor wrote past its log, and after it, stands at the end.
"""

import argparse
import asyncio
import heapq
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import BinaryIO

import msgspec

from actors.ctl.display import color, put, put_json
from actors.ctl.installation import find_address, find_settings, our_addresses
from actors.ctl.last_words import last_words
from actors.ctl.prices import wall_clock
from actors.runtime.clock import SystemClock
from protocol.topology import Address

__all__ = ["LogFile", "render_line", "show_logs"]

LOOK_S = 0.3
COLOR_BY_LEVEL = {"debug": "grey", "info": "green", "warning": "yellow", "error": "red", "critical": "red"}
KNOWN = frozenset({"at", "level", "actor", "run", "event", "exception"})

LogLine = dict[str, object]


def show_logs(arguments: argparse.Namespace) -> int:
    """Print the last lines, and go on if that is wanted."""
    settings = find_settings(arguments)
    addresses = [find_address(arguments.actor)] if arguments.actor else our_addresses()
    as_json = "json" in arguments
    with ExitStack() as stack:
        files = [stack.enter_context(closing(LogFile(settings.logs_dir / f"{address}.log"))) for address in addresses]
        past = heapq.merge(*(file.past(arguments.lines) for file in files), key=_moment_of)
        for line in deque(past, maxlen=arguments.lines):
            _show(line, as_json=as_json)
        for address in addresses:
            for text in last_words(settings, address, arguments.lines):
                _show_words(address, text, as_json=as_json)
        if arguments.follow:
            asyncio.run(_follow(files, as_json=as_json))
    return 0


class LogFile:
    """One log file, read from where we are, over its rotations."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._half = b""

    def past(self, lines: int) -> list[bytes]:
        """Return the last *lines* that stand there now."""
        return list(deque(self.new(), maxlen=lines))

    def new(self) -> Iterator[bytes]:
        """Yield the lines that were added since we last looked."""
        while True:
            if self._file is None and self._path.exists():
                self._file = self._path.open("rb")
            if self._file is None:
                return
            # Asked before reading: what is written between the two is in the file that we read.
            is_rotated = self._is_rotated(self._file)
            for piece in self._file:
                self._half += piece
                if self._half.endswith(b"\n"):
                    line, self._half = self._half, b""
                    yield line
            if not is_rotated:
                return
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _is_rotated(self, file: BinaryIO) -> bool:
        """Say whether another file has this name now, so that ours will not grow."""
        try:
            return not self._path.samefile(Path(f"/proc/self/fd/{file.fileno()}"))
        except FileNotFoundError:
            return False


def render_line(raw: bytes) -> str:
    """Return a log line as people read it: Korean wall clock, actor, level, event, then the rest as `key=value`."""
    line = _parse(raw)
    if line is None:
        return raw.decode(errors="replace")
    level = str(line.get("level", ""))
    moment = wall_clock(str(line.get("at", "")))
    rest = " ".join(f"{key}={_value(value)}" for key, value in line.items() if key not in KNOWN)
    event = color(str(line.get("event", "")), COLOR_BY_LEVEL.get(level, "cyan"))
    head = f"{moment} {line.get('actor', '')!s:<12} {level:<7} {event}"
    exception = f"\n{line['exception']}" if "exception" in line else ""
    return f"{head} {rest}".rstrip() + f"{exception}\n"


async def _follow(files: list[LogFile], *, as_json: bool) -> None:
    clock = SystemClock()
    while True:
        for line in heapq.merge(*(list(file.new()) for file in files), key=_moment_of):
            _show(line, as_json=as_json)
        await clock.sleep(LOOK_S)


def _show(raw: bytes, *, as_json: bool) -> None:
    put(raw.decode(errors="replace") if as_json else render_line(raw))


def _show_words(address: Address, text: str, *, as_json: bool) -> None:
    put_json({"actor": str(address), "output": text}) if as_json else put(f"{address.actor}.out: {text}\n")


def _parse(raw: bytes) -> LogLine | None:
    try:
        return msgspec.json.decode(raw, type=LogLine)
    except (msgspec.MsgspecError, ValueError):
        return None


def _moment_of(raw: bytes) -> str:
    """Return what to sort by: moments in ISO 8601, UTC, sort as text."""
    return str((_parse(raw) or {}).get("at", ""))


def _value(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text or not text else text
