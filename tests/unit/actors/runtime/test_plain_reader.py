"""Another's database without SQLAlchemy: seen when it is there and current, and a trouble of the moment otherwise."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from actors.runtime import database_file
from actors.runtime.database_file import path_of
from actors.runtime.errors import TemporaryFailure
from actors.runtime.plain_reader import read_plain
from tests.support.actor import make_settings
from tests.support.databases import lay_out, locked


def marks_in(telegram: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return what telegram remembers."""
    return telegram.execute("SELECT name, value FROM marks").fetchall()


def test_a_database_is_seen_from_its_owners_first_start_on(tmp_path: Path) -> None:
    """Any start order works; a question mark in the path would end SQLite's name of the file."""
    directory = tmp_path / "50 %?#"
    directory.mkdir()
    settings = make_settings(directory)
    assert read_plain("telegram", settings, marks_in) is None

    lay_out(settings, "telegram")
    assert read_plain("telegram", settings, marks_in) == []

    with closing(sqlite3.connect(path_of("telegram", settings))) as owner:
        owner.execute("INSERT INTO marks VALUES ('update_id', '7')")
        assert read_plain("telegram", settings, marks_in) == []
        owner.commit()
    assert read_plain("telegram", settings, marks_in) == [("update_id", "7")]


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '9999'", "DROP TABLE alembic_version"])
def test_a_database_of_another_shape_is_not_read(tmp_path: Path, change: str) -> None:
    """Its owner brings it up to date first; before that its columns may not be what we ask for."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    with closing(sqlite3.connect(path_of("telegram", settings))) as owner, owner:
        owner.execute(change)

    assert read_plain("telegram", settings, marks_in) is None


def test_a_damaged_database_is_a_trouble_of_the_moment(tmp_path: Path) -> None:
    """One actor's broken disk must not end all that read it."""
    settings = make_settings(tmp_path)
    path_of("telegram", settings).write_bytes(b"no database" * 1000)

    with pytest.raises(TemporaryFailure, match=r"expected to read telegram\.db, found: file is not a database"):
        read_plain("telegram", settings, marks_in)


def test_a_locked_database_is_a_trouble_of_the_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken for one that is not there yet, it would be waited for without a word to the operator."""
    monkeypatch.setattr(database_file, "BUSY_MS", 1)
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")

    with (
        locked(path_of("telegram", settings)),
        pytest.raises(TemporaryFailure, match=r"expected to read telegram\.db, found: database is locked"),
    ):
        read_plain("telegram", settings, marks_in)
    assert read_plain("telegram", settings, marks_in) == []


def test_who_reads_cannot_write(tmp_path: Path) -> None:
    """Each database has one writer."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")

    with pytest.raises(TemporaryFailure, match="readonly"):
        read_plain("telegram", settings, lambda telegram: telegram.execute("DELETE FROM marks"))
