"""What one-minute bars reveal of a hole, and which numbers the alerts of a session may then have.

A bar tells the lowest price of its minute, not its second. Who fills a hole with bars may let the low have been at any
second of its minute; that can shift the end of a rest, and with it, once in a while, whether a rule fires once more. So
every way in which a rule may go is followed, and the number of its firings in a session lies between the least and the
most that any of them comes to.
"""

import itertools
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
        since_ns: from when on every crossing was due, trade time; a symbol that was not seen by then is judged from its
            first confirmation on.
        until_ns: up to when, trade time.
    """
    by_rule: dict[str, dict[date, list[DecidedAlert]]] = {}
    for alert in sorted(decided, key=lambda alert: alert.traded_at_ns):
        rule, _, session_date, _ = alert.id.split(":")
        by_rule.setdefault(rule, {}).setdefault(date.fromisoformat(session_date), []).append(alert)
    problems = []
    for rule, sessions in by_rule.items():
        for on, alerts in sessions.items():
            numbers = [int(alert.id.rpartition(":")[2]) for alert in alerts]
            if numbers != list(range(1, len(numbers) + 1)):
                problems.append(f"{rule} of {on}: numbered {numbers} in order of time")
    by_symbol: dict[str, list[TradeLine]] = {}
    for trade in circumstances.trades:
        by_symbol.setdefault(trade.symbol, []).append(trade)
    for symbol, printed in by_symbol.items():
        own_holes = merged([*(hole for hole in holes if hole.concerns(symbol)), *gaps_in(printed)])
        begins_ns = max([since_ns, *(hole.to_ns + 1 for hole in own_holes if hole.from_ns <= 0)])
        known, begins_ns, ends_ns = _known(printed, own_holes, begins_ns, until_ns)
        for watcher in circumstances.watchers_of(symbol):
            for level in circumstances.levels:
                rule = f"{watcher.person_id}-{symbol}-{level:g}"
                sessions = by_rule.get(rule, {})
                times = [(on, alert.traded_at_ns) for on, alerts in sessions.items() for alert in alerts]
                fired = _Fired(circumstances.rest_ns, watcher.since_ns, times, begins_ns, ends_ns)
                reached = _reached(circumstances, known, level)
                problems += [f"{rule} of {problem}" for problem in fired.problems(reached)]
    return sorted(problems)


def _known(
    printed: Sequence[TradeLine], holes: Sequence[Hole], begins_ns: int, until_ns: int
) -> tuple[list[TradeLine], int, int]:
    """Return what can be known of one symbol in order of its time, from when on and up to when.

    That is from *begins_ns* to *until_ns*, or less. A hidden minute in whose midst it begins is left out. So is what
    was not told whole by the end: who fills a hole may know of it before the first trade behind it is let out.
    """
    seen = unhidden(printed, holes)
    lows = hidden_lows(printed, seen, holes)
    minutes_ns = [low.traded_at_ns for low in lows]
    begins_ns = max([begins_ns, *(at_ns + _MINUTE_NS for at_ns in minutes_ns if 0 < begins_ns - at_ns < _MINUTE_NS)])
    untold = [low.traded_at_ns for low in lows if low.left_at_ns > until_ns]
    untold += [hole.from_ns - hole.from_ns % _MINUTE_NS for hole in holes if first_after(seen, hole) is None]
    ends_ns = min([until_ns, *(at_ns - 1 for at_ns in untold)])
    known = [trade for trade in (*seen, *lows) if begins_ns <= trade.traded_at_ns <= ends_ns]
    return sorted(known, key=lambda trade: trade.traded_at_ns), begins_ns, ends_ns


def _reached(circumstances: Circumstances, known: Iterable[TradeLine], level: float) -> list[TradeLine]:
    return [
        trade
        for trade in known
        if (sigma := circumstances.sigma(trade.symbol, trade.session_date)) is not None
        and trade.price <= target_of(trade, sigma, level)
    ]


class _Fired:
    """How often a rule has fired by session date, from a moment until another, and until when it rested before."""

    def __init__(
        self, rest_ns: int, since_ns: int, times: Iterable[tuple[date, int]], begins_ns: int, until_ns: int
    ) -> None:
        """Take the rule's rest, its begin, and the *times* of its alerts."""
        self._rest_ns = rest_ns
        self._rests_until_ns = since_ns
        self._counts: dict[date, int] = {}
        for session_date, at_ns in times:
            if at_ns < begins_ns:
                self._rests_until_ns = max(self._rests_until_ns, at_ns + rest_ns)
            elif at_ns <= until_ns:
                self._counts[session_date] = self._counts.get(session_date, 0) + 1

    def problems(self, reached: Sequence[TradeLine]) -> list[str]:
        """Say on which dates that cannot be, the rule's target having been *reached* so."""
        ways = _ways(reached, self._rests_until_ns, self._rest_ns)
        found = []
        for session_date in sorted({*self._counts, *ways}):
            count, (least, most) = self._counts.get(session_date, 0), ways.get(session_date, (0, 0))
            if not least <= count <= most:
                found.append(f"{session_date}: {count} alerts, expected {least} to {most}")
        return found


Counts = tuple[int, int]
"""The least and the most firings."""


def _ways(reached: Sequence[TradeLine], rests_until_ns: int, rest_ns: int) -> dict[date, Counts]:
    """Return for each session how often a rule may fire that rests until then and whose target was *reached* so.

    Followed are all moments until which the rule may rest, each with the counts that lead to it.
    """
    counts: dict[date, Counts] = {}
    ways: dict[int, Counts] = {rests_until_ns: (0, 0)}
    for session_date, trades in itertools.groupby(reached, key=lambda trade: trade.session_date):
        ways = dict.fromkeys(ways, (0, 0))
        for trade in trades:
            ways = _after(ways, trade, rest_ns)
        counts[session_date] = min(least for least, _ in ways.values()), max(most for _, most in ways.values())
    return counts


def _after(ways: dict[int, Counts], trade: TradeLine, rest_ns: int) -> dict[int, Counts]:
    """Return how a rule may go on behind *trade*, at any second of its length."""
    first_ns = trade.traded_at_ns
    last_ns = first_ns + trade.length_s * SECOND_NS
    if min(ways) > last_ns:
        return ways
    after: dict[int, Counts] = {}

    def may(rests_until_ns: int, least: int, most: int) -> None:
        before = after.get(rests_until_ns, (least, most))
        after[rests_until_ns] = min(before[0], least), max(before[1], most)

    for rests_until_ns, (least, most) in ways.items():
        if rests_until_ns > first_ns:
            # It may have been reached while the rule rested.
            may(rests_until_ns, least, most)
        for at_ns in range(max(first_ns, rests_until_ns), last_ns + 1, SECOND_NS):
            may(at_ns + rest_ns, least + 1, most + 1)
    return after
