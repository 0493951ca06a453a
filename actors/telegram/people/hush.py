"""What a person wants to be spared: quiet hours, mutes, and how deep a fall must be to ring. Pure.

An alert that comes into quiet hours or a mute is *held*: it waits on disk, and when the last of what holds it is over,
one message tells everything that was held: the digest. Letters are never held: they make no sound.
"""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from actors.market.config import MarketConfig
from actors.market.sessions import NEW_YORK, SEOUL
from actors.telegram.people.quiet import QuietHours
from protocol.messages import Alert, Market, Session, Venue
from protocol.moments import from_ns, to_ns
from protocol.rules import RuleKind

__all__ = ["RINGS_FROM", "Hush", "Mute", "day_ends_at", "depth_of"]

RINGS_FROM = 2.0
"""How many σ deep an alert must be to ring, unless its person chose otherwise."""
LAST = time(23, 59)
SATURDAY = 5
ZONES = {Market.KRX: SEOUL, Market.US: NEW_YORK}


class Mute(Struct, frozen=True, kw_only=True):
    """Silence from *since_ns* up to but not including *until_ns*, UTC epoch nanoseconds."""

    since_ns: int
    until_ns: int
    market: Market | None = None
    """Whose stocks it silences; None: those of all markets."""
    symbol: str = ""
    """The one stock that it silences; empty: all."""

    def holds(self, alert: Alert, at_ns: int) -> bool:
        """Say whether it silences *alert* at a moment."""
        return self.covers(alert.symbol, alert.venue) and self.since_ns <= at_ns < self.until_ns

    def covers(self, symbol: str, venue: Venue) -> bool:
        """Say whether it is about this stock."""
        return self.symbol in {"", symbol} and self.market in {None, venue.market}


class Hush(Struct, frozen=True, kw_only=True):
    """All that one person wants to be spared."""

    quiet: QuietHours | None = None
    mutes: tuple[Mute, ...] = ()
    rings_from: float = RINGS_FROM
    """How many σ deep an alert must be to make a sound."""

    def holds(self, alert: Alert, at_ns: int, zone: ZoneInfo) -> bool:
        """Say whether *alert* is held at a moment, UTC epoch nanoseconds, where the person lives in *zone*."""
        return self._is_asleep(alert, at_ns, zone) or any(mute.holds(alert, at_ns) for mute in self.mutes)

    def rings(self, alerts: Iterable[Alert]) -> bool:
        """Say whether a message that brings *alerts* makes a sound."""
        return any(depth_of(alert) >= self.rings_from for alert in alerts)

    def muted_until(self, symbol: str, venue: Venue, at_ns: int) -> int | None:
        """Return when the last of the mutes ends that silence a stock at a moment, None if none does."""
        reigning = (mute for mute in self.mutes if mute.since_ns <= at_ns < mute.until_ns)
        return max((mute.until_ns for mute in reigning if mute.covers(symbol, venue)), default=None)

    def _is_asleep(self, alert: Alert, at_ns: int, zone: ZoneInfo) -> bool:
        quiet = self.quiet
        if quiet is None or (quiet.wakes_from and depth_of(alert) >= quiet.wakes_from):
            return False
        return quiet.end_after(at_ns, zone) is not None


def depth_of(alert: Alert) -> float:
    """Return how many σ deep *alert* is; a price that somebody named counts as deep as what rings by itself."""
    return alert.level if alert.kind is RuleKind.SIGMA else RINGS_FROM


def day_ends_at(market: Market, now_ns: int, reader: ZoneInfo, config: MarketConfig) -> int | None:
    """Return when the market's session date ends that somebody in the zone of *reader* calls today, None if it has.

    It is the one whose regular session is still to end, or else the one of the date that the reader's own calendar
    shows: in Seoul at night New York's running one, and from the morning on that of the coming night. On a closed day
    nothing happens until then.
    """
    now = from_ns(now_ns)
    zone = ZONES[market]
    hours = (*config.krx_hours, *config.nxt_hours) if market is Market.KRX else config.us_hours
    local = now.astimezone(zone)
    regular = max((each.closes for each in hours if each.session is Session.REGULAR), default=LAST)
    is_to_end = local.weekday() < SATURDAY and local.time() < regular
    for on in (*([local.date()] if is_to_end else []), now.astimezone(reader).date()):
        last = max((each.prints_until or each.closes for each in hours if each.since <= on <= each.until), default=LAST)
        ends_at = datetime.combine(on, last, zone)
        if now < ends_at:
            return to_ns(ends_at)
    return None
