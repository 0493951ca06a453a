"""What feed and evaluator feel of a Telegram that is slow, refuses or is silent, beside one that takes all at once.

Four lines of ours in turns, the same load for each, 70 alerts a second in it. Each speaks to a phone of its own: one is
in a good mood, and with it the others are compared, which have more and more to bring. While one plays, the telegrams
of the others stand still. How long a decision takes is measured from the moment before the frame is written to the
WebSocket to the line in evaluator's log that says when the alert was on disk and its doorbell rung.

Of a thousand decisions the ten slowest make the p99, and a neighbour on the machine makes as many in a second. So there
are many decisions, and twice as many rounds as elsewhere; the p99 is each round's, and the median of their ratios
counts. What strikes too seldom for that shows in the p99 of all decisions together, which has no mark.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from actors.runtime.clock import WorldTime
from actors.runtime.config import load_settings
from benchmarks import load, sink
from benchmarks.lines import Line, product_line
from benchmarks.measurement import Mark, Measurement, at_least_times, at_most, at_most_times
from benchmarks.processes import Child
from benchmarks.stage import Run, Stage
from benchmarks.trial import in_turns, percentile
from protocol.moments import to_ns

__all__ = ["decided_ns", "measure"]

ALERTS_PER_S = 70.0
ROUNDS_FOR_ONE = 2
CATCH_UP_S = 0.3
"""What telegram does at once because it stood still takes less, and is no part of what is measured."""
PACE, FLOOD = 5 / 3, 1 / 4
"""How long a turn is at a pace, then flat out, in seconds of the command line: together longer than a slow answer."""
RATE = 1_000.0
PER_FRAME = 4
YIELD_MARK = at_least_times(0.9)
DELAY_MARK = at_most_times(1.1)
NOTHING_LOST = at_most(0)
PATIENCE_S = 5.0
POLL_S = 0.05


class _Trial(Struct, frozen=True):
    """One run at a pace and one flat out."""

    pace: Run
    delays_us: list[float]
    """Of each alert in it, from the socket to the doorbell."""
    flood: Run

    @property
    def trades_per_s(self) -> float:
        """What got through flat out."""
        return round(self.flood.evaluated / self.flood.took_s)

    @property
    def cost_us(self) -> float:
        """CPU time of feed and evaluator flat out, µs a trade."""
        return self.flood.cpu_us["feed"] + self.flood.cpu_us["evaluator"]

    @property
    def telegram_ms(self) -> float:
        """CPU time of telegram at a pace, milliseconds a second."""
        return self.pace.cpu_us["notifier"] * self.pace.played.trades / 1e3 / self.pace.took_s

    @property
    def lost(self) -> int:
        """Trades that were never looked at, and alerts that were never decided."""
        return self.flood.lost + self.pace.lost + len(self.pace.played.stamps) - len(self.delays_us)


class _Logged(Struct, frozen=True):
    event: str
    rung_at: datetime | None = None
    symbol: str = ""
    price: float = 0.0


class _Decisions:
    """What evaluator's log tells of alerts, from where it was read last."""

    def __init__(self, path: Path, zero_ns: int) -> None:
        self._path = path
        self._zero_ns = zero_ns
        """The world's moment at which the monotonic clock showed nothing."""
        self._read = 0

    def take(self) -> dict[tuple[str, int], int]:
        """Return when the doorbell rang for each new alert, by symbol and price: monotonic nanoseconds."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            lines = file.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self._read += sum(map(len, whole))
        return decided_ns(whole, self._zero_ns)


def decided_ns(lines: list[bytes], zero_ns: int) -> dict[tuple[str, int], int]:
    """Return when the doorbell rang for each alert in *lines* of evaluator's log: nanoseconds since *zero_ns*."""
    logged = (msgspec.json.decode(line, type=_Logged) for line in lines)
    return {
        (each.symbol, int(each.price)): to_ns(each.rung_at) - zero_ns for each in logged if each.rung_at is not None
    }


