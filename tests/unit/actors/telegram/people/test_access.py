"""Who may do what."""

import hashlib

import pytest

from actors.telegram.people.access import EVERYBODY, MEMBERS, OPERATORS, code_hash, matching_role, may


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
    assert matching_role("a", roles) == (code_hash("A"), "member")
    assert matching_role("C", roles) is None


@pytest.mark.parametrize(
    "typed",
    [
        "WERV-GJ6V-WTN2",
        "werv-gj6v-wtn2",
        " WERV GJ6V WTN2",
        "wervgj6vwtn2",
        "WERV–GJ6V–WTN2",
        "\uff37\uff25\uff32\uff36-GJ6V- WTN2",
    ],
)
def test_a_code_may_be_typed_by_hand(typed: str) -> None:
    """Read off another phone, with the blanks and dashes of a helpful keyboard; one letter wrong opens nothing."""
    roles = {code_hash("WERV-GJ6V-WTN2"): "member", code_hash("aB_c-d"): "operator"}

    assert matching_role(typed, roles) == (code_hash("WERV-GJ6V-WTN2"), "member")
    assert matching_role(typed.replace("2", "3"), roles) is None
    assert matching_role(" aB_c-d", roles) == (code_hash("aB_c-d"), "operator")
    assert matching_role("ab_c-d", roles) is None


def test_what_is_no_text_opens_nothing() -> None:
    """It is compared as it came."""
    roles = {code_hash("A"): "member"}

    assert matching_role("\udcff", roles) is None
