"""`make chaos`: kill and cut the whole system at length, then check what was promised.

    python -m tests.chaos [--kills 200] [--feed-faults 40] [--seed 1]

Every run prints its seed: the same seed strikes the same blows.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
from pathlib import Path

import msgspec

from simulator.judgement.checker import details_of
from simulator.judgement.verdict import Verdict
from tests.chaos.feed_faults import FAULTS, fault_after_fault, order_and_heal
from tests.chaos.judgement import judge
from tests.chaos.kills import Healing, random_blows, strike
from tests.chaos.system import System, World, running_system

__all__ = ["main"]

FEWER_TRADES = 500.0
"""A second: the faults of KIS are many, and all that was traded is held against what was alerted."""
SOON_SILENT_S = 5.0
MARK_S = 30.0
"""Within so long after KIS's return, or the slot's, every symbol must be whole."""


def main() -> int:
    """Run the campaigns and return 0 only if every promise held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Kill and cut the whole system.")
    parser.add_argument("--kills", type=int, default=200, help="how many blows to processes")
    parser.add_argument("--feed-faults", type=int, default=len(FAULTS) * 3, help="how many faults of KIS")
    parser.add_argument("--seed", type=int, default=1, help="from which everything random is made")
    options = parser.parse_args()
    verdicts = []
    if options.kills:
        verdicts.append(kill_at_length(options.kills, options.seed))
    if options.feed_faults:
        verdicts.append(cut_at_length(options.feed_faults, options.seed))
    return 0 if all(verdict.is_clean for verdict in verdicts) else 1


def kill_at_length(count: int, seed: int) -> Verdict:
    """Strike *count* blows one after another, each when the one before has healed."""
    say(f"kills: {count} blows, seed {seed}, 2,000 trades/s")
    with tempfile.TemporaryDirectory() as directory, running_system(Path(directory), World(seed=seed)) as system:
        ready_at_ns = system.now_ns()
        healings = []
        for number, blow in enumerate(itertools.islice(random_blows(seed), count), 1):
            healing = strike(system, blow)
            healings.append(healing)
            say(f"{number:4} {blow!s:30} healed after {healing.healed_s:5.2f} s")
        readers = [healing.struck_at_ns for healing in healings if blinds(healing)]
        verdict = judge(system, ready_at_ns, readers)
    report(healings)
    say(verdict.summary())
    return verdict


def cut_at_length(count: int, seed: int) -> Verdict:
    """Order *count* faults of KIS one after another, each when data flows again."""
    say(f"feed faults: {count}, seed {seed}")
    world = World(seed=seed, trades_per_second=FEWER_TRADES, data_silence_s=SOON_SILENT_S)
    with tempfile.TemporaryDirectory() as directory, running_system(Path(directory), world) as system:
        ready_at_ns = system.now_ns()
        healings = []
        for number, fault in enumerate(itertools.islice(fault_after_fault(), count), 1):
            healing = order_and_heal(system, fault)
            healings.append(healing)
            say(f"{number:4} {fault.name:40} whole {healing.after_return_s:5.2f} s after KIS's return")
        verdict = judge(system, ready_at_ns, [done.ordered_at_ns for done in healings if done.fault.cuts])
        for line in [*unrepaired(system), *details_of(verdict)]:
            say(line)
    seconds = sorted(done.after_return_s for done in healings)
    say(f"whole again: median {statistics.median(seconds):.2f} s, longest {seconds[-1]:.2f} s; mark {MARK_S:g} s")
    say(verdict.summary())
    if seconds[-1] > MARK_S:
        say("the mark was missed")
    return verdict


def unrepaired(system: System) -> list[str]:
    """Return the holes that feed says it could not fill."""
    gaps = msgspec.convert(system.ask("feed", "gaps").get("gaps", []), list[dict[str, object]])
    return [f"unrepaired: {gap}" for gap in gaps if gap["outcome"] == "unrepaired"]


def blinds(healing: Healing) -> bool:
    """Whether trades of that moment may have been lost with a process that had read and not yet said them."""
    return "feed" in healing.blow.whom or "supervisord" in healing.blow.whom


def report(healings: list[Healing]) -> None:
    """Print how long each kind of blow took to heal."""
    kinds = {
        "one actor killed": [h for h in healings if h.blow.how == "kill" and h.blow.whom != ("supervisord",)],
        "stopped (SIGSTOP)": [h for h in healings if h.blow.how == "stop"],
        "supervisord killed": [h for h in healings if h.blow.whom == ("supervisord",)],
    }
    for kind, found in kinds.items():
        if found:
            seconds = sorted(healing.healed_s for healing in found)
            say(f"{kind}: {len(found)}, median {statistics.median(seconds):.2f} s, longest {seconds[-1]:.2f} s")


def say(line: str) -> None:
    """Print *line* at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
