"""Recorded KIS frames, played again: one session date at a time, at the world's speed.

A recording is a text, one frame a line; lines that begin with `#`, JSON and frames of other TRs are stepped over. The
frames of a key begin when somebody registers for it, so that none is lost to a client that is still starting; from
there on they keep their distances.

Source of the places: KIS Open API, H0STCNT0 (46 fields and more) and HDFSCNT0 (26 fields).
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from simulator.clock import nanoseconds_of
from simulator.config import SimulatorConfig, SymbolProfile
from simulator.errors import CannotPlay

__all__ = ["RecordedDay", "RecordedFrame", "RecordedTrade", "Replay", "read_recording", "with_recorded_prices"]

_SEOUL = ZoneInfo("Asia/Seoul")
_US_VENUES = {"NAS": "NASDAQ", "NYS": "NYSE", "AMS": "AMEX", "BAQ": "NASDAQ", "BAY": "NYSE", "BAA": "AMEX"}
_DOWN = {"4", "5"}


class RecordedTrade(Struct, frozen=True):
    """One record of a frame, as far as the journal tells it. Moments are whole seconds, epoch nanoseconds."""

    symbol: str
    venue: str
    session_date: date
    traded_at_ns: int
    price: float
    base_price: float
    volume: int
    cumulative_volume: int
    day_open: float
    day_high: float
    day_low: float
    day_low_at_ns: int


class RecordedFrame(Struct, frozen=True):
    """One frame with what it tells."""

    tr_id: str
    tr_key: str
    payload: bytes
    trades: list[RecordedTrade]


class RecordedDay(Struct, frozen=True):
    """The frames of one session date."""

    session_date: date
    frames: list[RecordedFrame]

    @property
    def starts_ns(self) -> int:
        """When its first trade happened."""
        return self.frames[0].trades[0].traded_at_ns


def read_recording(path: Path) -> list[RecordedDay]:
    """Return the days of the recording in *path*, in the order of the file.

    Raises:
        CannotPlay: there is no trade frame, or one cannot be read; the text names its line.
    """
    days: dict[date, list[RecordedFrame]] = {}
    for number, line in enumerate(_lines(path), start=1):
        try:
            frame = _read_frame(line)
        except (ValueError, IndexError, KeyError) as error:
            message = f"{path}:{number}: expected a recorded frame, found {error}"
            raise CannotPlay(message) from error
        if frame is not None:
            days.setdefault(frame.trades[0].session_date, []).append(frame)
    if not days:
        message = f"{path}: expected recorded frames of trades, found none"
        raise CannotPlay(message)
    return [RecordedDay(session_date, frames) for session_date, frames in days.items()]


def with_recorded_prices(config: SimulatorConfig, day: RecordedDay) -> SimulatorConfig:
    """Return *config* with the base prices of *day*, so that REST and the history fit the frames."""
    first = {frame.trades[0].symbol: frame.trades[0] for frame in reversed(day.frames)}
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
        self._waiting: dict[tuple[str, str], list[RecordedFrame]] = {}
        for frame in day.frames:
            self._waiting.setdefault((frame.tr_id, frame.tr_key), []).append(frame)
        self._began_ns: dict[tuple[str, str], int] = {}
        self._first_ns = {key: frames[0].trades[0].traded_at_ns for key, frames in self._waiting.items()}

    def due(self, registered: Iterator[tuple[str, str]], now_ns: int) -> list[RecordedFrame]:
        """Take out the frames that are due at world moment *now_ns*; those *registered* may begin."""
        for key in registered:
            if key in self._waiting:
                self._began_ns.setdefault(key, now_ns)
        frames = []
        for key, began_ns in self._began_ns.items():
            waiting = self._waiting[key]
            while waiting and waiting[0].trades[0].traded_at_ns - self._first_ns[key] <= now_ns - began_ns:
                frames.append(waiting.pop(0))
        return frames


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: expected a readable recording, found {error}"
        raise CannotPlay(message) from error


def _read_frame(line: str) -> RecordedFrame | None:
    if not line.startswith("0|"):
        return None
    _, tr_id, count_text, payload = line.split("|", 3)
    if tr_id not in {"H0STCNT0", "HDFSCNT0"}:
        return None
    fields, count = payload.split("^"), int(count_text)
    width, rest = divmod(len(fields), count)
    if rest:
        message = f"{len(fields)} fields for {count} records"
        raise ValueError(message)
    read = _read_korean if tr_id == "H0STCNT0" else _read_us
    trades = [read(fields[start : start + width]) for start in range(0, len(fields), width)]
    return RecordedFrame(tr_id, fields[0], line.encode(), trades)


def _read_korean(fields: list[str]) -> RecordedTrade:
    day = fields[33]
    return RecordedTrade(
        symbol=fields[0],
        venue="KRX",
        session_date=datetime.strptime(day, "%Y%m%d").date(),  # noqa: DTZ007 - the exchange's own date
        traded_at_ns=_moment(day, fields[1]),
        price=float(fields[2]),
        base_price=float(fields[2]) - float(fields[4]),
        volume=int(fields[12]),
        cumulative_volume=int(fields[13]),
        day_open=float(fields[7]),
        day_high=float(fields[8]),
        day_low=float(fields[9]),
        day_low_at_ns=_moment(day, fields[30]),
    )


def _read_us(fields: list[str]) -> RecordedTrade:
    change = -float(fields[13]) if fields[12] in _DOWN else float(fields[13])
    return RecordedTrade(
        symbol=fields[1],
        venue=_US_VENUES[fields[0][1:4]],
        session_date=datetime.strptime(fields[3], "%Y%m%d").date(),  # noqa: DTZ007 - the exchange's own date
        traded_at_ns=_moment(fields[6], fields[7]),
        price=float(fields[11]),
        base_price=round(float(fields[11]) - change, 4),
        volume=int(fields[19]),
        cumulative_volume=int(fields[20]),
        day_open=float(fields[8]),
        day_high=float(fields[9]),
        day_low=float(fields[10]),
        day_low_at_ns=0,
    )


def _moment(day: str, clock: str) -> int:
    return nanoseconds_of(datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=_SEOUL))
