"""Decide which trades deserve an alert.

Pure: no socket, no clock, no log; time is the trade's own. Each rule goes round two states:

    ARMED --a trade at or below its target--> RESTING --its rest is over--> ARMED

so a price that stays below fires again after each rest, and a fall through several targets fires the deepest first.

The day's low, which a KIS trade carries with its time, is a trade too: one that we may not have seen. If a rule was
armed at that time, it has missed a crossing; it fires then, marked late. A low that was seen cannot do so: its rule
fired at that moment or was resting over it. So nothing need be remembered of what was seen, and the decision is the
same after a restart. So it is with a minute bar that fills a hole (`Origin.BAR`): its low counts at the minute's begin,
and whatever was seen of that minute at or below the target has left the rule resting beyond that moment.

An alert's id is made from its causes alone (rule, version, session date, firing): a replay decides nothing twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from msgspec import Struct

from actors.market.choices import REGULAR_ONLY, SessionChoice, choice_of
from actors.market.prices import is_at_lower_limit
from actors.market.sigma import target_price
from protocol.messages import (
    CIRCUIT_BREAKER,
    HALTED,
    LOWER_LIMIT,
    RESUMED,
    VOLATILITY_INTERRUPTION,
    Alert,
    MarketStatus,
    Origin,
    Session,
    Targets,
    Trade,
    Venue,
)
from protocol.moments import from_ns, to_ns
from protocol.wire import Glance, Glances

__all__ = ["NOTES_LAST_S", "Evaluator", "Rule", "RuleState", "Standing"]

_NEVER = date.min
NS = 1_000_000_000
NOTE_LASTS_S = {VOLATILITY_INTERRUPTION: 300, CIRCUIT_BREAKER: 3_600, RESUMED: 3_600, HALTED: 12 * 3_600}
"""How long a note is believed at most: that it is over may have been told while nobody listened."""
NOTES_LAST_S = max(NOTE_LASTS_S.values())
"""After how long a status says nothing any more."""
STANDSTILLS = frozenset({HALTED, CIRCUIT_BREAKER})
"""While one of these holds nothing is printed."""
SMALLEST_DISAGREEMENT = 0.005
"""Base prices further apart than half a cent are two prices; nearer, they are one in floating point."""


class Rule(Struct, frozen=True, kw_only=True):
    """What one person waits for: *symbol* at or below `level` σ under its base price, from `since_ns` on."""

    id: str
    version: int
    person_id: int
    symbol: str
    level: float
    since_ns: int
    sessions: frozenset[SessionChoice] = REGULAR_ONLY
    """In which sessions a trade may alert this person."""
    chosen_at: dict[SessionChoice, int] = {}
    """When those sessions were chosen that were chosen later (UTC epoch ns)."""

    def counts(self, choice: SessionChoice, at_ns: int) -> bool:
        """Say whether a trade of that moment, in a session of that *choice*, is this rule's business."""
        return choice in self.sessions and at_ns >= max(self.since_ns, self.chosen_at.get(choice, 0))


class RuleState(Struct, frozen=True):
    """How often a rule has fired on a session date, and until which event time it rests (UTC epoch ns)."""

    rule_version: int
    session_date: date
    firings: int
    rests_until_ns: int

    def is_later_than(self, other: "RuleState") -> bool:
        """Say whether this state came after the *other* of the same rule."""
        return (self.rule_version, self.session_date, self.firings) > (
            other.rule_version,
            other.session_date,
            other.firings,
        )


class Standing(Struct, frozen=True, kw_only=True):
    """All that a decision depends on beside the trades."""

    rest_ns: int
    rules: list[Rule]
    targets: list[Targets]
    states: dict[str, RuleState]
    statuses: list[MarketStatus] = []


class _Armed(Struct, frozen=True):
    target: float
    rule: Rule


