"""A short slice of `make soak`: the three hot actors under load, as they run every day."""

from pathlib import Path

from benchmarks.soak import soak
from benchmarks.stage import open_stage


def test_a_few_seconds_of_load_lose_nothing(tmp_path: Path) -> None:
    """What `make soak` says after ten minutes, as far as seconds can tell."""
    with open_stage(tmp_path, ("ours",)) as stage:
        soaked = soak(stage, seconds=2.0, rate=2_000.0, slice_s=1.0)

    assert soaked.trades >= 2_000
    assert (soaked.lost_trades, soaked.lost_alerts) == (0, 0)
    assert set(soaked.weighings[-1]) == {"feed", "evaluator", "notifier"}
