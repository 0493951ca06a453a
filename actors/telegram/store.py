"""Deliveries, and how far we have come: what must outlive the process, but not a loss of power.

Its commits do not wait for the disk: after a reboot, which another boot id shows, everything unsent counts as possibly
sent, and an alert or letter whose deliveries are gone gets new ones, in doubt. People and their rules are `register`'s.
"""

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine, Row, bindparam, case, func, insert, select, update
from sqlalchemy.exc import OperationalError

from actors.runtime.errors import TemporaryFailure
from actors.runtime.writer import Writer
from actors.telegram.outbox.deliveries import NO_MESSAGE, Content, Delivery, Kind, Stage
from actors.telegram.outbox.sources import Source
from protocol.tables.telegram import deliveries, marks

__all__ = ["DeliveryStore", "Mark", "Marks", "Unfinished", "transaction"]

UPDATE_ID = "update_id"
UPDATE_SEEN_NS = "update_seen_ns"
HEARD_NS = "heard_ns"
ANSWERS = "answers"
OPEN_STATES = (Stage.PENDING.value, Stage.SENDING.value)

_update = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in (
        "chat_id", "state", "doubtful", "attempts", "due_at_ns", "sent_at_ns", "message_id", "reason",
        "missed", "receipt",
    )})
)  # fmt: skip
_mark = update(marks).where(marks.c.name == bindparam("mark")).values(value=bindparam("value"))


class Mark(Struct, frozen=True):
    """How far we have come in one record: the last position that has deliveries, and the boot in which that was."""

    position: int
    boot_id: str


class Marks(Struct, frozen=True, kw_only=True):
    """How far we have come."""

    sources: dict[str, Mark]
    """By the record's name."""
    update_id: int
    """The last update that was dealt with; 0 before the first."""
    update_seen_ns: int
    """When that was, UTC epoch nanoseconds."""
    heard_ns: int
    """When Telegram last told us of all that there was, UTC epoch nanoseconds."""
    answers: str
    """The answers that wait for their chat, as JSON."""


class Unfinished(Struct, frozen=True, kw_only=True):
    """A delivery that an earlier life left, as far as our database knows it; see `Delivery`."""

    id: int
    content_id: str
    kind: Kind
    person_id: int
    channel: str
    chat_id: int
    stage: Stage
    doubtful: bool
    missed: bool
    attempts: int
    due_at_ns: int
    created_at_ns: int
    text_stage: Stage | None
    """Where the text of the same content is; None if there is none."""
    text_message_id: int | None
    text_chat_id: int | None

    @property
    def lacks_text(self) -> bool:
        """Whether this is a picture for which there is no text to reply to, and will be none."""
        return self.kind is Kind.PICTURE and self.text_stage in {None, Stage.DEAD}

    def with_content(self, content: Content, source: str) -> Delivery:
        """Return the delivery of *content*, which is from the record *source*."""
        return Delivery(
            id=self.id,
            content=content,
            source=source,
            person_id=self.person_id,
            kind=self.kind,
            channel=self.channel,
            chat_id=self.chat_id,
            stage=self.stage,
            doubtful=self.doubtful,
            missed=self.missed,
            attempts=self.attempts,
            due_at_ns=self.due_at_ns,
            created_at_ns=self.created_at_ns,
            reply_to=self._reply_to(),
        )

    def _reply_to(self) -> int | None:
        if self.kind is Kind.TEXT or self.text_message_id is None:
            return None
        return self.text_message_id if self.text_chat_id == self.chat_id else NO_MESSAGE


@contextlib.contextmanager
def transaction(way: Connection | Writer) -> Iterator[None]:
    """Read and write what the block does by *way*, all or nothing.

    Raises:
        TemporaryFailure: the disk is full or the database is locked.
    """
    try:
        with way.begin():
            yield
    except OperationalError as error:
        message = f"expected to use the database, found: {error.orig}"
        raise TemporaryFailure(message) from error


