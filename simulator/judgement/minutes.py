"""What one-minute bars reveal of a hole, and which numbers the alerts of a session may then have.

A bar tells the lowest and the highest price of its minute, not their seconds. Who fills a hole with bars may let them
have been at any second of the minute; that can shift the end of a rest, and with it, once in a while, whether a rule
fires once more. So every way in which a rule that rests may go is followed, and the number of its firings in a session
lies between the least and the most that any of them comes to. A crossing rule fires at least as often as what was seen
goes back and comes anew, and at most as often as all that was traded does.
"""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec
from msgspec import Struct

from protocol.rules import Repetition
from simulator.judgement.evidence import SECOND_NS, TradeLine
from simulator.judgement.holes import Hole, first_after, gaps_in, merged, unhidden
from simulator.judgement.oracle import Circumstances
from simulator.judgement.repetitions import Watch
from simulator.judgement.rules import RuleLine

__all__ = ["MINUTE_S", "DecidedAlert", "hidden_ends", "misnumbered"]

MINUTE_S = 60
_MINUTE_NS = MINUTE_S * SECOND_NS
_END_OF_TIME_NS = 2**63 - 1


class DecidedAlert(Struct, frozen=True, kw_only=True):
    """An alert with the id that it was given: `rule:version:session date:number`."""

    id: str
    traded_at_ns: int


def hidden_ends(printed: Sequence[TradeLine], seen: Sequence[TradeLine], holes: Iterable[Hole]) -> list[TradeLine]:
    """Return the lowest and the highest hidden trade of each minute of the *holes*, at the minute's begin.

    A hole that began before anybody listened, or behind which nothing was seen any more, reveals nothing.

    Args:
        printed: all its trades.
        seen: those of them that somebody saw, in order of their way out.
        holes: merged.
    """
    ends = []
    for hole in holes:
        revealing = first_after(seen, hole)
        if hole.from_ns <= 0 or hole.to_ns == _END_OF_TIME_NS or revealing is None:
            continue
        hidden: dict[int, list[TradeLine]] = {}
        for trade in printed:
            if hole.from_ns <= trade.left_at_ns <= hole.to_ns:
                hidden.setdefault(trade.traded_at_ns - trade.traded_at_ns % _MINUTE_NS, []).append(trade)
        ends += [
            msgspec.structs.replace(
                trade,
                traded_at_ns=minute_ns,
                length_s=MINUTE_S - 1,
                written_at_ns=revealing.left_at_ns,
                is_hidden=True,
            )
            for minute_ns, trades in hidden.items()
            for trade in (min(trades, key=_price), max(trades, key=_price))
        ]
    return ends


def _price(trade: TradeLine) -> float:
    return trade.price


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
        key, session_date, _ = alert.id.rsplit(":", 2)
        by_rule.setdefault(key, {}).setdefault(date.fromisoformat(session_date), []).append(alert)
    problems = []
    for key, sessions in by_rule.items():
        for on, alerts in sessions.items():
            numbers = [int(alert.id.rpartition(":")[2]) for alert in alerts]
            if numbers != list(range(1, len(numbers) + 1)):
                problems.append(f"{key} of {on}: numbered {numbers} in order of time")
    by_symbol: dict[str, list[TradeLine]] = {}
    for trade in circumstances.trades:
        by_symbol.setdefault(trade.symbol, []).append(trade)
    for symbol, printed in by_symbol.items():
        own_holes = merged([*(hole for hole in holes if hole.concerns(symbol)), *gaps_in(printed)])
        begins_ns = max([since_ns, *(hole.to_ns + 1 for hole in own_holes if hole.from_ns <= 0)])
        known, begins_ns, ends_ns = _known(printed, own_holes, begins_ns, until_ns)
        # An alert has one number, in however many places it is told.
        for rule in {rule.key: rule for rule in circumstances.rules_of(symbol)}.values():
            sessions = by_rule.get(rule.key, {})
            times = [(on, alert.traded_at_ns) for on, alerts in sessions.items() for alert in alerts]
            fired = _Fired(rule, times, begins_ns, ends_ns)
            problems += [f"{rule.key} of {problem}" for problem in fired.problems(circumstances, known, printed)]
    return sorted(problems)


def _known(
    printed: Sequence[TradeLine], holes: Sequence[Hole], begins_ns: int, until_ns: int
) -> tuple[list[TradeLine], int, int]:
    """Return what can be known of one symbol in order of its time, from when on and up to when.

    That is from *begins_ns* to *until_ns*, or less. A hidden minute in whose midst it begins is left out. So is what
    was not told whole by the end: who fills a hole may know of it before the first trade behind it is let out.
    """
    seen = unhidden(printed, holes)
    ends = hidden_ends(printed, seen, holes)
    minutes_ns = [end.traded_at_ns for end in ends]
    begins_ns = max([begins_ns, *(at_ns + _MINUTE_NS for at_ns in minutes_ns if 0 < begins_ns - at_ns < _MINUTE_NS)])
    untold = [end.traded_at_ns for end in ends if end.left_at_ns > until_ns]
    untold += [hole.from_ns - hole.from_ns % _MINUTE_NS for hole in holes if first_after(seen, hole) is None]
    ends_ns = min([until_ns, *(at_ns - 1 for at_ns in untold)])
    known = [trade for trade in (*seen, *ends) if begins_ns <= trade.traded_at_ns <= ends_ns]
    return sorted(known, key=lambda trade: trade.traded_at_ns), begins_ns, ends_ns


