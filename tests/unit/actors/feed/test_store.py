"""Feed's database: credentials and budgets that outlive the process."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from actors.feed.store import FeedStore, FlowStore
from actors.kis.budget import Budget
from actors.kis.credentials import ACCESS_TOKEN, APPROVAL_KEY, Credential, fingerprint, read_credential
from actors.runtime.database_file import path_of
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import BEGIN, open_store, reading
from protocol.migrations.__main__ import migrate
from protocol.moments import NS
from tests.support.actor import make_settings
from tests.support.databases import lay_out

BUDGET = Budget(burst=2, refill_s=15.0)
BEFORE = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE budgets (name VARCHAR NOT NULL PRIMARY KEY, tokens FLOAT NOT NULL, counted_at_ns BIGINT NOT NULL);
CREATE TABLE credentials (app_key_hash VARCHAR NOT NULL, kind VARCHAR NOT NULL, value VARCHAR NOT NULL,
    issued_at_ns BIGINT NOT NULL, expires_at_ns BIGINT NOT NULL, PRIMARY KEY (app_key_hash, kind));
INSERT INTO alembic_version VALUES ('0002');
INSERT INTO budgets VALUES ('connect', 0.0, 0);
INSERT INTO credentials VALUES ('{key}', 'approval_key', 'value', 1, 2), ('{key}', 'access_token', 'value', 1, 2);
"""
"""A database from before budgets had an app key, its connects spent."""


def reopened(directory: Path, app_key: str = "app-key") -> FeedStore:
    """Return the store as a new process finds it."""
    settings = make_settings(directory)
    lay_out(settings, "feed")
    return FeedStore(open_store("feed", settings), app_key)


