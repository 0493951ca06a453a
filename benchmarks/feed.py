"""What the way from the socket to trades costs: our socket and intake beside bare `websockets` and the bare split."""

import subprocess
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import load
from benchmarks.measurement import Measurement, at_most_times
from benchmarks.processes import Child, cpu_s, start, stop
from benchmarks.tally import Tally
from benchmarks.trial import in_turns

__all__ = ["measure"]

PER_FRAME = (1, 4, 20)
MARK = at_most_times(1.15)
MODULES = {
    "ours": ("benchmarks.receiver",),
    "split": ("benchmarks.floors.receive", "--split"),
    "received": ("benchmarks.floors.receive",),
}
QUIET_S = 0.3
WARM_UP_S = 0.5


class _Receiver:
    """One process that receives."""

    def __init__(self, name: str, directory: Path, url: str) -> None:
        module, *options = MODULES[name]
        path = directory / name
        self.tally = Tally(path)
        self.path = f"/{name}"
        self.process: subprocess.Popen[bytes] = start(module, url + self.path, str(path), *options)

    def wait_until_quiet(self) -> int:
        """Return the tally once it has stood still for a moment."""
        moved_at, count = time.monotonic(), self.tally.count
        while time.monotonic() - moved_at < QUIET_S:
            time.sleep(QUIET_S / 10)
            if self.tally.count != count:
                moved_at, count = time.monotonic(), self.tally.count
        return count


def measure(rounds: int, seconds: float, directory: Path) -> list[Measurement]:
    """Return the CPU time of a trade with 1, 4 and 20 records in a frame, flat out, *seconds* each."""
    with ExitStack() as stack:
        loader = stack.enter_context(Child("benchmarks.load"))
        url = f"ws://127.0.0.1:{loader.hear(load.Listening).port}"
        receivers = {name: _Receiver(name, directory, url) for name in MODULES}
        for receiver in receivers.values():
            stack.callback(stop, receiver.process)
            _cost(loader, receiver, 20, WARM_UP_S)
        return [
            measured for per_frame in PER_FRAME for measured in _measure(loader, receivers, per_frame, rounds, seconds)
        ]


def _measure(
    loader: Child, receivers: dict[str, _Receiver], per_frame: int, rounds: int, seconds: float
) -> list[Measurement]:
    cases = {name: partial(_cost, loader, receiver, per_frame, seconds) for name, receiver in receivers.items()}
    costs = in_turns(rounds, cases)
    case = f"{per_frame} in a frame"
    return [
        _measurement(case, "CPU a trade, beside `websockets` and split", costs["ours"], costs["split"], marked=True),
        _measurement(case, "the same, beside `websockets` alone", costs["ours"], costs["received"], marked=False),
    ]


def _measurement(case: str, quantity: str, ours: list[float], floor: list[float], *, marked: bool) -> Measurement:
    mark = MARK if marked else None
    return Measurement(part="feed", case=case, quantity=quantity, unit="µs", ours=ours, floor=floor, mark=mark)


def _cost(loader: Child, receiver: _Receiver, per_frame: int, seconds: float) -> float:
    """Return the CPU time of a trade, µs; flat out TCP holds the load back, so everything that is sent arrives."""
    before = cpu_s(receiver.process.pid)
    played = loader.ask(load.Play(path=receiver.path, seconds=seconds, records=per_frame), load.Played)
    receiver.wait_until_quiet()
    return (cpu_s(receiver.process.pid) - before) * 1e6 / played.trades
