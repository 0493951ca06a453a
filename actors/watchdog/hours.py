"""Whether anybody trades now: asked only when somebody has grown too large, so the shell imports this only then."""

from datetime import datetime

from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.market.errors import BeyondCalendar
from actors.runtime.config import Settings
from protocol.messages import Session, Venue

__all__ = ["Hours"]

MARKETS = (Venue.KRX, Venue.NASDAQ)


class Hours:
    """The regular sessions of Korea and the US, by an almanac that is kept."""

    def __init__(self, settings: Settings) -> None:
        self._almanac = Almanac(settings.table("market", MarketConfig), settings.data_dir)

    def is_market_open(self, now: datetime) -> bool:
        """Say whether one of the sessions is on at *now*; where no calendar reaches, one may be."""
        self._almanac.look()
        try:
            return any(self._almanac.calendar.is_open(venue, now, (Session.REGULAR,)) for venue in MARKETS)
        except BeyondCalendar:
            return True