class _Hidden(NamedTuple):
    """A trade that nobody saw: its price, its moment (UTC epoch ns), and the newest price when it was revealed."""

    price: float
    at_ns: int
    price_now: float


class _Watched:
    """One symbol on one session date: its targets, deepest first."""

    __slots__ = ("armed", "choices", "highest", "last", "lows_judged", "session_date", "targets")

    def __init__(self, session_date: date, targets: Targets | None, rules: Iterable[Rule]) -> None:
        self.session_date = session_date
        self.targets = targets
        self.armed: list[_Armed] = []
        if targets and not targets.obstacle:
            self.armed = sorted(
                (_Armed(target_price(targets.base_price, targets.sigma, rule.level), rule) for rule in rules),
                key=lambda armed: (armed.target, armed.rule.id),
            )
        self.highest = float("inf") if self.armed else float("-inf")
        """Trades above it matter to nobody: the highest target, or infinity until a trade has told its base price."""
        self.choices = frozenset[SessionChoice]().union(*(armed.rule.sessions for armed in self.armed))
        """The sessions in which anybody waits for this symbol."""
        self.lows_judged = (0.0, 0.0)
        """The last two days' lows that were looked at, of KRX and NXT; without one it is 0, which needs no look."""
        self.last: Trade | Glance | None = None


