"""Deliveries and marks on disk, and a disk that is full."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import structlog
from sqlalchemy import Connection, Engine, select, update

from actors.market.choices import SessionChoice
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store, reading
from actors.telegram.channels.outcomes import Refused, Sent
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.deliveries import NO_MESSAGE, Claimed, Delivery, Kind, Stage, advance
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.sources import ALERTS
from actors.telegram.people.own_rules import below
from actors.telegram.people.person import Person, Watch
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore, Mark, Marks
from protocol.messages import State, Venue
from protocol.tables.telegram import people
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import TRADED_AT, alert
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return telegram's database, empty."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    return open_store("telegram", settings, durable=False)


def pair(number: int) -> list[Delivery]:
    """Return text and picture of alert *number*."""
    return [
        Delivery(
            id=number + offset,
            content=alert(number),
            kind=kind,
            person_id=1,
            chat_id=7,
            due_at_ns=5,
            created_at_ns=4,
        )
        for offset, kind in enumerate(Kind)
    ]


def marks(position: int, boot_id: str) -> Marks:
    """Return the marks of who has read the alerts up to *position*."""
    return Marks(sources={"alerts": Mark(position, boot_id)}, update_id=0, update_seen_ns=1, heard_ns=1, answers="[]")


def fill(engine: Engine) -> None:
    """Let the disk be full for this database."""
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def empty(engine: Engine) -> None:
    """Let there be space again."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")


def test_what_is_saved_is_found_again_by_the_next_life(engine: Engine) -> None:
    """The disk is the queue."""
    store = DeliveryStore(engine)
    store.start("boot", {ALERTS: 0}, 1)
    text, picture = pair(1)
    store.save([text, picture], [], {ALERTS.position_mark: "9"})
    store.save([], [advance(text, Claimed(), 6)], {})

    found = DeliveryStore(engine)
    assert found.start("other", {ALERTS: 3}, 2) == marks(9, "boot")
    assert found.next_id() == 3
    assert [each.with_content(alert(1), "alerts") for each in found.unfinished("alerts")] == [
        msgspec.structs.replace(text, stage=Stage.SENDING, attempts=1),
        picture,
    ]


def test_a_picture_knows_what_became_of_its_text(engine: Engine) -> None:
    """It replies to its message, or is given up with it."""
    store = DeliveryStore(engine)
    store.start("boot", {ALERTS: 0}, 1)
    (sent, waits), (dead, orphan) = pair(1), pair(3)
    store.save([sent, waits, dead, orphan], [], {})
    over = [advance(advance(sent, Claimed(), 6), Sent(42), 7), advance(advance(dead, Claimed(), 6), Refused("no"), 7)]
    store.save([], over, {})

    first, second = store.unfinished("alerts")
    assert (first.lacks_text, first.with_content(alert(1), "alerts").reply_to) == (False, 42)
    assert second.lacks_text
    store.save([], [msgspec.structs.replace(waits, chat_id=8)], {})
    moved, _ = store.unfinished("alerts")
    assert moved.with_content(alert(1), "alerts").reply_to == NO_MESSAGE
    assert store.counts() == {"sent": 1, "dead": 1, "pending": 2}
    assert store.known(["none", alert(3).id]) == {alert(3).id}


def test_a_new_database_begins_behind_the_alerts_of_an_older_one(engine: Engine) -> None:
    """They were for people whom nobody knows any more; a number of theirs may be somebody else's now."""
    store = DeliveryStore(engine)

    assert store.start("boot", {ALERTS: 77}, 1) == marks(77, "boot")
    assert store.start("boot", {ALERTS: 99}, 1) == marks(77, "boot")


def test_a_full_disk_keeps_what_could_not_be_written_and_says_so(engine: Engine, tmp_path: Path) -> None:
    """What Telegram took must not be posted again only because the mark found no room."""
    clock = FakeClock(TRADED_AT)
    actor = make_actor("telegram", TelegramConfig(), make_settings(tmp_path), ports=FakePorts(), clock=clock)
    store = DeliveryStore(engine)
    store.start("boot", {ALERTS: 0}, 1)
    record = Record(store, Health(actor))
    fill(engine)
    numbers = range(1, 201, 2)
    for number in numbers:
        for delivery in pair(number):
            record.add(delivery)
    record.mark(ALERTS.boot_mark, "next")

    with structlog.testing.capture_logs() as logs:
        assert not record.save()
        assert not record.save()
    assert [(line["event"], line["state"]) for line in logs] == [("state_changed", "degraded")]

    empty(engine)
    record.change(advance(pair(1)[0], Claimed(), 6))
    assert record.save()
    assert actor.state is State.RUNNING
    assert store.counts() == {"pending": 199, "sending": 1}
    assert store.start("", {ALERTS: 0}, 1).sources["alerts"].boot_id == "next"