class _Fired:
    """How often a rule has fired by session date, from a moment until another, and how it was left before."""

    def __init__(self, rule: RuleLine, times: Iterable[tuple[date, int]], begins_ns: int, ends_ns: int) -> None:
        """Take the *rule* and the *times* of its alerts."""
        self._rule = rule
        self._begins_ns, self._ends_ns = begins_ns, ends_ns
        self._before = [(on, at_ns) for on, at_ns in times if at_ns < begins_ns]
        self._counts = Counter(on for on, at_ns in times if begins_ns <= at_ns <= ends_ns)

    def problems(
        self, circumstances: Circumstances, known: Sequence[TradeLine], printed: Sequence[TradeLine]
    ) -> list[str]:
        """Say on which dates that cannot be, since so much is *known* of all that was *printed*."""
        last_ns = self._ends_ns + _MINUTE_NS
        all_ = [trade for trade in printed if self._begins_ns <= trade.traded_at_ns <= last_ns]
        bounds = self._bounds(Watch(circumstances, self._rule, known), Watch(circumstances, self._rule, all_))
        found = []
        for session_date in sorted({*self._counts, *bounds}):
            count, (least, most) = self._counts[session_date], bounds.get(session_date, (0, 0))
            if not least <= count <= most:
                found.append(f"{session_date}: {count} alerts, expected {least} to {most}")
        return found

    def _bounds(self, known: Watch, printed: Watch) -> dict[date, "Counts"]:
        match self._rule.repetition:
            case Repetition.REST:
                rests_until_ns = max([self._rule.since_ns, *(at_ns + known.rest_ns for _, at_ns in self._before)])
                return _ways(list(known.possibly_reached()), rests_until_ns, known.rest_ns)
            case Repetition.ONCE:
                return _first_of_all(known, printed, has_fired=bool(self._before))
            case Repetition.SESSION:
                return _first_of_each(known, printed, {on for on, _ in self._before})
            case Repetition.CROSSING:
                return _crossings(known, printed, has_fired=bool(self._before))


Counts = tuple[int, int]
"""The least and the most firings."""


def _first_of_each(known: Watch, printed: Watch, fired_on: Collection[date]) -> dict[date, Counts]:
    """Return how often a rule fires that does so once a session, and has on those dates."""
    surely = {trade.session_date for trade in known.reached()}
    possibly = {trade.session_date for trade in printed.reached()} | surely
    return {on: (int(on in surely and on not in fired_on), int(on not in fired_on)) for on in possibly}


def _first_of_all(known: Watch, printed: Watch, *, has_fired: bool) -> dict[date, Counts]:
    """Return how often a rule fires that does so once: on the first date on which it is reached."""
    dates = sorted(_first_of_each(known, printed, ()).items())
    bounds: dict[date, Counts] = {}
    for on, (least, most) in dates:
        bounds[on] = (0, 0) if has_fired else (least, most)
        has_fired = has_fired or bool(least)
    return bounds


def _crossings(known: Watch, printed: Watch, *, has_fired: bool) -> dict[date, Counts]:
    """Return how often a crossing rule fires: of what was hidden some crossings are not to be known.

    Nor is whether the price had gone back before the first trade of a date.
    """
    seen = [trade for trade in known.trades if not trade.is_hidden]
    least = _turns(known, seen, was_away=(has_fired, True))
    most = _turns(printed, printed.trades, was_away=(False, False))
    return {on: (least.get(on, 0), most.get(on, 0)) for on in least.keys() | most.keys()}


def _turns(watch: Watch, trades: Sequence[TradeLine], *, was_away: tuple[bool, bool]) -> dict[date, int]:
    """Return how often on each date the price comes to the threshold anew.

    Args:
        watch: the rule.
        trades: those of its trades that count.
        was_away: whether the rule waits for the price to go back when the first date begins, and when later ones do.
    """
    reached, back = {id(trade) for trade in watch.reached()}, {id(trade) for trade in watch.back}
    turns: dict[date, int] = {}
    at_first, later = was_away
    for number, (session_date, of_date) in enumerate(itertools.groupby(trades, key=lambda trade: trade.session_date)):
        is_away = later if number else at_first
        for trade in of_date:
            if id(trade) in back:
                is_away = False
            elif id(trade) in reached and not is_away:
                is_away = True
                turns[session_date] = turns.get(session_date, 0) + 1
    return turns


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
