"""`sigmactl people`: who is there, what somebody may, by which ways he is reached. Telegram answers, and writes."""

import argparse
import shlex

import msgspec
from msgspec import Struct

from actors.ctl.control import ask_actor
from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.findings import Finding, line_of
from actors.ctl.invite import drawn

__all__ = [
    "add_person",
    "choose_sessions",
    "give_role",
    "reach",
    "remove_person",
    "show_channels",
    "show_people",
    "unreach",
]

KNOCK_S = 30.0
"""Longer than telegram waits for a channel that does not answer."""


class _PersonRow(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    role: str
    reachable: bool
    channels: list[str] = []
    sessions: str
    watches: list[str]


class _ChannelRow(Struct, frozen=True, kw_only=True):
    channel: str
    ok: bool
    found: str
    remedy: str
    people: list[str]


class _Place(Struct, frozen=True, kw_only=True):
    person: str
    channel: str
    address: str
    link: str


def show_people(arguments: argparse.Namespace) -> int:
    """Print everybody."""
    result = ask_actor(arguments, "telegram", "people", {})
    rows = msgspec.convert(result.get("people", []), list[_PersonRow])
    if "json" in arguments:
        put_json(result)
    else:
        put(table([_line(row) for row in rows]) or "nobody is known yet\n")
    return 0


def show_channels(arguments: argparse.Namespace) -> int:
    """Print whether each channel lets us in, and whom it reaches; 0 only if all do."""
    result = ask_actor(arguments, "telegram", "channels", {}, KNOCK_S)
    rows = msgspec.convert(result.get("channels", []), list[_ChannelRow])
    if "json" in arguments:
        put_json(result)
    else:
        for row in rows:
            whom = f" (for {', '.join(row.people)})" if row.people else ""
            put(line_of(Finding(name=row.channel, ok=row.ok, found=row.found + whom, remedy=row.remedy)))
    return 0 if all(row.ok for row in rows) else 1


def choose_sessions(arguments: argparse.Namespace) -> int:
    """Let some sessions, and no others, alert a person."""
    question = {"person": arguments.person, "sessions": arguments.sessions}
    result = ask_actor(arguments, "telegram", "sessions", question)
    put_json(result) if "json" in arguments else put("{person} is alerted in: {sessions}\n".format(**result))
    return 0


def give_role(arguments: argparse.Namespace) -> int:
    """Let a person be an operator, a member or a viewer from now on."""
    result = ask_actor(arguments, "telegram", "role", {"person": arguments.person, "role": arguments.role})
    put_json(result) if "json" in arguments else put("{person} is {role} now\n".format(**result))
    return 0


def reach(arguments: argparse.Namespace) -> int:
    """Reach a person by another channel, too; an address that is made for that is printed this once."""
    question = {"person": arguments.person, "channel": arguments.channel, "address": arguments.address}
    return _tell_address(arguments, ask_actor(arguments, "telegram", "reach", question))


def unreach(arguments: argparse.Namespace) -> int:
    """Reach a person by a channel no longer."""
    question = {"person": arguments.person, "channel": arguments.channel}
    result = ask_actor(arguments, "telegram", "unreach", question)
    put_json(result) if "json" in arguments else put("{person} is not reached by {channel} any more\n".format(**result))
    return 0


def add_person(arguments: argparse.Namespace) -> int:
    """Take somebody in who is not on Telegram."""
    question = {"name": arguments.person, "channel": arguments.channel, "address": arguments.address}
    return _tell_address(arguments, ask_actor(arguments, "telegram", "add_person", question))


def _tell_address(arguments: argparse.Namespace, result: dict[str, object]) -> int:
    if "json" in arguments:
        put_json(result)
        return 0
    place = msgspec.convert(result, _Place)
    if place.link == place.address:
        put(f"{place.person} is reached by {place.channel} as {place.address}\n")
    else:
        put(f"{place.person} is reached by {place.channel} at:\n\n{drawn(place.link)}\n{place.link}\n\n")
        put(f"or, typed: {place.address}\n\nWho knows it reads along: tell it to nobody else.\n")
    put(f"Stocks: sigmactl add CODE --person {shlex.quote(place.person)}\n")
    return 0


def remove_person(arguments: argparse.Namespace) -> int:
    """Let a person be a stranger again, who gets nothing and is answered nothing."""
    result = ask_actor(arguments, "telegram", "remove_person", {"person": arguments.person})
    put_json(result) if "json" in arguments else put("{person} is removed\n".format(**result))
    return 0


def _line(row: _PersonRow) -> dict[str, Cell]:
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "reachable": "yes" if row.reachable else "no",
        "channels": " ".join(row.channels),
        "sessions": row.sessions,
        "watches": " ".join(row.watches),
    }
