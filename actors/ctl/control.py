"""Commands that put one question to one actor, or the same to all."""

import argparse

import msgspec
from msgspec import Struct

from actors.ctl.display import color, put, put_json
from actors.ctl.installation import find_address, find_settings, our_addresses
from actors.market.symbols import CODE, as_code, code_in, possible_venues
from actors.runtime.errors import ActorError, CommandRefused, Unanswered
from actors.runtime.visitor import Visitor
from protocol.messages import ControlRequest, Venue

__all__ = ["add_symbol", "ask_actor", "meant_symbol", "ping", "reconnect_feed", "remove_symbol", "send"]

USAGE = 2
ANSWER_S = 10.0
MEANT_S = 5.0
"""To be told what a name means: what is a code is taken for one after that."""
MOST_TOLD = 5


class _Candidate(Struct, frozen=True):
    symbol: str
    name: str


class _Meant(Struct, frozen=True):
    """What analyst answers to `find`; `unreachable` says why it cannot tell now."""

    candidates: list[_Candidate] = []
    certain: bool = False
    unreachable: str = ""


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

    What may be either is a name first, as in the chat: NAVER is 035420. `code:GS` is a code and nothing else.

    Raises:
        CommandRefused: it may mean several stocks, or a name none.
        Unanswered: nobody can tell now what a name means.
    """
    words: str = arguments.code
    typed = words.upper() if words.isascii() and " " not in words else ""
    if code := code_in(words) or (typed if Venue.KRX in possible_venues(typed) else ""):
        return code
    try:
        meant = _find(arguments)
    except Unanswered:
        if typed:
            return typed
        raise
    if meant.certain and meant.candidates:
        return meant.candidates[0].symbol
    if typed and not meant.candidates:
        return typed
    found = ", ".join(f"{each.symbol} {each.name}" for each in meant.candidates[:MOST_TOLD]) or "none"
    hint = f"; {CODE}{typed} is the code" if typed in {each.symbol for each in meant.candidates} else ""
    message = f"expected one stock that {words} means, found {found}: `sigmactl find {words}` shows the codes{hint}"
    raise CommandRefused(message)


def _find(arguments: argparse.Namespace) -> _Meant:
    words: str = arguments.code
    meant = msgspec.convert(ask_actor(arguments, "analyst", "find", {"words": words}, MEANT_S), _Meant)
    if meant.unreachable:
        message = f"expected to be told what {words} means, nobody can tell now: {meant.unreachable}"
        raise Unanswered(message)
    return meant


def _change_watch(arguments: argparse.Namespace, command: str, sentence: str) -> int:
    question: dict[str, object] = {"symbol": as_code(meant_symbol(arguments)), "person": arguments.person}
    result = ask_actor(arguments, "telegram", command, question)
    put_json(result) if "json" in arguments else put(sentence.format(**result))
    return 0


def _ping_row(name: str, answer: dict[str, object] | ActorError) -> dict[str, object]:
    if isinstance(answer, ActorError):
        return {"actor": name, "answered": False, "error": str(answer)}
    return {"actor": name, "answered": True, **answer}
