"""Asking for prices: the answers become trades, the refusals the next app key, the trouble words."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from actors.feed.config import FeedConfig
from actors.feed.outlet import Outlet
from actors.feed.rest.polling import Listing, Polling
from actors.feed.rest.prices import PriceDesk
from actors.kis.errors import NotPermitted, UnknownSymbol
from actors.kis.prices import Price
from actors.runtime.errors import ConfigError, TemporaryFailure
from protocol.messages import Trades, Venue
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import calendar
from tests.support.clock import FakeClock
from tests.support.ports import FakePorts

TEN = datetime(2025, 11, 28, 10, tzinfo=ZoneInfo("Asia/Seoul"))
SAMSUNG, HYNIX = Listing("005930", Venue.KRX), Listing("000660", Venue.KRX)


class Source:
    """A KIS that answers with the price that each symbol is given, or fails."""

    def __init__(self, **prices: float) -> None:
        self.prices_by_symbol = {name.removeprefix("s"): price for name, price in prices.items()}
        self.failure: Exception | None = None
        self.not_permitted = False
        self.asked: list[tuple[str, ...]] = []

    async def price(self, symbol: str, _venue: Venue) -> Price:
        """Answer one question."""
        self._note((symbol,))
        if symbol not in self.prices_by_symbol:
            raise UnknownSymbol(symbol)
        return self._price(symbol)

    async def prices(self, symbols: Sequence[str], _venue: Venue) -> dict[str, Price]:
        """Answer many."""
        self._note(tuple(symbols))
        if self.not_permitted:
            message = "paper"
            raise NotPermitted(message, 600.0)
        return {symbol: self._price(symbol) for symbol in symbols if symbol in self.prices_by_symbol}

    def _note(self, symbols: tuple[str, ...]) -> None:
        self.asked.append(symbols)
        if self.failure is not None:
            raise self.failure

    def _price(self, symbol: str) -> Price:
        price = self.prices_by_symbol[symbol]
        return Price(price=price, change=price - 100, base_price=100, cumulative_volume=len(self.asked), day_low=1)


class Desk:
    """A desk between sources, a clock and ports in the test's hand."""

    def __init__(self, directory: Path, *sources: Source) -> None:
        settings = make_settings(directory)
        self.ports, self.clock = FakePorts(), FakeClock(TEN)
        self.actor = make_actor("feed", FeedConfig(), settings, ports=self.ports, clock=self.clock)
        self.polling = Polling(calendar(), interval_s=3.0, grace_s=0.0)
        self.outlet = Outlet(self.actor)
        self.desk = PriceDesk(self.actor, self.polling, sources, self.outlet)

    async def round(self) -> None:
        """Look, and let what is asked be answered."""
        self.desk.look()
        for _ in range(4):
            await asyncio.sleep(0)
        self.clock.step(3.0)

    @property
    def published(self) -> list[list[tuple[str, float]]]:
        """What was published, message by message."""
        batches = [message for message in self.ports.published if isinstance(message, Trades)]
        return [[(trade.symbol, trade.price) for trade in batch.trades] for batch in batches]


def play(directory: Path, sources: Sequence[Source], rounds: int, between: Callable[[], None] = lambda: None) -> Desk:
    """Return a desk after so many *rounds* of Samsung and Hynix, *between* coming after the first."""

    async def act() -> Desk:
        made = Desk(directory, *sources)
        made.polling.poll([SAMSUNG, HYNIX], made.clock.monotonic())
        for number in range(rounds):
            await made.round()
            if number == 0:
                between()
        made.desk.look()
        await made.desk.close()
        made.outlet.close()
        return made

    return asyncio.run(act())


def test_many_are_asked_at_once_and_published_in_one_message(tmp_path: Path) -> None:
    """As what one look at a socket brings is."""
    source = Source(s005930=71.0, s000660=90.0)

    made = play(tmp_path, [source], 2)

    assert source.asked[:2] == [("005930", "000660")] * 2
    assert made.published == [[("005930", 71.0), ("000660", 90.0)]] * 2


def test_without_permission_for_many_each_is_asked_for(tmp_path: Path) -> None:
    """Paper trading: slower, but nobody's symbol goes unwatched."""
    source = Source(s005930=71.0, s000660=90.0)
    source.not_permitted = True

    made = play(tmp_path, [source], 3)

    assert source.asked[:3] == [("005930", "000660"), ("005930",), ("000660",)]
    assert made.published == [[("005930", 71.0)], [("000660", 90.0)]]


def test_a_symbol_that_kis_does_not_know_costs_the_others_nothing(tmp_path: Path) -> None:
    """A typo on one phone."""
    source = Source(s000660=90.0)
    source.not_permitted = True

    assert play(tmp_path, [source], 3).published == [[("000660", 90.0)]]


def test_trouble_is_told_until_it_is_over(tmp_path: Path) -> None:
    """The operator reads why prices stand still."""
    source = Source(s005930=71.0, s000660=90.0)
    source.failure = TemporaryFailure("KIS is down")
    assert play(tmp_path, [source], 1).desk.trouble == "KIS is down"

    def heal() -> None:
        source.failure = None

    made = play(tmp_path, [source], 2, heal)
    assert (made.desk.trouble, len(made.published)) == ("", 1)


def test_trouble_is_over_when_every_symbol_has_its_stream(tmp_path: Path) -> None:
    """Nothing is asked then: without this the operator would read of it until the next restart."""
    source = Source(s005930=71.0, s000660=90.0)
    source.failure = TemporaryFailure("KIS is down")

    async def act() -> list[str]:
        made = Desk(tmp_path, source)
        told = []
        for listed in ([SAMSUNG, HYNIX], []):
            made.polling.poll(listed, made.clock.monotonic())
            await made.round()
            told.append(made.desk.trouble)
        made.outlet.close()
        return told

    assert asyncio.run(act()) == ["KIS is down", ""]


def test_a_single_app_key_that_is_refused_is_tried_again(tmp_path: Path) -> None:
    """Its owner renews it, and nobody must restart anything for the prices to go on."""
    source = Source(s005930=71.0, s000660=90.0)
    source.failure = ConfigError("EGW00103")

    def renew() -> None:
        source.failure = None

    made = play(tmp_path, [source], 2, renew)
    assert (made.desk.trouble, len(made.published)) == ("", 1)


def test_an_app_key_that_is_refused_makes_way_for_the_next(tmp_path: Path) -> None:
    """Two app keys, one of them revoked half-way: every price goes on."""
    revoked, good = Source(), Source(s005930=71.0, s000660=90.0)
    revoked.failure = ConfigError("EGW00103")

    made = play(tmp_path, [revoked, good], 3)

    assert len(revoked.asked) == 1
    assert made.published[0] == [("005930", 71.0), ("000660", 90.0)]


@pytest.mark.parametrize("failure", [None, TemporaryFailure("down"), ConfigError("revoked")])
def test_one_price_can_be_asked_for_by_itself(tmp_path: Path, failure: Exception | None) -> None:
    """Whether a silent stream is deaf, one question tells; no answer is no answer."""
    source = Source(s005930=71.0)
    source.failure = failure

    async def act() -> Price | None:
        return await Desk(tmp_path, source).desk.price_of(SAMSUNG)

    price = asyncio.run(act())
    assert (price.price if price else None) == (71.0 if failure is None else None)
