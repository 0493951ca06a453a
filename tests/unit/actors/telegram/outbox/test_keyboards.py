"""Which buttons go under which alert."""

from pathlib import Path

import msgspec
import pytest

from actors.telegram.chat.calls import PRIVATELY, Call, Command, Reply
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.people.access import MEMBERS
from tests.support.alerts import alert
from tests.support.letters import letter
from tests.support.reception import Reception
from tests.support.town import ANNA, BORA, seeded


async def nothing(call: Call) -> Reply:
    """Do nothing."""
    return Reply(call.argument)


COMMANDS = [
    Command(name="mute", run=nothing),
    Command(name="off", run=nothing, who=MEMBERS),
    Command(name="why", run=nothing, where=PRIVATELY),
]


@pytest.fixture(name="keyboards")
def make_keyboards(tmp_path: Path) -> Keyboards:
    """Return the keyboards of a member and a viewer."""
    desk = Reception(tmp_path, seeded(ANNA, "member"), seeded(BORA, "viewer"))
    return Keyboards(desk.office.actor, desk.register, COMMANDS)


def delivery(**changes: object) -> Delivery:
    """Return the delivery of the example's alert to Anna."""
    plain = Delivery(id=1, content=alert(), kind=Kind.TEXT, person_id=1, chat_id=ANNA, due_at_ns=0, created_at_ns=0)
    return msgspec.structs.replace(plain, **changes)


def labels(keyboards: Keyboards, *bundle: Delivery) -> list[list[str]]:
    """Return what stands on the buttons."""
    return [[label for label, _ in row] for row in keyboards.under(bundle)]


def test_under_an_alert_stand_the_commands_that_its_person_may_give_there(keyboards: Keyboards) -> None:
    """A button that only says no is worse than none."""
    assert labels(keyboards, delivery()) == [["왜?"], ["1시간 조용히", "오늘 그만", "끄기"]]
    assert labels(keyboards, delivery(person_id=2, chat_id=BORA)) == [["왜?"], ["1시간 조용히", "오늘 그만"]]
    assert labels(keyboards, delivery(chat_id=-5)) == [["1시간 조용히", "오늘 그만", "끄기"]]
    [[(_, why)], [(_, mute), *_]] = keyboards.under((delivery(),))
    assert why.split(".", 2)[2] == f"why {alert().id}"
    assert mute.split(".", 2)[2] == "mute 122630 1h"


@pytest.mark.parametrize(
    "bundle",
    [
        (delivery(), delivery(id=2)),
        (delivery(kind=Kind.PICTURE),),
        (delivery(content=letter(1)),),
        (delivery(content=alert(symbol="test-1")),),
        (delivery(person_id=9),),
        (delivery(channel="ntfy"),),
    ],
    ids=["several", "a picture", "a letter", "a rehearsal", "nobody's", "another channel's"],
)
def test_only_one_alert_by_itself_over_telegram_has_buttons(keyboards: Keyboards, bundle: tuple[Delivery, ...]) -> None:
    """They are about one stock, and about what has happened."""
    assert labels(keyboards, *bundle) == []
