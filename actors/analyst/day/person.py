"""Who is told of the day, and what he watches. Pure."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from protocol.messages import Market, Venue

__all__ = ["Person", "PersonalWatch"]


class PersonalWatch(Struct, frozen=True, kw_only=True):
    """A symbol that somebody watches."""

    symbol: str
    name: str
    venue: Venue
    levels: tuple[float, ...]
    """How many σ below the base price alert, the nearest first."""
    amount: Decimal | None = None
    """What is spent on the first of them, None where nothing was said."""
    since: datetime
    """Since when it is watched."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who may be told."""

    id: int
    name: str
    role: str
    wants_closed_days: bool = False
    """Whether this person is told that a market stays closed."""
    watches: tuple[PersonalWatch, ...]
    """The longest watched first."""

    def watches_in(self, market: Market) -> list[PersonalWatch]:
        """Return what this person watches in *market*."""
        return [watch for watch in self.watches if watch.venue.market is market]
