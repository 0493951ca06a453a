"""What oracle and checker read: the world's journals, and who watches what (`docs/ledger.md` lists the fields)."""

import bisect
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from simulator.json_lines import read_json_lines

__all__ = [
    "SECOND_NS",
    "BarLine",
    "PollLine",
    "TradeLine",
    "Watcher",
    "closes_in",
    "highs_in",
    "read_lines",
    "read_trades",
    "volumes_in",
]

SECOND_NS = 1_000_000_000
_POLLING_NS = 120 * SECOND_NS
"""Who asks for the same symbol twice within so long, real time, is a poller."""
_REGULAR_HOURS = {
    "KRX": (ZoneInfo("Asia/Seoul"), time(9), time(15, 30)),
    "US": (ZoneInfo("America/New_York"), time(9, 30), time(16)),
}

Line = TypeVar("Line", bound=Struct)


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
    session: str = "regular"
    cumulative_volume: int = 0
    """The shares of its day so far."""
    connection: int | None = None
    """Who got it over a WebSocket; None: nobody."""
    unseen: str = ""
    """Why somebody who had registered did not get it."""
    written_at_ns: int = msgspec.field(name="written_at", default=0)
    """When the simulator let it out; 0: not told."""
    is_polled: bool = False
    """Whether it is a price that was answered over REST: it has no time of its own."""
    length_s: int = 0
    """For how long after its time it may have happened: 60 for what a minute bar tells."""
    is_hidden: bool = False
    """Whether it was told in hindsight: whatever else is known of its second may have been before it, or behind."""
    is_certain: bool = True
    """Whether who asked for it was a poller, who must act upon it; others may have asked for the base price alone."""

    @property
    def left_at_ns(self) -> int:
        """When it left the simulator, as far as is known."""
        return self.written_at_ns or self.traded_at_ns


class PollLine(Struct, frozen=True, kw_only=True):
    """One line of `polls.jsonl`: a price as it was answered over REST; `caller` is the connection that asked."""

    symbol: str
    venue: str
    world_ns: int
    session_date: date
    price: float
    base_price: float
    cumulative_volume: int = 0
    day_low: float = 0.0
    monotonic_ns: int = 0
    caller: str = ""
    day_high: float = 0.0


class BarLine(Struct, frozen=True, kw_only=True):
    """One line of `bars.jsonl`: the adjusted close of one session, its high and shares where rules are about those."""

    symbol: str
    session_date: date
    close: float
    high: float = 0.0
    volume: int = 0


class Watcher(Struct, frozen=True, kw_only=True):
    """One line of `watchers.jsonl`: whose alerts go to which chat or topic, for which symbols, from which moment on."""

    person_id: int
    chat_id: int
    """For a topic of ntfy a number that no chat has."""
    topic: str = ""
    """Where they go instead of a chat, if they go by ntfy."""
    symbols: list[str]
    since_ns: int = 0


def read_trades(directory: Path) -> list[TradeLine]:
    """Return what the regular sessions told the world, in the order in which it left.

    These are trades of `trades.jsonl` that could be got over a WebSocket, and prices of `polls.jsonl`. Nobody sees more
    of a symbol that nobody ever streamed than what a poll answers: its polls are its trades, at the answer's time.

    Raises:
        OSError: there is no `trades.jsonl`.
    """
    lines = [trade for trade in read_lines(directory / "trades.jsonl", TradeLine) if trade.session == "regular"]
    path = directory / "polls.jsonl"
    polls = _as_trades(read_lines(path, PollLine) if path.exists() else [])
    streamed = {trade.symbol: trade.index for trade in reversed(lines) if trade.connection is not None}
    polled = {poll.symbol for poll in polls if poll.is_certain}
    trades = [trade for trade in map(_without_low_time, lines) if _can_be_seen(trade, streamed, polled)]
    return sorted([*trades, *polls], key=lambda trade: trade.left_at_ns)


def _can_be_seen(trade: TradeLine, streamed: Mapping[str, int], polled: Collection[str]) -> bool:
    if trade.venue == "KRX":
        return trade.symbol in streamed or trade.symbol not in polled
    return trade.venue != "NXT" and trade.index >= streamed.get(trade.symbol, trade.index + 1)


