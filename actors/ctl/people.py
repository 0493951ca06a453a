"""`sigmactl people`: who is there, what somebody may, which sessions may alert him. Telegram answers, and writes."""

import argparse

import msgspec
from msgspec import Struct

from actors.ctl.control import ask_actor
from actors.ctl.display import Cell, put, put_json, table

__all__ = ["choose_sessions", "give_role", "remove_person", "show_people"]


class _PersonRow(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    role: str
    reachable: bool
    sessions: str
    watches: list[str]


def show_people(arguments: argparse.Namespace) -> int:
    """Print everybody."""
    result = ask_actor(arguments, "telegram", "people", {})
    rows = msgspec.convert(result.get("people", []), list[_PersonRow])
    if "json" in arguments:
        put_json(result)
    else:
        put(table([_line(row) for row in rows]) or "nobody is known yet\n")
    return 0


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
        "sessions": row.sessions,
        "watches": " ".join(row.watches),
    }
