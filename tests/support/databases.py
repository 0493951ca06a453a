"""Databases in their present shape at the price of a file copy: migrating one takes a process of its own."""

import contextlib
import functools
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from actors.runtime.config import Settings
from actors.runtime.database_file import path_of
from actors.runtime.store import open_store
from tests.support.actor import make_settings

__all__ = ["lay_out", "locked"]


def lay_out(settings: Settings, *writers: str) -> None:
    """Let the databases of *writers* be there, empty and up to date, unless they are."""
    for writer in writers:
        path = path_of(writer, settings)
        if not path.exists():
            path.write_bytes(_empty(writer))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let nobody else read the database in *path* in the block."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield


@functools.cache
def _empty(writer: str) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        settings = make_settings(Path(directory))
        engine = open_store(writer, settings)
        with engine.connect():
            pass
        engine.dispose()
        return path_of(writer, settings).read_bytes()
