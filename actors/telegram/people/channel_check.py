"""How the channels are: whether each lets us in, what to do where it does not, and whom that concerns. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from actors.telegram.channels.channel import Channel, Opened
from actors.telegram.channels.outcomes import BadToken, Knocked, Sent
from actors.telegram.people.person import Person

__all__ = ["ChannelState", "states_of"]

WELL = "it answers and lets us in"
SWITCHED_OFF = "it is switched off in [telegram.channels], so messages wait"
SWITCH_ON = "switch it on in conf/ and `sigmactl restart telegram`, or `sigmactl people unreach NAME {}`"


class ChannelState(Struct, frozen=True, kw_only=True):
    """How one channel is just now."""

    channel: str
    ok: bool
    found: str
    remedy: str = ""
    """What to do where it is not ok."""
    people: Sequence[str] = ()
    """Who is reached by it."""


def states_of(
    channels: Sequence[Opened[Channel]], knocked: Sequence[Knocked], people: Sequence[Person]
) -> list[ChannelState]:
    """Return the state of each channel by what came of knocking there, and of those that somebody has an address on.

    Args:
        channels: that are switched on.
        knocked: what came of it, in the same order.
        people: everybody.
    """
    reached: dict[str, list[str]] = {}
    for person in people:
        for channel in person.channels:
            reached.setdefault(channel, []).append(person.name)
    found = [_state_of(channel, outcome, reached) for channel, outcome in zip(channels, knocked, strict=True)]
    off = sorted(reached.keys() - {state.channel for state in found})
    return found + [
        ChannelState(channel=name, ok=False, found=SWITCHED_OFF, remedy=SWITCH_ON.format(name), people=reached[name])
        for name in off
    ]


def _state_of(channel: Opened[Channel], knocked: Knocked, reached: Mapping[str, Sequence[str]]) -> ChannelState:
    people = reached.get(channel.name, ())
    if isinstance(knocked, Sent):
        return ChannelState(channel=channel.name, ok=True, found=WELL, people=people)
    remedy = channel.refused if isinstance(knocked, BadToken) else channel.unreached
    return ChannelState(channel=channel.name, ok=False, found=knocked.reason, remedy=remedy, people=people)
