"""The table [market]: session times and the days on which they differ. It is data, because all of it has changed.

Times are the exchange's own wall clock: Seoul for KRX and NXT, New York for the US venues.

Sources: KRX and NXT trading hours as of 2026-11 (the KRX after-market of 16:00 to 20:00 since 2026-09-14, before it
ten-minute single prices until 18:00); NYSE trading hours; KRX notices on exam days (everything an hour later, only the
end of after-hours trading stays; NXT's pre-market is left out).
"""

from datetime import date, time
from typing import Annotated

from msgspec import Meta, Struct

from protocol.messages import Session

__all__ = ["LateOpen", "MarketConfig", "SessionHours"]

Minutes = Annotated[int, Meta(ge=0, le=360)]


class SessionHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stretch of an exchange's day, from `opens` up to but not including `closes`."""

    session: Session
    """pre, regular or after."""
    opens: time
    """Wall clock of the exchange."""
    closes: time
    """Wall clock of the exchange, later than `opens`."""
    prints_until: time | None = None
    """Until when its last trades may still be printed, where an auction ends it at a random moment."""
    since: date = date.min
    """The first session date with these hours."""
    until: date = date.max
    """The last session date with these hours."""
    on_late_days: bool = True
    """Whether it is held at all on a day that opens late."""

    def __post_init__(self) -> None:
        """Refuse hours that end before they begin.

        Raises:
            ValueError: naming the hours.
        """
        if not self.opens < self.closes <= (self.prints_until or self.closes):
            message = f"expected opens < closes <= prints_until, found {self.opens}, {self.closes}, {self.prints_until}"
            raise ValueError(message)


class LateOpen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day on which Korean exchanges open late."""

    on: date
    """The session date."""
    opens_later_min: Minutes = 60
    """Minutes by which the pre-market and the open of the regular session move."""
    closes_later_min: Minutes = 60
    """Minutes by which the regular session's close and the open of after-hours trading move; its end never moves."""


_KRX_HOURS = (
    SessionHours(session=Session.PRE_MARKET, opens=time(8, 30), closes=time(9, 0)),
    # The closing auction ends up to 30 seconds late, and in a single stock up to two minutes more.
    SessionHours(session=Session.REGULAR, opens=time(9, 0), closes=time(15, 30), prints_until=time(15, 33)),
    SessionHours(session=Session.AFTER_HOURS, opens=time(15, 40), closes=time(18, 0), until=date(2026, 9, 13)),
    SessionHours(session=Session.AFTER_HOURS, opens=time(15, 40), closes=time(20, 0), since=date(2026, 9, 14)),
)
_NXT_HOURS = (
    SessionHours(session=Session.PRE_MARKET, opens=time(8, 0), closes=time(8, 50), on_late_days=False),
    SessionHours(session=Session.REGULAR, opens=time(9, 0, 30), closes=time(15, 20)),
    SessionHours(session=Session.AFTER_HOURS, opens=time(15, 30), closes=time(20, 0)),
)
_US_HOURS = (
    SessionHours(session=Session.PRE_MARKET, opens=time(4, 0), closes=time(9, 30)),
    SessionHours(session=Session.REGULAR, opens=time(9, 30), closes=time(16, 0)),
    SessionHours(session=Session.AFTER_HOURS, opens=time(16, 0), closes=time(20, 0)),
)
_EXAM_DAYS = (
    LateOpen(on=date(2024, 11, 14)),
    LateOpen(on=date(2025, 11, 13)),
    LateOpen(on=date(2026, 11, 19)),
)


class MarketConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the markets trade."""

    krx_hours: tuple[SessionHours, ...] = _KRX_HOURS
    """KRX, Seoul time. After-hours begins with trades at the day's close, 15:40 to 16:00."""
    nxt_hours: tuple[SessionHours, ...] = _NXT_HOURS
    """NXT, Seoul time."""
    us_hours: tuple[SessionHours, ...] = _US_HOURS
    """NASDAQ, NYSE and AMEX, New York time."""
    krx_late_opens: tuple[LateOpen, ...] = _EXAM_DAYS
    """Days on which KRX and NXT open late: the university entrance exam. Announced each year, never computed."""
    krx_first_day_later_min: Minutes = 60
    """Minutes by which the first trading day of a year opens late in Korea; it closes as always."""
    us_half_day_earlier_min: Minutes = 180
    """Minutes by which the regular and the after-hours session end early on a US half day."""
    krx_extra_closed_days: tuple[date, ...] = ()
    """Korean closed days that the calendar does not know, as announced at short notice."""
    krx_extra_open_days: tuple[date, ...] = ()
    """Korean trading days that the calendar takes for closed."""
    us_extra_closed_days: tuple[date, ...] = ()
    """US closed days that the calendar does not know, as on a day of national mourning."""
    us_extra_open_days: tuple[date, ...] = ()
    """US trading days that the calendar takes for closed."""
    us_extra_half_days: tuple[date, ...] = ()
    """US trading days that end early and that the calendar takes for whole ones."""
