"""What others wrote down for people, read from their databases: evaluator's alerts, the letters of all who write some.

Each such record grows at its end only, by positions that count up; a doorbell merely points to it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Executable, Row, Select, Table, bindparam, func, select

from actors.runtime.config import Settings
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import KeptReader, reading_of
from actors.telegram.outbox.deliveries import Content
from actors.telegram.outbox.wording import FLAWS
from protocol.letters import Letter, Matter
from protocol.messages import LettersWritten
from protocol.tables import METADATA_BY_WRITER, telegram
from protocol.tables.evaluator import alert_from, alerts
from protocol.topology import channel_of

__all__ = ["ALERTS", "MOST_AT_ONCE", "SOURCES", "Source", "SourceReader", "Written"]

MOST_AT_ONCE = 500

_matters = msgspec.json.Decoder(Matter)


class Source(Struct, frozen=True, kw_only=True):
    """One record: the *table* of *writer* in which it lies, and what a row of it says."""

    name: str
    """As deliveries remember it."""
    position_mark: str
    """The mark that holds how far we have come in it."""
    boot_mark: str
    """The mark that holds in which boot of the machine that was."""
    writer: str
    table: Table
    read: Callable[[Row[Any]], Content]
    """Makes of a row what it says; raises one of `FLAWS` where that does not fit us, as what a newer version wrote."""

    def content_of(self, row: Row[Any]) -> Content | None:
        """Return what a row says, None if that cannot be read."""
        try:
            return self.read(row)
        except FLAWS:
            return None


class Written(Struct, frozen=True):
    """An alert or a letter with its place in its record and the boot it was written in; see `Source.content_of`."""

    position: int
    boot_id: str
    content: Content | None


def _letter_of(row: Row[Any]) -> Letter:
    return Letter(id=row.id, person_id=row.person_id, matter=_matters.decode(row.body), picture=row.picture)


ALERTS = Source(
    name=telegram.ALERTS,
    position_mark=telegram.ALERT_POSITION,
    boot_mark="boot_id",
    writer="evaluator",
    table=alerts,
    read=alert_from,
)
SOURCES = (
    ALERTS,
    *(
        Source(
            name=f"{writer}.letters",
            position_mark=f"{writer}.letter_position",
            boot_mark=f"{writer}.letter_boot_id",
            writer=writer,
            table=METADATA_BY_WRITER[writer].tables["letters"],
            read=_letter_of,
        )
        for writer in channel_of(LettersWritten).senders
    ),
)


class SourceReader:
    """One record.

    Whatever it is asked raises `TemporaryFailure` while that database cannot be read or is not there.
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source = source
        self._reader = KeptReader(source.writer, settings)
        position = source.table.c.position
        # Built once: to build it anew costs five times its execution.
        self._after: Select[Any] = (
            select(source.table).where(position > bindparam("position")).order_by(position).limit(MOST_AT_ONCE)
        )

    @property
    def is_open(self) -> bool:
        """Whether the writer's database can be read; looks for it if not."""
        return self._reader.connection() is not None

    @property
    def file(self) -> tuple[int, int] | None:
        """Which file is being read; another one after the writer's database was replaced."""
        return self._reader.file

    def last_position(self) -> int:
        """Return the newest position, 0 if there is none."""
        rows = self._rows(select(func.max(self.source.table.c.position)))
        return (rows[0][0] or 0) if rows else 0

    def after(self, position: int) -> list[Written]:
        """Return what stands behind *position*, oldest first, at most `MOST_AT_ONCE`."""
        content_of = self.source.content_of
        rows = self._rows(self._after, position=position)
        return [Written(row.position, row.boot_id, content_of(row)) for row in rows]

    def by_id(self, ids: Collection[str]) -> dict[str, Content]:
        """Return what there is under these *ids*."""
        table = self.source.table
        rows = [row for some in _portions(ids) for row in self._rows(select(table).where(table.c.id.in_(some)))]
        found = {row.id: self.source.content_of(row) for row in rows}
        return {content_id: content for content_id, content in found.items() if content is not None}

    def _rows(self, question: Executable, **parameters: object) -> Sequence[Row[Any]]:
        connection = self._reader.connection()
        if connection is None:
            # It was there a moment ago, when somebody asked: that is not a record with nothing in it.
            message = f"expected {self.source.writer}.db, found none"
            raise TemporaryFailure(message)
        with reading_of(self.source.writer):
            return connection.execute(question, parameters).all()


def _portions(ids: Iterable[str]) -> Iterable[list[str]]:
    """Return *ids* in portions that a database takes as parameters of one question."""
    all_ids = list(ids)
    return (all_ids[start : start + MOST_AT_ONCE] for start in range(0, len(all_ids), MOST_AT_ONCE))
