"""What feed and evaluator cost flat out, and how many trades a second get through, beside the minimal pipeline."""

from functools import partial

from benchmarks import load
from benchmarks.measurement import Measurement, at_least_times, at_most, at_most_times
from benchmarks.stage import Run, Stage
from benchmarks.trial import in_turns

__all__ = ["measure"]

PER_FRAME = (1, 4, 20)
COST_MARKS = {"feed": at_most_times(1.2), "evaluator": at_most_times(1.3)}
YIELD_MARK = at_least_times(0.75)
NOTHING_LOST = at_most(0)


def measure(stage: Stage, rounds: int, seconds: float) -> list[Measurement]:
    """Return costs, trades a second and losses with 1, 4 and 20 records in a frame, *seconds* each."""
    return [measured for per_frame in PER_FRAME for measured in _measure(stage, per_frame, rounds, seconds)]


def _measure(stage: Stage, per_frame: int, rounds: int, seconds: float) -> list[Measurement]:
    cases = {name: partial(_run, stage, name, per_frame, seconds) for name in stage.names}
    runs = in_turns(rounds, cases)
    ours, floor = runs["ours"], runs["floor"]
    case = f"{per_frame} in a frame, flat out"
    costs = [
        Measurement(
            part="pipeline",
            case=case,
            quantity=f"{role}: CPU a trade",
            unit="µs",
            ours=[run.cpu_us[role] for run in ours],
            floor=[run.cpu_us[role] for run in floor],
            mark=mark,
        )
        for role, mark in COST_MARKS.items()
    ]
    return [
        *costs,
        Measurement(
            part="pipeline",
            case=case,
            quantity="trades a second, socket to evaluator",
            unit="",
            ours=[_rate(run) for run in ours],
            floor=[_rate(run) for run in floor],
            mark=YIELD_MARK,
        ),
        Measurement(
            part="pipeline",
            case=case,
            quantity="trades lost in all rounds",
            unit="",
            ours=[float(sum(run.lost for run in ours))],
            floor=[float(sum(run.lost for run in floor))],
            mark=NOTHING_LOST,
        ),
    ]


def _run(stage: Stage, name: str, per_frame: int, seconds: float) -> Run:
    return stage.play(name, load.Play(seconds=seconds, records=per_frame))


def _rate(run: Run) -> float:
    return round(run.evaluated / run.took_s)
