"""Bars and wishes for the chart's tests."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from actors.chart.drawing import Bar
from protocol.messages import PictureWanted, Venue

__all__ = ["ALERT", "a_year_of_bars", "bar_rows", "weekdays_before"]

ALERT = PictureWanted(
    key="122630:2:2025-11-28T14:32",
    symbol="122630",
    name="KODEX 레버리지",
    venue=Venue.KRX,
    session_date=date(2025, 11, 28),
    base_price=72_665,
    sigma=0.01417,
    level=2,
    price=70_600,
    traded_at=datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC),
)
"""The example in the README."""


def weekdays_before(day: date, count: int) -> list[date]:
    """Return the *count* weekdays before *day*, oldest first."""
    days: list[date] = []
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days[::-1]


def a_year_of_bars(count: int = 400, until: date = ALERT.session_date, seed: int = 3) -> list[Bar]:
    """Return the bars of *count* weekdays before *until*: a random walk that ends near the base price of ALERT."""
    chance = random.Random(seed)
    close, bars = ALERT.base_price, []
    for day in reversed(weekdays_before(until, count)):
        opened = close * (1 - chance.gauss(0.0005, 0.02))
        swing = 1 + abs(chance.gauss(0, 0.007))
        bar = Bar(
            session_date=day,
            open=round(opened / 5) * 5,
            high=max(opened, close) * swing,
            low=min(opened, close) / swing,
            close=close,
            volume=round(2e7 * math.exp(chance.gauss(0, 0.5))),
        )
        bars.append(bar)
        close = float(bar.open)
    return [msgspec.structs.replace(bar, high=round(bar.high), low=round(bar.low)) for bar in reversed(bars)]


def bar_rows(bars: Sequence[Bar]) -> list[object]:
    """Return *bars* as analyst's answer to `bars` has them."""
    return [[bar.session_date.isoformat(), bar.open, bar.high, bar.low, bar.close, bar.volume] for bar in bars]
