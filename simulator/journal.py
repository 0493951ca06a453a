"""What happened in the world, as JSON lines under data/demo/simulator/: the record that oracle and checker read.

    trades.jsonl       every trade, whether or not somebody was connected
    connections.jsonl  WebSocket sessions: opened, confirmed, refused, closed
    requests.jsonl     every REST call and its outcome
    polls.jsonl        every US price that was answered over REST
    faults.jsonl       every fault that was played

Lines are gathered and written together, at the latest when the market's loop comes round. The fields stand in
docs/simulator.md.
"""

from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from simulator.clock import WorldClock

__all__ = ["ConnectionLine", "FaultLine", "Journal", "PollLine", "RequestLine", "TradeLine"]


class TradeLine(Struct, frozen=True, gc=False):
    """One trade. Its moments are whole seconds, as in KIS's frame; `written_at` is the world's moment of sending."""

    index: int
    symbol: str
    venue: str
    traded_at_ns: int
    session_date: str
    price: float
    base_price: float
    volume: int
    cumulative_volume: int
    day_low: float
    day_low_at_ns: int
    connection: int | None
    written_at: int


class ConnectionLine(Struct, frozen=True, kw_only=True):
    """One step in the life of a WebSocket session; `reason` says why it was refused or closed."""

    connection: int
    event: str
    world_ns: int
    monotonic_ns: int
    tr_id: str = ""
    tr_key: str = ""
    msg_cd: str = ""
    reason: str = ""


class RequestLine(Struct, frozen=True, kw_only=True):
    """One REST call; `code` is KIS's msg_cd or error_code."""

    number: int
    world_ns: int
    monotonic_ns: int
    path: str
    tr_id: str
    status: int
    code: str


class PollLine(Struct, frozen=True, kw_only=True):
    """One US price as it was answered: all that a poller could know."""

    symbol: str
    venue: str
    world_ns: int
    session_date: str
    price: float
    base_price: float
    cumulative_volume: int


class FaultLine(Struct, frozen=True, kw_only=True):
    """One fault that was played; `connections` are those that it hit."""

    fault: dict[str, object]
    world_ns: int
    monotonic_ns: int
    next_trade: int
    connections: list[int]


class Journal:
    """The files of one world, opened to append; the lines of a killed simulator stay.

    Args:
        directory: `simulator` in the data folder.
        clock: the world's time, put into every line.
        record_trades: whether trades are written at all.
        largest_bytes: a file larger than this is set aside as `….1` when it is opened.
    """

    def __init__(self, directory: Path, clock: WorldClock, *, record_trades: bool, largest_bytes: float) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clock = clock
        self._record_trades = record_trades
        self._encoder = msgspec.json.Encoder()
        self._waiting: list[bytes] = []
        self._last_index = _last_index(directory / "trades.jsonl") if record_trades else 0
        self._files = {
            name: _open(directory / f"{name}.jsonl", largest_bytes)
            for name in ("trades", "connections", "requests", "polls", "faults")
        }

    def trade(self, line: TradeLine) -> None:
        """Note one trade, unless an earlier life of the simulator has noted it."""
        if self._record_trades and line.index > self._last_index:
            self._waiting.append(self._encoder.encode(line))

    def connection(
        self, connection: int, event: str, *, tr_id: str = "", tr_key: str = "", msg_cd: str = "", reason: str = ""
    ) -> None:
        """Note a step in the life of a session."""
        world_ns, monotonic_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        line = ConnectionLine(
            connection=connection,
            event=event,
            world_ns=world_ns,
            monotonic_ns=monotonic_ns,
            tr_id=tr_id,
            tr_key=tr_key,
            msg_cd=msg_cd,
            reason=reason,
        )
        self._write("connections", line)

    def request(self, number: int, path: str, tr_id: str, status: int, code: str) -> None:
        """Note a REST call."""
        world_ns, monotonic_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        line = RequestLine(
            number=number,
            world_ns=world_ns,
            monotonic_ns=monotonic_ns,
            path=path,
            tr_id=tr_id,
            status=status,
            code=code,
        )
        self._write("requests", line)

    def poll(self, line: PollLine) -> None:
        """Note a US price that was answered."""
        self._write("polls", line)

    def fault(self, fault: dict[str, object], next_trade: int, connections: list[int]) -> None:
        """Note a fault that was played before trade number *next_trade*."""
        line = FaultLine(
            fault=fault,
            world_ns=self._clock.now_ns(),
            monotonic_ns=self._clock.monotonic_ns(),
            next_trade=next_trade,
            connections=connections,
        )
        self._write("faults", line)

    def flush(self) -> None:
        """Write the trades that were gathered."""
        if self._waiting:
            self._files["trades"].write(b"\n".join(self._waiting) + b"\n")
            self._waiting.clear()

    def close(self) -> None:
        """Write what is left and close the files."""
        self.flush()
        for file in self._files.values():
            file.close()

    def _write(self, name: str, line: Struct) -> None:
        self._files[name].write(self._encoder.encode(line) + b"\n")


def _open(path: Path, largest_bytes: float) -> BinaryIO:
    if path.exists() and path.stat().st_size > largest_bytes:
        path.replace(path.with_name(f"{path.name}.1"))
    _end_torn_line(path)
    return path.open("ab", buffering=0)


def _end_torn_line(path: Path) -> None:
    # A simulator that was killed may have left half a line: the next one begins on a line of its own.
    if path.exists() and (tail := _tail(path, 1)) and tail != b"\n":
        with path.open("ab") as file:
            file.write(b"\n")


def _last_index(path: Path) -> int:
    if not path.exists():
        return 0
    for line in reversed(_tail(path, 64 * 1024).splitlines()):
        try:
            return msgspec.json.decode(line, type=TradeLine).index
        except msgspec.DecodeError:
            continue
    return 0


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(length - size, 0))
        return file.read()