class DeliveryStore:
    """The tables `deliveries` and `marks`; *engine* need not be durable.

    Whatever it is asked raises `TemporaryFailure` while the disk is full or the database is locked.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        self._writer = writer = Writer(engine)
        self._insert, self._update = writer.prepare(insert(deliveries)), writer.prepare(_update)
        self._move_mark = writer.prepare(_mark)

    def start(self, boot_id: str, newest_positions: Mapping[Source, int], now_ns: int) -> Marks:
        """Return how far an earlier life came.

        Where there is no mark, the record was never read: we begin in *boot_id*, behind its newest position, because
        what stands up to there was for people of a database that is gone.
        """
        first: dict[str, object] = {UPDATE_ID: 0, UPDATE_SEEN_NS: now_ns, HEARD_NS: now_ns, ANSWERS: "[]"}
        for source, position in newest_positions.items():
            first |= {source.position_mark: position, source.boot_mark: boot_id}
        with transaction(self._connection):
            found = {row.name: row.value for row in self._connection.execute(select(marks))}
            missing = [{"name": name, "value": str(value)} for name, value in first.items() if name not in found]
            if missing:
                self._connection.execute(insert(marks), missing)
        found |= {mark["name"]: mark["value"] for mark in missing}
        return Marks(
            sources={
                source.name: Mark(int(found[source.position_mark]), found[source.boot_mark])
                for source in newest_positions
            },
            update_id=int(found[UPDATE_ID]),
            update_seen_ns=int(found[UPDATE_SEEN_NS]),
            heard_ns=int(found[HEARD_NS]),
            answers=found[ANSWERS],
        )

    def next_id(self) -> int:
        """Return a number above every delivery's."""
        with transaction(self._connection):
            return (self._connection.execute(select(func.max(deliveries.c.id))).scalar() or 0) + 1

    def known(self, content_ids: Collection[str]) -> set[str]:
        """Return those of these alerts and letters that have deliveries."""
        with transaction(self._connection):
            statement = select(deliveries.c.content_id).where(deliveries.c.content_id.in_(content_ids))
            return set(self._connection.execute(statement).scalars())

    def unfinished(self, source: str) -> list[Unfinished]:
        """Return what an earlier life left of the record *source*, oldest first."""
        texts = deliveries.alias("texts")
        is_its_text = (
            (texts.c.content_id == deliveries.c.content_id)
            & (texts.c.kind == Kind.TEXT.value)
            & (texts.c.channel == deliveries.c.channel)
        )
        statement = (
            select(
                deliveries,
                texts.c.state.label("text_state"),
                texts.c.message_id.label("text_message_id"),
                texts.c.chat_id.label("text_chat_id"),
            )
            .outerjoin(texts, is_its_text)
            .where(deliveries.c.state.in_(OPEN_STATES), deliveries.c.source == source)
            .order_by(deliveries.c.id)
        )
        with transaction(self._connection):
            return [_unfinished(row) for row in self._connection.execute(statement)]

    def bury(self, delivery_ids: Collection[int], reason: str) -> None:
        """Give up deliveries of which nothing but the number is known."""
        with transaction(self._connection):
            dead = {"state": Stage.DEAD.value, "reason": reason}
            self._connection.execute(update(deliveries).where(deliveries.c.id.in_(delivery_ids)).values(dead))

    def give_up(self, channel: str, *, but_of: Collection[int], reason: str) -> None:
        """Give up what is unfinished on *channel*, but what is for the people *but_of*."""
        is_left = (deliveries.c.channel == channel) & deliveries.c.state.in_(OPEN_STATES)
        with transaction(self._connection):
            dead = {"state": Stage.DEAD.value, "reason": reason}
            is_nobodys = deliveries.c.person_id.not_in(but_of)
            self._connection.execute(update(deliveries).where(is_left, is_nobodys).values(dead))

    def save(self, added: Collection[Delivery], changed: Collection[Delivery], begun: Mapping[str, str]) -> None:
        """Write new and changed deliveries and the marks in *begun*, all or nothing.

        What could not be written must be kept.
        """
        with transaction(self._writer):
            self._writer.run(self._insert, map(_columns, added))
            self._writer.run(self._update, map(_columns, changed))
            self._writer.run(self._move_mark, [{"mark": name, "value": value} for name, value in begun.items()])

    def mark_update(self, update_id: int, now_ns: int) -> None:
        """Note that the update was dealt with."""
        self.save((), (), {UPDATE_ID: str(update_id), UPDATE_SEEN_NS: str(now_ns)})

    def mark_heard(self, now_ns: int) -> None:
        """Note that Telegram told us of all that there was up to now."""
        self.save((), (), {HEARD_NS: str(now_ns)})

    def keep_answers(self, answers: str) -> None:
        """Note which answers wait for their chat."""
        self.save((), (), {ANSWERS: answers})

    def counts(self) -> dict[str, int]:
        """Return how many deliveries there are in each state; alerts that wait for a digest are `held`."""
        is_held = deliveries.c.missed & (deliveries.c.state == Stage.PENDING.value)
        state = case((is_held, "held"), else_=deliveries.c.state).label("state")
        statement = select(state, func.count().label("count")).group_by(state)
        with transaction(self._connection):
            return {str(state): int(count) for state, count in self._connection.execute(statement)}


def _unfinished(row: Row[Any]) -> Unfinished:
    return Unfinished(
        id=row.id,
        content_id=row.content_id,
        kind=Kind(row.kind),
        person_id=row.person_id,
        channel=row.channel,
        chat_id=row.chat_id,
        stage=Stage(row.state),
        doubtful=row.doubtful,
        missed=row.missed,
        attempts=row.attempts,
        due_at_ns=row.due_at_ns,
        created_at_ns=row.created_at_ns,
        text_stage=Stage(row.text_state) if row.text_state is not None else None,
        text_message_id=row.text_message_id,
        text_chat_id=row.text_chat_id,
    )


def _columns(delivery: Delivery) -> Mapping[str, object]:
    return {
        "row_id": delivery.id,
        "id": delivery.id,
        "content_id": delivery.content.id,
        "source": delivery.source,
        "kind": delivery.kind.value,
        "person_id": delivery.person_id,
        "channel": delivery.channel,
        "chat_id": delivery.chat_id,
        "state": delivery.stage.value,
        "doubtful": delivery.doubtful,
        "missed": delivery.missed,
        "attempts": delivery.attempts,
        "due_at_ns": delivery.due_at_ns,
        "created_at_ns": delivery.created_at_ns,
        "sent_at_ns": delivery.sent_at_ns,
        "message_id": delivery.message_id,
        "receipt": delivery.receipt,
        "reason": delivery.reason,
    }
