"""What must be right beside KIS's keys, for `sigmactl kis check`: the clock, the calendar, the master files."""

from datetime import timedelta

from sqlalchemy import select

from actors.ctl.prices import market_time
from actors.kis.clock_offset import read_offset_s
from actors.kis.config import KisConfig
from actors.kis.downloads import MasterDownloads
from actors.kis.errors import MasterError
from actors.kis.masters import MASTER_FILES
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.market.errors import BeyondCalendar
from actors.market.sessions import zone_of
from actors.runtime.clock import Clock, SystemClock, WorldClock, read_world_clock
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused
from actors.runtime.store import open_reader
from protocol.messages import Venue
from protocol.moments import from_ns
from protocol.tables.analyst import master_files

__all__ = ["check_calendar", "check_clock", "check_masters", "clock_of"]

MOST_OFFSET_S = 3.0
"""KIS tells its time in whole seconds, and an answer takes a while."""
OLD = timedelta(days=2)


def clock_of(settings: Settings) -> Clock:
    """Return the clock that the actors go by; the machine's own while the simulator has not started its."""
    if settings.shared.clock == "world":
        world = read_world_clock(settings.run_dir / "clock.json")
        if world is not None:
            return WorldClock(world)
    return SystemClock()


def check_clock(settings: Settings) -> str:
    """Compare our clock with KIS's.

    Raises:
        CommandRefused: they differ, or the simulated world has no time.
        TemporaryFailure: KIS does not answer.
    """
    clock = clock_of(settings)
    if settings.shared.clock == "world":
        if not isinstance(clock, WorldClock):
            message = "expected the simulator's clock in run/clock.json, found none"
            raise CommandRefused(message)
        return f"the simulated world's: {market_time(clock.now(), Venue.KRX, '%Y-%m-%d %H:%M:%S')}"
    offset_s = read_offset_s(settings.table("kis", KisConfig), clock)
    if offset_s is None:
        return "KIS does not tell its time, so ours cannot be compared"
    if abs(offset_s) > MOST_OFFSET_S:
        message = f"expected at most {MOST_OFFSET_S:g} s between KIS's clock and ours, found {offset_s:+.0f}"
        raise CommandRefused(message)
    return f"within {MOST_OFFSET_S:g} s of KIS's"


def check_calendar(settings: Settings) -> str:
    """Say which sessions there are today; what the actors have not computed yet is not computed for this.

    Raises:
        CommandRefused: the calendar does not reach today.
    """
    if not (settings.data_dir / "closed-days.json").exists():
        return "not computed yet: whoever starts first does it"
    almanac = Almanac(settings.table("market", MarketConfig), settings.data_dir)
    now = clock_of(settings).now()
    days = []
    try:
        for name, venue in (("Korea", Venue.KRX), ("US", Venue.NASDAQ)):
            today = now.astimezone(zone_of(venue)).date()
            regular = almanac.calendar.regular_times(venue, today)
            days.append(f"{name} {today} {'closed' if regular is None else 'open'}")
    except BeyondCalendar as error:
        message = str(error)
        raise CommandRefused(message) from None
    return ", ".join(days)


def check_masters(settings: Settings) -> str:
    """Say when the master files were read; where none was, whether they can be had.

    Raises:
        CommandRefused: one has not been read for days.
        TemporaryFailure: none was ever read, and they cannot be had.
    """
    config = settings.table("kis", KisConfig)
    if not config.masters_url:
        return "switched off: [kis] masters_url is empty"
    read = _read_masters(settings)
    if not read:
        return _try_download(config)
    now = clock_of(settings).now()
    old = [file for file in MASTER_FILES if file not in read or now - from_ns(read[file][0]) > OLD]
    if old:
        message = f"expected every master file to be read each day, found old or missing: {', '.join(sorted(old))}"
        raise CommandRefused(message)
    newest = from_ns(max(at_ns for at_ns, _ in read.values()))
    return (
        f"{len(read)} files, {sum(count for _, count in read.values()):,} instruments, "
        f"read {market_time(newest, Venue.KRX)}"
    )


def _read_masters(settings: Settings) -> dict[str, tuple[int, int]]:
    """Return when each file was read and how many instruments it listed."""
    reader = open_reader("analyst", settings)
    if reader is None:
        return {}
    with reader.connect() as connection:
        rows = connection.execute(select(master_files)).all()
    reader.dispose()
    return {row.file: (row.read_at_ns, row.instruments) for row in rows}


def _try_download(config: KisConfig) -> str:
    name = next(iter(MASTER_FILES))
    try:
        size = len(MasterDownloads(config, lambda: False).fetch(name))
    except MasterError as error:
        message = f"{name}: {error}"
        raise CommandRefused(message) from None
    return f"{name} can be had, {size / 1e6:.1f} MB; analyst has read none yet"
