"""A load, a sink, and both lines between them, for as long as a subject needs them."""

import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import load, sink
from benchmarks.lines import Counter, Line, floor_line, product_line
from benchmarks.processes import Child

__all__ = ["Run", "Stage", "open_stage"]

POLL_S = 0.02
WARM_UP_S = 0.5
PATIENCE_S = 20.0
"""How long a count may stand still before what is missing counts as lost."""
OPENERS = {"ours": product_line, "floor": floor_line}


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
    """Load, sink, and the lines by name, each with its counter."""

    def __init__(self, loader: Child, phone: Child, lines: dict[str, tuple[Line, Counter]]) -> None:
        self.phone = phone
        self._loader = loader
        self._lines = lines

    @property
    def names(self) -> list[str]:
        """What the lines are called."""
        return list(self._lines)

    def play(self, name: str, order: load.Play) -> Run:
        """Send line *name* what *order* says, wait until all is evaluated or nothing more comes, and tell the costs."""
        line, counter = self._lines[name]
        count_before, cpu_before = counter.count, line.cpu()
        played = self._loader.ask(msgspec.structs.replace(order, path=line.path), load.Played)
        evaluated = _wait_for_count(counter, count_before + played.trades) - count_before
        took_s = (time.monotonic_ns() - played.began_ns) / 1e9
        cpu_us = {role: (spent - cpu_before[role]) * 1e6 / played.trades for role, spent in line.cpu().items()}
        return Run(played=played, evaluated=evaluated, took_s=took_s, cpu_us=cpu_us)

    def arrived(self, awaited: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
        """Return which of the *awaited* alerts (symbol and price) came, once all have or no more come for a while."""
        found: set[tuple[str, int]] = set()
        moved_at = time.monotonic()
        while len(found) < len(awaited) and time.monotonic() - moved_at < PATIENCE_S:
            time.sleep(POLL_S)
            messages = self.phone.ask(sink.Take(), sink.Arrivals).messages
            if messages:
                moved_at = time.monotonic()
            found |= {(each.symbol, each.price) for each in messages} & set(awaited)
        return found

    def weigh(self, name: str) -> dict[str, float]:
        """Return what each process of line *name* has in memory that is its own, by role, megabytes."""
        return self._lines[name][0].weigh()

    def warm_up(self) -> None:
        """Let every line run for a moment: connections are made, code is loaded, memories are filled."""
        for name in self.names:
            for records in (1, 20):
                self.play(name, load.Play(seconds=WARM_UP_S, records=records))
            self.play(name, load.Play(seconds=2 * WARM_UP_S, rate=1_000.0, crossings_per_s=20.0))
        time.sleep(WARM_UP_S)
        self.phone.ask(sink.Take(), sink.Arrivals)


@contextmanager
def open_stage(directory: Path, names: Collection[str] = tuple(OPENERS)) -> Iterator[Stage]:
    """Hold a warmed-up stage with the lines of these *names*, whose files lie in *directory*."""
    with ExitStack() as stack:
        loader = stack.enter_context(Child("benchmarks.load"))
        phone = stack.enter_context(Child("benchmarks.sink"))
        ws_url = f"ws://127.0.0.1:{loader.hear(load.Listening).port}"
        http_url = f"http://127.0.0.1:{phone.hear(sink.Listening).port}"
        lines = {}
        for name in names:
            home = directory / name
            home.mkdir()
            lines[name] = stack.enter_context(OPENERS[name](home, ws_url, http_url))
        stage = Stage(loader, phone, lines)
        stage.warm_up()
        yield stage


def _wait_for_count(counter: Counter, count: int) -> int:
    """Return the *counter*'s count as soon as it is *count*, or once it has stood still for some seconds."""
    found = counter.count
    moved_at = time.monotonic()
    while found < count and time.monotonic() - moved_at < PATIENCE_S:
        time.sleep(POLL_S)
        before, found = found, counter.count
        if found > before:
            moved_at = time.monotonic()
    return found
