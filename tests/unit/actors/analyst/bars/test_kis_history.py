"""What analyst makes of KIS's answers."""

import asyncio
from datetime import date

from actors.analyst.bars.history import Instrument
from actors.analyst.bars.kis_history import KisHistory
from actors.kis.daily_bars import Bars
from actors.kis.errors import UnknownSymbol
from actors.kis.prices import Price
from protocol.messages import Venue
from tests.support.history import bar

TODAY = date(2025, 11, 28)


class FakeKis:
    """Lists 005930 on KRX and SOXL on AMEX."""

    is_closed = False

    async def daily_bars(self, symbol: str, _venue: Venue, _first: date, last: date) -> Bars:
        """Return one bar of what is listed."""
        return Bars("삼성전자 ", [bar(last, 100.0)]) if symbol == "005930" else Bars("", [])

    async def price(self, symbol: str, venue: Venue) -> Price:
        """Return the price of what is listed."""
        if (symbol, venue) not in {("SOXL", Venue.AMEX), ("005930", Venue.KRX)}:
            message = f"expected a price, found none of {symbol}"
            raise UnknownSymbol(message)
        return Price(price=40.0, change=-1.27, base_price=41.27, cumulative_volume=7, day_low=0.0)

    def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


def source() -> KisHistory:
    """Return a source over the fake client."""
    return KisHistory(FakeKis())  # type: ignore[arg-type]  # it has the methods that are called


def find(symbol: str, *venues: Venue) -> Instrument | None:
    """Return what is found."""
    return asyncio.run(source().find(symbol, venues, TODAY))


def test_a_korean_symbol_has_its_hangul_name() -> None:
    """Alerts call a stock as people do."""
    assert find("005930", Venue.KRX) == Instrument(symbol="005930", name="삼성전자", venue=Venue.KRX)


def test_a_us_symbol_is_looked_for_on_each_exchange_in_turn() -> None:
    """People know the symbol, KIS wants the exchange; its REST tells no name."""
    found = find("SOXL", Venue.NASDAQ, Venue.NYSE, Venue.AMEX)

    assert found == Instrument(symbol="SOXL", name="SOXL", venue=Venue.AMEX)


def test_what_no_exchange_lists_is_not_found() -> None:
    """KIS answers an unknown symbol with success and empty fields."""
    assert find("999999", Venue.KRX) is None
    assert find("NONE", Venue.NASDAQ, Venue.NYSE, Venue.AMEX) is None


def test_the_base_price_is_the_exchanges_own_and_absent_where_there_is_no_price() -> None:
    """The last close serves then."""
    assert asyncio.run(source().base_price("SOXL", Venue.AMEX)) == 41.27
    assert asyncio.run(source().base_price("SOXL", Venue.NYSE)) is None


def test_bars_are_handed_on_and_the_connection_is_let_go() -> None:
    """What the client holds open must not outlive the actor."""
    kis = FakeKis()
    history = KisHistory(kis)  # type: ignore[arg-type]  # it has the methods that are called

    async def scene() -> None:
        assert await history.daily_bars("005930", Venue.KRX, TODAY, TODAY) == [bar(TODAY, 100.0)]
        await history.close()

    asyncio.run(scene())
    assert kis.is_closed
