"""`make fuzz`: throw damaged input at everything of ours that reads, and see that nothing dies of it.

    python -m tests.fuzz [--seconds 300] [--seed 1] [--only frames] [--from 0 --inputs 1]

The seconds are divided between the targets. Every harm is told with what to type to see it again.
"""

import argparse
import logging
import sys

import structlog

from tests.fuzz.campaign import harms
from tests.fuzz.targets import TARGETS, Target

__all__ = ["main"]

MOST_INPUTS = 10**9
MOST_TOLD = 5


def main() -> int:
    """Run the campaign and return 0 only if nothing did harm."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Throw damaged input at what reads.")
    parser.add_argument("--seconds", type=float, default=300.0, help="for how long in all")
    parser.add_argument("--seed", type=int, default=1, help="from which every input is made")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], help="one target")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first input's number")
    parser.add_argument("--inputs", type=int, default=MOST_INPUTS, help="how many at most, each target")
    options = parser.parse_args()
    # What our own code logs of what is thrown at it would hide what is told here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    chosen = [target for target in TARGETS if options.only in {None, target.name}]
    say(f"seed {options.seed}, {options.seconds:g} s")
    numbers = range(options.first, options.first + options.inputs)
    harmed = [strike(target, options.seed, numbers, options.seconds / len(chosen)) for target in chosen]
    return 1 if any(harmed) else 0


def strike(target: Target, seed: int, numbers: range, seconds: float) -> bool:
    """Throw *numbers* at *target*, say what came of it, and return whether any did harm."""
    thrown, found = 0, []
    for _, harm in harms(target, seed, numbers, seconds):
        thrown += 1
        if harm is not None:
            found.append(harm)
            say(str(harm))
            if len(found) == MOST_TOLD:
                break
    say(f"{'❌' if found else '✅'} {target.name:10} {thrown:9,} inputs")
    return bool(found)


def say(text: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
