"""`sigmactl kis subscriptions` and `forget-key`: what feed has from KIS, and a new key for the next connection."""

import argparse

import msgspec
from msgspec import Struct

from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.installation import find_settings
from actors.runtime.errors import ActorError
from actors.runtime.visitor import Visitor
from protocol.topology import Address

__all__ = ["forget_key", "show_subscriptions"]

FEED = Address("feed")
ANSWER_S = 5.0
POLLED = "polled"


class _Link(Struct, frozen=True):
    link: str
    phase: str
    trouble: str = ""


class _Stream(Struct, frozen=True, kw_only=True):
    tr_id: str
    symbol: str
    link: str
    standing: str
    polled: bool = False
    reason: str = ""
    last_trade_age_s: float | None = None


class _Told(Struct, frozen=True):
    """feed's answer to `subscriptions`."""

    links: list[_Link]
    streams: list[_Stream]


def show_subscriptions(arguments: argparse.Namespace) -> int:
    """Print a line a stream, and what is wrong with a link; 1 if a stream is neither confirmed nor polled.

    Raises:
        ActorError: feed did not answer.
    """
    answer = _ask(arguments, "subscriptions", {})
    told = msgspec.convert(answer, _Told)
    if "json" in arguments:
        put_json({str(FEED): msgspec.to_builtins(told)})
    else:
        names = _names(arguments, {stream.symbol for stream in told.streams})
        put("".join(f"{FEED}, {link.link}: {link.phase} {link.trouble}".rstrip() + "\n" for link in told.links))
        put(table([_cells(stream, names) for stream in told.streams]))
    return 0 if all(stream.polled or stream.standing == "confirmed" for stream in told.streams) else 1


def forget_key(arguments: argparse.Namespace) -> int:
    """Have feed forget the approval key of a link.

    Raises:
        ActorError: feed did not answer, or knows no such link.
    """
    answer = _ask(arguments, "forget_key", {"link": arguments.link} if arguments.link else {})
    if "json" in arguments:
        put_json({str(FEED): answer})
        return 0
    for link in msgspec.convert(answer["links"], list[dict[str, object]]):
        found = "forgotten; the next connection gets another" if link["had_key"] else "there was none"
        put(f"{FEED}, {link['link']}: {found}\n")
    return 0


def _ask(arguments: argparse.Namespace, command: str, question: dict[str, object]) -> dict[str, object]:
    with Visitor(find_settings(arguments)) as visitor:
        return visitor.ask(FEED, command, question, ANSWER_S)


def _names(arguments: argparse.Namespace, symbols: set[str]) -> dict[str, str]:
    """Return what people call *symbols*, as far as analyst knows."""
    with Visitor(find_settings(arguments)) as visitor:
        answer = visitor.ask_all([Address("analyst")], "targets", {}, ANSWER_S)[Address("analyst")]
    if isinstance(answer, ActorError):
        return {}
    rows = msgspec.convert(answer.get("targets", []), list[dict[str, object]])
    return {str(row["symbol"]): str(row["name"]) for row in rows if row["symbol"] in symbols}


def _cells(stream: _Stream, names: dict[str, str]) -> dict[str, Cell]:
    return {
        "symbol": stream.symbol,
        "name": names.get(stream.symbol),
        "TR": stream.tr_id,
        "link": stream.link or None,
        "standing": POLLED if stream.polled else stream.standing,
        "last trade": None if stream.last_trade_age_s is None else f"{stream.last_trade_age_s:.0f} s ago",
        "reason": stream.reason or None,
    }