class Evaluator:
    """The rules being watched, each with its state."""

    def __init__(
        self, rest_ns: int, states: dict[str, RuleState] | None = None, statuses: Iterable[MarketStatus] = ()
    ) -> None:
        """Begin with no rules.

        Args:
            rest_ns: how long a rule is silent after it fired, ns of event time.
            states: what each rule was left in, by its id.
            statuses: what was the matter with symbols, as `on_status` returned it.
        """
        self._rest_ns = rest_ns
        self._states = dict(states or {})
        self._rules: dict[str, list[Rule]] = {}
        self._targets: dict[str, dict[date, Targets]] = {}
        self._watched: dict[str, _Watched] = {}
        self._disagreeing: dict[str, float] = {}
        self._statuses = {status.symbol: status for status in statuses}

    @classmethod
    def standing_at(cls, standing: Standing) -> "Evaluator":
        """Return the evaluator that decides as one that once told its *standing*."""
        evaluator = cls(standing.rest_ns, standing.states, standing.statuses)
        for targets in standing.targets:
            evaluator.aim(targets)
        evaluator.watch(standing.rules)
        return evaluator

    def recall(self, states: Mapping[str, RuleState]) -> dict[str, RuleState]:
        """Take the *states* of rules that are later than those we know, and return them."""
        later = {
            rule_id: state
            for rule_id, state in states.items()
            if rule_id not in self._states or state.is_later_than(self._states[rule_id])
        }
        self._states |= later
        return later

    def watch(self, rules: Iterable[Rule]) -> None:
        """Watch exactly these rules from now on, each in the state that it was left in."""
        by_symbol: dict[str, list[Rule]] = {}
        for rule in rules:
            by_symbol.setdefault(rule.symbol, []).append(rule)
        self._rules = by_symbol
        for gone in self._watched.keys() - by_symbol.keys():
            del self._watched[gone]
            self._disagreeing.pop(gone, None)
        for symbol in by_symbol:
            before = self._watched.get(symbol)
            self._arm(symbol, before.session_date if before else _NEVER)

    def aim(self, targets: Targets) -> None:
        """Take the targets of a symbol for a session date, in place of earlier ones for it; the last two dates stay."""
        by_date = self._targets.setdefault(targets.symbol, {})
        by_date[targets.session_date] = targets
        for old in sorted(by_date)[:-2]:
            del by_date[old]
        self._disagreeing.pop(targets.symbol, None)
        watched = self._watched.get(targets.symbol)
        if watched and watched.session_date in (_NEVER, targets.session_date):
            self._arm(targets.symbol, watched.session_date)

    def on_status(self, status: MarketStatus) -> MarketStatus:
        """Take what is the matter with a symbol from now on; its alerts will say so, or that a halt has just ended.

        Returns what is to be kept of it.
        """
        before = self._statuses.get(status.symbol)
        if before is not None and not STANDSTILLS.isdisjoint(before.notes) and STANDSTILLS.isdisjoint(status.notes):
            status = msgspec.structs.replace(status, notes=[*status.notes, RESUMED])
        self._statuses[status.symbol] = status
        return status

    def on_trades(self, trades: Sequence[Trade]) -> list[Alert]:
        """Return the alerts that *trades*, one message, raise, in the order of their trades, and rest their rules."""
        return self._look(trades, lambda: trades)

    def on_glances(self, glances: Glances) -> list[Alert]:
        """Return what `on_trades` returns of the same trades, which are read whole only where one may matter.

        Raises:
            DecodeError: one may matter, and they cannot be read; no rule was touched.
        """
        return self._look(glances.trades, glances.whole)

    def states(self, alerts: Iterable[Alert]) -> dict[str, RuleState]:
        """Return the states of the rules behind *alerts*, by rule id: what must be kept with them."""
        return {alert.rule_id: self._states[alert.rule_id] for alert in alerts}

    def standing(self) -> Standing:
        """Return all that the next decision depends on: an evaluator that is made from it decides the same."""
        return Standing(
            rest_ns=self._rest_ns,
            rules=[rule for rules in self._rules.values() for rule in rules],
            targets=[targets for by_date in self._targets.values() for targets in by_date.values()],
            states=dict(self._states),
            statuses=list(self._statuses.values()),
        )

    def last_trades(self) -> list[Trade | Glance]:
        """Return the last trade of each watched symbol that has traded."""
        return [watched.last for watched in self._watched.values() if watched.last]

    def disagreements(self) -> dict[str, float]:
        """Return the exchange's base price of each symbol whose targets are held because they are made from another."""
        return dict(self._disagreeing)

    def _look(self, trades: Sequence[Trade | Glance], whole: Callable[[], Sequence[Trade]]) -> list[Alert]:
        """Judge those of *trades* that may matter; *whole* returns all of them, each whole."""
        alerts: list[Alert] = []
        message: Sequence[Trade] = ()
        watched_by_symbol = self._watched
        for number, trade in enumerate(trades):
            watched = watched_by_symbol.get(trade.symbol)
            if watched is None:
                continue
            if trade.session_date != watched.session_date:
                watched = self._arm(trade.symbol, trade.session_date)
            watched.last = trade
            low = trade.day_low
            if trade.price > watched.highest and (low > watched.highest or low in watched.lows_judged):
                continue
            message = message or whole()
            alerts += self._judge(watched, message[number], message)
        return alerts

    def _arm(self, symbol: str, session_date: date) -> _Watched:
        targets = self._targets.get(symbol, {}).get(session_date)
        watched = _Watched(session_date, targets, self._rules[symbol])
        before = self._watched.get(symbol)
        watched.last = before.last if before else None
        self._watched[symbol] = watched
        return watched

    def _judge(self, watched: _Watched, trade: Trade, message: Sequence[Trade]) -> list[Alert]:
        if trade.day_low not in watched.lows_judged:
            watched.lows_judged = (trade.day_low, watched.lows_judged[0])
        targets, choice = watched.targets, choice_of(trade.venue, trade.session)
        if targets is None or choice is None or choice not in watched.choices or self._disagrees(targets, trade):
            return []
        watched.highest = watched.armed[-1].target
        if trade.origin is Origin.BAR:
            newest = next(later for later in reversed(message) if later.symbol == trade.symbol)
            hidden = _Hidden(trade.price, trade.traded_at_ns, newest.price)
            return self._fire(watched, targets, trade, choice, hidden)
        alerts = []
        if 0 < trade.day_low_at_ns < trade.traded_at_ns and _tells_own_low(trade):
            hidden = _Hidden(trade.day_low, trade.day_low_at_ns, trade.price)
            alerts += self._fire(watched, targets, trade, choice, hidden)
        return alerts + self._fire(watched, targets, trade, choice)

    def _disagrees(self, targets: Targets, trade: Trade) -> bool:
        """Whether the targets are made from another base price than the exchange's: then they are held."""
        if abs(trade.base_price - targets.base_price) < SMALLEST_DISAGREEMENT:
            self._disagreeing.pop(trade.symbol, None)
            return False
        self._disagreeing[trade.symbol] = trade.base_price
        return True

    def _fire(
        self, watched: _Watched, targets: Targets, trade: Trade, choice: SessionChoice, hidden: _Hidden | None = None
    ) -> list[Alert]:
        """Return the alerts that *trade* raises, or the *hidden* one that it tells of, for those who made *choice*."""
        price, at_ns = (hidden.price, hidden.at_ns) if hidden else (trade.price, trade.traded_at_ns)
        alerts = []
        for armed in watched.armed:
            rule = armed.rule
            if price > armed.target or not rule.counts(choice, at_ns):
                continue
            state = self._state_of(rule, watched.session_date)
            if at_ns < state.rests_until_ns:
                continue
            state = RuleState(rule.version, watched.session_date, state.firings + 1, at_ns + self._rest_ns)
            self._states[rule.id] = state
            notes = [*targets.notes, *self._notes_on(trade)]
            if is_at_lower_limit(price, targets.base_price, trade.venue, targets.kind):
                notes.append(LOWER_LIMIT)
            alerts.append(_alert(armed, state, targets, trade, hidden=hidden, notes=notes))
        return alerts

    def _notes_on(self, trade: Trade) -> list[str]:
        status = self._statuses.get(trade.symbol)
        if status is None:
            return []
        age_ns = trade.received_at_ns - to_ns(status.told_at)
        notes = [note for note in status.notes if age_ns < NOTE_LASTS_S.get(note, 0) * NS]
        if trade.origin is not Origin.PRINT:
            return notes
        # What is printed trades: that the halt is over was told while nobody listened.
        return [RESUMED if note in STANDSTILLS else note for note in notes]

    def _state_of(self, rule: Rule, session_date: date) -> RuleState:
        """Return the state of *rule*: firings count from 0 in each session and for each version of the rule."""
        state = self._states.get(rule.id)
        if state is None or state.rule_version != rule.version:
            return RuleState(rule.version, session_date, 0, 0)
        if state.session_date != session_date:
            return RuleState(rule.version, session_date, 0, state.rests_until_ns)
        return state


def _tells_own_low(trade: Trade) -> bool:
    """Say whether the day's low that *trade* carries was in a session of the same choice as the trade itself."""
    return trade.session is Session.REGULAR or trade.venue is Venue.NXT


def _alert(
    armed: _Armed, state: RuleState, targets: Targets, trade: Trade, *, hidden: _Hidden | None, notes: list[str]
) -> Alert:
    rule = armed.rule
    price, at_ns, price_now = hidden or (trade.price, trade.traded_at_ns, trade.price)
    return Alert(
        id=f"{rule.id}:{rule.version}:{state.session_date}:{state.firings}",
        rule_id=rule.id,
        rule_version=rule.version,
        firing=state.firings,
        person_id=rule.person_id,
        symbol=trade.symbol,
        name=targets.name,
        venue=trade.venue,
        session_date=trade.session_date,
        level=rule.level,
        price=price,
        price_now=price_now,
        base_price=targets.base_price,
        sigma=targets.sigma,
        target_price=armed.target,
        traded_at=from_ns(at_ns),
        # When we learnt of it: the moment in which the trade reached us, so that a replay decides the same.
        decided_at=from_ns(trade.received_at_ns),
        late=hidden is not None,
        notes=notes,
    )