@contextmanager
def full_disk(engine: Engine) -> Iterator[None]:
    """Have the database take nothing within the block."""

    @event.listens_for(engine, "begin")
    def refuse(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only = ON")

    yield
    event.remove(engine, "begin", refuse)
    with reading(engine) as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")


def test_the_others_read_what_is_kept(tmp_path: Path) -> None:
    """They read without the tables that feed writes by; a token is its app key's alone."""
    settings = make_settings(tmp_path)
    assert read_credential(settings, "app-key", ACCESS_TOKEN) is None
    store, kept = reopened(tmp_path), Credential("token", 1, 2)
    assert read_credential(settings, "app-key", ACCESS_TOKEN) is None
    store.keep(ACCESS_TOKEN, kept)

    assert read_credential(settings, "app-key", ACCESS_TOKEN) == store.credential(ACCESS_TOKEN) == kept
    assert read_credential(settings, "app-key", APPROVAL_KEY) is None
    assert read_credential(settings, "another", ACCESS_TOKEN) is None


def test_credentials_outlive_the_process(tmp_path: Path) -> None:
    """A crash loop must not ask KIS for a key each time."""
    store = reopened(tmp_path)
    store.keep(APPROVAL_KEY, Credential("old", 1, 2))
    store.keep(APPROVAL_KEY, Credential("new", 3, 4))
    store.keep(ACCESS_TOKEN, Credential("token", 5, 6))
    store._engine.dispose()

    store = reopened(tmp_path)
    assert store.credential(APPROVAL_KEY) == Credential("new", 3, 4)
    assert store.credential(ACCESS_TOKEN) == Credential("token", 5, 6)
    store._engine.dispose()


def test_each_app_key_has_its_own(tmp_path: Path) -> None:
    """Another app key's approval key ends in OPSP0011 and a storm of closes."""
    store = reopened(tmp_path)
    store.keep(APPROVAL_KEY, Credential("mine", 1, 2))
    store._engine.dispose()

    other = reopened(tmp_path, app_key="another")
    assert other.credential(APPROVAL_KEY) is None
    other._engine.dispose()


def test_the_app_key_itself_is_nowhere_in_the_file_and_the_file_is_ours_alone(tmp_path: Path) -> None:
    """Backups travel."""
    store = reopened(tmp_path, app_key="the-very-app-key")
    store.keep(APPROVAL_KEY, Credential("value", 1, 2))
    store._engine.dispose()

    path = path_of("feed", make_settings(tmp_path))
    assert b"the-very-app-key" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_what_a_budget_has_spent_outlives_the_process(tmp_path: Path) -> None:
    """Supervisord restarts a crashing feed every second; KIS blocks who connects every second."""
    waits = []
    for second in range(4):
        store = reopened(tmp_path)
        waits.append(round(store.spend("connect", BUDGET, second * NS)))
        store._engine.dispose()

    assert waits == [0, 0, 13, 12]
    store = reopened(tmp_path)
    assert store.spend("approval_key", BUDGET, 4 * NS) == 0
    assert store.spend("connect", BUDGET, 15 * NS) == 0
    store._engine.dispose()


def test_a_clock_that_was_set_back_costs_one_refill_and_not_years(tmp_path: Path) -> None:
    """A small box may boot in 2031 and learn the time afterwards: nothing would be refilled until then."""
    settings = make_settings(tmp_path)
    lay_out(settings, "feed")
    store = FeedStore(open_store("feed", settings), "app-key")
    in_years_ns = 5 * 365 * 86_400 * NS
    while store.spend("connect", BUDGET, in_years_ns) == 0:
        pass

    wait_s = store.spend("connect", BUDGET, 100 * NS)

    assert 0 < wait_s <= BUDGET.refill_s
    assert store.spend("connect", BUDGET, 100 * NS + int(wait_s * NS)) == 0
    store._engine.dispose()


def test_each_app_key_has_budgets_of_its_own(tmp_path: Path) -> None:
    """KIS counts by app key: a slot that one cannot get must not keep the other from connecting."""
    mine, others = reopened(tmp_path), reopened(tmp_path, app_key="another")

    waits = [round(store.spend("connect", BUDGET, 0)) for store in (mine, mine, mine, others)]

    assert waits == [0, 0, 15, 0]
    mine._engine.dispose()
    others._engine.dispose()


def test_what_was_spent_before_budgets_had_an_app_key_is_not_forgotten(tmp_path: Path) -> None:
    """An update in the middle of a crash loop must not hand out a full budget."""
    path = path_of("feed", make_settings(tmp_path))
    with closing(sqlite3.connect(path)) as old, old:
        old.executescript(BEFORE.format(key=fingerprint("app-key")))
    migrate("feed", path)

    store = FeedStore(open_store("feed", make_settings(tmp_path)), "app-key")

    assert store.spend("connect", BUDGET, 0) == 15.0
    store._engine.dispose()


def test_a_disk_that_takes_nothing_is_said_and_what_was_noted_stays(tmp_path: Path) -> None:
    """It is no bug of ours that should end the process: a new life would find the same disk."""
    settings = make_settings(tmp_path)
    lay_out(settings, "feed")
    engine = open_store("feed", settings, durable=False)
    flows = FlowStore(engine, "1")
    flows.note(7)

    with (
        full_disk(engine),
        pytest.raises(TemporaryFailure, match=r"expected feed's database to take .*, found: attempt to write"),
    ):
        flows.note(8)
    assert flows.flowed_until_ns() == 7
    flows.close()


def test_while_the_disk_is_full_what_is_spent_counts_and_is_on_disk_once_it_is_not(tmp_path: Path) -> None:
    """Who reconnects then must neither end feed nor hammer KIS; and what the disk knew of is not forgotten."""
    store = reopened(tmp_path)
    assert store.spend("connect", BUDGET, 0) == 0

    with full_disk(store._engine):
        waits = [round(store.spend("connect", BUDGET, second * NS)) for second in (0, 0, 5, 15, 16)]
        store.try_again()
        assert store.trouble.startswith("expected feed's database to take its keys and budgets, found: attempt")
    store.try_again()
    assert (waits, store.trouble) == ([0, 15, 10, 0, 14], "")
    store._engine.dispose()

    store = reopened(tmp_path)
    assert round(store.spend("connect", BUDGET, 17 * NS)) == 13
    store._engine.dispose()


def test_while_the_disk_is_full_a_new_key_is_used_and_is_on_disk_once_it_is_not(tmp_path: Path) -> None:
    """KIS has issued it and counted it: thrown away, it would be asked for again; what is forgotten stays so."""
    store, new = reopened(tmp_path), Credential("new", 3, 4)
    store.keep(APPROVAL_KEY, Credential("old", 1, 2))
    store.keep(ACCESS_TOKEN, Credential("token", 1, 2))

    with full_disk(store._engine):
        store.keep(APPROVAL_KEY, new)
        assert store.forget(ACCESS_TOKEN)
        assert not store.forget(ACCESS_TOKEN)
        assert (store.credential(APPROVAL_KEY), store.credential(ACCESS_TOKEN)) == (new, None)
        assert "keys and budgets" in store.trouble
        assert read_credential(make_settings(tmp_path), "app-key", APPROVAL_KEY) == Credential("old", 1, 2)
    store.try_again()
    assert store.trouble == ""
    store._engine.dispose()

    store = reopened(tmp_path)
    assert (store.credential(APPROVAL_KEY), store.credential(ACCESS_TOKEN)) == (new, None)
    store._engine.dispose()


def test_a_locked_database_is_no_more_than_a_full_disk(tmp_path: Path) -> None:
    """It fails where the transaction begins, not where it writes."""
    store = reopened(tmp_path)
    with reading(store._engine) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")

    with closing(sqlite3.connect(path_of("feed", make_settings(tmp_path)), isolation_level=None)) as another:
        another.execute(BEGIN)
        waits = [round(store.spend("connect", BUDGET, 0)) for _ in range(3)]
        assert store.trouble.endswith("found: database is locked")

    store.try_again()
    assert (waits, store.trouble) == ([0, 0, 15], "")
    store._engine.dispose()
