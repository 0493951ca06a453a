"""What lies on disk."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, create_engine

from protocol.migrations import HEADS
from protocol.migrations.__main__ import migrate
from protocol.tables import METADATA_BY_WRITER


@pytest.mark.parametrize("writer", sorted(METADATA_BY_WRITER))
def test_the_migrations_make_the_tables_that_the_code_reads(writer: str, tmp_path: Path) -> None:
    """A column that exists only in the code is found on the family's machine, at night."""
    path = tmp_path / "folder with a space" / "100% new?.db"
    path.parent.mkdir()
    migrate(writer, path)
    migrate(writer, path)

    engine = create_engine(URL.create("sqlite", database=str(path)))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == HEADS[writer]
        assert compare_metadata(context, METADATA_BY_WRITER[writer]) == []
    engine.dispose()


def test_no_table_has_two_writers() -> None:
    """One writer a database: nobody waits for another's lock."""
    tables = [table for metadata in METADATA_BY_WRITER.values() for table in metadata.tables.values()]

    assert len(tables) == len(set(tables))
    assert METADATA_BY_WRITER.keys() == HEADS.keys()
