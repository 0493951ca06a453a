"""What the operator may tell and ask this actor of the ways by which people are reached."""

import asyncio
import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused
from actors.telegram.channels.channel import Channel, Opened
from actors.telegram.channels.outcomes import Knocked
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.senders import Senders
from actors.telegram.people.access import Role
from actors.telegram.people.channel_check import states_of
from actors.telegram.people.people_control import find_person
from actors.telegram.people.person import Person
from actors.telegram.people.register import Register
from actors.telegram.texts.alert_texts import clean

__all__ = ["ChannelControl"]

ArgumentsT = TypeVar("ArgumentsT")


class _AddressArguments(Struct, frozen=True, forbid_unknown_fields=True):
    person: int | str
    channel: str
    address: str = ""


class _PlaceArguments(Struct, frozen=True, forbid_unknown_fields=True):
    person: int | str
    channel: str


class _NameArguments(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    channel: str
    address: str = ""


class ChannelControl:
    """The answers to the operator's commands about channels, by the *senders* of those that are switched on."""

    def __init__(self, actor: Actor[TelegramConfig], register: Register, senders: Sequence[Senders[Channel]]) -> None:
        self._actor = actor
        self._register = register
        self._senders = senders
        # Where an address cannot be given by hand, people come by themselves.
        self._channels = {each.channel.name: each.channel for each in senders if each.channel.address}

    def offer(self) -> None:
        """Let the actor answer them."""
        self._actor.on_command("reach", self.reach)
        self._actor.on_command("unreach", self.unreach)
        self._actor.on_command("add_person", self.add_person)
        self._actor.on_command("channels", self.channels)

    async def reach(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"person": "Bora", "channel": "ntfy", "address": "…"}`: reach that person there, too.

        Without an address one is made that nobody guesses; it is told this once.

        Raises:
            CommandRefused: there is no such person or address, or the channel is switched off.
        """
        read = _read(arguments, _AddressArguments, '{"person": …, "channel": "ntfy"}')
        person, channel = find_person(self._register, read.person), self._open_channel(read.channel)
        address = _address_on(channel, read.address, person.name)
        self._register.set_address(person.id, channel.name, address, self._actor.clock.now_ns())
        return self._told(person, channel, address)

    async def unreach(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"person": "Bora", "channel": "ntfy"}`: reach that person there no longer.

        Raises:
            CommandRefused: there is no such person, or he would be reached nowhere.
        """
        read = _read(arguments, _PlaceArguments, '{"person": …, "channel": "ntfy"}')
        person = find_person(self._register, read.person)
        if read.channel not in person.addresses:
            message = f"expected a channel by which {person.name} is reached: {_ways(person)}; found {read.channel}"
            raise CommandRefused(message)
        if not person.has_chat and len(person.addresses) == 1:
            message = f"expected another channel for {person.name}, found none: give one first, or remove the person"
            raise CommandRefused(message)
        self._register.set_address(person.id, read.channel, "", self._actor.clock.now_ns())
        self._actor.log.info("address_dropped", person_id=person.id, channel=read.channel)
        return {"person": person.name, "channel": read.channel}

    async def add_person(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"name": "Halmoni", "channel": "ntfy"}`: take somebody in who is not on Telegram.

        He receives and changes nothing: his stocks are added by the operator.

        Raises:
            CommandRefused: somebody is called so, there is no such address, or the channel is switched off.
        """
        read = _read(arguments, _NameArguments, '{"name": …, "channel": "ntfy"}')
        channel, name = self._open_channel(read.channel), clean(read.name)
        address = _address_on(channel, read.address, name)
        if not name or name.isdigit() or any(person.name == name for person in self._register.people()):
            message = f"expected a name that nobody has, no number, found {read.name!r}"
            raise CommandRefused(message)
        now_ns = self._actor.clock.now_ns()
        person = self._register.add_without_chat(name, Role.VIEWER, channel.name, address, now_ns)
        self._actor.log.info("person_added", person_id=person.id)
        return self._told(person, channel, address)

    async def channels(self, _arguments: dict[str, object]) -> dict[str, object]:
        """Knock at each channel that is switched on; an address on one that is not is told, too."""
        knocked = await asyncio.gather(*(each.ask(_knock) for each in self._senders))
        channels = [each.channel for each in self._senders]
        return {"channels": states_of(channels, knocked, self._register.people())}

    def _told(self, person: Person, channel: Opened[Channel], address: str) -> dict[str, object]:
        self._actor.log.info("address_given", person_id=person.id, channel=channel.name)
        return {
            "id": person.id,
            "person": person.name,
            "channel": channel.name,
            "address": address,
            "link": channel.link(address),
        }

    def _open_channel(self, name: str) -> Opened[Channel]:
        try:
            return self._channels[name]
        except KeyError:
            known = ", ".join(self._channels) or "none"
            message = f"expected a channel that is switched on in [telegram.channels]: {known}; found {name!r}"
            raise CommandRefused(message) from None


def _address_on(channel: Opened[Channel], address: str, name: str) -> str:
    if address and not re.fullmatch(channel.address, address):
        # It may be a secret: what was typed is not repeated.
        message = f"expected an address that matches {channel.address} for {channel.title}, found something else"
        raise CommandRefused(message)
    return address or channel.new_address(name)


def _knock(channel: Channel) -> Knocked:
    return channel.knock()


def _ways(person: Person) -> str:
    return ", ".join(person.addresses) or "none but Telegram"


def _read(arguments: dict[str, object], expected: type[ArgumentsT], shape: str) -> ArgumentsT:
    try:
        return msgspec.convert(arguments, expected)
    except msgspec.ValidationError as error:
        message = f"expected {shape}, found something else: {error}"
        raise CommandRefused(message) from error
