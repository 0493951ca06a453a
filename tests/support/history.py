"""A source of daily bars that a test holds in its hand."""

import asyncio
import random
from datetime import date, timedelta

from actors.analyst.bars.history import Bar, Instrument
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue
from tests.support.calendar import calendar

__all__ = ["FakeHistory", "bar", "random_walk"]


def bar(on: date, close: float) -> Bar:
    """Return a day that closed at *close*."""
    return Bar(session_date=on, open=close, high=close * 1.01, low=close * 0.99, close=close, volume=1_000)


def random_walk(venue: Venue, first: date, last: date, seed: int = 7) -> dict[date, float]:
    """Return closes of every trading day from *first* to *last*."""
    chance = random.Random(seed)
    closes: dict[date, float] = {}
    price, on = 100_000.0, first
    while on <= last:
        if calendar().is_trading_day(venue, on):
            price *= 1 + chance.gauss(0, 0.014)
            closes[on] = price
        on += timedelta(days=1)
    return closes


class FakeHistory:
    """Knows a random walk of each symbol; as strict as a real source about being down."""

    name = "fake"

    def __init__(self, today: date) -> None:
        self.closes = random_walk(Venue.KRX, date(2024, 1, 2), today)
        """Of every symbol, today's unfinished bar among them."""
        self.base_prices: dict[str, float | None] = {}
        self.instruments = {"005930": Instrument(symbol="005930", name="삼성전자", venue=Venue.KRX)}
        self.is_down = False
        self.bars_are_down = False
        self.asked: list[str] = []
        """Symbols whose bars were asked for."""
        self.firsts: list[date] = []
        """From which day on, each time."""
        self.gate = asyncio.Event()
        """While it is cleared, bars that are asked for do not come."""
        self.gate.set()
        self.is_closed = False

    async def daily_bars(self, symbol: str, _venue: Venue, first: date, last: date) -> list[Bar]:
        """Return the walk."""
        self.asked.append(symbol)
        self.firsts.append(first)
        await self.gate.wait()
        self._require(up=not self.bars_are_down)
        return [bar(on, close) for on, close in self.closes.items() if first <= on <= last]

    async def base_price(self, symbol: str, _venue: Venue) -> float | None:
        """Return what the test set."""
        self._require(up=True)
        return self.base_prices.get(symbol)

    async def find(self, symbol: str, venues: tuple[Venue, ...], _today: date) -> Instrument | None:
        """Return what the test set."""
        self._require(up=True)
        found = self.instruments.get(symbol)
        return found if found and found.venue in venues else None

    async def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True

    def _require(self, *, up: bool) -> None:
        if self.is_down or not up:
            message = "expected an answer, found none"
            raise TemporaryFailure(message)
