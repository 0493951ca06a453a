"""One writer a database, in a shape that it knows, and nobody waits longer than watchdog does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from actors.runtime.database_file import BUSY_MS, path_of
from actors.runtime.errors import ConfigError
from actors.runtime.store import KeptReader, open_reader, open_store, reading
from actors.watchdog.config import WatchdogConfig
from protocol.tables.telegram import marks
from tests.support.actor import make_settings
from tests.support.databases import lay_out

MARK = {"name": "update_id", "value": "7"}


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
