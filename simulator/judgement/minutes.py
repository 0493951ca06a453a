"""What one-minute bars reveal of a hole, and which numbers the alerts of a session may then have.

A bar tells the lowest price of its minute, not its second. Who fills a hole with bars may let the low have been at the
minute's begin, at its end, or anywhere between; that can shift the end of a rest, and with it, once in a while, whether
a rule fires once more. So the number of firings that a session may have lies between what these ways come to.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from msgspec import Struct

from simulator.judgement.evidence import SECOND_NS, TradeLine
from simulator.judgement.holes import Hole, first_after, gaps_in, merged, unhidden
from simulator.judgement.oracle import Circumstances, target_of

__all__ = ["MINUTE_S", "DecidedAlert", "hidden_lows", "misnumbered"]

MINUTE_S = 60
_MINUTE_NS = MINUTE_S * SECOND_NS
_END_OF_TIME_NS = 2**63 - 1
Session = tuple[str, date]


class DecidedAlert(Struct, frozen=True, kw_only=True):
    """An alert with the id that it was given: `person-symbol-level:version:session date:number`."""

    id: str
    traded_at_ns: int


def hidden_lows(printed: Sequence[TradeLine], seen: Sequence[TradeLine], holes: Iterable[Hole]) -> list[TradeLine]:
    """Return the lowest hidden trade of each minute of the *holes* in one symbol's trades, at the minute's begin.

    A hole that began before anybody listened, or behind which nothing was seen any more, reveals nothing.

    Args:
        printed: all its trades.
        seen: those of them that somebody saw, in order of their way out.
        holes: merged.
    """
    lows = []
    for hole in holes:
        revealing = first_after(seen, hole)
        if hole.from_ns <= 0 or hole.to_ns == _END_OF_TIME_NS or revealing is None:
            continue
        lowest: dict[int, TradeLine] = {}
        for trade in printed:
            if hole.from_ns <= trade.left_at_ns <= hole.to_ns:
                minute_ns = trade.traded_at_ns - trade.traded_at_ns % _MINUTE_NS
                known = lowest.get(minute_ns)
                lowest[minute_ns] = trade if known is None or trade.price < known.price else known
        lows += [
            msgspec.structs.replace(
                trade, traded_at_ns=minute_ns, length_s=MINUTE_S - 1, written_at_ns=revealing.left_at_ns
            )
            for minute_ns, trade in lowest.items()
        ]
    return lows


def misnumbered(
    decided: Sequence[DecidedAlert], circumstances: Circumstances, holes: Sequence[Hole], since_ns: int, until_ns: int
) -> list[str]:
    """Return what is wrong with the ids of the *decided* alerts; nothing, if each is the one that it would have had.

    Args:
        decided: all alerts of the run.
        circumstances: what really happened; no symbol is polled.
        holes: in which nobody saw trades.
        since_ns: from when on every crossing was due, trade time.
        until_ns: up to when, trade time.
    """
    by_rule: dict[Session, list[DecidedAlert]] = {}
    for alert in decided:
        rule, _, session_date, _ = alert.id.split(":")
        by_rule.setdefault((rule, date.fromisoformat(session_date)), []).append(alert)
    problems = []
    rests_until: dict[str, int] = {}
    counts: dict[Session, int] = {}
    for session, alerts in by_rule.items():
        ordered = sorted(alerts, key=lambda alert: alert.traded_at_ns)
        numbers = [int(alert.id.rpartition(":")[2]) for alert in ordered]
        if numbers != list(range(1, len(numbers) + 1)):
            problems.append(f"{session[0]} of {session[1]}: numbered {numbers} in order of time")
        before = [alert.traded_at_ns for alert in ordered if alert.traded_at_ns < since_ns]
        rests_until[session[0]] = max([rests_until.get(session[0], 0), *(at + circumstances.rest_ns for at in before)])
        counts[session] = sum(since_ns <= alert.traded_at_ns <= until_ns for alert in ordered)
    ways = [
        _firings(circumstances, trades, rests_until, since_ns, until_ns)
        for trades in _ways_to_see(circumstances.trades, holes)
    ]
    for session in sorted({*counts, *(session for way in ways for session in way)}):
        fired = [way.get(session, 0) for way in ways]
        if not min(fired) <= counts.get(session, 0) <= max(fired):
            problems.append(
                f"{session[0]} of {session[1]}: {counts.get(session, 0)} alerts, expected {min(fired)} to {max(fired)}"
            )
    return problems


def _ways_to_see(trades: Sequence[TradeLine], holes: Sequence[Hole]) -> list[list[TradeLine]]:
    """Return the trades as they were, with each hole's minutes at their begin, and at their end."""
    by_symbol: dict[str, list[TradeLine]] = {}
    for trade in trades:
        by_symbol.setdefault(trade.symbol, []).append(trade)
    early: list[TradeLine] = []
    late: list[TradeLine] = []
    for symbol, printed in by_symbol.items():
        own_holes = merged([*(hole for hole in holes if hole.concerns(symbol)), *gaps_in(printed)])
        seen = unhidden(printed, own_holes)
        lows = hidden_lows(printed, seen, own_holes)
        early += [*seen, *lows]
        late += [*seen, *(_at_end(low) for low in lows)]
    return [sorted(way, key=lambda trade: trade.traded_at_ns) for way in (list(trades), early, late)]


def _at_end(low: TradeLine) -> TradeLine:
    return msgspec.structs.replace(low, traded_at_ns=low.traded_at_ns + low.length_s * SECOND_NS)


def _firings(
    circumstances: Circumstances, trades: Sequence[TradeLine], rests: dict[str, int], since_ns: int, until_ns: int
) -> dict[Session, int]:
    rests_until = dict(rests)
    counts: dict[Session, int] = {}
    for trade in trades:
        sigma = circumstances.sigma(trade.symbol, trade.session_date)
        if sigma is None or not since_ns <= trade.traded_at_ns <= until_ns:
            continue
        for watcher in circumstances.watchers_of(trade.symbol):
            for level in circumstances.levels:
                rule = f"{watcher.person_id}-{trade.symbol}-{level:g}"
                is_due = trade.traded_at_ns >= max(watcher.since_ns, rests_until.get(rule, 0))
                if is_due and trade.price <= target_of(trade, sigma, level):
                    rests_until[rule] = trade.traded_at_ns + circumstances.rest_ns
                    counts[rule, trade.session_date] = counts.get((rule, trade.session_date), 0) + 1
    return counts
