"""Letters are on disk before anybody is told of them, and each is written once."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, select

from actors.runtime.letters import Letters
from actors.runtime.store import open_store
from protocol.messages import LettersWritten
from protocol.tables.feed import letters
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import THIS_BOOT, TRADED_AT
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.letters import letter, own_fill
from tests.support.ports import FakePorts


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return feed's database, empty."""
    settings = make_settings(tmp_path)
    lay_out(settings, "feed")
    return open_store("feed", settings)


def written(engine: Engine) -> list[tuple[object, ...]]:
    """Return position, id, person, kind and boot of what is on disk."""
    table = letters.c
    with engine.connect() as connection:
        rows = connection.execute(select(table.position, table.id, table.person_id, table.kind, table.boot_id))
        return [tuple(row) for row in rows]


def writer(engine: Engine, tmp_path: Path, ports: FakePorts) -> Letters:
    """Return feed's pen."""
    clock = FakeClock(TRADED_AT)
    return Letters(make_actor("feed", object(), make_settings(tmp_path), ports=ports, clock=clock), engine, letters)


def test_a_letter_is_written_then_rung_for(engine: Engine, tmp_path: Path) -> None:
    """A doorbell for what a crash has taken away would be worse than none."""
    ports = FakePorts()
    pen = writer(engine, tmp_path, ports)
    pen.write(letter(1))
    pen.write(letter(2, matter=own_fill(), person_id=7))

    assert written(engine) == [
        (1, "feed:test:1", 0, "app_key_in_use", THIS_BOOT),
        (2, "feed:test:2", 7, "own_fill", THIS_BOOT),
    ]
    assert ports.sent == [LettersWritten(writer="feed")] * 2


def test_the_same_letter_goes_once(engine: Engine, tmp_path: Path) -> None:
    """Whoever decides it again after a restart must not tell it again."""
    ports = FakePorts()
    writer(engine, tmp_path, FakePorts()).write(letter(1))
    writer(engine, tmp_path, ports).write(letter(1))

    assert len(written(engine)) == 1
    assert ports.sent == []


def test_what_a_full_disk_refuses_is_kept_and_written_in_order(engine: Engine, tmp_path: Path) -> None:
    """A filled order is told once, by KIS; forgetting it would be for ever."""
    ports = FakePorts()
    pen = writer(engine, tmp_path, ports)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    pen.write(letter(1, matter=own_fill(name="x" * 20_000)))
    pen.write(letter(2))
    assert (written(engine), ports.sent) == ([], [])

    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    pen.try_again()

    assert [row[1] for row in written(engine)] == ["feed:test:1", "feed:test:2"]
    assert ports.sent == [LettersWritten(writer="feed")]


def test_letters_and_what_belongs_to_them_are_written_together_or_not_at_all(engine: Engine, tmp_path: Path) -> None:
    """A step that is marked as done and told nobody, or the other way round, would be skipped or repeated."""
    ports = FakePorts()
    pen = writer(engine, tmp_path, ports)
    pen.write(letter(1))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def take_the_first_back(connection: Connection) -> None:
        connection.execute(delete(letters).where(letters.c.position == 1))

    assert not pen.write_together([letter(2, matter=own_fill(name="x" * 20_000))], take_the_first_back)
    assert [row[1] for row in written(engine)] == ["feed:test:1"]
    assert len(ports.sent) == 1

    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")

    assert pen.write_together([letter(2), letter(3)], take_the_first_back)
    assert [row[1] for row in written(engine)] == ["feed:test:2", "feed:test:3"]
    assert len(ports.sent) == 2
