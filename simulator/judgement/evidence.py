"""What oracle and checker read: the world's journals, and who watches what (`docs/ledger.md` lists the fields)."""

from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

__all__ = [
    "SECOND_NS",
    "BarLine",
    "PollLine",
    "TradeLine",
    "Watcher",
    "read_closes",
    "read_lines",
    "read_trades",
]

SECOND_NS = 1_000_000_000

Line = TypeVar("Line")


class TradeLine(Struct, frozen=True, kw_only=True):
    """One line of `trades.jsonl`, as far as it matters here; moments are UTC epoch nanoseconds of the world."""

    index: int
    symbol: str
    traded_at_ns: int
    session_date: date
    price: float
    base_price: float
    day_low: float = 0.0
    day_low_at_ns: int = 0
    venue: str = "KRX"
    written_at_ns: int = msgspec.field(name="written_at", default=0)
    """When the simulator let it out; 0: not told."""

    @property
    def left_at_ns(self) -> int:
        """When it left the simulator, as far as is known."""
        return self.written_at_ns or self.traded_at_ns


class PollLine(Struct, frozen=True, kw_only=True):
    """One line of `polls.jsonl`: a US price as it was answered over REST, which carries no time of its own."""

    symbol: str
    venue: str
    world_ns: int
    session_date: date
    price: float
    base_price: float


class BarLine(Struct, frozen=True, kw_only=True):
    """One line of `bars.jsonl`: the adjusted close of one session."""

    symbol: str
    session_date: date
    close: float


class Watcher(Struct, frozen=True, kw_only=True):
    """One line of `watchers.jsonl`: whose alerts go to which chat, for which symbols, from which moment on."""

    person_id: int
    chat_id: int
    symbols: list[str]
    since_ns: int = 0


def read_trades(directory: Path) -> list[TradeLine]:
    """Return what the regular sessions told the world: Korean trades from `trades.jsonl`, US prices from `polls.jsonl`.

    Nobody sees more of a US stock than what a poll answers, so its polls are its trades, at the time of the answer.

    Raises:
        OSError: there is no `trades.jsonl`.
    """
    trades = [trade for trade in read_lines(directory / "trades.jsonl", TradeLine) if trade.venue == "KRX"]
    path = directory / "polls.jsonl"
    polls = read_lines(path, PollLine) if path.exists() else []
    for number, poll in enumerate(polls):
        if is_in_new_york_hours(poll.world_ns):
            trades.append(
                TradeLine(
                    index=number,
                    symbol=poll.symbol,
                    traded_at_ns=poll.world_ns // SECOND_NS * SECOND_NS,
                    session_date=poll.session_date,
                    price=poll.price,
                    base_price=poll.base_price,
                    venue=poll.venue,
                    written_at_ns=poll.world_ns,
                )
            )
    return sorted(trades, key=lambda trade: trade.left_at_ns)


def is_in_new_york_hours(moment_ns: int) -> bool:
    """Say whether it is between 09:30 and 16:00 in New York; the simulated market trades at no other time."""
    local = datetime.fromtimestamp(moment_ns // SECOND_NS, ZoneInfo("America/New_York")).time()
    return time(9, 30) <= local <= time(16)


def read_lines(path: Path, kind: type[Line]) -> list[Line]:
    """Return the lines of a journal; a line torn by the death of its writer is left out.

    Raises:
        OSError: the file is not there.
    """
    decoder = msgspec.json.Decoder(kind)
    lines = []
    with path.open("rb") as journal:
        for line in journal:
            try:
                lines.append(decoder.decode(line))
            except msgspec.MsgspecError:
                continue
    return lines


def read_closes(path: Path) -> dict[str, dict[date, float]]:
    """Return the closes in a `bars.jsonl` by symbol and session date.

    Raises:
        OSError: the file is not there.
    """
    closes: dict[str, dict[date, float]] = {}
    for bar in read_lines(path, BarLine):
        closes.setdefault(bar.symbol, {})[bar.session_date] = bar.close
    return closes
