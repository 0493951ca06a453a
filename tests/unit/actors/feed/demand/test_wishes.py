"""Which streams are wanted, and which of them go unserved first."""

from datetime import date

import pytest

from actors.feed.config import FeedConfig
from actors.feed.demand.wishes import Aim, Demand, Listed, Wishes, symbol_of
from actors.kis.messages import Stream
from protocol.messages import Venue

AIM = Aim(session_date=date(2026, 11, 27), base_price=100.0, sigma=0.05)
"""1σ is at 95."""


def demand(symbol: str, venue: Venue = Venue.KRX, watchers: int = 1, *, wants_nxt: bool = False) -> Demand:
    """Return the wish of *watchers* people to be told of *symbol* at 1σ."""
    return Demand(symbol=symbol, venue=venue, watchers=watchers, levels=(1.0,), wants_nxt=wants_nxt)


def ordered(
    wishes: Wishes,
    *demands: Demand,
    listed: dict[str, Listed] | None = None,
    prices: dict[str, float] | None = None,
) -> list[tuple[str, str]]:
    """Return what is wanted, as pairs of TR and key."""
    aims = {each.symbol: AIM for each in demands}
    return [(stream.tr_id, stream.key) for stream in wishes.order(demands, listed or {}, aims, prices or {})]


def test_status_goes_first_then_nxt_then_us_then_korean_trades() -> None:
    """Where room is short, what is left out last is what most alerts hang on and nobody else can stream."""
    found = ordered(
        Wishes(FeedConfig()),
        demand("TQQQ", Venue.NASDAQ, watchers=9),
        demand("005930", watchers=1, wants_nxt=True),
        demand("122630", watchers=2),
    )

    assert found == [
        ("H0STCNT0", "122630"),
        ("H0STCNT0", "005930"),
        ("HDFSCNT0", "DNASTQQQ"),
        ("H0NXCNT0", "005930"),
        ("H0STMKO0", "122630"),
        ("H0STMKO0", "005930"),
    ]


def test_a_symbol_near_a_target_comes_before_one_that_more_people_watch() -> None:
    """The next alert is most likely there."""
    prices = {"000660": 96.8, "122630": 97.0}
    found = ordered(
        Wishes(FeedConfig(market_status=False)), demand("122630", watchers=9), demand("000660"), prices=prices
    )

    assert [key for _, key in found] == ["000660", "122630"]


def test_a_symbol_stays_near_until_it_is_twice_as_far_away() -> None:
    """Streams that change places with every tick would spend the day subscribing."""
    wishes = Wishes(FeedConfig(market_status=False))
    first = [
        ordered(wishes, demand("122630", watchers=9), demand("000660"), prices={"000660": price})[0][1]
        for price in (98.5, 96.5, 98.5, 98.9)
    ]

    assert first == ["122630", "000660", "000660", "122630"]


def test_nxt_is_wanted_where_it_was_chosen_and_may_be_listed() -> None:
    """KIS confirms a stream of what NXT does not list and is silent; it would cost a registration for nothing."""
    listed = {"005930": Listed(is_on_nxt=True), "122630": Listed(is_on_nxt=False)}
    chosen = [demand(symbol, wants_nxt=True) for symbol in ("005930", "122630", "000660")]

    found = ordered(Wishes(FeedConfig(market_status=False)), *chosen, demand("069500"), listed=listed)

    assert [key for tr_id, key in found if tr_id == "H0NXCNT0"] == ["000660", "005930"]


@pytest.mark.parametrize(("paid", "key"), [(False, "DNYSBRK/B"), (True, "RNYSBRK/B")])
def test_a_us_symbol_is_wanted_by_the_master_files_key(paid: bool, key: str) -> None:  # noqa: FBT001 - a parameter
    """Classes of shares are written otherwise there; and who pays for real time wants what he pays for."""
    listed = {"BRK.B": Listed(key="DNYSBRK/B")}

    found = ordered(Wishes(FeedConfig(us_paid=paid)), demand("BRK.B", Venue.NYSE), listed=listed)

    assert found == [("HDFSCNT0", key)]


@pytest.mark.parametrize(("paper", "tr_ids"), [(False, ["H0STCNI0", "H0GSCNI0"]), (True, ["H0STCNI9", "H0GSCNI9"])])
def test_own_fills_are_wanted_first_where_the_hts_id_is_known(paper: bool, tr_ids: list[str]) -> None:  # noqa: FBT001
    """Two streams, and no polling tells the same."""
    found = ordered(Wishes(FeedConfig(hts_id="anna", paper=paper, market_status=False)), demand("005930"))

    assert found == [*((tr_id, "anna") for tr_id in tr_ids), ("H0STCNT0", "005930")]


def test_a_stream_tells_of_its_symbol() -> None:
    """A trade names the symbol, not the key."""
    assert symbol_of(Stream("HDFSCNT0", "DAMSSOXL")) == "SOXL"
    assert symbol_of(Stream("H0STCNT0", "005930")) == "005930"
