"""A view of what another actor keeps: read at start, and again when it shows that it has changed."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select

from actors.runtime.database_file import path_of
from actors.runtime.mirror import Mirror
from actors.runtime.ports import Received
from actors.runtime.store import read_store
from protocol.messages import Heartbeat, State, WatchListChanged
from protocol.tables.telegram import watches as watches_table
from tests.support.actor import make_settings
from tests.support.databases import lay_out

NOW = datetime(2025, 11, 28, tzinfo=UTC)


def symbols_in(telegram: Engine) -> list[str]:
    """Return the symbols in telegram's database."""
    with telegram.connect() as connection:
        return list(connection.scalars(select(watches_table.c.symbol)))


def heartbeat(watches_sequence: int, epoch: int = 1, actor: str = "telegram") -> Received:
    """Return an actor's heartbeat."""
    beat = Heartbeat(
        actor=actor,
        instance="1",
        pid=1,
        state=State.RUNNING,
        reason="",
        started_at=NOW,
        beat_at=NOW,
        progressed_at=NOW,
        progress=0,
        queue=0,
        memory_mb=0.0,
        restarts=0,
        sequences={"watches": watches_sequence},
    )
    return Received("heartbeat", f"{actor}-1", epoch, 0, beat)


def test_it_is_read_again_only_when_telegram_shows_that_it_has_changed(tmp_path: Path) -> None:
    """By the announcement, by a number that was missed, or by a new life of telegram."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    watches = Mirror("telegram", "watches", partial(read_store, "telegram", settings, symbols_in))
    assert watches.look() == []
    assert watches.look() is None
    announced = Received("watches", "telegram-1", 1, 5, WatchListChanged(symbols=[]))

    looks = []
    for received in (heartbeat(4), heartbeat(4), heartbeat(9, actor="analyst"), announced, heartbeat(5), heartbeat(6)):
        watches.hear(received)
        looks.append(watches.look() is not None)
    watches.hear(heartbeat(6, epoch=2))
    looks.append(watches.look() is not None)

    assert looks == [True, False, False, True, False, True, True]


def test_before_telegrams_first_start_there_is_nothing_to_read(tmp_path: Path) -> None:
    """Any start order works: who reads it looks again until the database is there."""
    settings = make_settings(tmp_path)
    watches = Mirror("telegram", "watches", partial(read_store, "telegram", settings, symbols_in))
    assert watches.look() is None

    lay_out(settings, "telegram")

    assert watches.look() == []


def test_a_damaged_database_is_looked_at_again_until_it_can_be_read(tmp_path: Path) -> None:
    """One actor's broken disk must not end all that listen to it: they keep what they have, and say why."""
    settings = make_settings(tmp_path)
    path_of("telegram", settings).write_bytes(b"no database" * 1000)
    watches = Mirror("telegram", "watches", partial(read_store, "telegram", settings, symbols_in))

    assert (watches.look(), watches.is_current) == (None, False)
    assert watches.trouble == "expected to read telegram.db, found: file is not a database"

    path_of("telegram", settings).unlink()
    lay_out(settings, "telegram")
    assert (watches.look(), watches.trouble) == ([], "")
