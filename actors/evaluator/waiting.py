"""What a rule waits for, and what keeps it from firing: for whoever asks why there was no alert. Pure."""

import enum
from datetime import date

from msgspec import Struct

from actors.evaluator.rules import Rule, RuleState

__all__ = ["Stage", "Waiting", "stage_of"]


class Stage(enum.Enum):
    """Where a rule is in its life."""

    ARMED = "armed"
    """The next trade at its threshold fires it."""
    RESTING = "resting"
    """It has fired; until its rest is over it is silent."""
    AWAITING_RETURN = "awaiting return"
    """It has fired, and the price has not gone back far enough."""
    DONE = "done"
    """It has fired, and fires no more: on this session date, or ever."""
    HELD = "held"
    """Its threshold is measured from another base price than the exchange's; it is being made anew."""
    WITHOUT_THRESHOLD = "without threshold"
    """What it is measured from is not known for this session date."""
    EXPIRED = "expired"
    """Its last session date is over."""


class Waiting(Struct, frozen=True, kw_only=True):
    """One rule on the session date of the last trade, or of the newest targets before there was one."""

    rule: Rule
    session_date: date
    threshold: float | None
    stage: Stage
    firings: int
    rests_until_ns: int
    """UTC epoch ns, of event time; 0 if it has not fired."""
    volume: int = 0
    """The shares traded so far, as far as they have been looked at; 0 where nobody waits for them."""


def stage_of(rule: Rule, state: RuleState, threshold: float | None, now_ns: int, *, is_held: bool) -> Stage:
    """Return where *rule* is at *now_ns* (UTC epoch ns) in its *state* of a session date.

    Args:
        rule: with its repetition.
        state: as `state_on` returns it.
        threshold: what it waits for on that date, None if that is not known.
        now_ns: a trade of this moment is asked about.
        is_held: whether the base price is not the exchange's.
    """
    reasons = (
        (not rule.is_in_force(state.session_date), Stage.EXPIRED),
        (is_held, Stage.HELD),
        (threshold is None, Stage.WITHOUT_THRESHOLD),
        (state.is_done(rule), Stage.DONE),
        (state.awaits_return, Stage.AWAITING_RETURN),
        (now_ns < state.rests_until_ns, Stage.RESTING),
    )
    return next((stage for holds, stage in reasons if holds), Stage.ARMED)
