"""Where a life of the world begins: anew, on the next trading day, or where the last one stands.

A life belongs to one supervisord. A simulator that alone is started again goes on with the same world; one under a new
supervisord begins the next trading day, or the next date of the recording, at the hour of the world's first day.
"""

from datetime import date, datetime
from pathlib import Path

from msgspec import Struct

from simulator.clock import WorldClock, moment_of, nanoseconds_of
from simulator.config import SimulatorConfig
from simulator.errors import CannotPlay
from simulator.market.calendar import Calendar, calendar_of
from simulator.market.exchange import Exchange, MarketState
from simulator.recordings import RecordedDay, Replay, read_recording, with_recorded_prices
from simulator.state import Keys, SimulatorState

__all__ = ["Life", "begin_life", "begin_recorded_day", "last_trading_day"]

_ALL_VENUES = ("KRX", "NXT", "NASDAQ", "NYSE", "AMEX")


class Life(Struct):
    """A world that is ready to run."""

    config: SimulatorConfig
    clock: WorldClock
    exchange: Exchange
    replay: Replay | None
    state: SimulatorState


def begin_life(config: SimulatorConfig, found: SimulatorState | None, life: str, root: Path) -> Life:
    """Return the world to run.

    Args:
        config: the configuration.
        found: what the last simulator left behind; ignored if it was of another world.
        life: who starts this one.
        root: the folder that file names in *config* are relative to.

    Raises:
        CannotPlay: the recording cannot be read or has no such date, or `start` is not an instant.
    """
    if found is not None and (found.start, found.seed, found.recording) != _identity(config):
        found = None
    if config.recording:
        return _begin_recording(config, found, life, root)
    krx = calendar_of("KRX", config.closed_days)
    if found is not None and found.life == life:
        clock = WorldClock(found.time)
        exchange = Exchange(config, clock.time.world_ns, found.market, resume=True)
        return Life(config, clock, exchange, None, found)
    start_ns = _start_of(config)
    if found is not None:
        start_ns = _same_hour(start_ns, krx.next_after(found.last_date), krx)
    clock = WorldClock.starting_at(start_ns, config.speed, life)
    state = found or _new_state(config, clock, life)
    state.life, state.time, state.last_date = life, clock.time, last_trading_day(krx, start_ns)
    return Life(config, clock, Exchange(config, start_ns, state.market), None, state)


def begin_recorded_day(config: SimulatorConfig, day: RecordedDay) -> tuple[Exchange, Replay]:
    """Return a market that trades nothing itself but has the base prices of *day*, and the day's replay."""
    exchange = Exchange(with_recorded_prices(config, day), day.starts_ns, MarketState(), mute_venues=_ALL_VENUES)
    return exchange, Replay(day)


def last_trading_day(calendar: Calendar, world_ns: int) -> date:
    """Return the last day on or before the date of *world_ns* on which a session had begun."""
    day = calendar.date_at(world_ns)
    if calendar.is_open_on(day) and calendar.session_on(day).opens_ns <= world_ns:
        return day
    return calendar.previous_before(day)


def _begin_recording(config: SimulatorConfig, found: SimulatorState | None, life: str, root: Path) -> Life:
    days = {day.session_date: day for day in read_recording(root / config.recording)}
    dates = list(days)
    chosen = _date_of(config) or dates[0]
    if found is not None and found.last_date in days and not config.recording_date:
        place = dates.index(found.last_date) + (found.life != life)
        chosen = dates[place % len(dates)]
    if chosen not in days:
        message = f"{config.recording}: expected frames of {chosen}, found {', '.join(map(str, dates))}"
        raise CannotPlay(message)
    day = days[chosen]
    is_same = found is not None and found.life == life and found.last_date == chosen
    clock = WorldClock(found.time) if found and is_same else WorldClock.starting_at(day.starts_ns, config.speed, life)
    exchange, replay = begin_recorded_day(config, day)
    state = found or _new_state(config, clock, life)
    state.life, state.time, state.last_date, state.market = life, clock.time, chosen, MarketState()
    return Life(config, clock, exchange, replay, state)


def _date_of(config: SimulatorConfig) -> date | None:
    if not config.recording_date:
        return None
    try:
        return date.fromisoformat(config.recording_date)
    except ValueError:
        message = f"recording_date: expected an ISO date, found {config.recording_date!r}"
        raise CannotPlay(message) from None


def _new_state(config: SimulatorConfig, clock: WorldClock, life: str) -> SimulatorState:
    start, seed, recording = _identity(config)
    return SimulatorState(
        life=life,
        start=start,
        seed=seed,
        recording=recording,
        time=clock.time,
        last_date=clock.now().date(),
        market=MarketState(),
        keys=Keys(),
    )


def _identity(config: SimulatorConfig) -> tuple[str, int, str]:
    return config.start, config.seed, config.recording


def _start_of(config: SimulatorConfig) -> int:
    try:
        return nanoseconds_of(datetime.fromisoformat(config.start))
    except (TypeError, ValueError):
        message = f"start: expected an ISO instant with offset, found {config.start!r}"
        raise CannotPlay(message) from None


def _same_hour(start_ns: int, day: date, calendar: Calendar) -> int:
    hour = moment_of(start_ns).astimezone(calendar.zone).timetz()
    return nanoseconds_of(datetime.combine(day, hour.replace(tzinfo=None), tzinfo=calendar.zone))
