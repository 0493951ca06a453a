"""Check a run with faults: which alert is justified, which obligation was not met.

With faults there is not one right ledger: what was seen decides from when a rule rests. What must hold instead:

- Justified: an accepted alert names a trade of the full log (symbol, price, second) that has reached the exact
threshold of a rule of that chat which was in force, and the rule might fire again by then (`repetitions`).
- Obliged: for each rule and each trade that has reached its threshold and could be seen there is an alert of that rule
which leaves it silent then (`repetitions`): of one that rests, with a time in (t - rest, t]. Inside a hole only the
day's low can be known afterwards, from the first trade that is seen again: if it lies in the hole and reached the
threshold, it obliges. With minute bars every minute of a hole that lies between seen trades can be known: one whose low
or high reached the threshold obliges to an alert in (minute - rest, minute's end], and an alert that calls itself late
is justified by any trade of its minute.

A price that was polled has no time of its own: there two seconds more or less are the same time.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import msgspec
from msgspec import Struct

from protocol.rules import Repetition, RuleKind
from simulator.judgement.alert_text import ShownAlert
from simulator.judgement.evidence import SECOND_NS, TradeLine
from simulator.judgement.holes import Hole, first_after, gaps_in, merged, unhidden
from simulator.judgement.minutes import MINUTE_S, hidden_ends
from simulator.judgement.oracle import Circumstances, ExpectedAlert, due_of
from simulator.judgement.order import Order
from simulator.judgement.repetitions import POLLED_SLACK_S, Firing, Watch, is_too_soon, unmet
from simulator.judgement.rules import RuleLine
from simulator.judgement.verdict import AcceptedAlert, Finding, Verdict, discrepancies

__all__ = ["check_obligations"]

GRACE_NS = 60 * SECOND_NS
"""So long after a rule was paused or changed a trade may still raise its alert: whoever decides has to hear of it."""

Place = tuple[str, int]
"""A rule in one chat: `RuleLine.place`."""


def check_obligations(
    accepted: Sequence[AcceptedAlert],
    circumstances: Circumstances,
    holes: Sequence[Hole] = (),
    *,
    until_ns: int | None = None,
    late_s: float | None = None,
    minute_bars: bool = False,
) -> Verdict:
    """Judge the *accepted* alerts of a run with faults.

    Args:
        holes: when trades could not be seen.
        until_ns: trades that were let out later oblige to nothing: the run ended too soon after them; None: all oblige.
        late_s: world seconds from a trade's way out to the acceptance of its alert that are allowed; None: any.
            Alerts that call themselves late are judged by the reader, as are those that were held.
        minute_bars: whether holes are filled from one-minute bars, so that every crossing in them is due.
    """
    trial = _Trial(accepted, circumstances, minute_bars=minute_bars)
    for alert in accepted:
        trial.take(alert, late_s)
    trial.check_repetitions()
    known = _known(circumstances.trades, holes, until_ns, minute_bars=minute_bars)
    return trial.verdict(_lost(circumstances, known, trial.told()))


class _Taken(Struct, frozen=True):
    firing: Firing
    position: int
    alert: AcceptedAlert


def _is_named(shown: ShownAlert, trade: TradeLine) -> bool:
    """Say whether *shown* may be of *trade*, by its price, and by its shares where they are told."""
    has_its_shares = shown.kind is not RuleKind.VOLUME or shown.target.is_rounded(trade.cumulative_volume)
    return has_its_shares and shown.price.is_rounded(trade.price)


class _Trial:
    """The accepted alerts, one after another; `firings` tell how each rule is known to have fired."""

    def __init__(self, accepted: Sequence[AcceptedAlert], circumstances: Circumstances, *, minute_bars: bool) -> None:
        self.firings: dict[Place, list[_Taken]] = {}
        self._circumstances = circumstances
        self._minute_bars = minute_bars
        # Of a million trades only those of the seconds that some alert names are looked at.
        self._trades: dict[tuple[str, int], list[TradeLine]] = {
            (alert.shown.symbol, second): []
            for alert in accepted
            if alert.shown
            for second in self._seconds(alert.shown)
        }
        for trade in circumstances.trades:
            named = self._trades.get((trade.symbol, trade.traded_at_ns // SECOND_NS))
            if named is not None:
                named.append(trade)
        self._findings: dict[str, list[Finding]] = {}
        self._order = Order(circumstances, self._trades)
        self._taken = 0

    def take(self, alert: AcceptedAlert, late_s: float | None) -> None:
        """Judge one alert by itself, then against those before it."""
        self._taken += 1
        if alert.shown is None:
            self._note("wrong", alert, alert.problem)
            return
        found = self._justification(alert, alert.shown)
        if found is None:
            return
        rule, trade = found
        due = due_of(self._circumstances, rule, trade)
        if self._has_fired(rule, alert.shown):
            self._note("repeated_marked" if alert.shown.is_repeat else "repeated_unmarked", alert, due.id)
            return
        self._remember(alert, alert.shown, rule, trade.session_date)
        if problems := discrepancies(alert.shown, due):
            self._note("wrong", alert, ", ".join(problems))
        self._check_time(alert, alert.shown, due, rule, late_s)

    def _justification(self, alert: AcceptedAlert, shown: ShownAlert) -> tuple[RuleLine, TradeLine] | None:
        """Return the rule that the alert is of, and the trade that reached it, or note why there should be none."""
        trades = self._trades_at(shown)
        named = [trade for trade in trades if _is_named(shown, trade)]
        own = [rule for rule in self._circumstances.rules_of(shown.symbol) if rule.chat_id == alert.chat_id]
        meant = [rule for rule in own if shown.tells_of(rule.kind, rule.direction, rule.level)]
        if not own:
            self._note("misrouted" if named else "spurious", alert, "nobody in this chat watches it")
        elif not trades or not meant:
            self._note("spurious", alert, "no trade at that time" if not trades else "no such rule")
        elif not named:
            self._note("wrong", alert, f"price {shown.price.amount:g}, which no trade of that second has")
            # It stands in for the alert that it should have been, which is wrong and not lost.
            self._remember(alert, shown, meant[0], trades[0].session_date)
        else:
            reached = [(rule, trade) for rule in meant for trade in named if self._is_reached(rule, trade)]
            if not reached:
                self._note("spurious", alert, "no threshold reached, or not while anybody waited")
            # Two rules may read alike: the one that has not told of this moment yet tells of it now.
            fresh = (each for each in reached if not self._has_fired(each[0], shown))
            return next(fresh, reached[0] if reached else None)
        return None

    def _is_reached(self, rule: RuleLine, trade: TradeLine) -> bool:
        threshold = self._circumstances.threshold(rule, trade)
        return threshold is not None and rule.is_reached(trade, threshold) and rule.counts(trade, GRACE_NS)

    def _has_fired(self, rule: RuleLine, shown: ShownAlert) -> bool:
        """Say whether the rule has fired at that moment; a crossing rule may do so twice in a second."""
        if rule.repetition is Repetition.CROSSING and not shown.is_repeat:
            return False
        return any(taken.firing.at_ns == shown.traded_at_ns for taken in self.firings.get(rule.place, []))

    def _remember(self, alert: AcceptedAlert, shown: ShownAlert, rule: RuleLine, session_date: date) -> None:
        length_s = MINUTE_S - 1 if self._minute_bars and shown.is_late else 0
        firing = Firing(at_ns=shown.traded_at_ns, session_date=session_date, length_s=length_s)
        self.firings.setdefault(rule.place, []).append(_Taken(firing, self._taken, alert))

    def _seconds(self, shown: ShownAlert) -> list[int]:
        """Return the seconds in which the trade of *shown* may have been, the likeliest first."""
        second = shown.traded_at_ns // SECOND_NS
        slack = POLLED_SLACK_S if shown.symbol in self._circumstances.inexact else 0
        seconds = set(range(second - slack, second + slack + 1))
        if self._minute_bars and shown.is_late:
            seconds |= set(range(second // MINUTE_S * MINUTE_S, (second // MINUTE_S + 1) * MINUTE_S))
        return sorted(seconds, key=lambda other: abs(other - second))

    def _trades_at(self, shown: ShownAlert) -> list[TradeLine]:
        return [trade for second in self._seconds(shown) for trade in self._trades[shown.symbol, second]]

    def _check_time(
        self, alert: AcceptedAlert, shown: ShownAlert, due: ExpectedAlert, rule: RuleLine, late_s: float | None
    ) -> None:
        if shown.is_late or shown.was_held:
            return
        delay_s = (alert.accepted_at_ns - due.left_at_ns) / SECOND_NS
        if late_s is not None and delay_s > late_s:
            self._note("late", alert, f"{delay_s:.3f} s")
        # Won and dollars come from two sources, between which there is no order; nor is there between symbols where one
        # may wait for its minute bars while the others go on.
        lane = alert.chat_id, shown.price.is_won, shown.symbol if self._minute_bars else ""
        before = self._order.take(lane, shown, alert.message_id, rule)
        if before is not None:
            self._note(
                "out_of_order", alert, f"after {before.symbol} {before.target.amount:g} of {before.traded_at_ns}"
            )

    def check_repetitions(self) -> None:
        """Note the alerts of a rule that could not fire again yet."""
        for rule in self._circumstances.rules:
            taken = sorted(self.firings.get(rule.place, []), key=lambda each: each.firing.at_ns)
            watch = Watch(self._circumstances, rule, self._circumstances.trades_of(rule.symbol))
            for before, after in pairwise(taken):
                if is_too_soon(watch, before.firing, after.firing):
                    later = max(before, after, key=lambda each: each.position)
                    self._note("spurious", later.alert, "its rule could not fire again yet")

    def told(self) -> dict[Place, list[Firing]]:
        """Return how each rule has fired, in order of time."""
        return {
            place: sorted((each.firing for each in taken), key=lambda firing: firing.at_ns)
            for place, taken in self.firings.items()
        }

    def _note(self, kind: str, alert: AcceptedAlert, why: str) -> None:
        self._findings.setdefault(kind, []).append(Finding(alert, why))

    def verdict(self, lost: list[ExpectedAlert]) -> Verdict:
        """Return what was found."""
        found = self._findings
        return Verdict(
            expected=sum(len(firings) for firings in self.firings.values()) + len(lost),
            accepted=self._taken,
            lost=lost,
            wrong=found.get("wrong", []),
            spurious=found.get("spurious", []),
            misrouted=found.get("misrouted", []),
            late=found.get("late", []),
            out_of_order=found.get("out_of_order", []),
            repeated_marked=found.get("repeated_marked", []),
            repeated_unmarked=found.get("repeated_unmarked", []),
        )


def _lost(
    circumstances: Circumstances, known: dict[str, list[TradeLine]], told: dict[Place, list[Firing]]
) -> list[ExpectedAlert]:
    """Return the obligations that no alert meets."""
    lost = [
        due_of(circumstances, rule, trade)
        for rule in circumstances.rules
        for trade in unmet(Watch(circumstances, rule, known.get(rule.symbol, [])), told.get(rule.place, []))
    ]
    return sorted(lost, key=lambda due: due.traded_at_ns)


def _known(
    trades: Sequence[TradeLine], holes: Sequence[Hole], until_ns: int | None, *, minute_bars: bool
) -> dict[str, list[TradeLine]]:
    """Return the trades that could be known of, what holes hid and revealed among them, by symbol in order of time."""
    by_symbol: dict[str, list[TradeLine]] = {}
    known: dict[str, list[TradeLine]] = {}
    for trade in trades:
        if not trade.is_polled:
            by_symbol.setdefault(trade.symbol, []).append(trade)
        elif trade.is_certain:
            known.setdefault(trade.symbol, []).append(trade)
    for symbol, printed in by_symbol.items():
        own_holes = merged([*(hole for hole in holes if hole.concerns(symbol)), *gaps_in(printed)])
        seen = unhidden(printed, own_holes)
        own = known.setdefault(symbol, [])
        own += seen
        if minute_bars:
            # What happened before anybody listened no bar is asked about. Of the rest the minute is what is known: a
            # low's own second says no more, and less of a rule that is younger than the minute's begin.
            own += _revealed_lows(seen, [hole for hole in own_holes if hole.from_ns <= 0])
            own += hidden_ends(printed, seen, own_holes)
        else:
            own += _revealed_lows(seen, own_holes)
    return {
        symbol: sorted(
            (trade for trade in own if until_ns is None or trade.left_at_ns <= until_ns),
            key=lambda trade: trade.traded_at_ns,
        )
        for symbol, own in known.items()
    }


def _revealed_lows(seen: Sequence[TradeLine], holes: Sequence[Hole]) -> list[TradeLine]:
    """Return the day's lows that lie in *holes*, each as the trade that it was, let out by the one that reveals it."""
    lows = {}
    for hole in holes:
        trade = first_after(seen, hole)
        if trade is None:
            continue
        # The low's time is cut to its second, which may have begun before the hole; 0 where the source tells none.
        is_hidden = max(hole.from_ns - SECOND_NS, 0) < trade.day_low_at_ns <= hole.to_ns
        if is_hidden and trade.day_low_at_ns < trade.traded_at_ns:
            lows[trade.day_low_at_ns] = msgspec.structs.replace(
                trade, price=trade.day_low, traded_at_ns=trade.day_low_at_ns, is_hidden=True
            )
    return list(lows.values())
