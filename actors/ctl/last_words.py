"""What an actor wrote past its log: supervisord keeps its stdout and stderr in `logs/NAME.out`.

A configuration that is refused leaves nothing else behind. The file names no times, so it counts only while nothing was
logged after it: an older one tells of a trouble that is over.
"""

from collections import deque
from pathlib import Path

from actors.runtime.config import Settings
from protocol.topology import Address

__all__ = ["last_words"]


def last_words(settings: Settings, address: Address, most: int) -> list[str]:
    """Return the last lines, *most* at most, that escaped to stdout and stderr; none if the log goes on behind them."""
    output = settings.logs_dir / f"{address.actor}.out"
    if _written_at_ns(output) < _written_at_ns(settings.logs_dir / f"{address}.log"):
        return []
    try:
        lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return list(deque((line for line in lines if line.strip()), maxlen=most))


def _written_at_ns(path: Path) -> int:
    """Return when *path* last grew; 0 if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
