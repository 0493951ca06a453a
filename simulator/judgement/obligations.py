"""Check a run with faults: which alert is justified, which obligation was not met.

With faults there is not one right ledger: what was seen decides from when a rule rests. What must hold instead:

- Justified: an accepted alert names a trade of the full log (symbol, price, second) at or below the exact target, in a
chat whose person watches the symbol by then; two alerts of a rule are at least its rest apart, in trade time.
- Obliged: for each rule and each trade at or below its target that could be seen there is an alert of that rule with a
time in (t - rest, t]. Inside a hole only the day's low can be known afterwards, from the first trade that is seen
again: if it lies in the hole and reached the target, it obliges. With minute bars every minute of a hole that lies
between seen trades can be known: one whose low reached the target obliges to an alert in (minute - rest, minute's end],
and an alert that calls itself late is justified by any trade of its minute.

A price that was polled has no time of its own: there two seconds more or less are the same time.
"""

import bisect
from collections.abc import Sequence
from itertools import pairwise

import msgspec
from msgspec import Struct

from simulator.judgement.alert_text import ShownAlert
from simulator.judgement.evidence import SECOND_NS, TradeLine, Watcher
from simulator.judgement.holes import Hole, first_after, gaps_in, merged, unhidden
from simulator.judgement.minutes import MINUTE_S, hidden_lows
from simulator.judgement.oracle import Circumstances, ExpectedAlert, target_of
from simulator.judgement.verdict import AcceptedAlert, Finding, Verdict, discrepancies

__all__ = ["POLLED_SLACK_S", "check_obligations"]

POLLED_SLACK_S = 2

RuleKey = tuple[int, str, float]


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
    trial.check_rests()
    obliging = _obliging(circumstances.trades, holes, until_ns, minute_bars=minute_bars)
    lost = _lost(circumstances, obliging, trial.firings)
    return trial.verdict(lost)


class _Firing(Struct, frozen=True):
    at_ns: int
    position: int
    alert: AcceptedAlert


