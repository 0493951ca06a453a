"""What became of the alerts: the change of price 1, 5 and 20 sessions later. Pure.

Bars are adjusted as of the day they were fetched, an alert's price is of its own day. Between them lies the ratio of
the stored close before the alert's session to the base price that the exchange had for it: 1, unless there was a split.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from actors.analyst.bars.history import Bar
from actors.market.backtest import HORIZONS

__all__ = ["Fired", "Outcome", "outcomes_of"]


class Fired(Struct, frozen=True, kw_only=True):
    """What must be known of an alert."""

    id: str
    session_date: date
    price: float
    base_price: float


class Outcome(Struct, frozen=True, kw_only=True):
    """Where the price stood some sessions after an alert."""

    alert_id: str
    sessions: int
    closed_on: date
    """The session whose close it is."""
    change: float
    """From the alert's price to that close, a fraction."""


def outcomes_of(alerts: Iterable[Fired], bars: Sequence[Bar]) -> list[Outcome]:
    """Return what is known by now.

    Args:
        alerts: of one symbol.
        bars: of that symbol, oldest first, of sessions that are over; those of the alerts' own days are needed, too.
    """
    dates = [bar.session_date for bar in bars]
    outcomes = []
    for alert in alerts:
        place = bisect_left(dates, alert.session_date)
        if place == 0 or place == len(dates) or dates[place] != alert.session_date:
            continue
        price = alert.price * bars[place - 1].close / alert.base_price
        outcomes += [
            Outcome(
                alert_id=alert.id,
                sessions=sessions,
                closed_on=dates[place + sessions],
                change=bars[place + sessions].close / price - 1,
            )
            for sessions in HORIZONS
            if place + sessions < len(dates)
        ]
    return outcomes
