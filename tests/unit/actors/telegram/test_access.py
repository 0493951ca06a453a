"""Who may do what."""

import hashlib

import pytest

from actors.telegram.access import EVERYBODY, MEMBERS, OPERATORS, Attempts, code_hash, matching_role, may


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("operator", [True, True, True]),
        ("member", [True, True, False]),
        ("viewer", [True, False, False]),
        ("from-the-future", [False, False, False]),
    ],
)
def test_a_role_may_what_is_for_it(role: str, allowed: list[bool]) -> None:
    """Receiving never implies controlling."""
    assert [may(role, who) for who in (EVERYBODY, MEMBERS, OPERATORS)] == allowed


def test_only_the_hash_of_a_code_is_compared() -> None:
    """Who reads the database must not be able to come in."""
    assert code_hash(" BLUE-7 ") == hashlib.sha256(b"BLUE-7").hexdigest()


def test_a_code_opens_its_own_invitation_and_no_other() -> None:
    """Each code carries the role that it was made for."""
    roles = {code_hash("A"): "member", code_hash("B").upper(): "viewer"}

    assert matching_role("A", roles) == (code_hash("A"), "member")
    assert matching_role("B", roles) == (code_hash("B").upper(), "viewer")
    assert matching_role("C", roles) is None
    assert matching_role("\udcff", roles) is None


def test_five_codes_an_hour_are_looked_at_and_no_more() -> None:
    """A code that can be guessed at leisure is no code."""
    attempts = Attempts()

    assert [attempts.allow(7, now) for now in (0, 1, 2, 3, 4, 5, 3599)] == [True] * 5 + [False] * 2
    assert attempts.allow(8, 5)
    assert attempts.allow(7, 3600)
    assert not attempts.allow(7, 3600)


def test_a_flood_of_strangers_does_not_fill_the_memory() -> None:
    """User ids cost an attacker nothing."""
    attempts = Attempts()
    for user_id in range(10_100):
        attempts.allow(user_id, 0.0)

    assert len(attempts._tried_at) == 10_000
