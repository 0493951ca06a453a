"""What feed tells people."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from actors.feed.config import FeedConfig
from actors.feed.letters import Mail, app_key_in_use
from actors.runtime.store import open_store
from protocol.letters import THE_OPERATOR, AppKeyInUse
from protocol.tables.feed import letters
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.fills import FILL
from tests.support.ports import FakePorts


def test_a_key_in_use_is_told_once_a_day_and_never_names_the_key() -> None:
    """A stolen slot comes and goes all day; the key itself is a secret."""
    letter = app_key_in_use("PSsecretkey", "second", date(2026, 11, 27))

    assert (letter.person_id, letter.matter) == (THE_OPERATOR, AppKeyInUse(link="second"))
    assert letter == app_key_in_use("PSsecretkey", "second", date(2026, 11, 27))
    assert letter.id != app_key_in_use("PSsecretkey", "second", date(2026, 11, 28)).id
    assert letter.id != app_key_in_use("PSother", "second", date(2026, 11, 27)).id
    assert "secret" not in repr(letter)


def mail(tmp_path: Path, owner: int | None) -> tuple[Mail, Engine]:
    """Return feed's mail, on a fresh database."""
    settings = make_settings(tmp_path)
    lay_out(settings, "feed")
    engine = open_store("feed", settings)
    clock = FakeClock(datetime(2026, 11, 26, 16, 0, tzinfo=UTC))
    actor = make_actor("feed", FeedConfig(), settings, ports=FakePorts(), clock=clock)
    return Mail(actor, engine, lambda: owner), engine


def rows(engine: Engine) -> list[tuple[object, ...]]:
    """Return id and person of each letter."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(letters.c.id, letters.c.person_id))]


def test_fills_in_the_same_words_are_told_each_under_the_date_in_seoul(tmp_path: Path) -> None:
    """Two halves of an order may be filled in one second at one price."""
    pen, engine = mail(tmp_path, owner=7)
    pen.tell_fill(FILL)
    pen.tell_fill(FILL)

    told = "feed:own_fill:2026-11-27:0000000042:103015:10:70600"
    assert rows(engine) == [(f"{told}:1", 7), (f"{told}:2", 7)]


def test_a_fill_of_somebody_whom_nobody_knows_is_told_to_nobody(tmp_path: Path) -> None:
    """What an account earned is its owner's alone; the operator learns only that a name is wrong."""
    pen, engine = mail(tmp_path, owner=None)
    with capture_logs() as logs:
        pen.tell_fill(FILL)

    assert rows(engine) == []
    assert [line["event"] for line in logs] == ["fill_untold"]
    assert "005930" not in str(logs)