def _without_low_time(trade: TradeLine) -> TradeLine:
    # American records tell the day's low, but not when it was.
    return trade if trade.venue == "KRX" else msgspec.structs.replace(trade, day_low_at_ns=0)


def _as_trades(polls: Sequence[PollLine]) -> list[TradeLine]:
    asked: dict[tuple[str, str], list[int]] = {}
    for poll in polls:
        asked.setdefault((poll.caller, poll.symbol), []).append(poll.monotonic_ns)
    trades: list[TradeLine] = []
    before: dict[tuple[str, str, date], PollLine] = {}
    for number, poll in enumerate(polls):
        if poll.venue == "NXT" or not is_in_regular_hours(poll.venue, poll.world_ns):
            continue
        trade = TradeLine(
            index=number,
            symbol=poll.symbol,
            traded_at_ns=poll.world_ns // SECOND_NS * SECOND_NS,
            session_date=poll.session_date,
            price=poll.price,
            base_price=poll.base_price,
            venue=poll.venue,
            cumulative_volume=poll.cumulative_volume,
            written_at_ns=poll.world_ns,
            is_polled=True,
            is_certain=_is_polling(asked[poll.caller, poll.symbol], poll),
        )
        key = poll.caller, poll.symbol, poll.session_date
        earlier = before.get(key)
        before[key] = poll
        if earlier is not None:
            # A low, or a high, between two answers to one poller: traded after the earlier, told by the later, unless
            # it is the price of the later itself.
            at_ns = earlier.world_ns // SECOND_NS * SECOND_NS
            hidden = [poll.day_low] if 0 < poll.day_low < min(earlier.day_low, poll.price) else []
            highest = max(earlier.day_high, poll.price)
            hidden += [poll.day_high] if earlier.day_high and poll.day_high > highest else []
            trades += [
                msgspec.structs.replace(trade, price=price, traded_at_ns=at_ns, is_hidden=True) for price in hidden
            ]
        trades.append(trade)
    return trades


def _is_polling(asked: list[int], poll: PollLine) -> bool:
    """Say whether the caller asks for this symbol again and again; a journal that does not name callers has pollers."""
    place = bisect.bisect_left(asked, poll.monotonic_ns)
    near = [*asked[max(place - 1, 0) : place], *asked[place + 1 : place + 2]]
    return not poll.caller or any(abs(other - poll.monotonic_ns) <= _POLLING_NS for other in near)


def is_in_regular_hours(venue: str, moment_ns: int) -> bool:
    """Say whether the regular session goes on: 09:00-15:30 in Seoul, 09:30-16:00 in New York."""
    zone, opens, closes = _REGULAR_HOURS["KRX" if venue == "KRX" else "US"]
    return opens <= datetime.fromtimestamp(moment_ns // SECOND_NS, zone).time() <= closes


def read_lines(path: Path, kind: type[Line]) -> list[Line]:
    """Return the lines of a journal; a line torn by the death of its writer is left out.

    Raises:
        OSError: the file is not there.
    """
    return list(read_json_lines(path, kind))


def closes_in(bars: Iterable[BarLine]) -> dict[str, dict[date, float]]:
    """Return the closes by symbol and session date."""
    closes: dict[str, dict[date, float]] = {}
    for bar in bars:
        closes.setdefault(bar.symbol, {})[bar.session_date] = bar.close
    return closes


def highs_in(bars: Iterable[BarLine]) -> dict[str, dict[date, float]]:
    """Return the highs by symbol and session date, where they are told."""
    highs: dict[str, dict[date, float]] = {}
    for bar in bars:
        if bar.high:
            highs.setdefault(bar.symbol, {})[bar.session_date] = bar.high
    return highs


def volumes_in(bars: Iterable[BarLine]) -> dict[str, dict[date, int]]:
    """Return the shares by symbol and session date, where there were any and they are told."""
    volumes: dict[str, dict[date, int]] = {}
    for bar in bars:
        if bar.volume:
            volumes.setdefault(bar.symbol, {})[bar.session_date] = bar.volume
    return volumes
