"""Send the line 20,000 trades a second for ten minutes: nothing may be lost, and memory stays flat.

`python -m benchmarks.soak`, or `make soak`. Feed, evaluator and telegram run as they do every day, with 25 alerts a
second, and are weighed after each slice: what each has written itself, for its share of libraries changes with the
neighbours. A process fills its memories first (the replay ring alone is 16 MB), so the first quarter is for that, and
*flat* means that the median of the last quarter is at most `MOST_DRIFT_MB` above that of the second. The exit code is 1
if it is not, or if a trade or an alert was lost.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from statistics import median

from msgspec import Struct

from benchmarks import load
from benchmarks.stage import Stage, open_stage

__all__ = ["Soaked", "soak"]

RATE = 20_000.0
SECONDS = 600.0
SLICE_S = 10.0
ALERTS_PER_S = 25.0
MOST_DRIFT_MB = 5.0
FEWEST_WEIGHINGS = 4


class Soaked(Struct, frozen=True, kw_only=True):
    """What came of it: losses, and what each process weighed after each slice, megabytes."""

    trades: int
    lost_trades: int
    lost_alerts: int
    weighings: list[dict[str, float]]

    @property
    def drift_mb(self) -> dict[str, float]:
        """By how much the last quarter lies above the second, by process; none where there are too few weighings."""
        quarter = len(self.weighings) // FEWEST_WEIGHINGS
        if quarter == 0:
            return {}
        second, last = self.weighings[quarter : 2 * quarter], self.weighings[-quarter:]
        return {name: _median(last, name) - _median(second, name) for name in last[0]}

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost and nobody grew."""
        lost = self.lost_trades + self.lost_alerts
        return lost == 0 and all(drift_mb <= MOST_DRIFT_MB for drift_mb in self.drift_mb.values())


def soak(stage: Stage, seconds: float, rate: float = RATE, slice_s: float = SLICE_S) -> Soaked:
    """Send our line *rate* trades a second for *seconds*, and weigh its processes every *slice_s* seconds."""
    (name,) = stage.names
    trades = lost_trades = 0
    awaited: set[tuple[str, int]] = set()
    weighings: list[dict[str, float]] = []
    for _ in range(max(1, round(seconds / slice_s))):
        run = stage.play(name, load.Play(seconds=slice_s, rate=rate, crossings_per_s=ALERTS_PER_S))
        trades += run.played.trades
        lost_trades += run.lost
        awaited |= {(stamp.symbol, stamp.price) for stamp in run.played.stamps}
        awaited -= stage.arrived(awaited)
        weighings.append(stage.weigh(name))
        _tell(weighings[-1], len(weighings) * slice_s)
    return Soaked(trades=trades, lost_trades=lost_trades, lost_alerts=len(awaited), weighings=weighings)


def _median(weighings: list[dict[str, float]], name: str) -> float:
    return median(weighing[name] for weighing in weighings)


def _tell(weighing: dict[str, float], passed_s: float) -> None:
    weights = ", ".join(f"{name} {megabytes:.1f} MB" for name, megabytes in weighing.items())
    sys.stderr.write(f"{passed_s:6.0f} s  {weights}\n")


def main() -> int:
    """Soak for as long as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Load the line for long.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"how long (default: {SECONDS:g})")
    parser.add_argument("--rate", type=float, default=RATE, help=f"trades a second (default: {RATE:,.0f})")
    parser.add_argument("--directory", type=Path, help="where the databases lie; a disk, not memory (default: /tmp)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with (
        tempfile.TemporaryDirectory(prefix="soak-", dir=options.directory) as directory,
        open_stage(Path(directory), ("ours",)) as stage,
    ):
        soaked = soak(stage, options.seconds, options.rate)
    drift = ", ".join(f"{name} {drift_mb:+.1f} MB" for name, drift_mb in soaked.drift_mb.items()) or "too short to tell"
    verdict = "well" if soaked.is_well else "NOT WELL"
    sys.stdout.write(
        f"{verdict}: {soaked.trades:,} trades, {soaked.lost_trades} lost; {soaked.lost_alerts} alerts lost; {drift}\n"
    )
    return 0 if soaked.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
