"""What lies on disk."""

from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, create_engine, select
from sqlalchemy.exc import IntegrityError

from protocol.migrations import HEADS
from protocol.migrations.__main__ import migrate
from protocol.tables import METADATA_BY_WRITER
from protocol.tables.telegram import awaits_fall


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


def test_rules_of_old_go_on_as_they_were_and_get_a_number_each(tmp_path: Path) -> None:
    """After an update everybody is alerted as before, and can call each rule by a number."""
    path = tmp_path / "telegram.db"
    migrate("telegram", path, "0004")
    engine = create_engine(URL.create("sqlite", database=str(path)))
    people = [(number, f"P{number}", number, number, "member", "ko", "Asia/Seoul", 1, 0) for number in (1, 2)]
    rules = [(f"{person}-{code}-1", 3, person, code, 1.0, 1, 5) for person, code in [(2, "A"), (1, "B"), (1, "A")]]
    with engine.begin() as connection:
        for person in people:
            columns = "id, name, user_id, chat_id, role, language, time_zone, reachable, joined_at_ns"
            connection.exec_driver_sql(f"INSERT INTO people ({columns}) VALUES (?,?,?,?,?,?,?,?,?)", person)  # noqa: S608
        for each in rules:
            columns = "id, version, person_id, symbol, level, active, since_ns"
            connection.exec_driver_sql(f"INSERT INTO rules ({columns}) VALUES (?,?,?,?,?,?,?)", each)  # noqa: S608

    migrate("telegram", path)

    table = METADATA_BY_WRITER["telegram"].tables["rules"]
    with engine.connect() as connection:
        found = {row.id: row for row in connection.execute(select(table).where(awaits_fall))}
    engine.dispose()
    assert {rule_id: row.number for rule_id, row in found.items()} == {"1-A-1": 1, "1-B-1": 2, "2-A-1": 1}
    assert {(row.version, row.level, row.since_ns, row.kind, row.repetition) for row in found.values()} == {
        (3, 1.0, 5, "sigma", "rest")
    }


def test_alerts_of_old_stay_where_they_are_and_carry_nothing(tmp_path: Path) -> None:
    """Telegram has read up to a place, and evaluator goes on behind the last."""
    path = tmp_path / "evaluator.db"
    migrate("evaluator", path, "0006")
    engine = create_engine(URL.create("sqlite", database=str(path)))
    table = METADATA_BY_WRITER["evaluator"].tables["alerts"]
    row = {
        column.name: "2025-11-28" if column.name == "session_date" else 7 if column.name == "position" else "1"
        for column in table.columns
        if column.name != "carried"
    }
    with engine.begin() as connection:
        marks = ", ".join("?" * len(row))
        connection.exec_driver_sql(f"INSERT INTO alerts ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608

    migrate("evaluator", path)

    with engine.connect() as connection:
        [found] = connection.execute(select(table)).all()
    engine.dispose()
    assert (found.position, found.id, found.carried) == (7, "1", None)


def test_states_of_old_stay_as_they_are(tmp_path: Path) -> None:
    """After an update no rule fires again that rests, and each counts on."""
    path = tmp_path / "evaluator.db"
    migrate("evaluator", path, "0007")
    engine = create_engine(URL.create("sqlite", database=str(path)))
    columns = "rule_id, rule_version, session_date, firings, rests_until_ns, awaits_return"
    with engine.begin() as connection:
        row = ("1-122630-n1", 2, "2025-11-28", 3, 5, 1)
        connection.exec_driver_sql(f"INSERT INTO rule_states ({columns}) VALUES (?,?,?,?,?,?)", row)  # noqa: S608

    migrate("evaluator", path)

    with engine.connect() as connection:
        [found] = connection.execute(select(METADATA_BY_WRITER["evaluator"].tables["rule_states"])).all()
    engine.dispose()
    assert tuple(found) == ("1-122630-n1", 2, date(2025, 11, 28), 3, 5, True, 0)


def test_deliveries_of_old_are_telegrams(tmp_path: Path) -> None:
    """After an update what waits still goes, once, under its number; and a new one may go by two channels."""
    path = tmp_path / "telegram.db"
    migrate("telegram", path, "0012")
    engine = create_engine(URL.create("sqlite", database=str(path)))
    columns = "id, content_id, kind, person_id, chat_id, state, doubtful, attempts, due_at_ns, created_at_ns, reason"
    insert = f"INSERT INTO deliveries ({columns}{{}}) VALUES (?,?,?,?,?,?,?,?,?,?,?{{}})"  # noqa: S608
    row = (5, "1-A-1:1:2025-11-28:1", "text", 1, -100, "pending", 1, 2, 3, 4, "refused")
    with engine.begin() as connection:
        connection.exec_driver_sql(insert.format("", ""), row)

    migrate("telegram", path)

    table = METADATA_BY_WRITER["telegram"].tables["deliveries"]
    with engine.begin() as connection:
        [found] = connection.execute(select(table)).all()
        connection.exec_driver_sql(insert.format(", channel", ",?"), (6, *row[1:], "ntfy"))
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql(insert.format(", channel", ",?"), (7, *row[1:], "ntfy"))
    engine.dispose()
    assert (found.id, found.chat_id, found.state, found.doubtful) == (5, -100, "pending", True)
    assert (found.channel, found.receipt) == ("telegram", "")


def test_no_table_has_two_writers() -> None:
    """One writer a database: nobody waits for another's lock."""
    tables = [table for metadata in METADATA_BY_WRITER.values() for table in metadata.tables.values()]

    assert len(tables) == len(set(tables))
    assert METADATA_BY_WRITER.keys() == HEADS.keys()