def test_a_full_disk_refuses_a_person_and_a_watch_for_now(engine: Engine) -> None:
    """Nobody may be told "added" for what a restart would have forgotten."""
    register = Register(engine, "ko", "Asia/Seoul")
    person = register.admit("Anna", 1001, "ko", ("hash", "operator"), 1)
    fill(engine)
    watch = Watch(symbol="005930", name="x" * 20_000, venue=Venue.KRX)

    with pytest.raises(TemporaryFailure, match="full"):
        register.watch(person.id, watch, below((1.0, 2.0)), 1)
    with pytest.raises(TemporaryFailure, match="full"):
        register.admit("B" * 20_000, 1002, "ko", ("other", "member"), 1)

    assert register.watches_of(person.id) == []
    assert [each.name for each in register.people()] == ["Anna"]


def test_a_person_is_taken_in_with_what_is_written_of_it_or_not_at_all(engine: Engine) -> None:
    """Who is known, and of whom the operator was not told, would stay untold of: nobody comes in twice."""
    register = Register(engine, "ko", "Asia/Seoul")
    register.admit("Anna", 1001, "ko", ("hash", "operator"), 1)
    fill(engine)

    def write_more(connection: Connection, person: Person) -> None:
        connection.execute(update(people).where(people.c.id == person.id).values(levels="x" * 20_000))

    with pytest.raises(TemporaryFailure, match="full"):
        register.admit("Bora", 1002, "ko", ("other", "member"), 1, also=write_more)

    assert register.person_of_user(1002) is None
    assert [each.name for each in Register(engine, "ko", "Asia/Seoul").people()] == ["Anna"]


def test_updates_that_were_dealt_with_are_marked(engine: Engine) -> None:
    """Telegram repeats what was not confirmed."""
    store = DeliveryStore(engine)
    store.start("boot", {ALERTS: 0}, 1)
    store.mark_update(8, 5)
    store.mark_heard(7)
    store.keep_answers("[1]")

    assert store.start("boot", {ALERTS: 0}, 9) == Marks(
        sources={"alerts": Mark(0, "boot")}, update_id=8, update_seen_ns=5, heard_ns=7, answers="[1]"
    )


def test_deliveries_whose_alert_is_gone_are_buried(engine: Engine) -> None:
    """Without the alert there is nothing to say, and nothing to wait for."""
    store = DeliveryStore(engine)
    store.start("boot", {ALERTS: 0}, 1)
    store.save(pair(1), [], {})
    store.bury([1, 2], "its alert is gone")

    assert store.counts() == {"dead": 2}


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.start("boot", {ALERTS: 0}, 1),
        lambda store: store.next_id(),
        lambda store: store.known(["an id"]),
        lambda store: store.unfinished("alerts"),
        lambda store: store.bury([1], "gone"),
        lambda store: store.counts(),
    ],
    ids=["start", "next_id", "known", "unfinished", "bury", "counts"],
)
def test_what_a_locked_database_cannot_do_is_a_failure_for_the_moment(
    engine: Engine, ask: Callable[[DeliveryStore], object]
) -> None:
    """Whoever holds the lock delays deliveries; he must not end the process that brings them."""
    store = DeliveryStore(engine)
    with reading(engine) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    assert engine.url.database is not None

    with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryFailure, match="locked"):
            ask(store)


def test_a_session_counts_from_when_it_was_chosen_and_again_when_it_was_chosen_again(engine: Engine) -> None:
    """Evaluator must not alert of what a session did before somebody wanted it; what stays chosen goes on counting."""
    register = Register(engine, "ko", "Asia/Seoul")
    person = register.admit("Anna", 1001, "ko", ("hash", "operator"), 5)
    regular, nxt, after = SessionChoice.KRX_REGULAR, SessionChoice.NXT, SessionChoice.KRX_AFTER

    kept = []
    for now_ns, chosen in ((10, {regular, nxt}), (20, {regular, nxt, after}), (30, {regular, after}), (40, {nxt})):
        assert register.choose_sessions(person.id, chosen, now_ns).sessions == chosen
        with reading(engine) as connection:
            kept.append(connection.execute(select(people.c.chosen_at)).scalar_one())

    assert kept == ["nxt=10", "krx-after=20 nxt=10", "krx-after=20", "nxt=40"]
