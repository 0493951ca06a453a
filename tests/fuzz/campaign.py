"""Throw input at a target, and tell of what did harm so that it can be thrown again."""

import time
from collections.abc import Iterator

from msgspec import Struct

from tests.fuzz.mutation import mutant
from tests.fuzz.targets import Target

__all__ = ["Harm", "harms", "throw"]

SHOWN = 400


class Harm(Struct, frozen=True):
    """One input that did what no caller is prepared for; the same target, seed and number make it again."""

    target: str
    seed: int
    number: int
    text: bytes
    problem: str

    def __str__(self) -> str:
        """Return what to type, what was thrown and what came of it."""
        again = f'make fuzz ARGS="--only {self.target} --seed {self.seed} --from {self.number} --inputs 1"'
        return f"{self.target}: {self.problem}\n  {again}\n  {self.text[:SHOWN]!r}"


def throw(target: Target, seed: int, number: int) -> Harm | None:
    """Throw input *number* at *target*, and return the harm that it did."""
    text = mutant(target.seeds, target.name, seed, number)
    try:
        target.act(text)
    except target.expected:
        return None
    except Exception as error:  # noqa: BLE001 - whatever else comes is what we are looking for
        return Harm(target.name, seed, number, text, f"{type(error).__name__}: {error}"[:SHOWN])
    return None


def harms(
    target: Target, seed: int, numbers: range, seconds: float = float("inf")
) -> Iterator[tuple[int, Harm | None]]:
    """Yield each number that was thrown at *target* and what came of it, for so many *seconds* at most."""
    ends_at = time.monotonic() + seconds
    for number in numbers:
        if time.monotonic() >= ends_at:
            return
        yield number, throw(target, seed, number)
