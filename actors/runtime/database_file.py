"""Where each writer's database lies, and how it is opened by who only reads it."""

from pathlib import Path

from actors.runtime.config import Settings

__all__ = ["BUSY_MS", "path_of", "read_only_uri"]

BUSY_MS = 2_000
"""How long a statement waits for another's lock: less than watchdog lets an actor be silent, or it would kill us."""


def path_of(writer: str, settings: Settings) -> Path:
    """Return where *writer*'s database lies."""
    return settings.data_dir / f"{writer}.db"


def read_only_uri(path: Path) -> str:
    """Return *path* as SQLite's URI of a database that is only read."""
    # These would end or change it.
    quoted = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{quoted}?mode=ro"
