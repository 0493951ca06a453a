"""When a symbol's trades could not be seen: before its first confirmation, and from a loss to the next confirmation.

    hole --confirmed--> seen --connection closed, stream released, or its reader killed--> hole

Both ends are widened by a slack: what was on its way when a connection ended is lost with it. Beside these lie the gaps
inside a connection that lives on: trades which the journal marks as unseen.
"""

import bisect
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from simulator.judgement.evidence import SECOND_NS, TradeLine, read_lines

__all__ = [
    "ConnectionEvent",
    "Hole",
    "first_after",
    "gaps_in",
    "holes_between",
    "merged",
    "read_connections",
    "unhidden",
]

END_OF_TIME_NS = 2**63 - 1
_US_TRADES = "HDFSCNT0"
_US_KEY_PREFIX = 4


class Hole(Struct, frozen=True, kw_only=True):
    """A stretch of the world's time, both ends included, in which nobody saw these symbols; None: any symbol."""

    from_ns: int
    to_ns: int
    symbols: list[str] | None = None

    def concerns(self, symbol: str) -> bool:
        """Say whether *symbol* is one of those that were not seen."""
        return self.symbols is None or symbol in self.symbols


def merged(holes: Iterable[Hole]) -> list[Hole]:
    """Return the same holes, those that touch made one, in order of time and of no symbol in particular."""
    joined: list[Hole] = []
    for hole in sorted(holes, key=lambda hole: hole.from_ns):
        if joined and hole.from_ns <= joined[-1].to_ns:
            last = joined.pop()
            joined.append(Hole(from_ns=last.from_ns, to_ns=max(last.to_ns, hole.to_ns)))
        else:
            joined.append(Hole(from_ns=hole.from_ns, to_ns=hole.to_ns))
    return joined


def unhidden(trades: Iterable[TradeLine], holes: Sequence[Hole]) -> list[TradeLine]:
    """Return those *trades*, in order of their way out, that left the simulator in none of the merged *holes*."""
    ends = [hole.to_ns for hole in holes]
    seen = []
    for trade in trades:
        number = bisect.bisect_left(ends, trade.left_at_ns)
        if number == len(holes) or trade.left_at_ns < holes[number].from_ns:
            seen.append(trade)
    return seen


def gaps_in(trades: Iterable[TradeLine]) -> list[Hole]:
    """Return the stretches of one symbol's *trades*, in order of their way out, that were kept from who listened."""
    holes: list[Hole] = []
    was_seen = True
    for trade in trades:
        if trade.unseen:
            from_ns = trade.left_at_ns if was_seen else holes.pop().from_ns
            holes.append(Hole(from_ns=from_ns, to_ns=trade.left_at_ns, symbols=[trade.symbol]))
        was_seen = not trade.unseen
    return holes


def first_after(seen: Sequence[TradeLine], hole: Hole) -> TradeLine | None:
    """Return the first of the *seen* trades, in order of their way out, behind *hole*; None if it was the last word."""
    place = bisect.bisect_right(seen, hole.to_ns, key=lambda trade: trade.left_at_ns)
    return seen[place] if place < len(seen) else None


class ConnectionEvent(Struct, frozen=True, kw_only=True):
    """One line of `connections.jsonl`; `tr_key` names what was confirmed."""

    connection: int
    event: str
    world_ns: int
    tr_id: str = ""
    tr_key: str = ""

    @property
    def symbol(self) -> str:
        """The symbol that a confirmation is for; US keys carry session and market in front."""
        return self.tr_key[_US_KEY_PREFIX:] if self.tr_id == _US_TRADES else self.tr_key


def read_connections(path: Path) -> list[ConnectionEvent]:
    """Return the lines of a `connections.jsonl`.

    Raises:
        OSError: it is not there.
    """
    return read_lines(path, ConnectionEvent)


def holes_between(events: Iterable[ConnectionEvent], kills_ns: Sequence[int] = (), slack_s: float = 0.5) -> list[Hole]:
    """Return the holes of each symbol that was ever confirmed.

    Args:
        events: of all connections.
        kills_ns: when the reader was killed or the connection fell mute without being closed, world time.
        slack_s: what may have been on its way, world seconds.
    """
    trs = {"", "H0STCNT0", _US_TRADES}
    kills = [ConnectionEvent(connection=0, event="killed", world_ns=kill_ns) for kill_ns in kills_ns]
    about = [event for event in events if event.tr_id in trs]
    ordered = sorted([*about, *kills], key=lambda event: event.world_ns)
    slack_ns = int(slack_s * SECOND_NS)
    unseen_since = {event.symbol: 0 for event in ordered if event.event == "confirmed"}
    carriers: dict[str, int] = {}
    holes = []
    for event in ordered:
        if event.event == "confirmed":
            carriers[event.symbol] = event.connection
            since_ns = unseen_since.pop(event.symbol, None)
            if since_ns is not None:
                holes.append(Hole(from_ns=since_ns, to_ns=event.world_ns + slack_ns, symbols=[event.symbol]))
        elif event.event in {"closed", "killed", "released"}:
            for symbol in _blinded(event, carriers):
                unseen_since.setdefault(symbol, event.world_ns - slack_ns)
    return holes + [
        Hole(from_ns=since_ns, to_ns=END_OF_TIME_NS, symbols=[symbol]) for symbol, since_ns in unseen_since.items()
    ]


def _blinded(event: ConnectionEvent, carriers: Mapping[str, int]) -> list[str]:
    """Return the symbols whose stream ends with *event*; *carriers* tell which connection carries which."""
    if event.event == "released":
        return [event.symbol] if carriers.get(event.symbol) == event.connection else []
    return [symbol for symbol, carrier in carriers.items() if event.event == "killed" or carrier == event.connection]
