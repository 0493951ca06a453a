"""What parsing costs: our frames beside the bare split, in one process, CPU time a record."""

import time
from collections.abc import Callable
from functools import partial

from actors.kis.errors import FrameError
from actors.kis.frames import parse_trades
from benchmarks.floors.split import split_trades
from benchmarks.measurement import Measurement, at_most_times
from benchmarks.records import SESSION_DATE, Record, frames_of, walk
from benchmarks.trial import in_turns
from protocol.messages import Trade

__all__ = ["WrongValues", "measure", "verify"]

RECORDS = 4_000
LEAST_ROUNDS = 9
MARK = at_most_times(1.25)
WIDTHS = (46, 47)
PER_FRAME = (1, 4, 20)
RECEIVED_AT_NS = 1_764_291_600_000_000_000


class WrongValues(Exception):  # noqa: N818 - it states a fact
    """A record came out otherwise than it was written."""


def measure(rounds: int) -> list[Measurement]:
    """Return the cost of each shape of frames, of one symbol and of forty, and what forty cost beside one."""
    rounds = max(rounds, LEAST_ROUNDS)
    return [
        measured for fields in WIDTHS for per_frame in PER_FRAME for measured in _measure(fields, per_frame, rounds)
    ]


def _measure(fields: int, per_frame: int, rounds: int) -> list[Measurement]:
    cases: dict[str, Callable[[], float]] = {}
    for symbols in (1, 40):
        records = walk(RECORDS, symbols)
        frames = frames_of(records, per_frame, fields)
        verify(frames, records)
        cases[f"ours {symbols}"] = partial(_time_ours, frames)
        cases[f"floor {symbols}"] = partial(_time_floor, frames)
    results = in_turns(rounds, cases)
    case = f"{fields} fields, {per_frame} in a frame"
    one, forty = results["ours 1"], results["ours 40"]
    return [
        _measurement(f"{case}, 1 symbol", one, results["floor 1"]),
        _measurement(f"{case}, 40 symbols", forty, results["floor 40"]),
        Measurement(
            part="parse",
            case=f"{case}, 40 symbols, beside ours of 1",
            quantity="CPU a record",
            unit="µs",
            ours=forty,
            floor=one,
        ),
    ]


def _measurement(case: str, ours: list[float], floor: list[float]) -> Measurement:
    return Measurement(part="parse", case=case, quantity="CPU a record", unit="µs", ours=ours, floor=floor, mark=MARK)


def verify(frames: list[bytes], records: list[Record]) -> None:
    """Hold what both parsers make of *frames* against the *records* that were written.

    Raises:
        WrongValues: naming the first that differs.
    """
    ours = [trade for frame in frames for trade in _ours(frame)]
    floor = [trade for frame in frames for trade in split_trades(frame, RECEIVED_AT_NS)]
    for record, trade, split in zip(records, ours, floor, strict=True):
        written = (
            SESSION_DATE,
            record.symbol,
            float(record.price),
            float(record.change),
            record.volume,
            record.cumulative_volume,
            float(record.day_low),
            record.day_low_at_ns,
            record.traded_at_ns,
        )
        for read in (trade, split):
            found = tuple(getattr(read, name) for name in _FIELDS)
            if found != written:
                message = f"expected {written}, found {found}"
                raise WrongValues(message)


_FIELDS = (
    "session_date",
    "symbol",
    "price",
    "change",
    "volume",
    "cumulative_volume",
    "day_low",
    "day_low_at_ns",
    "traded_at_ns",
)


def _ours(frame: bytes) -> list[Trade]:
    refused: list[FrameError] = []
    trades = parse_trades(frame, RECEIVED_AT_NS, refused)
    if refused:
        message = f"expected no refusal, found {refused[0]}"
        raise WrongValues(message)
    return trades


def _time_ours(frames: list[bytes]) -> float:
    """Return the CPU time of a record, µs."""
    refused: list[FrameError] = []
    before = time.process_time_ns()
    for frame in frames:
        parse_trades(frame, RECEIVED_AT_NS, refused)
    return (time.process_time_ns() - before) / RECORDS / 1e3


def _time_floor(frames: list[bytes]) -> float:
    before = time.process_time_ns()
    for frame in frames:
        split_trades(frame, RECEIVED_AT_NS)
    return (time.process_time_ns() - before) / RECORDS / 1e3
