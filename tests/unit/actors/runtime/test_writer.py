"""The short way into a database writes what the long way writes, and nothing of what fails half-way."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from actors.runtime import store as module
from actors.runtime.database_file import path_of
from actors.runtime.store import open_store
from actors.runtime.writer import Writer
from protocol.tables.evaluator import rule_states
from tests.support.actor import make_settings
from tests.support.databases import lay_out

STATE: Mapping[str, object] = {
    "rule_id": "r-1",
    "rule_version": 1,
    "session_date": date(2025, 11, 28),
    "firings": 1,
    "rests_until_ns": 7,
    "awaits_return": False,
    "turned_by_ns": 0,
}
_change = update(rule_states).where(rule_states.c.rule_id == bindparam("key"))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return evaluator's database, empty."""
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator")
    return open_store("evaluator", settings)


def rows(engine: Engine) -> list[dict[str, object]]:
    """Return what SQLAlchemy reads of the states."""
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(rule_states))]


def test_what_it_writes_is_read_as_it_was_meant(engine: Engine) -> None:
    """A date must be written as SQLAlchemy writes one, or nobody could read it."""
    writer = Writer(engine)
    with writer.begin():
        writer.run(writer.prepare(insert(rule_states)), [STATE])
        writer.run(writer.prepare(_change), [{**STATE, "key": "r-1", "firings": 2}])

    assert rows(engine) == [{**STATE, "firings": 2}]


def test_a_row_that_contradicts_what_is_there_takes_the_others_with_it(engine: Engine) -> None:
    """Half a transaction would be an alert without its rule's state."""
    writer = Writer(engine)
    put = writer.prepare(insert(rule_states))

    with pytest.raises(IntegrityError), writer.begin():
        writer.run(put, [{**STATE, "rule_id": "r-2"}, STATE, STATE])

    assert rows(engine) == []
    with writer.begin():
        writer.run(put, [STATE])
    assert rows(engine) == [STATE]


@pytest.mark.parametrize("found", [1, 2])
def test_rows_that_are_put_are_there_all_or_none(engine: Engine, found: int) -> None:
    """One is a transaction by itself, and several are one, too."""
    writer = Writer(engine)
    put = writer.prepare(insert(rule_states))
    fresh = [{**STATE, "rule_id": f"r-{number}"} for number in range(found)]

    writer.put(put, fresh)
    with pytest.raises(IntegrityError):
        writer.put(put, [*({**STATE, "rule_id": f"s-{number}"} for number in range(found - 1)), fresh[0]])

    assert rows(engine) == fresh


def test_a_bug_in_between_leaves_nothing_behind(engine: Engine) -> None:
    """Whatever interrupts a transaction must not keep the database locked for the next."""
    writer = Writer(engine)
    put = writer.prepare(insert(rule_states))

    with pytest.raises(KeyError), writer.begin():
        writer.run(put, [STATE, {}])

    assert rows(engine) == []


def test_a_database_that_somebody_holds_is_trouble_that_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller keeps what it could not write, and tries again."""
    monkeypatch.setattr(module, "BUSY_MS", 1)
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator")
    writer = Writer(open_store("evaluator", settings))

    with closing(sqlite3.connect(path_of("evaluator", settings), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), writer.begin():
            pytest.fail("expected nothing to be run")
        with pytest.raises(OperationalError, match="locked"):
            writer.put(writer.prepare(insert(rule_states)), [STATE])
