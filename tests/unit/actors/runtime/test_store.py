"""One writer a database, in a shape that it knows, and nobody waits longer than watchdog does."""

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from actors.runtime import database_file
from actors.runtime import store as store_module
from actors.runtime.database_file import BUSY_MS, path_of
from actors.runtime.errors import ConfigError, TemporaryFailure
from actors.runtime.store import KeptReader, open_reader, open_store, read_store, reading
from actors.watchdog.config import WatchdogConfig
from protocol.tables.telegram import marks
from tests.support.actor import make_settings
from tests.support.databases import lay_out, locked

MARK = {"name": "update_id", "value": "7"}


def marks_in(telegram: Engine) -> list[str]:
    """Return what telegram remembers."""
    with telegram.connect() as connection:
        return list(connection.execute(select(marks.c.value)).scalars())


def test_who_waits_for_a_lock_gives_up_before_watchdog_kills_it() -> None:
    """A lock that somebody holds must not cost the life of who waits for it."""
    assert WatchdogConfig().silence_s / 2 > BUSY_MS / 1000


def test_who_only_reads_its_own_database_waits_for_no_lock(tmp_path: Path) -> None:
    """An operator who looks at the file with another tool must not delay an answer."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    store = open_store("telegram", settings)
    with store.begin() as connection:
        connection.execute(insert(marks), MARK)

    with closing(sqlite3.connect(path_of("telegram", settings), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with reading(store) as connection:
            assert connection.execute(select(marks.c.value)).scalar() == "7"
    store.dispose()


def test_a_database_that_a_newer_version_wrote_is_a_matter_for_the_operator(tmp_path: Path) -> None:
    """Started again and again it would fail again and again; it must say what helps, and leave the file alone."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    path = path_of("telegram", settings)
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ConfigError, match=r"telegram\.db: expected revision \d+ or an older one, found 9999"):
        open_store("telegram", settings)
    assert open_reader("telegram", settings) is None


def test_a_locked_database_is_a_trouble_of_the_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken for one that is not there yet, others would wait without a word, and its owner would migrate it."""
    monkeypatch.setattr(database_file, "BUSY_MS", 1)
    monkeypatch.setattr(store_module, "BUSY_MS", 1)
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")

    with locked(path_of("telegram", settings)):
        for attempt in (partial(read_store, "telegram", settings, marks_in), partial(open_store, "telegram", settings)):
            with pytest.raises(TemporaryFailure, match=r"expected to read telegram\.db, found: database is locked"):
                attempt()
    assert read_store("telegram", settings, marks_in) == []


def test_what_a_killed_owner_left_half_written_is_rolled_back_at_its_next_start(tmp_path: Path) -> None:
    """Who only reads cannot do that and waits; an owner who could not either would never start again."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    path = path_of("telegram", settings)
    living = path.rename(tmp_path / "living.db")
    with closing(sqlite3.connect(living, isolation_level=None)) as killed:
        for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA cache_size=1", "BEGIN", "DELETE FROM alembic_version"):
            killed.execute(statement)
        killed.executemany("INSERT INTO marks VALUES (?, ?)", ((f"{number}", "x" * 1_000) for number in range(100)))
        shutil.copy(living, path)
        shutil.copy(f"{living}-journal", f"{path}-journal")
    with pytest.raises(TemporaryFailure):
        read_store("telegram", settings, marks_in)

    open_store("telegram", settings).dispose()

    assert read_store("telegram", settings, marks_in) == []


def test_a_kept_reader_turns_to_the_file_that_has_taken_the_databases_place(tmp_path: Path) -> None:
    """Whoever restores a backup must not leave the others reading a file that is gone."""
    settings = make_settings(tmp_path)
    reader = KeptReader("telegram", settings)
    assert reader.connection() is None
    found = []

    for value in ("7", "8"):
        for path in settings.data_dir.glob("telegram.db*"):
            path.unlink()
        lay_out(settings, "telegram")
        store = open_store("telegram", settings)
        with store.begin() as connection:
            connection.execute(insert(marks), MARK | {"value": value})
        store.dispose()
        kept = reader.connection()
        assert kept is not None
        assert kept is reader.connection()
        found.append(kept.execute(select(marks.c.value)).scalar())

    assert found == ["7", "8"]
    reader.close()
