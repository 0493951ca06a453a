"""What the two sources make of their answers."""

import asyncio
from datetime import date

import pytest

from actors.fdr.worker import Row
from actors.kis.errors import UnknownSymbol
from actors.kis.prices import Price
from actors.runtime.errors import TemporaryFailure
from actors.us_poller.core import Quotation
from actors.us_poller.fdr_prices import FdrPrices, quotation_of
from actors.us_poller.kis_prices import KisPrices
from protocol.messages import Venue

WEDNESDAY, FRIDAY = date(2025, 11, 26), date(2025, 11, 28)


class FakeKis:
    """Knows SOXL alone."""

    is_closed = False

    async def price(self, symbol: str, _venue: Venue) -> Price:
        """Return its price."""
        if symbol != "SOXL":
            message = f"expected a price above zero, found none of {symbol}"
            raise UnknownSymbol(message)
        return Price(price=40.0, change=-1.27, base_price=41.27, cumulative_volume=7, day_low=0.0)

    def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


class FakeRows:
    """Answers with a row of Wednesday and one of Friday."""

    is_closed = False

    async def rows(self, _symbol: str, _venue: Venue, first: date, last: date) -> list[Row]:
        """Return what lies in the range."""
        rows = [row(WEDNESDAY, 41.27, 9.0), row(FRIDAY, 40.0, 7.0)]
        return [each for each in rows if first <= each.session_date <= last]

    async def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


def row(on: date, close: float, volume: float) -> Row:
    """Return a day that closed at *close*."""
    return Row(on, close, close, close, close, volume)


QUOTATION = Quotation(price=40.0, base_price=41.27, cumulative_volume=7)


def test_both_sources_answer_alike() -> None:
    """A switch of source must not make a crossing of its own."""
    kis, rows = FakeKis(), FakeRows()
    by_kis = KisPrices(kis)  # type: ignore[arg-type]  # it has the one method that is called
    by_rows = FdrPrices(rows)  # type: ignore[arg-type]  # likewise

    async def ask() -> list[Quotation]:
        found = [await source.price("SOXL", Venue.AMEX, FRIDAY) for source in (by_kis, by_rows)]
        for source in (by_kis, by_rows):
            await source.close()
        return found

    assert asyncio.run(ask()) == [QUOTATION, QUOTATION]
    assert kis.is_closed
    assert rows.is_closed


def test_a_symbol_that_kis_does_not_know_is_told_by_name() -> None:
    """A watched symbol that has no price goes unwatched: the operator must read which."""
    source = KisPrices(FakeKis())  # type: ignore[arg-type]  # it has the one method that is called

    with pytest.raises(TemporaryFailure, match="GONE of NYSE"):
        asyncio.run(source.price("GONE", Venue.NYSE, FRIDAY))


def test_without_a_row_of_today_nothing_has_traded() -> None:
    """Yesterday's row, taken for today's, would be a price of the day before."""
    assert quotation_of([row(WEDNESDAY, 41.27, 9.0)], FRIDAY).cumulative_volume == 0


def test_without_a_row_before_there_is_no_base_price() -> None:
    """A change that is measured from nothing would be a fall or a rise of its own."""
    with pytest.raises(TemporaryFailure, match="before 2025-11-28"):
        quotation_of([row(FRIDAY, 40.0, 7.0)], FRIDAY)


def test_a_volume_that_is_a_hole_counts_as_none() -> None:
    """int(NaN) raises."""
    rows = [row(WEDNESDAY, 41.27, 9.0), row(FRIDAY, 40.0, float("nan"))]

    assert quotation_of(rows, FRIDAY).cumulative_volume == 0
