"""Recorded KIS frames, played again: one day at a time, at the world's speed.

A recording is a text, one frame a line, or a day that was recorded (docs/recordings.md): a file of it, or its folder
with the files of all feeds. In a text, lines that begin with `#`, JSON and frames of other TRs than trades' are stepped
over, and its days are its session dates; a recorded day is one day, and every plain data frame of it is played as it
came. The frames of a key begin when somebody registers for it, so that none is lost to a client that is still starting,
but not before their time; from there on they keep their distances.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from actors.runtime.recordings import read_entries
from protocol.errors import DecodeError
from protocol.recording import SUFFIX, Arrived, recording_date
from simulator.config import SimulatorConfig, SymbolProfile
from simulator.errors import CannotPlay
from simulator.recorded_trades import US_TRADES, RecordedTrade, read_trades

__all__ = ["RecordedDay", "RecordedFrame", "Replay", "read_recording", "with_recorded_prices"]

TRADES_OF_PROFILES = {"H0STCNT0", US_TRADES}
"""What the base prices of a day are taken from; NXT's are KRX's."""


class RecordedFrame(Struct, frozen=True):
    """One frame, its key, and when it came: as recorded, or in a text when its first trade happened."""

    tr_id: str
    tr_key: str
    payload: bytes
    at_ns: int

    @property
    def trades(self) -> list[RecordedTrade]:
        """What it tells; nothing if it is damaged, which does not keep it from being played."""
        try:
            return read_trades(self.payload.decode("latin-1"))
        except (ValueError, IndexError, KeyError):
            return []


class RecordedDay(Struct, frozen=True):
    """The frames of one day."""

    session_date: date
    frames: list[RecordedFrame]

    @property
    def starts_ns(self) -> int:
        """When its first frame came."""
        return self.frames[0].at_ns


def read_recording(path: Path) -> list[RecordedDay]:
    """Return the days of the recording in *path*, in their order there.

    Raises:
        CannotPlay: there is no frame to play, or it cannot be read; the text names the place.
    """
    days = _read_recorded(path) if path.is_dir() or path.suffix == SUFFIX else _read_text(path)
    if not days:
        message = f"{path}: expected recorded frames of trades, found none"
        raise CannotPlay(message)
    return days


def with_recorded_prices(config: SimulatorConfig, day: RecordedDay) -> SimulatorConfig:
    """Return *config* with the base prices of *day*, so that REST and the history fit the frames."""
    first: dict[str, RecordedTrade] = {}
    seen: set[str] = set()
    for frame in day.frames:
        if frame.tr_id in TRADES_OF_PROFILES and frame.tr_key not in seen and (trades := frame.trades):
            seen.add(frame.tr_key)
            first.setdefault(trades[0].symbol, trades[0])
    profiles = {profile.code: profile for profile in config.symbols}
    for symbol, trade in first.items():
        known = profiles.get(symbol)
        profiles[symbol] = SymbolProfile(
            code=symbol,
            name=known.name if known else symbol,
            venue=trade.venue,  # type: ignore[arg-type]  # one of the four by the table above
            kind=known.kind if known else "share",
            base_price=trade.base_price,
            sigma=known.sigma if known else 0.02,
        )
    fields = {name: getattr(config, name) for name in config.__struct_fields__}
    return SimulatorConfig(**{**fields, "symbols": list(profiles.values())})


class Replay:
    """What of one day is due, key by key."""

    def __init__(self, day: RecordedDay) -> None:
        self.day = day
        self._waiting: dict[tuple[str, str], deque[RecordedFrame]] = {}
        for frame in day.frames:
            self._waiting.setdefault((frame.tr_id, frame.tr_key), deque()).append(frame)
        self._later_ns: dict[tuple[str, str], int] = {}
        """By how much the frames of a key that somebody registered for are played later than they came."""

    def due(self, registered: Iterator[tuple[str, str]], now_ns: int) -> list[RecordedFrame]:
        """Take out the frames that are due at world moment *now_ns*; those *registered* may begin."""
        for key in registered:
            if key not in self._later_ns and (waiting := self._waiting.get(key)):
                self._later_ns[key] = max(0, now_ns - waiting[0].at_ns)
        frames = []
        for key, later_ns in self._later_ns.items():
            waiting = self._waiting[key]
            while waiting and waiting[0].at_ns + later_ns <= now_ns:
                frames.append(waiting.popleft())
        return frames


def _read_text(path: Path) -> list[RecordedDay]:
    days: dict[date, list[RecordedFrame]] = {}
    for number, line in enumerate(_lines(path), start=1):
        try:
            trades = read_trades(line) if line.startswith("0|") else []
        except (ValueError, IndexError, KeyError) as error:
            message = f"{path}:{number}: expected a recorded frame, found {error}"
            raise CannotPlay(message) from error
        if trades:
            payload = line.encode()
            frame = RecordedFrame(*_key_of(payload), payload, trades[0].traded_at_ns)
            days.setdefault(trades[0].session_date, []).append(frame)
    return [RecordedDay(session_date, frames) for session_date, frames in days.items()]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: expected a readable recording, found {error}"
        raise CannotPlay(message) from error


def _read_recorded(path: Path) -> list[RecordedDay]:
    paths = sorted(path.glob(f"feed-*{SUFFIX}")) if path.is_dir() else [path]
    try:
        frames = list(heapq.merge(*map(_recorded_frames, paths), key=lambda frame: frame.at_ns))
    except (OSError, DecodeError) as error:
        message = f"{path}: expected a recorded day, found {error}"
        raise CannotPlay(message) from error
    days: dict[date, list[RecordedFrame]] = {}
    for frame in frames:
        days.setdefault(recording_date(frame.at_ns), []).append(frame)
    return [RecordedDay(day, frames) for day, frames in days.items()]


def _recorded_frames(path: Path) -> Iterator[RecordedFrame]:
    """Yield every plain data frame: without its session's key nobody could read an encrypted one."""
    for entry in read_entries(path):
        if isinstance(entry.record, Arrived):
            for payload in entry.frames:
                if payload.startswith(b"0|") and payload.count(b"|") >= len("|||"):
                    yield RecordedFrame(*_key_of(payload), payload, entry.record.at_ns)


def _key_of(payload: bytes) -> tuple[str, str]:
    """Return the registration that a frame belongs to."""
    _, tr_id, _, rest = payload.split(b"|", 3)
    return tr_id.decode("latin-1"), rest.partition(b"^")[0].decode("latin-1")
