"""`sigmactl feed gaps`: what feed has not seen, and what became of it."""

import argparse
from datetime import datetime

import msgspec
from msgspec import Struct

from actors.ctl.control import ask_actor
from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.prices import market_time
from protocol.messages import Venue

__all__ = ["show_gaps"]

MOST_NAMED = 3
UNREPAIRED, PARTLY = "unrepaired", "partly repaired"


class _Gap(Struct, frozen=True, kw_only=True):
    gap: int
    start: datetime
    end: datetime | None
    cause: str
    symbols: list[str]
    shares: int
    outcome: str
    minutes: int
    reason: str = ""
    unrepaired: list[str] = []
    missing_from: datetime | None = None


class _Blind(Struct, frozen=True):
    symbol: str
    venue: str
    since: datetime


class _Answer(Struct, frozen=True):
    gaps: list[_Gap]
    blind: list[_Blind]


def show_gaps(arguments: argparse.Namespace) -> int:
    """Print the gaps of this life of feed, the newest last; 1 if one of them could not be repaired, or is there now."""
    result = ask_actor(arguments, "feed", "gaps", {})
    answer = msgspec.convert(result, _Answer)
    if "json" in arguments:
        put_json(result)
    else:
        put(table([_line(gap) for gap in answer.gaps]) or "no gaps since feed was started\n")
        for blind in answer.blind:
            put(f"{blind.symbol} ({blind.venue}) brings nothing since {_clock(blind.since)}\n")
    return 1 if answer.blind or any(gap.outcome != "repaired" for gap in answer.gaps) else 0


def _line(gap: _Gap) -> dict[str, Cell]:
    return {
        "gap": gap.gap,
        "start": _clock(gap.start),
        "end": _clock(gap.end) if gap.end else None,
        "symbols": _named(gap.symbols),
        "shares": gap.shares or None,
        "minutes": gap.minutes,
        "outcome": PARTLY if _is_partly_filled(gap) else gap.outcome,
        "why": _why(gap),
    }


def _why(gap: _Gap) -> str:
    """Return what happened, or why it could not be made good; of which symbols and from when on, where not of all."""
    if not gap.reason:
        return gap.cause
    missing = _missing(gap)
    why = f"{missing}: {gap.reason}" if missing else gap.reason
    return f"only {why}; all else is filled" if _is_partly_filled(gap) else why


def _is_partly_filled(gap: _Gap) -> bool:
    return gap.outcome == UNREPAIRED and _missing(gap) != ""


def _missing(gap: _Gap) -> str:
    """Return what of *gap* is not filled, empty where that is all of it."""
    symbols = "" if {*gap.symbols} <= {*gap.unrepaired} else _named(gap.unrepaired)
    missing_from = gap.missing_from or gap.start
    times = f"from {_clock(missing_from)} on" if missing_from > gap.start else ""
    return f"{symbols} {times}".strip()


def _named(symbols: list[str]) -> str:
    named = ", ".join(symbols[:MOST_NAMED])
    return named if len(symbols) <= MOST_NAMED else f"{named} and {len(symbols) - MOST_NAMED} more"


def _clock(moment: datetime) -> str:
    return market_time(moment, Venue.KRX, "%Y-%m-%d %H:%M:%S")
