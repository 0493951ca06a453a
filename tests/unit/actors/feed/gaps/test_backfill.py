"""What stands for trades that a reader has missed."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import cast

from structlog.testing import capture_logs

from actors.feed.config import FeedConfig
from actors.feed.demand.hours import Hours
from actors.feed.gaps.backfill import Backfill
from actors.feed.gaps.continuity import Key
from actors.feed.gaps.repair import Place, Repairs
from actors.feed.outlet import Outlet
from actors.feed.session.intake import Intake
from actors.feed.store import FlowStore
from actors.kis.client import KisClient
from actors.kis.minute_bars import MINUTE_NS, MinuteBar, MinuteBars
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store
from actors.runtime.tasks import Tasks
from protocol.messages import Event, Session, Trade, Venue
from protocol.moments import to_ns
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import DAY, NINE
from tests.support.ports import FakePorts

KEY, OTHER = ("122630", Venue.KRX), ("005930", Venue.KRX)
BEGIN_NS = to_ns(NINE)
END_NS = BEGIN_NS + 5 * MINUTE_NS


class AlwaysOpen:
    """A market without a night."""

    def place(self, _venue: Venue, _at_ns: int) -> Place:
        """Return the regular session."""
        return Place(Session.REGULAR, DAY)

    def span(self, _venue: Venue, first_ns: int, last_ns: int) -> tuple[int, int]:
        """Leave everything."""
        return first_ns, last_ns


class Kis:
    """Tells one minute of each symbol, but of those that are *silent*."""

    def __init__(self, *silent: Key) -> None:
        self._silent = silent

    async def minutes(self, symbol: str, venue: Venue, _first: datetime, _last: datetime) -> MinuteBars:
        """Return the minute, or raise."""
        if (symbol, venue) in self._silent:
            message = f"expected the minutes of {symbol}, found none"
            raise TemporaryFailure(message)
        bar = MinuteBar(begins_ns=BEGIN_NS, open=9.0, high=10.0, low=8.0, close=9.0, volume=7)
        return MinuteBars(10.0, [bar])


def filled(directory: Path, *silent: Key) -> tuple[list[Trade] | None, dict[str, str]]:
    """Return what a reader of two symbols is given for five minutes, and what is told of them last."""
    settings, ports = make_settings(directory), FakePorts()
    lay_out(settings, "feed")
    actor = make_actor("feed", FeedConfig(), settings, ports=ports, clock=FakeClock(NINE))
    flows = FlowStore(open_store("feed", settings, durable=False), "1")
    intake = Intake(Repairs(actor.config))
    backfill = Backfill(actor, flows, intake, Outlet(actor), Tasks(ports.wake), client=cast(KisClient, Kis(*silent)))
    backfill.know(cast(Hours, AlwaysOpen()))
    backfill.watch([KEY, OTHER])
    trades = asyncio.run(backfill.fill(BEGIN_NS, END_NS))
    told = [event for event in ports.published if isinstance(event, Event)]
    return trades, {"name": told[-1].name, **told[-1].details}


def test_a_reader_that_was_away_is_given_the_minutes_of_all_symbols(tmp_path: Path) -> None:
    """Low, high and close of each stand for what was traded."""
    trades, told = filled(tmp_path)

    assert trades is not None
    assert sorted((trade.symbol, trade.price) for trade in trades) == [
        *(("005930", price) for price in (8.0, 9.0, 10.0)),
        *(("122630", price) for price in (8.0, 9.0, 10.0)),
    ]
    assert (told["name"], told["minutes"]) == ("gap_repaired", "2")


def test_one_symbol_that_kis_does_not_tell_of_takes_nothing_from_the_others(tmp_path: Path) -> None:
    """An alert of theirs was lost by it; the gap names the one, and from when on."""
    trades, told = filled(tmp_path, OTHER)

    assert trades is not None
    assert {trade.symbol for trade in trades} == {"122630"}
    assert (told["name"], told["unrepaired"], told["missing_from"]) == ("gap_unrepaired", "005930", NINE.isoformat())


def test_where_kis_tells_nothing_nothing_stands_for_the_hole(tmp_path: Path) -> None:
    """An empty answer would mean that nothing was traded."""
    trades, told = filled(tmp_path, KEY, OTHER)

    assert trades is None
    assert (told["name"], told["unrepaired"]) == ("gap_unrepaired", "005930, 122630")


class FullDisk:
    """A store that takes nothing until it is emptied."""

    def __init__(self) -> None:
        self.is_full = True
        self.noted: list[int] = []

    def flowed_until_ns(self) -> int:
        """Return that nothing is known."""
        return 0

    def note(self, until_ns: int) -> None:
        """Take it, if there is room."""
        if self.is_full:
            message = "expected room, found none"
            raise TemporaryFailure(message)
        self.noted.append(until_ns)


def test_while_the_disk_is_full_trades_go_on_and_the_same_moment_is_noted_once_it_is_not(tmp_path: Path) -> None:
    """Ended by it, feed would open one session after another, and KIS blocks who does."""
    disk, clock, ports = FullDisk(), FakeClock(NINE), FakePorts()
    actor = make_actor("feed", FeedConfig(), make_settings(tmp_path), ports=ports, clock=clock)
    intake = Intake(Repairs(actor.config))
    backfill = Backfill(
        actor, cast(FlowStore, disk), intake, Outlet(actor), Tasks(ports.wake), client=cast(KisClient, Kis())
    )
    backfill.watch([KEY])

    with capture_logs() as logs:
        for _ in range(2):
            backfill.look(END_NS)
            clock.step(1.0)
        assert (backfill.trouble, disk.noted) == ("expected room, found none", [])
        disk.is_full = False
        backfill.look(END_NS)

    assert (backfill.trouble, disk.noted) == ("", [END_NS])
    assert [line["event"] for line in logs] == ["flow_not_noted", "flow_noted"]
