"""`sigmactl find`: which instruments are meant by a code, a name with its typos, or initial consonants."""

import argparse
import sys

import msgspec
from msgspec import Struct

from actors.ctl.control import ask_actor
from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.prices import amount
from protocol.messages import Venue

__all__ = ["show_found"]


class FoundRow(Struct, frozen=True, kw_only=True):
    """One instrument as analyst answers; what no master file has told is empty."""

    symbol: str
    name: str
    venue: Venue
    english_name: str = ""
    kind: str = ""
    key: str = ""
    base_price: float = 0.0
    marks: tuple[str, ...] = ()


class _Answer(Struct, frozen=True):
    candidates: list[FoundRow] = []
    unreachable: str = ""


def show_found(arguments: argparse.Namespace) -> int:
    """Print what analyst finds, the likeliest first; 1 if that is nothing, or nobody can tell now."""
    words = " ".join(arguments.words)
    result = ask_actor(arguments, "analyst", "find", {"words": words})
    answer = msgspec.convert(result, _Answer)
    if "json" in arguments:
        put_json(result)
    elif answer.unreachable:
        sys.stderr.write(f"sigmactl: nobody can tell now: {answer.unreachable}\n")
    else:
        put(table([_line(row) for row in answer.candidates]) or f"nothing is found for {words}\n")
    return 0 if answer.candidates else 1


def _line(row: FoundRow) -> dict[str, Cell]:
    return {
        "code": row.symbol,
        "name": row.name,
        "english": row.english_name or None,
        "venue": row.venue.value,
        "kind": row.kind or None,
        "key": row.key or None,
        "base": amount(row.base_price or None, row.venue),
        "today": ", ".join(row.marks) or None,
    }
