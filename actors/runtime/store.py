"""Open a writer's database: ours to write, or another's to read.

One writer a database (SQLite in WAL mode here; PostgreSQL is the same SQLAlchemy code). A writer's commit is on disk
before it returns (`synchronous=FULL`), except where its caller says that the rows need only outlive the process.
Writers begin with BEGIN IMMEDIATE: a transaction that reads first and then writes would fail at once, whatever the
busy time-out. Readers wait for nobody, nor does a writer that only reads (`reading`).
"""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from actors.runtime.config import Settings
from actors.runtime.database_file import BUSY_MS, open_read_only, path_of, read_only_uri, revision_in
from actors.runtime.errors import ConfigError, TemporaryFailure
from protocol.migrations import HEADS, UNKNOWN_REVISION

__all__ = ["BEGIN", "KeptReader", "open_reader", "open_store", "read_store", "reading", "reading_of"]

BEGIN = "BEGIN IMMEDIATE"
"""How a writer begins."""
_READS_ONLY = "reads_only"

ViewT = TypeVar("ViewT")


def open_store(writer: str, settings: Settings, *, durable: bool = True) -> Engine:
    """Return *writer*'s database for its one writer, brought up to date before it is opened for work.

    Args:
        writer: the actor that owns it.
        settings: where the databases lie.
        durable: whether a commit must survive a loss of power; False where it need only survive the process.

    Raises:
        ConfigError: the database has a shape that this version does not know.
        TemporaryFailure: see `reading_of`.
    """
    path = path_of(writer, settings)
    # Not for reading only: what somebody who was killed has left half written is rolled back.
    with reading_of(writer), contextlib.closing(sqlite3.connect(path, timeout=BUSY_MS / 1_000)) as own:
        revision = revision_in(own)
    if revision != HEADS[writer]:
        _migrate(writer, path, revision)
    path.chmod(0o600)
    engine = create_engine(
        URL.create("sqlite", database=str(path)), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    synchronous = "FULL" if durable else "NORMAL"

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-512")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_READS_ONLY):
            connection.exec_driver_sql(BEGIN)

    return engine


def reading(store: Engine) -> Connection:
    """Return a connection to *store* that only reads: each statement by itself, so that it waits for no lock."""
    return store.execution_options(**{_READS_ONLY: True}).connect()


@contextlib.contextmanager
def reading_of(writer: str) -> Iterator[None]:
    """Read the database of *writer* in the block.

    Raises:
        TemporaryFailure: it cannot be read now: it is damaged, no database at all, or locked.
    """
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        found = error.orig if isinstance(error, DatabaseError) else error
        message = f"expected to read {writer}.db, found: {found}"
        raise TemporaryFailure(message) from error


def open_reader(writer: str, settings: Settings) -> Engine | None:
    """Return *writer*'s database for reading only; None while its owner has not made it or brought it up to date.

    Raises:
        TemporaryFailure: see `reading_of`.
    """
    path = path_of(writer, settings)
    if not path.exists():
        return None
    with reading_of(writer), contextlib.closing(open_read_only(path)) as connection:
        revision = revision_in(connection)
    if revision != HEADS[writer]:
        return None
    engine = create_engine(
        f"sqlite:///{read_only_uri(path)}&uri=true",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA cache_size=-512")

    return engine


def read_store(writer: str, settings: Settings, read: Callable[[Engine], ViewT]) -> ViewT | None:
    """Return what *read* makes of *writer*'s database; None while its owner has not made it or brought it up to date.

    Raises:
        TemporaryFailure: see `reading_of`.
    """
    reader = open_reader(writer, settings)
    if reader is None:
        return None
    try:
        with reading_of(writer):
            return read(reader)
    finally:
        reader.dispose()


class KeptReader:
    """A connection to another's database that is kept: it reads without a transaction and so sees every commit."""

    def __init__(self, writer: str, settings: Settings) -> None:
        self._writer = writer
        self._settings = settings
        self._path = path_of(writer, settings)
        self._file: tuple[int, int] | None = None
        self._connection: Connection | None = None

    @property
    def file(self) -> tuple[int, int] | None:
        """By what the kernel knows the file that is being read; another one after it was replaced. None if none is."""
        return self._file

    def connection(self) -> Connection | None:
        """Return the connection; None while the owner has not made its database or brought it up to date.

        Where another file has taken the database's place, the old one would be read for ever: the new one is opened.
        """
        file = self._identity()
        if file != self._file:
            self.close()
        if self._connection is None and file is not None:
            engine = open_reader(self._writer, self._settings)
            if engine is not None:
                self._connection = engine.connect()
                self._file = file
        return self._connection

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection.engine.dispose()
        self._connection = None
        self._file = None

    def _identity(self) -> tuple[int, int] | None:
        """Return by what the kernel knows the file, None if there is none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


def _migrate(writer: str, path: Path, revision: str | None) -> None:
    # In a process of its own: what it imports to migrate would otherwise stay in ours for months.
    command = [sys.executable, "-m", "protocol.migrations", writer, str(path)]
    finished = subprocess.run(command, check=False)
    if finished.returncode == UNKNOWN_REVISION:
        message = (
            f"{path}: expected revision {HEADS[writer]} or an older one, found {revision}: a newer version has written "
            "it; start that version, or move the file away to begin anew"
        )
        raise ConfigError(message)
    finished.check_returncode()
