"""Who gets something, and where."""

from pathlib import Path

import msgspec
import pytest

from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.deliveries import NO_MESSAGE, Delivery, Kind
from protocol.rehearsal import NOBODY
from tests.support.alerts import alert
from tests.support.letters import letter
from tests.support.reception import Reception
from tests.support.town import ANNA, seeded

HERS = Delivery(id=1, content=letter(1), kind=Kind.TEXT, person_id=1, chat_id=ANNA, due_at_ns=0, created_at_ns=0)


@pytest.fixture(name="addressees")
def make_addressees(tmp_path: Path) -> Addressees:
    """Return those of a register that has only Anna."""
    return Addressees(Reception(tmp_path, seeded(ANNA, "operator")).register, 0)


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, str(ANNA)),
        ({"person_id": 2}, ""),
        ({"person_id": 2, "kind": Kind.PICTURE, "content": alert()}, ""),
        ({"channel": "ntfy"}, ""),
        ({"person_id": NOBODY, "content": alert(symbol="test-1")}, str(ANNA)),
    ],
    ids=["hers", "of somebody removed", "his picture", "by a channel that she has not", "a rehearsal for nobody"],
)
def test_somebody_who_was_removed_has_no_address(
    addressees: Addressees, changes: dict[str, object], address: str
) -> None:
    """Letters and pictures that still waited for him would go to a stranger."""
    assert addressees.address_of(msgspec.structs.replace(HERS, **changes)) == address


@pytest.mark.parametrize(
    ("changes", "followed"),
    [
        ({}, {"chat_id": -1001}),
        ({"kind": Kind.PICTURE, "reply_to": 42}, {"chat_id": -1001, "reply_to": NO_MESSAGE}),
        ({"channel": "ntfy"}, {}),
        ({"person_id": NOBODY}, {}),
    ],
    ids=["a text", "a picture", "by another channel", "a rehearsal for nobody"],
)
def test_what_an_earlier_life_left_is_brought_where_its_group_has_moved_since(
    tmp_path: Path, changes: dict[str, object], followed: dict[str, object]
) -> None:
    """Killed between the move and its writing, what waits must not be overtaken by what is decided then."""
    register = Reception(tmp_path, seeded(ANNA, "operator")).register
    register.move_chat(ANNA, -1001)
    left = msgspec.structs.replace(HERS, **changes)

    assert Addressees(register, 0).followed(left) == msgspec.structs.replace(left, **followed)
