"""What the two sources make of their answers."""

import asyncio
from datetime import UTC, date, datetime

import msgspec
import pytest
from msgspec.structs import replace

from actors.fdr.worker import Row
from actors.kis.client import NOT_PERMITTED_S
from actors.kis.errors import UnknownSymbol
from actors.kis.prices import Price
from actors.market.looks import Quotation
from actors.market.sessions import SessionTimes
from actors.runtime.errors import TemporaryFailure
from actors.us_poller.fdr_prices import FdrPrices, quotation_of
from actors.us_poller.kis_prices import KisPrices
from actors.us_poller.spare_prices import PricesWithSpare
from protocol.messages import Session, Venue
from tests.support.calendar import calendar
from tests.support.clock import FakeClock

WEDNESDAY, FRIDAY = date(2025, 11, 26), date(2025, 11, 28)
NOON = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)


class FakeKis:
    """Knows SOXL alone."""

    is_closed = False

    def __init__(self, *, has_detail: bool = True) -> None:
        self.has_detail = has_detail
        self.asked: list[str] = []

    async def us_detail(self, symbol: str, venue: Venue) -> Price:
        """Return its price with the day's low, or refuse as KIS does on paper."""
        self.asked.append("detail")
        if not self.has_detail:
            message = "permits no such call"
            raise TemporaryFailure(message, NOT_PERMITTED_S)
        return msgspec.structs.replace(await self.price(symbol, venue), day_low=39.5, day_high=41.0)

    async def price(self, symbol: str, _venue: Venue) -> Price:
        """Return its price."""
        self.asked.append("price")
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


def session_on_friday(session: Session) -> SessionTimes:
    """Return that session of Friday."""
    return next(times for times in calendar().sessions_on(Venue.AMEX, FRIDAY) if times.session is session)


REGULAR, PRE_MARKET = session_on_friday(Session.REGULAR), session_on_friday(Session.PRE_MARKET)


def row(on: date, close: float, volume: float) -> Row:
    """Return a day that closed at *close*."""
    return Row(on, close, close, close, close, volume)


QUOTATION = Quotation(price=40.0, base_price=41.27, cumulative_volume=7)


def test_both_sources_answer_alike() -> None:
    """A switch of source must not make a crossing of its own."""
    kis, rows = FakeKis(has_detail=False), FakeRows()
    by_kis = KisPrices(kis, FakeClock(NOON))  # type: ignore[arg-type]  # it has the one method that is called
    by_rows = FdrPrices(rows)  # type: ignore[arg-type]  # likewise

    async def ask() -> list[Quotation]:
        found = [await source.price("SOXL", Venue.AMEX, REGULAR) for source in (by_kis, by_rows)]
        for source in (by_kis, by_rows):
            await source.close()
        return found

    assert asyncio.run(ask()) == [replace(QUOTATION, source="kis"), replace(QUOTATION, source="fdr")]
    assert kis.is_closed
    assert rows.is_closed


def test_a_symbol_that_kis_does_not_know_is_told_by_name() -> None:
    """A watched symbol that has no price goes unwatched: the operator must read which."""
    source = KisPrices(FakeKis(), FakeClock(NOON))  # type: ignore[arg-type]  # it has the one method that is called

    with pytest.raises(TemporaryFailure, match="GONE of NYSE"):
        asyncio.run(source.price("GONE", Venue.NYSE, REGULAR))


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


def test_kis_tells_the_days_low_where_it_permits_that_and_is_not_asked_in_vain() -> None:
    """Paper trading has no such call: asking every time would double the calls."""
    rich, poor, clock = FakeKis(), FakeKis(has_detail=False), FakeClock(NOON)

    async def ask(kis: FakeKis, times: int) -> list[float]:
        source = KisPrices(kis, clock)  # type: ignore[arg-type]  # it has the methods that are called
        return [(await source.price("SOXL", Venue.AMEX, REGULAR)).day_low for _ in range(times)]

    assert asyncio.run(ask(rich, 1)) == [39.5]
    assert asyncio.run(ask(poor, 3)) == [0.0] * 3
    assert poor.asked == ["detail", "price", "price", "price"]


class Moody:
    """A source that answers while it is well."""

    def __init__(self, name: str, sessions: frozenset[Session] = frozenset(Session)) -> None:
        self.name = name
        self.sessions = sessions
        self.is_well = True
        self.is_closed = False

    async def price(self, _symbol: str, _venue: Venue, _session: SessionTimes) -> Quotation:
        """Return a price that names us."""
        if not self.is_well:
            message = f"{self.name} is away"
            raise TemporaryFailure(message)
        return replace(QUOTATION, source=self.name)

    async def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


def test_the_spare_source_is_asked_after_a_while_and_not_oftener_than_it_bears() -> None:
    """FinanceDataReader's upstream blocks those who ask often; a hiccup of KIS is no reason to ask it."""
    kis, fdr, clock = Moody("kis"), Moody("fdr"), FakeClock(NOON)
    source = PricesWithSpare(kis, fdr, clock, patience_s=60, spare_interval_s=300)

    async def ask() -> str:
        try:
            return (await source.price("SOXL", Venue.AMEX, REGULAR)).source
        except TemporaryFailure as failure:
            return str(failure)

    async def story() -> list[str]:
        told = [await ask()]
        kis.is_well = False
        for wait_s in (0, 59, 1, 299, 1):
            clock.step(wait_s)
            told.append(await ask())
        kis.is_well = True
        told.append(await ask())
        await source.close()
        return told

    away = "kis is away"
    assert asyncio.run(story()) == ["kis", away, away, "fdr", away, "fdr", "kis"]
    assert (kis.is_closed, fdr.is_closed) == (True, True)


def test_no_price_before_the_open_is_a_symbol_that_has_not_traded() -> None:
    """KIS answers none then: us_poller would be degraded every morning, of a symbol that is well."""
    source = KisPrices(FakeKis(), FakeClock(NOON))  # type: ignore[arg-type]  # it has the methods that are called

    assert asyncio.run(source.price("QUIET", Venue.NYSE, PRE_MARKET)).cumulative_volume == 0


def test_a_spare_source_that_tells_nothing_of_a_session_is_not_asked_in_it() -> None:
    """Its last row would be yesterday's close, and each question brings a ban nearer."""
    kis, fdr, clock = Moody("kis"), Moody("fdr", FdrPrices.sessions), FakeClock(NOON)
    kis.is_well = False
    source = PricesWithSpare(kis, fdr, clock, patience_s=0, spare_interval_s=300)

    with pytest.raises(TemporaryFailure, match="kis is away"):
        asyncio.run(source.price("SOXL", Venue.AMEX, PRE_MARKET))
    assert asyncio.run(source.price("SOXL", Venue.AMEX, REGULAR)).source == "fdr"
