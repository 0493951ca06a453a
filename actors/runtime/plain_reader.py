"""Read another's database by SQLite's driver alone: for who needs a few rows and nothing else of SQLAlchemy.

That library costs a process 11 MB (`docs/performance.md`). Whoever has it for a database of its own reads by
`store.py`; a test holds that the SQL of those who read so fits the tables.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from actors.runtime.config import Settings
from actors.runtime.database_file import BUSY_MS, path_of, read_only_uri
from actors.runtime.errors import TemporaryFailure
from protocol.migrations import HEADS

__all__ = ["read_plain"]

ViewT = TypeVar("ViewT")


def read_plain(writer: str, settings: Settings, read: Callable[[sqlite3.Connection], ViewT]) -> ViewT | None:
    """Return what *read* makes of *writer*'s database; None while its owner has not made it or brought it up to date.

    Raises:
        TemporaryFailure: it cannot be read now: it is damaged, no database at all, or locked.
    """
    path = path_of(writer, settings)
    if not path.exists():
        return None
    try:
        with contextlib.closing(
            sqlite3.connect(read_only_uri(path), uri=True, timeout=BUSY_MS / 1_000, isolation_level=None)
        ) as connection:
            return read(connection) if _revision(connection) == HEADS[writer] else None
    except sqlite3.DatabaseError as error:
        message = f"expected to read {writer}.db, found: {error}"
        raise TemporaryFailure(message) from error


def _revision(connection: sqlite3.Connection) -> str | None:
    """Return which revision the database is at; None if it holds nothing yet."""
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    return None if row is None else str(row[0])
