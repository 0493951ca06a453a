"""Decide which trades deserve an alert.

Pure: no socket, no clock, no log; time is the trade's own. What a rule waits for on a session date is one price, its
threshold, and the life cycle is the same for all of them (`actors.evaluator.rules`). A price that stays at or below a
target fires again after each rest, and a fall through several thresholds fires the deepest first, a rise the highest.

The day's low, which a KIS trade carries with its time, is a trade too: one that we may not have seen. If a rule was
armed at that time, it has missed a crossing; it fires then, marked late. A low that was seen cannot do so: its rule
fired at that moment or was resting over it. So nothing need be remembered of what was seen, and the decision is the
same after a restart. So it is with a minute bar that fills a hole: its low (`Origin.BAR`) and its high (`HIGH`)
count at the minute's begin, and whatever was seen of that minute at or beyond the threshold has left the rule resting
beyond that moment. The low fires what waits below, the high what waits above. Which of them came first nobody knows: so
one minute fires a crossing rule or arms it again, never both, whichever is looked at first (`rules`), and a crossing is
told only where the price has surely gone back before. The day's low, if it lies in that minute, neither fires the rule
nor arms it again; a trade that is seen in it may, since it comes after what was hidden. So it is with a low and a high
between two prices that were asked for; both have the moment of the first, and yet they were behind it for sure.

A day's high comes with no trade of a stream: what a rule waits for above is found in a hole by its minute bars alone.
Where prices are asked for, a day's high that has risen between two of them comes as a `HIGH`, too.

An alert's id is made from its causes alone (rule, version, session date, firing): a replay decides nothing twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import inf

from msgspec import Struct

from actors.evaluator.hindsight import Told, tells_own_low, told_at_once, told_in_hindsight, told_of_low
from actors.evaluator.rules import Rule, RuleState, has_reached, state_on
from actors.evaluator.statuses import Statuses
from actors.evaluator.waiting import Waiting, stage_of
from actors.evaluator.watched import UNTOLD, Armed, Watched, shares_of
from actors.evaluator.wobbles import Wobbles
from actors.market.choices import SessionChoice, choice_of
from actors.market.prices import is_at_lower_limit
from protocol.messages import LOWER_LIMIT, Alert, MarketStatus, ReachedAgain, Targets, Trade
from protocol.moments import NS, from_ns
from protocol.rehearsal import is_rehearsal, person_id_of, rehearsal_targets
from protocol.rules import Repetition
from protocol.wire import Glance, Glances

__all__ = ["Evaluator", "Standing"]

_NEVER = date.min
SMALLEST_DISAGREEMENT = 0.005
"""Base prices further apart than half a cent are two prices; nearer, they are one in floating point."""


class Standing(Struct, frozen=True, kw_only=True):
    """All that a decision depends on beside the trades."""

    rest_ns: int
    rules: list[Rule]
    targets: list[Targets]
    states: dict[str, RuleState]
    statuses: list[MarketStatus] = []


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
        self._wobbles = Wobbles()
        self._changed: dict[str, RuleState] = {}
        self.has_returned = False
        """Whether a trade has armed a crossing rule again, without an alert; to be reset by whoever has noted it."""
        self._rules: dict[str, list[Rule]] = {}
        self._targets: dict[str, dict[date, Targets]] = {}
        self._watched: dict[str, Watched] = {}
        self._disagreeing: dict[str, float] = {}
        self._statuses = Statuses(statuses)

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
        """Watch exactly these rules from now on, each in the state that it was left in.

        The states of rules that are gone stay, here and on disk. A rule may come back as it was: its person had paused
        it, telegram's database is put back from a backup, or it is read again after only a newer version understood it
        for a while. Without its state it would count its firings from 1, and what has the id of an alert on record is
        taken for a replay, so that nobody would be told; one that fires once would fire twice. A state is some hundred
        bytes.
        """
        by_symbol: dict[str, list[Rule]] = {}
        for rule in rules:
            by_symbol.setdefault(rule.symbol, []).append(rule)
        self._rules = by_symbol
        self._wobbles.forget_all_but({rule.id for rules in by_symbol.values() for rule in rules})
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
        return self._statuses.take(status)

    def on_trades(self, trades: Sequence[Trade]) -> list[Alert]:
        """Return the alerts that *trades*, one message, raise, in the order of their trades, and rest their rules."""
        return self._look(trades, lambda: trades)

    def on_glances(self, glances: Glances) -> list[Alert]:
        """Return what `on_trades` returns of the same trades, which are read whole only where one may matter.

        Raises:
            DecodeError: one may matter, and they cannot be read; no rule was touched.
        """
        return self._look(glances.trades, glances.whole)

    @property
    def changed(self) -> dict[str, RuleState]:
        """The rules' states that have changed since `keep`, by rule id: what must be kept with the alerts."""
        return dict(self._changed)

    def take_wobbles(self) -> list[ReachedAgain]:
        """Return which alerts' targets were reached again since the last call while their rules rest."""
        return self._wobbles.take_news()

    def keep(self) -> None:
        """Take note that what has changed is kept."""
        self._changed = {}

    def standing(self) -> Standing:
        """Return all that the next decision depends on: an evaluator that is made from it decides the same."""
        return Standing(
            rest_ns=self._rest_ns,
            rules=[rule for rules in self._rules.values() for rule in rules],
            targets=[targets for by_date in self._targets.values() for targets in by_date.values()],
            states=dict(self._states),
            statuses=self._statuses.all(),
        )

    def last_trades(self) -> list[Trade | Glance]:
        """Return the last trade of each watched symbol that has traded."""
        return [watched.last for watched in self._watched.values() if watched.last]

    def disagreements(self) -> dict[str, float]:
        """Return the exchange's base price of each symbol whose targets are held because they are made from another."""
        return dict(self._disagreeing)

    def waiting(self, symbol: str, now_ns: int) -> list[Waiting]:
        """Return what each rule for *symbol* waits for at *now_ns* (UTC epoch ns), none if nobody watches it."""
        watched = self._watched.get(symbol)
        if watched is None:
            return []
        if watched.session_date == _NEVER and (known := self._targets.get(symbol)):
            # Not a trade has been seen yet: what the first of the newest day will be judged by.
            newest = known[max(known)]
            watched = Watched(newest.session_date, newest, self._rules[symbol])
        thresholds = {armed.rule.id: armed.threshold for armed in watched.armed}
        found = []
        for rule in self._rules[symbol]:
            state = state_on(rule, self._states.get(rule.id), watched.session_date)
            threshold = thresholds.get(rule.id)
            stage = stage_of(rule, state, threshold, now_ns, is_held=symbol in self._disagreeing)
            found.append(
                Waiting(
                    rule=rule,
                    session_date=watched.session_date,
                    threshold=threshold,
                    stage=stage,
                    firings=state.firings,
                    rests_until_ns=state.rests_until_ns,
                    volume=watched.volume,
                )
            )
        return found

    def _look(self, trades: Sequence[Trade | Glance], whole: Callable[[], Sequence[Trade]]) -> list[Alert]:
        """Judge those of *trades* that may matter; *whole* returns all of them, each whole."""
        alerts: list[Alert] = []
        message: Sequence[Trade] = ()
        watched_by_symbol = self._watched
        for number, trade in enumerate(trades):
            watched = watched_by_symbol.get(trade.symbol)
            if watched is None:
                if is_rehearsal(trade.symbol):
                    message = message or whole()
                    alerts += self._rehearse(message[number])
                continue
            if trade.session_date != watched.session_date:
                watched = self._arm(trade.symbol, trade.session_date)
            watched.last = trade
            low = trade.day_low
            if trade.price > watched.highest and (low > watched.highest or low in watched.lows_judged):
                continue
            is_skipped = watched.skips(trade)
            if is_skipped and watched.grows_to == inf:
                continue
            message = message or whole()
            if watched.tells_shares(message[number]) or not is_skipped:
                alerts += self._judge(watched, message[number], message)
        return alerts

    def _rehearse(self, trade: Trade) -> list[Alert]:
        """Return the alert of a rehearsal. Its rule is of its own second: it rests over no other rehearsal."""
        rule = Rule(
            id=trade.symbol,
            version=trade.traded_at_ns // NS,
            person_id=person_id_of(trade.symbol),
            symbol=trade.symbol,
            level=1.0,
            since_ns=0,
        )
        return self._judge(Watched(trade.session_date, rehearsal_targets(trade), [rule]), trade, [trade])

    def _arm(self, symbol: str, session_date: date) -> Watched:
        targets = self._targets.get(symbol, {}).get(session_date)
        watched = Watched(session_date, targets, self._rules[symbol])
        before = self._watched.get(symbol)
        watched.last = before.last if before else None
        self._watched[symbol] = watched
        return watched

    def _judge(self, watched: Watched, trade: Trade, message: Sequence[Trade]) -> list[Alert]:
        if trade.day_low not in watched.lows_judged:
            watched.lows_judged = (trade.day_low, watched.lows_judged[0])
        targets, choice = watched.targets, choice_of(trade.venue, trade.session)
        if targets is None or choice is None or choice not in watched.choices or self._disagrees(targets, trade):
            return []
        if watched.falls_to == inf:
            self._bound(watched)
        if trade.origin in UNTOLD:
            return self._fire(watched, targets, trade, choice, told_in_hindsight(trade, message))
        at_ns, low_at_ns = trade.traded_at_ns, trade.day_low_at_ns
        alerts = []
        if 0 < low_at_ns < at_ns and tells_own_low(trade):
            alerts += self._fire(watched, targets, trade, choice, told_of_low(trade))
        return alerts + self._fire(watched, targets, trade, choice, told_at_once(trade))

    def _disagrees(self, targets: Targets, trade: Trade) -> bool:
        """Whether the targets are made from another base price than the exchange's: then they are held."""
        if abs(trade.base_price - targets.base_price) < SMALLEST_DISAGREEMENT:
            self._disagreeing.pop(trade.symbol, None)
            return False
        self._disagreeing[trade.symbol] = trade.base_price
        return True

    def _fire(self, watched: Watched, targets: Targets, trade: Trade, choice: SessionChoice, told: Told) -> list[Alert]:
        """Return the alerts that what *trade* has *told* raises, for those who made *choice*."""
        price, at_ns, by_ns, _, behind_ns = told
        untold = UNTOLD.get(trade.origin)
        shares = 0 if told.is_hidden else shares_of(trade)
        alerts, turned = [], False
        for armed in watched.armed:
            rule = armed.rule
            reached = shares if armed.is_of_shares else price
            if rule.direction is untold or not has_reached(reached, armed.threshold, rule.direction):
                if rule.id in watched.awaiting:
                    turned |= self._take_back(armed, choice, told)
                continue
            state = state_on(rule, self._states.get(rule.id), watched.session_date)
            if not rule.counts(choice, at_ns):
                continue
            if not state.is_armed(rule, at_ns, behind_ns=behind_ns):
                is_back = not told.is_hidden and rule.id not in watched.awaiting
                turned |= is_back and self._wobbles.reach(rule.id, state, trade)
                continue
            state = state.fired(rule, at_ns, self._rest_ns, by_ns=by_ns)
            self._change(rule, state)
            self._wobbles.begin(rule.id, state)
            turned = True
            notes = [*targets.notes, *self._statuses.notes_on(trade)]
            if is_at_lower_limit(price, targets.base_price, trade.venue, targets.kind):
                notes.append(LOWER_LIMIT)
            alerts.append(_alert(armed, state, targets, trade, told=told, notes=notes))
        if turned:
            self._bound(watched)
        return alerts

    def _take_back(self, armed: Armed, choice: SessionChoice, told: Told) -> bool:
        """Note that the price has gone far enough back, if it has, and say so; that arms a crossing rule again."""
        price, at_ns, by_ns, _, behind_ns = told
        rule, state, returns_at = armed.rule, self._states[armed.rule.id], armed.returns_at
        has_returned = returns_at is not None and (price >= returns_at if armed.is_below else price <= returns_at)
        if not has_returned or not rule.counts(choice, at_ns):
            return False
        if has_reached(price, armed.threshold, rule.direction):
            # Without a band what is at the threshold has not gone back from it: a minute's other end may be there, too.
            return False
        if rule.repetition is Repetition.REST:
            return not told.is_hidden and self._wobbles.go_back(rule.id)
        if not state.may_return(rule, at_ns, behind_ns=behind_ns):
            return False
        self.has_returned = True
        self._change(rule, state.returned(at_ns, by_ns=by_ns))
        return True

    def _change(self, rule: Rule, state: RuleState) -> None:
        self._states[rule.id] = self._changed[rule.id] = state

    def _bound(self, watched: Watched) -> None:
        rules = (armed.rule for armed in watched.armed)
        states = {rule.id: state_on(rule, self._states.get(rule.id), watched.session_date) for rule in rules}
        watched.bound(states, {rule_id for rule_id, state in states.items() if self._awaits_return(rule_id, state)})

    def _awaits_return(self, rule_id: str, state: RuleState) -> bool:
        return state.awaits_return or self._wobbles.awaits_return(rule_id, state)


def _alert(armed: Armed, state: RuleState, targets: Targets, trade: Trade, *, told: Told, notes: list[str]) -> Alert:
    rule = armed.rule
    return Alert(
        id=state.alert_id(rule.id),
        rule_id=rule.id,
        rule_version=rule.version,
        firing=state.firings,
        person_id=rule.person_id,
        symbol=trade.symbol,
        name=targets.name,
        venue=trade.venue,
        session_date=trade.session_date,
        level=rule.level,
        price=told.price,
        price_now=told.price_now,
        base_price=targets.base_price,
        sigma=targets.sigma,
        target_price=armed.threshold,
        traded_at=from_ns(told.at_ns),
        # When we learnt of it: the moment in which the trade reached us, so that a replay decides the same.
        decided_at=from_ns(trade.received_at_ns),
        late=told.is_hidden,
        notes=notes,
        kind=rule.kind,
        direction=rule.direction,
        reference=armed.reference,
        volume=trade.cumulative_volume if armed.is_of_shares else 0,
    )
