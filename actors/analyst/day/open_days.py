"""Ask KIS once a day on which days Korea trades. Where it disagrees with the calendar, KIS wins and it is told.

KIS wants this call once a day, and its answer kept: it lies in the almanac's file, from which every process that knows
a calendar takes it. A failure harms nothing, the lists serve; it is tried again, and is no reason to be degraded.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol

from actors.analyst.config import AnalystConfig
from actors.analyst.instruments.renewal import is_due
from actors.market.almanac import Almanac
from actors.market.sessions import SEOUL, Calendar
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import TemporaryFailure
from actors.runtime.tasks import Errand
from protocol.messages import Venue

__all__ = ["OpenDays", "OpenDaysSource", "disagreements"]


class OpenDaysSource(Protocol):
    """Whoever can tell; `KisClient` is the real one."""

    async def open_days(self, first: date) -> dict[date, bool]:
        """Return by date from *first* on, some weeks, whether Korea's exchange is open; raises TemporaryFailure."""


def disagreements(calendar: Calendar, is_open: Mapping[date, bool]) -> dict[date, bool]:
    """Return the part of *is_open* that *calendar* says otherwise."""
    return {on: told for on, told in is_open.items() if calendar.is_trading_day(Venue.KRX, on) != told}


class OpenDays:
    """The question of the day, in one task beside the work loop."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        almanac: Almanac,
        source: OpenDaysSource | None,
        tell: Callable[[dict[date, bool]], None],
    ) -> None:
        """Ask *source*, None for nobody; *tell* is handed what was otherwise than we thought, by date."""
        self._actor = actor
        self._almanac = almanac
        self._source = source
        self._tell = tell
        self._pause = Backoff(actor.config.retry_first_s, actor.config.look_again_s, actor.random)
        self._not_before = float("-inf")
        self._is_failing = False
        self._asking = Errand()

    def look(self) -> None:
        """Begin to ask when it is time."""
        clock = self._actor.clock
        if not self._asking.is_over() or self._source is None or clock.monotonic() < self._not_before:
            return
        if is_due(self._almanac.asked_at, clock.now(), self._actor.config.open_days_at):
            self._asking.begin(self._ask(self._source, clock.now()))

    async def close(self) -> None:
        """Stop asking."""
        await self._asking.close()

    async def _ask(self, source: OpenDaysSource, now: datetime) -> None:
        try:
            is_open = await source.open_days(now.astimezone(SEOUL).date())
        except TemporaryFailure as failure:
            self._not_before = self._actor.clock.monotonic() + max(self._pause.next(), failure.retry_after_s or 0.0)
            if not self._is_failing:
                self._actor.log.warning("open_days_delayed", reason=str(failure))
            self._is_failing = True
        else:
            self._pause.reset()
            self._is_failing = False
            surprises = disagreements(self._almanac.calendar, is_open)
            if surprises:
                # Before the file: killed in between, we ask and tell again instead of never.
                self._tell(surprises)
            self._almanac.keep(now, is_open)
        self._actor.ports.wake()
