"""The last lines of all actors' logs that are worth a person's time: warnings and errors."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

__all__ = ["Remark", "last_remarks"]

TAIL_BYTES = 64 * 1024
WORTH_IT = frozenset({"warning", "error", "critical"})


class Remark(Struct, frozen=True, kw_only=True):
    """What somebody logged; moments are ISO 8601, UTC, and sort as text."""

    at: str = ""
    actor: str = ""
    level: str = ""
    event: str = ""
    name: str = ""
    symbol: str = ""
    """Of which stock, where it is about one."""
    reason: str = ""


def last_remarks(folder: Path, most: int) -> list[Remark]:
    """Return the last warnings and errors in the logs of *folder*, at most *most*, the newest last.

    Of each file only the end is read.
    """
    remarks = [remark for path in folder.glob("*.log") for remark in _remarks(_tail(path))]
    return sorted(remarks, key=lambda remark: remark.at)[-most:]


def _tail(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            return file.read().splitlines()
    except OSError:
        return []


def _remarks(lines: Iterable[bytes]) -> Iterable[Remark]:
    for line in lines:
        try:
            remark = msgspec.json.decode(line, type=Remark)
        except (msgspec.MsgspecError, ValueError):
            # Half a line at the beginning, or what is none of ours.
            continue
        if remark.level in WORTH_IT:
            yield remark
