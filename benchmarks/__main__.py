"""`python -m benchmarks`: measure, print a Markdown table, and say which marks are met.

The exit code is 0 whatever the figures are: they depend on the machine and on its neighbours.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import charts, feed, latency, memory, parse, pipeline, telegram
from benchmarks.machine import describe_machine
from benchmarks.measurement import Measurement
from benchmarks.processes import ROOT
from benchmarks.report import render, write_into
from benchmarks.stage import open_stage

__all__ = ["main"]

TITLES = {
    "parse": "Parse: a frame's bytes to trades",
    "feed": "Socket to trades, flat out",
    "pipeline": "Feed and evaluator, flat out",
    "latency": "WebSocket frame to HTTP request",
    "telegram": "Feed and evaluator before a bad Telegram, beside a good one (its floor)",
    "charts": "A picture of an alert",
    "memory": "Memory of the demo, simulator aside",
}
DOCUMENT = ROOT / "docs" / "performance.md"
ROUNDS = 5
SECONDS = 3.0
QUICK_ROUNDS = 1
QUICK_SECONDS = 1.0


class _Plan(Struct, frozen=True):
    """How long to measure what, and where the files of it lie."""

    parts: list[str]
    rounds: int
    seconds: float
    directory: Path


def main() -> int:
    """Measure what the command line asks for; return the exit code."""
    options = _parser().parse_args()
    # Told to end, it ends what it has started, too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if options.quick else (options.rounds, options.seconds)
    parts = [part for part in TITLES if part in options.parts or not options.parts]
    if options.write and parts != list(TITLES):
        sys.stderr.write("--write wants all parts: leave out their names\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.directory) as directory:
        machine = describe_machine(Path(directory))
        measurements = measure(_Plan(parts, rounds, seconds, Path(directory)))
    text = render(TITLES, machine, measurements)
    sys.stdout.write(text)
    if options.json:
        report = {"machine": machine, "rounds": rounds, "seconds": seconds, "measurements": measurements}
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    if options.write:
        write_into(DOCUMENT, text)
    return 0


def measure(plan: _Plan) -> list[Measurement]:
    """Return what was measured, part by part."""
    found: list[Measurement] = []
    alone: dict[str, Callable[[Path], list[Measurement]]] = {
        "parse": lambda _: parse.measure(plan.rounds),
        "feed": lambda directory: feed.measure(plan.rounds, plan.seconds, directory),
    }
    for part, run in alone.items():
        if part in plan.parts:
            with _told(part), tempfile.TemporaryDirectory(dir=plan.directory) as directory:
                found += run(Path(directory))
    found += _measure_lines(plan)
    if "telegram" in plan.parts:
        with _told("telegram"), tempfile.TemporaryDirectory(dir=plan.directory) as directory:
            found += telegram.measure(plan.rounds, plan.seconds, Path(directory))
    if "charts" in plan.parts:
        with _told("charts"):
            found += charts.measure(plan.rounds)
    if "memory" in plan.parts:
        with _told("memory"):
            found += memory.measure(plan.rounds, plan.directory)
    return found


def _measure_lines(plan: _Plan) -> list[Measurement]:
    """Return what is measured of the whole line, which is started once for both parts."""
    found: list[Measurement] = []
    subjects = {"pipeline": pipeline.measure, "latency": latency.measure}
    if subjects.keys() & set(plan.parts):
        with open_stage(plan.directory) as stage:
            for part, run in subjects.items():
                if part in plan.parts:
                    with _told(part):
                        found += run(stage, plan.rounds, plan.seconds)
    return found


@contextmanager
def _told(part: str) -> Iterator[None]:
    sys.stderr.write(f"{TITLES[part]} …\n")
    sys.stderr.flush()
    yield


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the product beside its floors.")
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[[], *TITLES], help=f"any of {', '.join(TITLES)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each case is run (default: {ROUNDS})")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"how long each run of a case takes (default: {SECONDS:g})"
    )
    parser.add_argument("--quick", action="store_true", help="one round of a second, to see whether it works at all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round's figures to FILE, too")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument(
        "--directory", type=Path, help="where the databases of the run lie; a disk, not memory (default: /tmp)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
