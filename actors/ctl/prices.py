"""Prices and moments as people read them."""

from datetime import datetime

from actors.market.sessions import SEOUL, zone_of
from protocol.messages import Venue
from protocol.rules import RuleKind

__all__ = ["amount", "market_time", "percent", "reached_at", "shares_text", "wall_clock"]


def amount(price: float | None, venue: Venue) -> str | None:
    """Return *price* for a table: whole won with commas, dollars with two decimals."""
    if price is None:
        return None
    return f"{price:,.0f}" if venue.is_korean else f"{price:,.2f}"


def shares_text(count: float) -> str:
    """Return a number of shares with its unit."""
    return f"{count:,.0f} shares"


def reached_at(kind: RuleKind, target: float, venue: Venue) -> str | None:
    """Return for a table what a rule was reached at: a price as `amount` does, or shares."""
    return shares_text(target) if kind is RuleKind.VOLUME else amount(target, venue)


def percent(fraction: float | None, sign: str = "-", decimals: int = 2) -> str | None:
    """Return *fraction* in percent; *sign* as for `price_text`."""
    return None if fraction is None else f"{fraction:{sign}.{decimals}%}"


def market_time(moment: datetime, venue: Venue, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """Return *moment* by the clock of *venue*, and where that hangs."""
    city = "Seoul" if venue.is_korean else "New York"
    return f"{moment.astimezone(zone_of(venue)):{pattern}} ({city})"


def wall_clock(iso: str | None) -> str | None:
    """Return an ISO moment as a Korean wall's clock shows it, to the millisecond; what is not one, as it is."""
    if iso is None:
        return None
    try:
        return datetime.fromisoformat(iso).astimezone(SEOUL).strftime("%m-%d %H:%M:%S.%f")[:-3]
    except ValueError:
        return iso
