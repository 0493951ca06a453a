"""What a rule waits for, in words: of an alert, of a rule in a list, of what was reached in a day. Pure."""

from typing import Protocol

from actors.market.money import price_text
from actors.words.catalogue import Words
from actors.words.points import point_name
from protocol.messages import Venue
from protocol.rules import Direction, RuleKind, is_purchase

__all__ = ["Waiting", "condition_text", "reached_text", "threshold_text"]


PLAIN = frozenset({RuleKind.SIGMA, RuleKind.VOLUME})
"""Of these the level is said as it is; of the others it is a price or a percentage."""


class Waiting(Protocol):
    """What tells of a rule what it waits for; see `protocol.rules`."""

    @property
    def kind(self) -> RuleKind:
        """What the level is measured from."""
        ...

    @property
    def direction(self) -> Direction:
        """From which side the threshold is reached."""
        ...

    @property
    def level(self) -> float:
        """How many σ, which price or which fraction."""
        ...


class Reached(Waiting, Protocol):
    """What tells that it was reached, too."""

    @property
    def reference(self) -> float:
        """The price, or shares, that the level is measured from."""
        ...

    @property
    def venue(self) -> Venue:
        """Where it trades."""
        ...


def condition_text(waiting: Waiting, reference: float, venue: Venue, words: Words) -> str:
    """Say what is waited for: so many σ, a price, a change from the *reference*, or so many times its shares."""
    kind, direction, level = waiting.kind, waiting.direction, waiting.level
    amount = f"{level:g}"
    if kind is RuleKind.PRICE:
        amount = price_text(level, venue, words.language)
    elif kind not in PLAIN:
        amount = f"{round(level * 100, 2):g}%"
    measured_from = threshold_text(kind, reference, venue, words)
    return words.say(f"rule.condition.{kind.value}.{direction.value}", amount=amount, reference=measured_from)


def threshold_text(kind: RuleKind, threshold: float, venue: Venue, words: Words) -> str:
    """Say what a rule is reached at: a price, or so many shares."""
    if kind is RuleKind.VOLUME:
        return words.say("fact.shares", count=f"{threshold:,.0f}")
    return price_text(threshold, venue, words.language)


def reached_text(reached: Reached, words: Words) -> str:
    """Say what was reached: a point to buy at by its number, anything else by what was waited for."""
    if is_purchase(reached.kind, reached.direction):
        return point_name(reached.level, words)
    return condition_text(reached, reached.reference, reached.venue, words)
