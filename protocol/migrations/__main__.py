"""Bring one writer's database up to date: `python -m protocol.migrations WRITER FILE`."""

import argparse
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, create_engine

from protocol.migrations import HEADS, UNKNOWN_REVISION
from protocol.tables import METADATA_BY_WRITER

__all__ = ["migrate"]

HERE = Path(__file__).parent


def migrate(writer: str, path: Path, revision: str = "head") -> None:
    """Make the database in *path*, or bring it to a later *revision*, *writer*'s newest, in one transaction.

    Raises:
        CommandError: it is at a revision that is not among ours.
    """
    config = Config()
    # A percent sign would be taken for an interpolation.
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("version_locations", str(HERE / writer).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    engine = create_engine(URL.create("sqlite", database=str(path)))
    with engine.connect() as connection:
        # It stays in the file; without it a reader would have to wait for the writer.
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = METADATA_BY_WRITER[writer]
        command.upgrade(config, revision)
    engine.dispose()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m protocol.migrations", description=__doc__)
    parser.add_argument("writer", choices=sorted(HEADS))
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    try:
        migrate(arguments.writer, arguments.file)
    except CommandError as error:
        sys.stderr.write(f"{arguments.file}: {error}\n")
        sys.exit(UNKNOWN_REVISION)


if __name__ == "__main__":
    main()
