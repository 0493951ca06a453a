"""What happened in the world, as JSON lines under data/demo/simulator/: the record that oracle and checker read.

    trades.jsonl       every trade, whether or not somebody was connected
    connections.jsonl  WebSocket sessions: opened, confirmed, refused, closed
    requests.jsonl     every REST call and its outcome
    polls.jsonl        every price that was answered over REST
    minutes.jsonl      every one-minute bar that is over
    faults.jsonl       every fault that was played

Lines are gathered and written together, at the latest when the market's loop comes round. The fields stand in
docs/simulator.md.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from simulator.clock import WorldClock
from simulator.json_lines import JsonLinesLog, read_json_lines
from simulator.market.minutes import MinuteBar

__all__ = [
    "ConnectionLine",
    "FaultLine",
    "Journal",
    "MinuteLine",
    "PollLine",
    "RequestLine",
    "TradeLine",
    "minute_line",
    "read_minutes",
]


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
    session: str = "regular"
    """`pre_market`, `regular` or `after_hours`."""
    unseen: str = ""
    """Why nobody got it although somebody had registered: `gap`, `mute` or `spoilt`."""


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
    """One price as it was answered: all that a poller could know.

    `caller` is the address of the connection that asked: who polls keeps his, and asks again soon.
    """

    symbol: str
    venue: str
    world_ns: int
    session_date: str
    price: float
    base_price: float
    cumulative_volume: int
    day_low: float = 0.0
    """0 where the answer did not tell it."""
    monotonic_ns: int = 0
    caller: str = ""
    day_high: float = 0.0


class MinuteLine(Struct, frozen=True, kw_only=True):
    """One minute that is over, named by the instant at which it began.

    `world` is the configuration's start, seed and recording; `instrument` is a code, or `005930@NXT`.
    """

    world: str
    instrument: str
    begins_ns: int
    open: float
    high: float
    low: float
    close: float
    volume: int
    day_value: float


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
        self._clock = clock
        self._record_trades = record_trades
        self._encoder = msgspec.json.Encoder()
        self._waiting: list[bytes] = []
        self._last_index = _last_index(directory / "trades.jsonl") if record_trades else 0
        self._files = {
            name: _open(directory / f"{name}.jsonl", largest_bytes)
            for name in ("trades", "connections", "requests", "polls", "minutes", "faults")
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
        """Note a price that was answered."""
        self._write("polls", line)

    def minute(self, line: MinuteLine) -> None:
        """Note a minute that is over; one that a killed simulator makes again is written again."""
        self._write("minutes", line)

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
            self._files["trades"].write_encoded(self._waiting)
            self._waiting.clear()

    def close(self) -> None:
        """Write what is left and close the files."""
        self.flush()
        for file in self._files.values():
            file.close()

    def _write(self, name: str, line: Struct) -> None:
        self._files[name].write(line)


def minute_line(world: str, instrument: str, bar: MinuteBar) -> MinuteLine:
    """Return the line of a finished *bar*."""
    return MinuteLine(world=world, instrument=instrument, **msgspec.structs.asdict(bar))


def read_minutes(path: Path, world: str) -> dict[str, list[MinuteBar]]:
    """Return the bars of *world* in a `minutes.jsonl` by instrument, in order of time; a torn line is left out."""
    found: dict[str, dict[int, MinuteBar]] = {}
    for line in read_json_lines(path, MinuteLine) if path.exists() else ():
        if line.world == world:
            bar = MinuteBar(**{name: getattr(line, name) for name in MinuteBar.__struct_fields__})
            found.setdefault(line.instrument, {})[line.begins_ns] = bar
    return {name: [bars[begins_ns] for begins_ns in sorted(bars)] for name, bars in found.items()}


def _open(path: Path, largest_bytes: float) -> JsonLinesLog:
    if path.exists() and path.stat().st_size > largest_bytes:
        path.replace(path.with_name(f"{path.name}.1"))
    return JsonLinesLog(path)


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
