"""Whether anybody trades now: asked only when somebody has grown too large, so the shell imports this only then."""

from datetime import datetime

from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.runtime.config import Settings
from protocol.messages import Session, Venue

__all__ = ["is_market_open"]

MARKETS = (Venue.KRX, Venue.NASDAQ)


def is_market_open(settings: Settings, now: datetime) -> bool:
    """Return whether a regular session of Korea or the US is on at *now*."""
    calendar = Almanac(settings.table("market", MarketConfig), settings.data_dir).calendar
    return any(calendar.is_open(venue, now, (Session.REGULAR,)) for venue in MARKETS)
