"""Asking a child process that misbehaves as FinanceDataReader does."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from actors.analyst.bars.fdr_history import FdrHistory
from actors.fdr.client import FdrClient
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue

FIRST, LAST = date(2025, 11, 3), date(2025, 11, 28)
PATIENCE_S = 20.0


def with_client(scene: Callable[[FdrClient], Awaitable[None]], deadline_s: float = PATIENCE_S) -> None:
    """Run *scene* with a client whose child is the stand-in."""

    async def run() -> None:
        client = FdrClient(deadline_s, idle_s=600.0, module="tests.support.stand_in_fdr")
        try:
            await scene(client)
        finally:
            await client.close()

    asyncio.run(run())


def test_an_empty_answer_is_no_answer_and_the_next_is_good() -> None:
    """An outage looks like an unknown symbol: taken for "no history", it would throw away a year of bars."""

    async def scene(client: FdrClient) -> None:
        with pytest.raises(TemporaryFailure, match="found none"):
            await client.rows("000000", Venue.KRX, FIRST, LAST)
        assert [row.session_date for row in await client.rows("005930", Venue.KRX, FIRST, LAST)] == [FIRST]

    with_client(scene)


def test_what_breaks_inside_the_library_is_told_and_survived() -> None:
    """Yahoo's "no such symbol" is a KeyError three calls deep."""

    async def scene(client: FdrClient) -> None:
        with pytest.raises(TemporaryFailure, match="timestamp"):
            await client.rows("GONE", Venue.NASDAQ, FIRST, LAST)
        assert await client.rows("TQQQ", Venue.NASDAQ, FIRST, LAST)

    with_client(scene)


def test_a_library_that_hangs_is_killed_at_its_deadline() -> None:
    """It has no time-outs: one hanging socket would be the end of all targets."""

    async def scene(client: FdrClient) -> None:
        with pytest.raises(TemporaryFailure, match="within"):
            await client.rows("111111", Venue.KRX, FIRST, LAST)

    with_client(scene, deadline_s=0.5)


def test_bars_come_without_a_base_price_and_a_symbol_without_a_name() -> None:
    """The library knows neither; the last close and the code stand in for them."""

    async def scene(client: FdrClient) -> None:
        source = FdrHistory(client)
        (bar,) = await source.daily_bars("005930", Venue.KRX, FIRST, LAST)
        assert (bar.session_date, bar.close, bar.volume) == (FIRST, 10.5, 1_000)
        assert await source.base_price("005930", Venue.KRX) is None
        found = await source.find("TQQQ", (Venue.NASDAQ, Venue.NYSE), LAST)
        assert found is not None
        assert (found.symbol, found.name, found.venue) == ("TQQQ", "TQQQ", Venue.NASDAQ)
        with pytest.raises(TemporaryFailure):
            await source.find("000000", (Venue.KRX,), LAST)

    with_client(scene)
