"""What the operator tells of people at the shell."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from actors.runtime.errors import CommandRefused
from actors.telegram.people.own_rules import below
from actors.telegram.people.people_control import PeopleControl
from protocol.messages import WatchListChanged
from tests.support.reception import Reception, typed
from tests.support.town import ANNA, BORA, seeded


@pytest.fixture(name="desk")
def open_desk(tmp_path: Path) -> Reception:
    """Return the desk of an operator and a member."""
    return Reception(tmp_path, seeded(ANNA, "operator"), seeded(BORA, "member"))


def told(desk: Reception, command: str, **arguments: object) -> Mapping[str, object]:
    """Return what the operator is answered."""
    office = desk.office
    control = PeopleControl(office.register, office.watch_list, office.membership)
    return asyncio.run(getattr(control, command)(arguments))


def test_an_invitation_from_the_shell_counts_like_one_from_the_chat(desk: Reception) -> None:
    """The very first ones are made there."""
    made = told(desk, "invite", role="viewer")

    assert made["link"] == f"https://t.me/Sigmabell_bot?start={made['code']}"
    assert (made["role"], made["expires_at"]) == ("viewer", "2025-12-05T05:30:00+00:00")
    assert desk.texts(typed(7, f"/start {made['code']}"))
    assert [person.role for person in desk.register.people()] == ["operator", "member", "viewer"]
    desk.office.identity.name = ""
    assert told(desk, "invite")["link"] == ""


def test_a_person_who_is_removed_is_a_stranger_who_may_come_again(desk: Reception) -> None:
    """Under the old number, so that no alert of his is ever taken for another's; and not by a restart."""
    desk.ports.answers["analyst", "find"] = lambda words: {
        "candidates": [{"symbol": words, "name": "삼성전자", "venue": "KRX"}],
        "certain": True,
    }
    desk.texts(typed(BORA, "/add 005930"))
    published = len(desk.ports.published)

    assert told(desk, "remove_person", person=str(BORA)) == {"person": str(BORA)}

    assert desk.texts(typed(BORA, "/list")) == []
    assert desk.ports.published[published:] == [WatchListChanged(symbols=[])]
    assert not desk.register.seed(seeded(BORA, "member"), below((1.0,)), 0)
    assert desk.register.person_of_user(BORA) is None
    desk.texts(typed(BORA, f"/start {told(desk, 'invite')['code']}"))
    again = desk.register.person_of_user(BORA)
    assert again is not None
    assert (again.id, again.role, desk.register.watches_of(again.id)) == (2, "member", [])


def test_a_role_is_given_and_counts_at_once(desk: Reception) -> None:
    """A child becomes a viewer, another operator is made."""
    assert told(desk, "role", person=2, role="viewer") == {"person": str(BORA), "role": "viewer"}
    assert "알림만" in desk.texts(typed(BORA, "/add 005930"))[0]
    told(desk, "role", person=2, role="operator")
    assert told(desk, "role", person=1, role="member")["role"] == "member"
    assert told(desk, "people")["people"] == [
        {
            "id": number,
            "name": str(user_id),
            "role": role,
            "language": "ko",
            "reachable": True,
            "channels": ["telegram"],
            "sessions": "krx-regular us-regular",
            "watches": [],
        }
        for number, user_id, role in ((1, ANNA, "member"), (2, BORA, "operator"))
    ]


@pytest.mark.parametrize(
    ("command", "arguments", "found"),
    [
        ("role", {"person": 1, "role": "member"}, "another operator beside 1001"),
        ("remove_person", {"person": 1}, "another operator beside 1001"),
        ("role", {"person": 2, "role": "king"}, "operator, member, viewer"),
        ("invite", {"role": "king"}, "operator, member, viewer"),
        ("sessions", {"person": 1, "sessions": []}, "of krx-regular, .* found"),
        ("remove_person", {}, "expected"),
        ("remove_person", {"person": "nobody"}, r"1 \(1001\), 2 \(1002\); found 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_expected(
    desk: Reception, command: str, arguments: dict[str, object], found: str
) -> None:
    """Nobody may lock himself out, and no typing error does something else."""
    with pytest.raises(CommandRefused, match=found):
        told(desk, command, **arguments)


def test_a_viewer_is_not_asked_to_add_what_he_may_not(desk: Reception) -> None:
    """The first words that somebody reads must be ones that he can follow."""
    told(desk, "remove_person", person=2)
    [welcome, listed] = desk.texts(
        typed(BORA, f"/start {told(desk, 'invite', role='viewer')['code']}"), typed(BORA, "/list")
    )

    assert "운영자가 골라 드려요" in welcome
    assert "운영자에게" in listed
    assert "/add" not in welcome + listed


def test_what_only_the_operator_may_do_says_so_to_a_member(desk: Reception) -> None:
    """She has stocks of her own: that she only receives would be untrue."""
    for words in ("/people", "/invite"):
        assert desk.texts(typed(BORA, words)) == ["이것은 운영자만 하실 수 있어요."]
