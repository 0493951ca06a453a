"""Writes that stand between a trade and its message: made into SQL once, then run by the database's driver alone.

SQLAlchemy's way from a statement to the driver costs several times what the driver does, and most in a process that has
just been woken: nothing of all that code is in the processor's caches then. So it says once what the SQL is and how
each value is written; transactions and rows go to the driver. Errors are SQLAlchemy's, as everywhere.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Dialect, Engine, Insert, Update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from actors.runtime.store import BEGIN

__all__ = ["Prepared", "Writer"]


class Prepared:
    """A statement that was made into SQL."""

    def __init__(self, statement: Insert | Update, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._fields = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]

    def values(self, row: Mapping[str, object]) -> list[object]:
        """Return the parameters of *row* as the driver takes them."""
        return [row[name] if write is None else write(row[name]) for name, write in self._fields]


class Writer:
    """A kept way into a store for its one writer."""

    def __init__(self, store: Engine) -> None:
        self._dialect = store.dialect
        driver = store.dialect.loaded_dbapi
        self._contradiction: type[Exception] = driver.IntegrityError
        self._refusals: tuple[type[Exception], ...] = (driver.IntegrityError, driver.OperationalError)
        self._held = store.raw_connection()
        self._cursor = self._held.cursor()

    def prepare(self, statement: Insert | Update) -> Prepared:
        """Return *statement* ready to be run."""
        return Prepared(statement, self._dialect)

    @contextlib.contextmanager
    def begin(self) -> Iterator[None]:
        """Write what the block runs, all or nothing, as `Connection.begin` does.

        Raises:
            IntegrityError: a row contradicts what is there.
            OperationalError: the disk is full or the database is locked.
        """
        try:
            self._cursor.execute(BEGIN)
            yield
            self._held.commit()
        except self._refusals as error:
            raise self._as_ever(error) from error
        finally:
            # Of what was not committed nothing stays.
            self._held.rollback()

    def put(self, statement: Prepared, rows: Sequence[Mapping[str, object]]) -> None:
        """Write *rows* by *statement*, all or nothing; see `begin`. One row is a transaction by itself."""
        if len(rows) != 1:
            with self.begin():
                self.run(statement, rows)
            return
        try:
            self.run(statement, rows)
        except self._refusals as error:
            raise self._as_ever(error) from error

    def run(self, statement: Prepared, rows: Iterable[Mapping[str, object]]) -> None:
        """Run *statement* for each of *rows*, inside a transaction."""
        for row in rows:
            self._cursor.execute(statement.sql, statement.values(row))

    def _as_ever(self, error: Exception) -> DBAPIError:
        """Return the driver's *error* as SQLAlchemy tells it."""
        kind = IntegrityError if isinstance(error, self._contradiction) else OperationalError
        return kind(None, None, error)
