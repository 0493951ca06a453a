"""What somebody may wait for, as the chat and the store have it. Pure."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from protocol.rules import Direction, Repetition, RuleKind

__all__ = ["NO_LEVELS", "Condition", "OwnRule", "SigmaLevel", "below", "read_levels", "write_levels"]

NO_LEVELS = "0"
"""What stands in the store of who wants none: empty is the operator's setting."""


class SigmaLevel(NamedTuple):
    """So many σ from the base price, on one side of it."""

    level: float
    direction: Direction = Direction.BELOW

    def __str__(self) -> str:
        """As a rule's id and the store have it: `1` below, `+1` above."""
        return f"{'+' if self.direction is Direction.ABOVE else ''}{self.level:g}"


class Condition(Struct, frozen=True, kw_only=True):
    """What is waited for, and how often it is told; as in `protocol.tables.telegram`."""

    kind: RuleKind
    level: float
    direction: Direction | None = None
    """None where it depends on the price now."""
    paid: float = 0.0
    high_since: date | None = None
    repetition: Repetition = Repetition.REST
    rest_s: float = 0.0
    expires_on: date | None = None


class OwnRule(Struct, frozen=True, kw_only=True):
    """A rule that somebody has, and has not deleted."""

    id: str
    number: int
    symbol: str
    kind: RuleKind
    level: float
    direction: Direction
    paid: float
    high_since: date | None
    repetition: Repetition
    rest_s: float
    expires_on: date | None
    is_paused: bool


def read_levels(text: str) -> list[SigmaLevel]:
    """Return the levels in *text*, as the store has them."""
    return [
        SigmaLevel(float(level), Direction.ABOVE if level.startswith("+") else Direction.BELOW)
        for level in text.split()
        if level != NO_LEVELS
    ]


def below(levels: Iterable[float]) -> list[SigmaLevel]:
    """Return so many σ below the base price as levels."""
    return [SigmaLevel(level) for level in levels]


def write_levels(levels: Collection[SigmaLevel]) -> str:
    """Return *levels* as the store has them."""
    return " ".join(map(str, levels))
