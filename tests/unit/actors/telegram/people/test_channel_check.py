"""What the operator reads of the ways by which people are reached."""

import pytest

from actors.telegram.channels.channel import Address, Channel, Opened, Rates
from actors.telegram.channels.outcomes import BadToken, Knocked, NotSent, Sent
from actors.telegram.people.channel_check import ChannelState, states_of
from actors.telegram.people.person import NO_CHAT, Person


def never() -> Channel:
    """Fail: what came of knocking is known."""
    pytest.fail("expected nothing to be opened")


def channel(name: str) -> Opened[Channel]:
    """Return one that is switched on."""
    return Opened(
        name=name, title=name, rates=Rates(), open=never, threads=1, refused="set the token", unreached="start it"
    )


def person(number: int, name: str, *, chat_id: int = NO_CHAT, **addresses: str) -> Person:
    """Return somebody."""
    return Person(
        id=number,
        name=name,
        user_id=number,
        chat_id=chat_id,
        role="member",
        language="ko",
        time_zone="Asia/Seoul",
        reachable=True,
        addresses={name: Address(address) for name, address in addresses.items()},
    )


ANNA, BORA = person(1, "Anna", chat_id=1001, ntfy="secret"), person(2, "Bora", ntfy="secret")


@pytest.mark.parametrize(
    ("knocked", "ok", "found", "remedy"),
    [
        (Sent(), True, "it answers and lets us in", ""),
        (NotSent("ConnectionRefusedError"), False, "ConnectionRefusedError", "start it"),
        (BadToken("HTTP 401"), False, "HTTP 401", "set the token"),
    ],
)
def test_what_is_not_well_has_its_remedy(knocked: Knocked, ok: bool, found: str, remedy: str) -> None:  # noqa: FBT001
    """Who is not let in needs another one than who finds nobody."""
    [telegram, ntfy] = states_of([channel("telegram"), channel("ntfy")], [Sent(), knocked], [ANNA, BORA])

    assert (telegram.ok, telegram.people) == (True, ["Anna"])
    assert ntfy == ChannelState(channel="ntfy", ok=ok, found=found, remedy=remedy, people=["Anna", "Bora"])
    assert "secret" not in repr(ntfy)


def test_a_channel_that_is_switched_off_while_somebody_has_an_address_there_is_told() -> None:
    """Nothing is knocked at, and yet messages wait."""
    [telegram, ntfy] = states_of([channel("telegram")], [Sent()], [ANNA, BORA])

    assert telegram.ok
    assert (ntfy.channel, ntfy.ok, ntfy.people) == ("ntfy", False, ["Anna", "Bora"])
    assert "switched off" in ntfy.found
    assert "sigmactl people unreach NAME ntfy" in ntfy.remedy
