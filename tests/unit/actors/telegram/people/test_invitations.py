"""Codes, and strangers who try them."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from actors.runtime.store import open_store
from actors.telegram.people import invitations as module
from actors.telegram.people.access import Role, code_hash
from actors.telegram.people.invitations import LETTERS, Invitations
from protocol.tables.telegram import attempts
from tests.support.actor import make_settings
from tests.support.databases import lay_out

DAY_NS = 86_400 * 10**9


def open_invitations(directory: Path) -> Invitations:
    """Return invitations that count for a day."""
    settings = make_settings(directory)
    lay_out(settings, "telegram")
    return Invitations(open_store("telegram", settings), timedelta(days=1))


def test_a_code_is_twelve_letters_that_nobody_confuses_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    """It is read out on the telephone, and whoever reads the database must not come in."""
    invitations = open_invitations(tmp_path)

    code, expires_at_ns = invitations.make(Role.VIEWER, 5)

    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(code) <= {*LETTERS, "-"}
    assert not set("01OIl") & set(LETTERS)
    assert expires_at_ns == 5 + DAY_NS
    assert invitations.open_at(5 + DAY_NS - 1, "") == {code_hash(code): "viewer"}
    assert invitations.open_at(5 + DAY_NS, "") == {}
    assert code.encode() not in (tmp_path / "data" / "telegram.db").read_bytes()


def test_the_operators_own_code_counts_until_it_is_used(tmp_path: Path) -> None:
    """It lies in the secrets, as a hash."""
    assert open_invitations(tmp_path).open_at(10**18, "ab") == {"ab": "operator"}


def test_a_flood_of_strangers_does_not_fill_the_disk(tmp_path: Path) -> None:
    """User ids cost an attacker nothing: who came first is forgotten for who came last."""
    invitations = open_invitations(tmp_path)
    engine = open_store("telegram", make_settings(tmp_path))
    rows = [{"user_id": number, "tries": 5, "first_at_ns": 7} for number in range(1, module.MOST_STRANGERS + 1)]
    with engine.begin() as connection:
        connection.execute(insert(attempts), rows)

    assert not invitations.allow(1, 8)
    assert invitations.allow(10**9, 8)
    assert invitations.allow(1, 8)
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(attempts)) == module.MOST_STRANGERS
    engine.dispose()
