"""How long a trade that reaches a target takes from the socket to the phone, beside the minimal pipeline.

From the moment before the frame is written to the WebSocket to the moment in which the last byte of the HTTP request is
read; both clocks are the machine's monotonic one. An alert is recognised by its symbol and price.
"""

import time
from functools import partial

from msgspec import Struct

from benchmarks import load, sink
from benchmarks.measurement import Mark, Measurement, at_most, at_most_times
from benchmarks.stage import Run, Stage
from benchmarks.trial import in_turns, percentile

__all__ = ["measure"]

RATES = (100.0, 1_000.0, 10_000.0, 20_000.0)
ALERTS_PER_S = 25.0
MEDIAN_MARK, TAIL_MARK = at_most_times(1.25), at_most_times(1.5)
NOTHING_LOST = at_most(0)
LONGER = 4
"""So many times as long as others its runs are: of 75 alerts the p99 would be the slowest, of 300 it is the fourth."""
PATIENCE_S = 3.0
POLL_S = 0.05


class _Trial(Struct, frozen=True):
    """One run: how long each alert took, microseconds, how many did not come, and what it cost."""

    latencies_us: list[float]
    missing: int
    run: Run

    @property
    def feed_and_evaluator_us(self) -> float:
        """CPU time of both, µs a trade."""
        return self.run.cpu_us["feed"] + self.run.cpu_us["evaluator"]


def measure(stage: Stage, rounds: int, seconds: float) -> list[Measurement]:
    """Return p50, p99, losses and costs at each rate, `LONGER` times *seconds* each."""
    return [measured for rate in RATES for measured in _measure(stage, rate, rounds, LONGER * seconds)]


def _measure(stage: Stage, rate: float, rounds: int, seconds: float) -> list[Measurement]:
    cases = {name: partial(_try, stage, name, rate, seconds) for name in stage.names}
    trials = in_turns(rounds, cases)

    def measured(quantity: str, unit: str, values: dict[str, list[float]], mark: Mark | None = None) -> Measurement:
        return Measurement(
            part="latency",
            case=f"{rate:,.0f} trades/s",
            quantity=quantity,
            unit=unit,
            ours=values["ours"],
            floor=values["floor"],
            mark=mark,
        )

    def of_each(share: float) -> dict[str, list[float]]:
        return {name: [percentile(each.latencies_us, share) for each in found] for name, found in trials.items()}

    return [
        measured("p50", "µs", of_each(0.5), MEDIAN_MARK),
        measured("p99", "µs", of_each(0.99), TAIL_MARK),
        measured(
            "feed and evaluator: CPU a trade",
            "µs",
            {name: [each.feed_and_evaluator_us for each in found] for name, found in trials.items()},
        ),
        measured(
            "trades and alerts lost in all rounds",
            "",
            {name: [float(sum(each.missing + each.run.lost for each in found))] for name, found in trials.items()},
            NOTHING_LOST,
        ),
    ]


def _try(stage: Stage, name: str, rate: float, seconds: float) -> _Trial:
    run = stage.play(name, load.Play(seconds=seconds, rate=rate, crossings_per_s=ALERTS_PER_S))
    sent_ns = {(stamp.symbol, stamp.price): stamp.sent_ns for stamp in run.played.stamps}
    latencies_us = []
    deadline = time.monotonic() + PATIENCE_S
    while sent_ns and time.monotonic() < deadline:
        for arrival in stage.phone.ask(sink.Take(), sink.Arrivals).messages:
            began_ns = sent_ns.pop((arrival.symbol, arrival.price), None)
            if began_ns is not None:
                latencies_us.append((arrival.arrived_ns - began_ns) / 1e3)
        time.sleep(POLL_S)
    return _Trial(latencies_us, len(sent_ns), run)
