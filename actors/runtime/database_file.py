"""Where each writer's database lies, and how it is opened by who only reads it."""

import sqlite3
from pathlib import Path

from actors.runtime.config import Settings

__all__ = ["BUSY_MS", "open_read_only", "path_of", "read_only_uri", "revision_in"]

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


def open_read_only(path: Path) -> sqlite3.Connection:
    """Return a connection to the database in *path* that cannot change it; each statement stands by itself."""
    return sqlite3.connect(read_only_uri(path), uri=True, timeout=BUSY_MS / 1_000, isolation_level=None)


def revision_in(connection: sqlite3.Connection) -> str | None:
    """Return which revision the database is at; None if it holds nothing yet.

    Raises:
        sqlite3.DatabaseError: it cannot be read now, which does not say that it holds nothing.
    """
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])
