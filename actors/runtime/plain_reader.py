"""Read another's database by SQLite's driver alone: for who needs a few rows and nothing else of SQLAlchemy.

That library costs a process 11 MB (`docs/performance.md`). Whoever has it for a database of its own reads by
`store.py`; a test holds that the SQL of those who read so fits the tables.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from actors.runtime.config import Settings
from actors.runtime.database_file import open_read_only, path_of, revision_in
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
        with contextlib.closing(open_read_only(path)) as connection:
            return read(connection) if revision_in(connection) == HEADS[writer] else None
    except sqlite3.DatabaseError as error:
        message = f"expected to read {writer}.db, found: {error}"
        raise TemporaryFailure(message) from error
