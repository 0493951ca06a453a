"""What the operator tells of the ways by which people are reached."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from actors.runtime.errors import CommandRefused
from actors.telegram.channels.channel import Channel, Message, Opened, Rates
from actors.telegram.channels.outcomes import Knocked, NotSent, Outcome
from actors.telegram.outbox.senders import Senders
from actors.telegram.people.access import Role
from actors.telegram.people.channel_check import ChannelState
from actors.telegram.people.channel_control import ChannelControl
from tests.support.reception import Reception
from tests.support.town import ANNA, BORA, seeded


class Loft:
    """Where nothing is brought: to give people an address nothing is sent."""

    def bring(self, message: Message) -> Outcome:
        """Fail."""
        pytest.fail(f"expected nothing to be sent, found {message}")

    def knock(self) -> Knocked:
        """Say that nobody opens."""
        return NotSent("nobody opens")


PIGEONS: Opened[Channel] = Opened(
    name="pigeons",
    title="Pigeons",
    rates=Rates(),
    open=Loft,
    threads=1,
    refused="no grain",
    unreached="is the loft there?",
    address="[a-z]+",
    new_address=lambda _name: "loft",
    link="pigeon://{}".format,
)


@pytest.fixture(name="desk")
def open_desk(tmp_path: Path) -> Reception:
    """Return the desk of an operator and a member."""
    return Reception(tmp_path, seeded(ANNA, "operator"), seeded(BORA, "member"))


def told(desk: Reception, command: str, **arguments: object) -> Mapping[str, object]:
    """Return what the operator is answered."""
    actor = desk.office.actor
    senders = Senders(PIGEONS, actor.settings.data_dir, actor.log)
    control = ChannelControl(actor, desk.register, [senders])

    async def ask() -> Mapping[str, object]:
        try:
            answer: Mapping[str, object] = await getattr(control, command)(arguments)
            return answer
        finally:
            await senders.close()

    return asyncio.run(ask())


def test_a_person_is_reached_by_another_channel_too_and_no_longer(desk: Reception) -> None:
    """At an address that is made for her, or one that she has."""
    made = told(desk, "reach", person=2, channel="pigeons")
    assert (made["address"], made["link"]) == ("loft", "pigeon://loft")
    told(desk, "reach", person=2, channel="pigeons", address="roof")
    bora = desk.register.person(2)
    assert bora is not None
    assert (bora.addresses, bora.chat_id) == ({"pigeons": "roof"}, BORA)

    told(desk, "unreach", person=2, channel="pigeons")
    bora = desk.register.person(2)
    assert bora is not None
    assert bora.addresses == {}


def test_somebody_without_telegram_receives_and_changes_nothing(desk: Reception) -> None:
    """Her stocks are added by the operator; several of them get in nobody's way, and have no chat."""
    first, second = (told(desk, "add_person", name=name, channel="pigeons") for name in ("할머니", "할아버지"))
    people = [desk.register.person(int(str(each["id"]))) for each in (first, second)]

    assert [each and (each.role, each.has_chat, each.user_id) for each in people] == [
        (Role.VIEWER.value, False, -1),
        (Role.VIEWER.value, False, -2),
    ]
    assert [each and dict(each.addresses) for each in people] == [{"pigeons": "loft"}] * 2


def test_a_channel_is_knocked_at_when_the_operator_asks(desk: Reception) -> None:
    """And he reads whom it concerns."""
    told(desk, "reach", person=2, channel="pigeons")

    state = ChannelState(
        channel="pigeons", ok=False, found="nobody opens", remedy="is the loft there?", people=[str(BORA)]
    )
    found = told(desk, "channels")["channels"]
    assert isinstance(found, list)
    assert found[0] == state


def test_who_is_removed_is_reached_nowhere(desk: Reception) -> None:
    """Nor under the old number by who comes after."""
    told(desk, "add_person", name="할머니", channel="pigeons")
    desk.register.remove(3)
    told(desk, "add_person", name="할머니", channel="pigeons", address="roof")

    assert desk.register.person(3) is None
    again = desk.register.person(4)
    assert again is not None
    assert again.addresses == {"pigeons": "roof"}


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("reach", {"person": 2, "channel": "smoke"}, "switched on .*: pigeons; found 'smoke'"),
        ("reach", {"person": 9, "channel": "pigeons"}, "somebody known"),
        ("reach", {"person": 2, "channel": "pigeons", "address": "No. 7"}, r"\[a-z\]\+ for Pigeons"),
        ("reach", {"channel": "pigeons"}, "expected"),
        ("unreach", {"person": 2, "channel": "pigeons"}, "none but Telegram"),
        ("add_person", {"name": str(BORA), "channel": "pigeons"}, "name that nobody has"),
        ("add_person", {"name": "7", "channel": "pigeons"}, "no number"),
        ("add_person", {"name": " \u200b", "channel": "pigeons"}, "name that nobody has"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    desk: Reception, command: str, arguments: dict[str, object], words: str
) -> None:
    """One clear error."""
    with pytest.raises(CommandRefused, match=words):
        told(desk, command, **arguments)


def test_the_last_way_to_somebody_is_not_taken_away(desk: Reception) -> None:
    """Alerts for who is nowhere would be lost without a word."""
    told(desk, "add_person", name="할머니", channel="pigeons")
    with pytest.raises(CommandRefused, match="remove the person"):
        told(desk, "unreach", person="할머니", channel="pigeons")


def test_an_address_does_not_show_itself_in_what_might_be_logged(desk: Reception) -> None:
    """Who knows a topic reads along."""
    told(desk, "reach", person=2, channel="pigeons", address="secret")
    bora = desk.register.person(2)
    assert bora is not None

    assert bora.addresses["pigeons"] == "secret"
    assert "secret" not in repr(bora)
    assert "secret" not in repr(Message(address=bora.addresses["pigeons"], text="text"))


def test_an_address_that_was_typed_wrong_is_not_repeated(desk: Reception) -> None:
    """It may be a secret with a slip."""
    with pytest.raises(CommandRefused) as caught:
        told(desk, "reach", person=2, channel="pigeons", address="SECRET topic")

    assert "SECRET" not in str(caught.value)
