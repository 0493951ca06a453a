"""What a rule is, what it waits for on a session date, and the life cycle that all kinds share. Pure.

    ARMED --its threshold is reached: it fires--> RESTING --it may fire again (`Repetition`)--> ARMED

A rule that is paused or deleted is not among the rules at all; after a pause it goes on in the state that it was left
in, with what is traded from then on. One that has expired is armed on no later session date. A new version of a rule,
changed or begun anew, is armed, and counts its firings from 1.

What waits for shares is reached at the same trade for whoever looks: the day's only grow. A trade that nobody saw tells
of none; the next one that is seen tells of its shares, too.

A crossing rule alone returns to being armed by a trade: one beyond its threshold by the band, on the side that it came
from. That trade raises nothing, and yet it is part of the rule's state. A price that counts as of an earlier moment
than the last firing or return does neither; nor does one that nobody saw, of a minute whose bar made the rule fire or
armed it again, or between two looks where another that nobody saw did: that was at any second. A rule that rests has
such a band, too: a price that goes back beyond it and reaches the threshold again wobbles
(`actors.evaluator.wobbles`), which is no part of the rule's state.
"""

from datetime import date

import msgspec
from msgspec import Struct

from actors.market.choices import REGULAR_ONLY, SessionChoice
from actors.market.prices import Instrument, tick_size
from actors.market.thresholds import high_of, reference_price, threshold_price
from protocol.messages import Targets
from protocol.rules import Direction, Repetition, RuleKind

__all__ = [
    "FOR_EVER_NS",
    "Rule",
    "RuleState",
    "has_reached",
    "return_price",
    "state_on",
    "threshold_of",
]

FOR_EVER_NS = 2**63 - 1
"""The last moment there is (UTC epoch ns): until then rests what fires once."""
WOBBLE_BAND = 0.003
"""How far a price must go back at least to reach a threshold again while its rule rests, a fraction of that."""
WOBBLE_TICKS = 2
"""How many tick sizes at least: of a stock of cents one may be a whole per cent."""
DECIMALS = 4
"""No price has more."""


class Rule(Struct, frozen=True, kw_only=True):
    """What one person waits for: *symbol* at the threshold that `level` means in its `kind`, from `since_ns` on."""

    id: str
    version: int
    person_id: int
    symbol: str
    level: float
    """How many σ, which price, or which fraction."""
    since_ns: int
    sessions: frozenset[SessionChoice] = REGULAR_ONLY
    """In which sessions a trade may alert this person."""
    chosen_at: dict[SessionChoice, int] = {}
    """When those sessions were chosen that were chosen later (UTC epoch ns)."""
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction = Direction.BELOW
    paid: float = 0.0
    """The price that somebody paid, where the level is measured from it."""
    high_since: date | None = None
    """The day since which a high counts, where the level is measured from that."""
    repetition: Repetition = Repetition.REST
    rest_ns: int = 0
    """How long it rests; 0 is as long as all others."""
    band: float = 0.0
    """How far beyond its threshold a price must go for a crossing rule to be armed again, a fraction."""
    expires_on: date | None = None
    """The last session date on which it is armed, None for all."""

    def counts(self, choice: SessionChoice, at_ns: int) -> bool:
        """Say whether a trade of that moment, in a session of that *choice*, is this rule's business."""
        return choice in self.sessions and at_ns >= max(self.since_ns, self.chosen_at.get(choice, 0))

    def is_in_force(self, session_date: date) -> bool:
        """Say whether it has not expired before *session_date*."""
        return self.expires_on is None or session_date <= self.expires_on