class _Trial:
    """The accepted alerts, one after another; `firings` are the times at which each rule is known to have fired."""

    def __init__(self, accepted: Sequence[AcceptedAlert], circumstances: Circumstances, *, minute_bars: bool) -> None:
        self.firings: dict[RuleKey, list[_Firing]] = {}
        self._circumstances = circumstances
        self._minute_bars = minute_bars
        self._polled = {trade.symbol for trade in circumstances.trades if trade.is_polled}
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
        self._newest: dict[tuple[int, bool, str], ShownAlert] = {}
        self._taken = 0

    def take(self, alert: AcceptedAlert, late_s: float | None) -> None:
        """Judge one alert by itself, then against those before it."""
        self._taken += 1
        if alert.shown is None:
            self._note("wrong", alert, alert.problem)
            return
        due = self._justification(alert, alert.shown)
        if due is None:
            return
        firings = self.firings.get((alert.chat_id, due.symbol, due.level), [])
        if any(firing.at_ns == alert.shown.traded_at_ns for firing in firings):
            self._note("repeated_marked" if alert.shown.is_repeat else "repeated_unmarked", alert, due.id)
            return
        self._remember(alert, alert.shown)
        if problems := discrepancies(alert.shown, due):
            self._note("wrong", alert, ", ".join(problems))
        self._check_time(alert, alert.shown, due, late_s)

    def _justification(self, alert: AcceptedAlert, shown: ShownAlert) -> ExpectedAlert | None:
        """Return what the alert should say, or note why there should be none."""
        trades = self._trades_at(shown)
        named = [trade for trade in trades if shown.price.is_rounded(trade.price)]
        watchers = self._circumstances.watchers_of(shown.symbol)
        watcher = next((watcher for watcher in watchers if watcher.chat_id == alert.chat_id), None)
        if watcher is None:
            self._note("misrouted" if named else "spurious", alert, "nobody in this chat watches it")
        elif not trades or shown.level not in self._circumstances.levels:
            self._note("spurious", alert, "no trade at that time" if not trades else "no such level")
        elif not named:
            self._note("wrong", alert, f"price {shown.price.amount:g}, which no trade of that second has")
            # It stands in for the alert that it should have been, which is wrong and not lost.
            self._remember(alert, shown)
        else:
            return self._reached(alert, shown, named, watcher)
        return None

    def _reached(
        self, alert: AcceptedAlert, shown: ShownAlert, named: list[TradeLine], watcher: Watcher
    ) -> ExpectedAlert | None:
        for trade in named:
            sigma = self._circumstances.sigma(trade.symbol, trade.session_date)
            if sigma and trade.price <= target_of(trade, sigma, shown.level) and trade.traded_at_ns >= watcher.since_ns:
                return _due(self._circumstances, trade, watcher, shown.level, sigma)
        self._note("spurious", alert, "no target reached, or before anybody watched")
        return None

    def _remember(self, alert: AcceptedAlert, shown: ShownAlert) -> None:
        firing = _Firing(shown.traded_at_ns, self._taken, alert)
        self.firings.setdefault((alert.chat_id, shown.symbol, shown.level), []).append(firing)

    def _seconds(self, shown: ShownAlert) -> list[int]:
        """Return the seconds in which the trade of *shown* may have been, the likeliest first."""
        second = shown.traded_at_ns // SECOND_NS
        slack = 0 if shown.price.is_won and shown.symbol not in self._polled else POLLED_SLACK_S
        seconds = set(range(second - slack, second + slack + 1))
        if self._minute_bars and shown.is_late:
            seconds |= set(range(second // MINUTE_S * MINUTE_S, (second // MINUTE_S + 1) * MINUTE_S))
        return sorted(seconds, key=lambda other: abs(other - second))

    def _trades_at(self, shown: ShownAlert) -> list[TradeLine]:
        return [trade for second in self._seconds(shown) for trade in self._trades[shown.symbol, second]]

    def _check_time(self, alert: AcceptedAlert, shown: ShownAlert, due: ExpectedAlert, late_s: float | None) -> None:
        if shown.is_late or shown.was_held:
            return
        delay_s = (alert.accepted_at_ns - due.left_at_ns) / SECOND_NS
        if late_s is not None and delay_s > late_s:
            self._note("late", alert, f"{delay_s:.3f} s")
        # Won and dollars come from two sources, between which there is no order; nor is there between symbols where one
        # may wait for its minute bars while the others go on.
        lane = alert.chat_id, shown.price.is_won, shown.symbol if self._minute_bars else ""
        before = self._newest.get(lane)
        if before and _is_out_of_order(before, shown):
            self._note("out_of_order", alert, f"after {before.symbol} {before.level:g} of {before.traded_at_ns}")
        if before is None or shown.traded_at_ns >= before.traded_at_ns:
            self._newest[lane] = shown

    def check_rests(self) -> None:
        """Note the alerts of a rule that fired while it rested."""
        for firings in self.firings.values():
            firings.sort(key=lambda firing: firing.at_ns)
            for before, after in pairwise(firings):
                is_won = after.alert.shown is None or after.alert.shown.price.is_won
                rest_ns = self._circumstances.rest_ns - (0 if is_won else POLLED_SLACK_S * SECOND_NS)
                if after.at_ns - before.at_ns < rest_ns:
                    later = max(before, after, key=lambda firing: firing.position)
                    self._note("spurious", later.alert, "its rule rested")

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


def _is_out_of_order(before: ShownAlert, shown: ShownAlert) -> bool:
    """Say whether *shown* should have come before the other: an earlier trade, or the deeper level of the same one."""
    if shown.traded_at_ns != before.traded_at_ns or not shown.price.is_won:
        return shown.traded_at_ns < before.traded_at_ns - (0 if shown.price.is_won else POLLED_SLACK_S * SECOND_NS)
    is_same_trade = (shown.symbol, shown.price) == (before.symbol, before.price)
    return is_same_trade and shown.level > before.level


def _due(circumstances: Circumstances, trade: TradeLine, watcher: Watcher, level: float, sigma: float) -> ExpectedAlert:
    """Return the alert that *trade* is for *watcher*, but for its number, which is not known."""
    return ExpectedAlert(
        id=f"{watcher.person_id}-{trade.symbol}-{level:g}:{circumstances.version}:{trade.session_date}",
        chat_id=watcher.chat_id,
        symbol=trade.symbol,
        level=level,
        price=trade.price,
        base_price=trade.base_price,
        sigma=sigma,
        target_price=target_of(trade, sigma, level),
        traded_at_ns=trade.traded_at_ns,
        left_at_ns=trade.left_at_ns,
    )


def _lost(
    circumstances: Circumstances, obliging: Sequence[TradeLine], firings: dict[RuleKey, list[_Firing]]
) -> list[ExpectedAlert]:
    """Return the obligations that no alert meets, one for each rest of a rule."""
    known = {key: sorted(firing.at_ns for firing in fired) for key, fired in firings.items()}
    lost = []
    for trade in obliging:
        sigma = circumstances.sigma(trade.symbol, trade.session_date)
        if sigma is None:
            continue
        slack_ns = POLLED_SLACK_S * SECOND_NS if trade.is_polled or trade.venue != "KRX" else 0
        length_ns = trade.length_s * SECOND_NS
        for watcher in circumstances.watchers_of(trade.symbol):
            for level in circumstances.levels:
                is_reached = trade.price <= target_of(trade, sigma, level)
                if not is_reached or trade.traded_at_ns < watcher.since_ns:
                    continue
                times = known.setdefault((watcher.chat_id, trade.symbol, level), [])
                newest = bisect.bisect_right(times, trade.traded_at_ns + slack_ns + length_ns)
                rest_began_ns = trade.traded_at_ns - circumstances.rest_ns - slack_ns
                if not newest or times[newest - 1] <= rest_began_ns:
                    lost.append(_due(circumstances, trade, watcher, level, sigma))
                    bisect.insort(times, trade.traded_at_ns)
    return lost


def _obliging(
    trades: Sequence[TradeLine], holes: Sequence[Hole], until_ns: int | None, *, minute_bars: bool
) -> list[TradeLine]:
    """Return the trades that could be known of, what holes hid and revealed among them, in order of their time."""
    by_symbol: dict[str, list[TradeLine]] = {}
    known = [trade for trade in trades if trade.is_polled and trade.is_certain]
    for trade in trades:
        if not trade.is_polled:
            by_symbol.setdefault(trade.symbol, []).append(trade)
    for symbol, printed in by_symbol.items():
        own_holes = merged([*(hole for hole in holes if hole.concerns(symbol)), *gaps_in(printed)])
        seen = unhidden(printed, own_holes)
        known += seen
        if minute_bars:
            # What happened before anybody listened no bar is asked about. Of the rest the minute is what is known: a
            # low's own second says no more, and less of a rule that is younger than the minute's begin.
            known += _revealed_lows(seen, [hole for hole in own_holes if hole.from_ns <= 0])
            known += hidden_lows(printed, seen, own_holes)
        else:
            known += _revealed_lows(seen, own_holes)
    if until_ns is not None:
        known = [trade for trade in known if trade.left_at_ns <= until_ns]
    return sorted(known, key=lambda trade: trade.traded_at_ns)


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
                trade, price=trade.day_low, traded_at_ns=trade.day_low_at_ns
            )
    return list(lows.values())
