"""Bars and wishes for the chart's tests."""

import functools
import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from actors.chart.backtest import BackTestTold
from actors.chart.day import Minute, Minutes
from actors.chart.drawing import Bar
from actors.chart.sheet import SheetDrawing, TargetsTold, plan_cell
from actors.market import backtest
from protocol.messages import PictureWanted, Venue

__all__ = [
    "ALERT",
    "a_back_test",
    "a_morning_of_minutes",
    "a_sheet",
    "a_year_of_bars",
    "bar_rows",
    "targets_row",
    "weekdays_before",
]

NINE = datetime(2025, 11, 28, tzinfo=UTC)

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


def a_morning_of_minutes(count: int = 333, seed: int = 3) -> Minutes:
    """Return *count* minutes from nine in Seoul on: a walk from the base price of ALERT downwards, to its price."""
    chance, price, minutes = random.Random(seed), ALERT.base_price, []
    for place in range(count):
        step = (ALERT.price - price) / (count - place)
        price += step + chance.gauss(0, 40) * (place + 1 < count)
        reach = abs(chance.gauss(0, 15))
        minutes.append(Minute(NINE + timedelta(minutes=place), price - reach, price + reach, price))
    return Minutes(NINE, NINE + timedelta(hours=6, minutes=30), minutes)


def a_sheet(count: int) -> SheetDrawing:
    """Return a sheet of so many symbols, won and dollars in turn, with long names and high prices among them."""
    names = ("KODEX 레버리지", "Direxion Daily Semiconductor Bull 3X Shares", "삼성전자", "버크셔 해서웨이 A")
    cells = []
    for place in range(count):
        price = (72_665.0, 41.27, 103_500.0, 756_123.5)[place % 4]
        told = TargetsTold(
            symbol=f"{place:06}",
            name=names[place % 4],
            venue=Venue.AMEX if place % 2 else Venue.KRX,
            session_date=ALERT.session_date,
            base_price=price,
            sigma=0.01417,
        )
        factor = price / ALERT.base_price
        bars = [
            msgspec.structs.replace(
                bar, open=bar.open * factor, high=bar.high * factor, low=bar.low * factor, close=bar.close * factor
            )
            for bar in a_year_of_bars(80, seed=place)
        ]
        cells.append(plan_cell(told, bars))
    return SheetDrawing(session_date=ALERT.session_date, cells=cells)


@functools.cache
def a_back_test() -> BackTestTold:
    """Return what the rule would have brought in a year and a half of made-up bars, as analyst tells it."""
    bars = [backtest.Bar(**{name: getattr(bar, name) for name in bar.__struct_fields__}) for bar in a_year_of_bars(600)]
    terms = backtest.Terms(venue=Venue.KRX)
    result = backtest.run_back_test(bars, bars[250].session_date, terms, random.Random(1), resamples=100)
    figures = {name: getattr(result, name) for name in result.__struct_fields__}
    return BackTestTold(symbol=ALERT.symbol, name=ALERT.name, venue=ALERT.venue, **figures)


def targets_row(symbol: str, name: str = "") -> dict[str, object]:
    """Return a row of analyst's answer to `targets`."""
    row = {"symbol": symbol, "name": name or symbol, "venue": "KRX", "session_date": ALERT.session_date.isoformat()}
    return row | {"base_price": ALERT.base_price, "sigma": ALERT.sigma, "returns": 242}
