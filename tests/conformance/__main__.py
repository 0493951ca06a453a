"""`make conformance`: clients that we did not write, against the simulated KIS and the simulated Telegram."""

import itertools
import sys

from tests.conformance import kis, telegram

__all__ = ["main"]


def main() -> int:
    """Check every client, and return 0 only if each understood all that it heard and was understood."""
    failures = 0
    for name, problem in itertools.chain(kis.check(), telegram.check()):
        failures += bool(problem)
        sys.stdout.write(f"❌ {name}: {problem}\n" if problem else f"✅ {name}\n")
        sys.stdout.flush()
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
