"""A load, a sink, and both lines between them, for as long as a subject needs them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from benchmarks import load, sink
from benchmarks.lines import FloorLine, Line, ProductLine
from benchmarks.processes import Child, cpu_s

__all__ = ["Run", "Stage", "open_stage"]

POLL_S = 0.02
WARM_UP_S = 0.5


class Run(Struct, frozen=True, kw_only=True):
    """What came of one play."""

    played: load.Played
    evaluated: int
    took_s: float
    """From the first trade sent until the last one was evaluated."""
    cpu_us: dict[str, float]
    """CPU time of each process, µs a trade."""

    @property
    def lost(self) -> int:
        """Trades that were sent and not evaluated."""
        return self.played.trades - self.evaluated


class Stage:
    """Load, sink, and the lines by name."""

    def __init__(self, loader: Child, phone: Child, lines: dict[str, Line]) -> None:
        self.phone = phone
        self.lines = lines
        self._loader = loader

    def play(self, name: str, order: load.Play, patience_s: float = 5.0) -> Run:
        """Send line *name* what *order* says, wait until all is evaluated or nothing more comes, and return the costs."""
        line = self.lines[name]
        evaluated_before = line.evaluated()
        cpu_before = cpu_of(line)
        played = self._loader.ask(order, load.Played)
        evaluated = wait_until_evaluated(line, evaluated_before + played.trades, patience_s) - evaluated_before
        took_s = (max(time.monotonic_ns(), played.ended_ns) - played.began_ns) / 1e9
        cpu = {role: spent - cpu_before[role] for role, spent in cpu_of(line).items()}
        cpu_us = {role: spent * 1e6 / played.trades for role, spent in cpu.items()}
        return Run(played=played, evaluated=evaluated, took_s=took_s, cpu_us=cpu_us)

    def warm_up(self) -> None:
        """Let every line run for a moment: connections are made, code is loaded, memories are filled."""
        for name, line in self.lines.items():
            for records in (1, 20):
                self.play(name, load.Play(path=line.path, seconds=WARM_UP_S, records=records))
            self.play(name, load.Play(path=line.path, seconds=2 * WARM_UP_S, rate=1_000.0, crossings_per_s=20.0))
        time.sleep(WARM_UP_S)
        self.phone.ask(sink.Take(), sink.Arrivals)


@contextmanager
def open_stage(directory: Path) -> Iterator[Stage]:
    """Hold a warmed-up stage whose files lie in *directory*."""
    with ExitStack() as stack:
        loader = stack.enter_context(Child("benchmarks.load"))
        phone = stack.enter_context(Child("benchmarks.sink"))
        ws_url = f"ws://127.0.0.1:{loader.hear(load.Listening).port}"
        http_url = f"http://127.0.0.1:{phone.hear(sink.Listening).port}"
        lines: dict[str, Line] = {}
        for name, line_type in (("ours", ProductLine), ("floor", FloorLine)):
            home = directory / name
            home.mkdir()
            lines[name] = stack.enter_context(line_type(home, ws_url, http_url))
        stage = Stage(loader, phone, lines)
        stage.warm_up()
        yield stage


def cpu_of(line: Line) -> dict[str, float]:
    """Return the CPU time of each process of *line* so far, seconds."""
    return {role: cpu_s(pid) for role, pid in line.pids.items()}


def wait_until_evaluated(line: Line, count: int, patience_s: float) -> int:
    """Return how many trades *line* has evaluated as soon as these are *count*, or nothing has come for *patience_s*."""
    evaluated = line.evaluated()
    moved_at = time.monotonic()
    while evaluated < count and time.monotonic() - moved_at < patience_s:
        time.sleep(POLL_S)
        before, evaluated = evaluated, line.evaluated()
        if evaluated > before:
            moved_at = time.monotonic()
    return evaluated
