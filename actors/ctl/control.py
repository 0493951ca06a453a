"""Commands that put one question to one actor, or the same to all."""

import argparse

import msgspec
from msgspec import Struct

from actors.ctl.display import color, put, put_json
from actors.ctl.installation import find_address, find_settings, our_addresses
from actors.runtime.errors import ActorError, CommandRefused
from actors.runtime.visitor import Visitor
from protocol.messages import ControlRequest

__all__ = ["add_symbol", "ask_actor", "meant_symbol", "ping", "reconnect_feed", "remove_symbol", "send"]

USAGE = 2
ANSWER_S = 10.0
MOST_TOLD = 5


class _Candidate(Struct, frozen=True):
    symbol: str
    name: str


class _Meant(Struct, frozen=True):
    """What analyst answers to `find`."""

    candidates: list[_Candidate] = []
    certain: bool = False


def ping(arguments: argparse.Namespace) -> int:
    """Ask one actor, or all, for a sign of life."""
    settings = find_settings(arguments)
    addresses = [find_address(arguments.actor)] if arguments.actor else our_addresses()
    with Visitor(settings) as visitor:
        answers = visitor.ask_all(addresses, "ping")
    rows = [_ping_row(address.actor, answer) for address, answer in answers.items()]
    if "json" in arguments:
        put_json(rows)
    else:
        for row in rows:
            found = f"pid {row['pid']}" if row["answered"] else color(str(row["error"]), "red")
            put(f"{row['actor']}: {found}\n")
    return 0 if all(row["answered"] for row in rows) else 1


def send(arguments: argparse.Namespace) -> int:
    """Send a control question as the operator typed it, and print the result."""
    try:
        request = msgspec.json.decode(arguments.question, type=ControlRequest)
    except msgspec.MsgspecError as error:
        message = f"""expected JSON such as '{{"command": "ping", "arguments": {{}}}}', found {error}"""
        put_json({"error": message}) if "json" in arguments else put(f"sigmactl: {message}\n")
        return USAGE
    put_json(ask_actor(arguments, arguments.actor, request.command, request.arguments))
    return 0


def reconnect_feed(arguments: argparse.Namespace) -> int:
    """Have feed open other connections to KIS."""
    result = ask_actor(arguments, "feed", "reconnect", {})
    if "json" in arguments:
        put_json(result)
        return 0
    for link in msgspec.convert(result.get("links", []), list[dict[str, str]]):
        put("feed, {link}: {was} -> {now}\n".format(**link))
    return 0


def add_symbol(arguments: argparse.Namespace) -> int:
    """Have telegram watch a symbol for a person."""
    return _change_watch(arguments, "add", "{person} now watches {name} ({symbol})\n")


def remove_symbol(arguments: argparse.Namespace) -> int:
    """Have telegram watch a symbol for a person no longer."""
    return _change_watch(arguments, "remove", "{person} no longer watches {name} ({symbol})\n")


def ask_actor(
    arguments: argparse.Namespace,
    actor: str,
    command: str,
    question: dict[str, object],
    answer_s: float = ANSWER_S,
) -> dict[str, object]:
    """Return what *actor* answers within *answer_s*.

    Raises:
        CommandRefused: it refused, or there is no such actor.
        Unanswered: it did not answer.
    """
    settings = find_settings(arguments)
    address = find_address(actor)
    try:
        with Visitor(settings) as visitor:
            return visitor.ask(address, command, question, answer_s)
    except CommandRefused as error:
        message = f"{address.actor}: {error}"
        raise CommandRefused(message) from None


def meant_symbol(arguments: argparse.Namespace) -> str:
    """Return the symbol that was typed, or that a name surely means; a code needs nobody who answers.

    Raises:
        CommandRefused: a name may mean several stocks, or none.
        Unanswered: nobody can tell now what a name means.
    """
    words: str = arguments.code
    if words.isascii() and " " not in words:
        return words.upper()
    meant = msgspec.convert(ask_actor(arguments, "analyst", "find", {"words": words}), _Meant)
    if meant.certain and meant.candidates:
        return meant.candidates[0].symbol
    found = ", ".join(f"{each.symbol} {each.name}" for each in meant.candidates[:MOST_TOLD]) or "none"
    message = f"expected one stock that {words} means, found {found}: `sigmactl find {words}` shows the codes"
    raise CommandRefused(message)


def _change_watch(arguments: argparse.Namespace, command: str, sentence: str) -> int:
    result = ask_actor(arguments, "telegram", command, {"symbol": meant_symbol(arguments), "person": arguments.person})
    put_json(result) if "json" in arguments else put(sentence.format(**result))
    return 0


def _ping_row(name: str, answer: dict[str, object] | ActorError) -> dict[str, object]:
    if isinstance(answer, ActorError):
        return {"actor": name, "answered": False, "error": str(answer)}
    return {"actor": name, "answered": True, **answer}