class RuleState(Struct, frozen=True):
    """How often a rule has fired on a session date, and until which event time it rests (UTC epoch ns)."""

    rule_version: int
    session_date: date
    firings: int
    rests_until_ns: int
    awaits_return: bool = False
    """Whether it is a crossing rule that has fired, and the price has not gone back since then."""
    turned_by_ns: int = 0
    """By when all was over that has made it fire, or armed it again (UTC epoch ns)."""

    def alert_id(self, rule_id: str) -> str:
        """Return the id of the alert that left a rule in this state."""
        return f"{rule_id}:{self.rule_version}:{self.session_date}:{self.firings}"

    def is_later_than(self, other: "RuleState") -> bool:
        """Say whether this state came after the *other* of the same rule."""
        return (self.rule_version, self.session_date, self.firings) > (
            other.rule_version,
            other.session_date,
            other.firings,
        )

    def is_armed(self, rule: Rule, at_ns: int, *, behind_ns: int | None) -> bool:
        """Say whether a trade of that moment may fire *rule*.

        Args:
            rule: whose state this is.
            at_ns: UTC epoch ns.
            behind_ns: behind which moment it was, if nobody saw it; None if somebody did.
        """
        if self.awaits_return or (rule.repetition is Repetition.SESSION and self.firings):
            return False
        return self._is_news(at_ns, behind_ns=behind_ns if rule.repetition is Repetition.CROSSING else None)

    def fired(self, rule: Rule, at_ns: int, rest_ns: int, *, by_ns: int) -> "RuleState":
        """Return the state of *rule* after it has fired.

        Args:
            rule: whose state this is.
            at_ns: as of which moment (UTC epoch ns).
            rest_ns: how long others rest.
            by_ns: by when what fired it was over: a minute bar tells no second.
        """
        until_ns = at_ns
        if rule.repetition is Repetition.REST:
            until_ns += rule.rest_ns or rest_ns
        elif rule.repetition is Repetition.ONCE:
            until_ns = FOR_EVER_NS
        return msgspec.structs.replace(
            self,
            firings=self.firings + 1,
            rests_until_ns=until_ns,
            awaits_return=rule.repetition is Repetition.CROSSING,
            turned_by_ns=max(self.turned_by_ns, by_ns),
        )

    def is_done(self, rule: Rule) -> bool:
        """Say whether *rule* fires no more on this session date, whatever comes."""
        is_over = rule.repetition is Repetition.SESSION and self.firings > 0
        return is_over or self.rests_until_ns == FOR_EVER_NS

    def may_return(self, rule: Rule, at_ns: int, *, behind_ns: int | None) -> bool:
        """Say whether a trade of that moment may arm *rule* again: it awaits that the price goes back."""
        is_of_rule = self.awaits_return and self.rule_version == rule.version
        return is_of_rule and self._is_news(at_ns, behind_ns=behind_ns)

    def _is_news(self, at_ns: int, *, behind_ns: int | None) -> bool:
        """Say whether that moment is not over; what is told in hindsight must be behind all that has turned the rule.

        What is seen comes after all that was told before it.
        """
        if behind_ns is None:
            return at_ns >= self.rests_until_ns
        return behind_ns >= max(self.rests_until_ns, self.turned_by_ns)

    def returned(self, at_ns: int, *, by_ns: int) -> "RuleState":
        """Return the state of a crossing rule after the price has gone back as of *at_ns*, and surely *by_ns*."""
        turned_by_ns = max(self.turned_by_ns, by_ns)
        return msgspec.structs.replace(self, rests_until_ns=at_ns, awaits_return=False, turned_by_ns=turned_by_ns)


def state_on(rule: Rule, state: RuleState | None, session_date: date) -> RuleState:
    """Return what *state* means for *rule* on a session date: firings count from 0 on each, and for each version."""
    if state is None or state.rule_version != rule.version:
        return RuleState(rule.version, session_date, 0, 0)
    if state.session_date != session_date:
        return msgspec.structs.replace(state, session_date=session_date, firings=0)
    return state


def threshold_of(rule: Rule, targets: Targets) -> tuple[float, float] | None:
    """Return the price, or shares, that *rule* waits for on the day of *targets*, and what its level is measured from.

    Returns None where nobody knows from what to measure.
    """
    if rule.kind is RuleKind.SIGMA and targets.obstacle:
        return None
    high = high_of(rule.kind, rule.high_since, targets.highs)
    reference = reference_price(
        rule.kind,
        level=rule.level,
        base_price=targets.base_price,
        paid=rule.paid,
        high=high,
        usual_volume=targets.usual_volume,
    )
    if reference <= 0:
        return None
    sigma = targets.sigma
    return threshold_price(rule.kind, rule.direction, rule.level, reference=reference, sigma=sigma), reference


def return_price(rule: Rule, threshold: float, targets: Targets) -> float | None:
    """Return which price has gone back from *threshold* on the day of *targets*.

    Returns None where *rule* need not know it; shares never go back.
    """
    if rule.kind is RuleKind.VOLUME:
        return None
    if rule.repetition is Repetition.CROSSING:
        distance = threshold * rule.band
    elif rule.repetition is Repetition.REST:
        tick = tick_size(threshold, targets.venue, Instrument.of_kind(targets.kind))
        distance = max(threshold * WOBBLE_BAND, WOBBLE_TICKS * tick)
    else:
        return None
    sign = 1 if rule.direction is Direction.BELOW else -1
    return round(threshold + sign * distance, DECIMALS)


def has_reached(price: float, threshold: float, direction: Direction) -> bool:
    """Say whether *price* has reached *threshold* in that direction."""
    return price <= threshold if direction is Direction.BELOW else price >= threshold