class _House:
    """A line with the phone that it speaks to; its telegram stands still unless it plays."""

    def __init__(self, stage: Stage, line: Line, decisions: _Decisions) -> None:
        self._stage = stage
        self._line = line
        self._decisions = decisions

    def play(self, seconds: float) -> _Trial:
        """Let telegram go on, and play."""
        self._line.resume("notifier")
        time.sleep(CATCH_UP_S)
        self._decisions.take()
        pace = self._play(load.Play(seconds=PACE * seconds, rate=RATE, crossings_per_s=ALERTS_PER_S))
        delays_us = self._delays_of(pace)
        flood = self._play(load.Play(seconds=FLOOD * seconds, records=PER_FRAME, crossings_per_s=ALERTS_PER_S))
        self._line.pause("notifier")
        return _Trial(pace, delays_us, flood)

    @contextmanager
    def in_mood(self, mood: sink.Mood) -> Iterator[None]:
        """Let the phone be in that *mood*, and in a good one again in the end."""
        self._behave(mood)
        self._line.pause("notifier")
        try:
            yield
        finally:
            self._behave(sink.Mood.GOOD)
            # What stands still does not hear that it shall end.
            self._line.resume("notifier")

    def _behave(self, mood: sink.Mood) -> None:
        self._stage.phone.ask(sink.Behave(mood), sink.Arrivals)

    def _play(self, order: load.Play) -> Run:
        (name,) = self._stage.names
        return self._stage.play(name, order)

    def _delays_of(self, run: Run) -> list[float]:
        sent_ns = {(stamp.symbol, stamp.price): stamp.sent_ns for stamp in run.played.stamps}
        delays_us: list[float] = []
        deadline = time.monotonic() + PATIENCE_S
        while len(delays_us) < len(run.played.stamps) and time.monotonic() < deadline:
            found = self._decisions.take()
            delays_us += [(decided - sent_ns[key]) / 1e3 for key, decided in found.items() if key in sent_ns]
            time.sleep(POLL_S)
        return delays_us


def measure(rounds: int, seconds: float, directory: Path) -> list[Measurement]:
    """Return yield, delays, cost and losses with a Telegram in each bad mood."""
    with ExitStack() as stack:
        loader = stack.enter_context(Child("benchmarks.load"))
        ws_url = f"ws://127.0.0.1:{loader.hear(load.Listening).port}"
        plays: dict[str, Callable[[], _Trial]] = {}
        for mood in sink.Mood:
            house = stack.enter_context(_house(directory / mood.name.lower(), loader, ws_url, mood))
            plays[mood.value] = partial(house.play, seconds)
        trials = in_turns(ROUNDS_FOR_ONE * rounds, plays)
    good = trials.pop(sink.Mood.GOOD.value)
    return [measured for mood, bad in trials.items() for measured in _measured(mood, bad, good)]


@contextmanager
def _house(home: Path, loader: Child, ws_url: str, mood: sink.Mood) -> Iterator[_House]:
    home.mkdir()
    with ExitStack() as stack:
        phone = stack.enter_context(Child("benchmarks.sink"))
        http_url = f"http://127.0.0.1:{phone.hear(sink.Listening).port}"
        line, counter = stack.enter_context(product_line(home, ws_url, http_url, f"/{home.name}"))
        stage = Stage(loader, phone, {home.name: (line, counter)})
        stage.warm_up()
        house = _House(stage, line, _decisions_in(home))
        stack.enter_context(house.in_mood(mood))
        yield house


def _decisions_in(home: Path) -> _Decisions:
    settings = load_settings(home / "conf" / "sigmabell.toml")
    world = msgspec.json.decode((settings.run_dir / "clock.json").read_bytes(), type=WorldTime)
    return _Decisions(settings.logs_dir / "evaluator-1.log", world.world_ns - world.monotonic_ns)


def _measured(mood: str, bad: list[_Trial], good: list[_Trial]) -> list[Measurement]:
    def measured(
        quantity: str, unit: str, figures: Callable[[list[_Trial]], list[float]], mark: Mark | None = None
    ) -> Measurement:
        return Measurement(
            part="telegram", case=mood, quantity=quantity, unit=unit, ours=figures(bad), floor=figures(good), mark=mark
        )

    def of_each(figure: Callable[[_Trial], float]) -> Callable[[list[_Trial]], list[float]]:
        return lambda trials: [figure(each) for each in trials]

    return [
        measured("trades a second, flat out", "", of_each(lambda each: each.trades_per_s), YIELD_MARK),
        measured("feed and evaluator: CPU a trade", "µs", of_each(lambda each: each.cost_us)),
        measured("frame to doorbell, p50", "µs", of_each(lambda each: percentile(each.delays_us, 0.5))),
        measured("frame to doorbell, p99", "µs", of_each(lambda each: percentile(each.delays_us, 0.99)), DELAY_MARK),
        measured("the same, p99 of all rounds together", "µs", _p99_of_all),
        measured("telegram: CPU a second", "ms", of_each(lambda each: each.telegram_ms)),
        measured(
            "trades and decisions lost in all rounds",
            "",
            lambda trials: [sum(each.lost for each in trials)],
            NOTHING_LOST,
        ),
    ]


def _p99_of_all(trials: list[_Trial]) -> list[float]:
    return [percentile([delay_us for each in trials for delay_us in each.delays_us], 0.99)]
