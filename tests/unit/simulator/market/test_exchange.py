"""The trades of the simulated exchanges: repeatable, additive, on the grid, in the sessions."""

import statistics
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from simulator.clock import nanoseconds_of
from simulator.config import SimulatorConfig
from simulator.market.bars import one_year_before
from simulator.market.exchange import Exchange, MarketState
from simulator.market.instrument import CROSS, Print
from simulator.market.prices import limits, tick_size

NINE = nanoseconds_of(datetime.fromisoformat("2025-11-28T09:00:00+09:00"))
SECOND = 1_000_000_000
LEVERAGE = "122630"


def exchange(start_ns: int = NINE, **changes: Any) -> Exchange:  # noqa: ANN401 - as in the configuration
    """Return a new market."""
    return Exchange(SimulatorConfig(**changes), start_ns)


def trades(market: Exchange, until_ns: int) -> list[Print]:
    """Return all trades until *until_ns*."""
    found: list[Print] = []
    while batch := market.due(until_ns):
        found += batch
    return found


def of(symbol: str, found: Sequence[Print]) -> list[Print]:
    """Return the trades of *symbol*."""
    return [trade for trade in found if trade.symbol == symbol]


def test_one_seed_makes_one_market() -> None:
    """A failed run is repeated by its seed."""
    first, second, other = (exchange(seed=seed, symbols_generated=3) for seed in (7, 7, 8))
    until = NINE + 60 * SECOND
    expected = trades(first, until)
    assert trades(second, until) == expected
    assert trades(other, until) != expected


def test_how_often_it_is_asked_changes_nothing() -> None:
    """A slow machine looks less often and must see the same market."""
    whole = trades(exchange(), NINE + 30 * SECOND)
    market = exchange()
    parts = [trade for step in range(1, 301) for trade in market.due(NINE + step * SECOND // 10, limit=3)]
    parts += trades(market, NINE + 30 * SECOND)
    assert parts == whole


def test_a_market_goes_on_from_its_snapshot() -> None:
    """A simulator that was killed must not change the world."""
    whole = trades(exchange(symbols_generated=5), NINE + 40 * SECOND)
    market = exchange(symbols_generated=5)
    first = trades(market, NINE + 17 * SECOND)
    kept = msgspec.json.encode(market.snapshot(NINE + 17 * SECOND))
    state = msgspec.json.decode(kept, type=MarketState)
    resumed = Exchange(SimulatorConfig(symbols_generated=5), NINE, state, resume=True)
    assert first + trades(resumed, NINE + 40 * SECOND) == whole


def test_the_demo_reaches_its_targets_in_seconds() -> None:
    """Whoever starts the demo sees the first alert at once and the second within about a minute."""
    found = of(LEVERAGE, trades(exchange(), NINE + 90 * SECOND))
    first = next(trade for trade in found if trade.price <= 71_635)
    second = next(trade for trade in found if trade.price <= 70_606)
    assert first.traded_at_ns - NINE <= 5 * SECOND
    assert 30 * SECOND <= second.traded_at_ns - NINE <= 75 * SECOND


@pytest.mark.parametrize("rate", [10.0, 2_000.0])
@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_the_rate_is_counted_in_real_seconds(rate: float, speed: float) -> None:
    """A faster world is no heavier load."""
    market = exchange(trades_per_second=rate, speed=speed, records_per_frame_most=1)
    found = trades(market, NINE + int(10 * speed * SECOND))
    assert len(found) == pytest.approx(rate * 10, abs=6)


def test_every_trade_follows_from_the_one_before() -> None:
    """Volume and value step by the trade itself, and the day's low is never above a price that was paid."""
    found = of("005930", trades(exchange(), NINE + 600 * SECOND))
    assert len(found) > 1_000
    for before, after in pairwise(found):
        assert after.cumulative_volume - before.cumulative_volume == after.volume
        assert after.cumulative_value - before.cumulative_value == after.volume * after.price
        assert after.low == min(before.low, after.price)
        assert (
            (after.low_at_ns == after.traded_at_ns) if after.low < before.low else (after.low_at_ns == before.low_at_ns)
        )
        assert after.index > before.index


def test_prices_lie_on_the_grid_or_half_between() -> None:
    """Mid-point orders print at half steps, so a client may not refuse a price for its step."""
    market = exchange()
    found = trades(market, NINE + 900 * SECOND)
    halves = 0
    for trade in found:
        profile = market.instruments[trade.symbol].profile
        parts = trade.price / (tick_size(profile, trade.price) / 2)
        assert parts == int(parts)
        halves += int(parts) % 2
    assert 0 < halves < len(found) / 20


def test_prices_stay_within_their_limits() -> None:
    """Even a script that asks for the impossible gets a market that obeys the exchange."""
    steep = msgspec.structs.replace(SimulatorConfig().symbols[0], drift=[(0, 0), (10, -60)], wander_center=-60)
    market = exchange(symbols=[steep])
    lowest = min(trade.price for trade in trades(market, NINE + 60 * SECOND))
    assert lowest == limits(steep, steep.base_price)[0]


def test_a_session_has_a_cross_at_each_end_and_a_pause_before_the_last() -> None:
    """Ten minutes without a trade before the close are right, and the crosses are nobody's initiative."""
    found = trades(exchange(trades_per_second=2.0), NINE + 24 * 3600 * SECOND)
    mine = [trade for trade in of(LEVERAGE, found) if trade.session_date == date(2025, 11, 28)]
    clock = [(trade.traded_at_ns - NINE) // SECOND for trade in mine]
    assert [trade.side for trade in mine if trade.side == CROSS] == [CROSS, CROSS]
    assert mine[0].side == mine[-1].side == CROSS
    assert clock[-1] == 6.5 * 3600
    assert clock[-2] < 6 * 3600 + 20 * 60


def test_the_close_is_the_next_days_base_price() -> None:
    """One world goes on from day to day, whether or not somebody watched."""
    watched = exchange(trades_per_second=1.0)
    found = trades(watched, NINE + 73 * 3600 * SECOND)
    closing = [trade for trade in of(LEVERAGE, found) if trade.session_date == date(2025, 11, 28)][-1]
    opening = next(trade for trade in of(LEVERAGE, found) if trade.session_date == date(2025, 12, 1))
    assert opening.base_price == closing.price

    unwatched = exchange()
    state = unwatched.snapshot(NINE)
    monday = Exchange(SimulatorConfig(), NINE + 72 * 3600 * SECOND, state)
    assert monday.history(LEVERAGE, date(2025, 11, 28))[-1].close == closing.price


def test_us_symbols_trade_in_their_own_session() -> None:
    """At nine in Seoul New York sleeps."""
    found = trades(exchange(trades_per_second=1.0), NINE + 21 * 3600 * SECOND)
    soxl = of("SOXL", found)
    assert soxl[0].traded_at_ns == nanoseconds_of(datetime.fromisoformat("2025-11-28T09:30:00-05:00"))
    assert {trade.session_date for trade in soxl} == {date(2025, 11, 28)}
    assert soxl[-1].traded_at_ns == nanoseconds_of(datetime.fromisoformat("2025-11-28T16:00:00-05:00"))


@pytest.mark.parametrize("code", ["122630", "498400", "005930", "000660", "SOXL", "TQQQ"])
def test_a_years_bars_have_the_sigma_of_the_profile(code: str) -> None:
    """To three digits, on tick sizes from 5 to 1,000 won: the targets of the demo follow from it."""
    market = exchange()
    until = date(2025, 11, 27)
    bars = market.history(code, until, one_year_before(until))
    sigma = statistics.stdev(newer.close / older.close - 1 for older, newer in pairwise(bars))
    assert sigma == pytest.approx(market.instruments[code].profile.sigma, rel=5e-4)


def test_history_reaches_back_without_a_hole() -> None:
    """Charts and back tests ask for years; each day must be a trading day, once, with a bar that makes sense."""
    market = exchange()
    bars = market.history("005930", date(2025, 11, 27), date(2015, 12, 1))
    calendar = market.instruments["005930"].calendar
    assert bars[0].session_date == date(2015, 12, 1)
    for older, newer in pairwise(bars):
        assert calendar.next_after(older.session_date) == newer.session_date
        assert newer.low <= min(newer.open, newer.close) <= max(newer.open, newer.close) <= newer.high
    again = exchange().history("005930", date(2025, 11, 27), date(2024, 1, 2))
    assert again == [bar for bar in bars if bar.session_date >= date(2024, 1, 2)]


def unusual(**others: Any) -> Exchange:  # noqa: ANN401 - as in the profile
    """Return a market of 005930 with these settings of its profile."""
    return exchange(symbols=[msgspec.structs.replace(SimulatorConfig().symbols[2], **others)])


def test_a_new_listing_has_a_short_past_and_a_halted_one_days_without_a_trade() -> None:
    """Both are days on which there is no target."""
    yesterday = date(2025, 11, 27)
    new = unusual(listed_sessions=20).history("005930", yesterday)
    unlisted = unusual(listed_sessions=0)
    halted = unusual(untraded_sessions=3).history("005930", yesterday)

    assert (len(new), new[-1].session_date) == (20, yesterday)
    assert unlisted.history("005930", yesterday) == []
    assert unlisted.due(NINE + SECOND)[0].previous_volume == 0
    assert [bar.volume > 0 for bar in halted[-4:]] == [True, False, False, False]
    assert {(bar.open, bar.close) for bar in halted[-3:]} == {(0, 103_500)}
    assert halted[-4].close == 103_500


def test_a_wild_share_moves_no_further_than_its_limit() -> None:
    """Its bars must be believed although two σ lie below the lower limit."""
    bars = unusual(sigma=0.16).history("005930", date(2025, 11, 27))
    returns = [newer.close / older.close - 1 for older, newer in pairwise(bars)]

    assert statistics.stdev(returns) == pytest.approx(0.16, rel=5e-4)
    assert max(map(abs, returns)) < 0.3


@pytest.mark.parametrize("ratio", [0.2, 4.0])
def test_a_base_price_set_anew_adjusts_the_past_and_outlives_a_restart(ratio: float) -> None:
    """Until then everything was in the old money: that is what a stored close is compared with."""
    yesterday = date(2025, 11, 27)
    market = exchange(NINE - 1800 * SECOND)
    before = market.history("005930", yesterday)
    market.reset("005930", ratio)
    after = market.history("005930", yesterday)
    state = msgspec.json.decode(msgspec.json.encode(market.snapshot(NINE - 1800 * SECOND)), type=MarketState)
    resumed = Exchange(SimulatorConfig(), NINE, state, resume=True)
    first = of("005930", trades(resumed, NINE + 2 * SECOND))[0]

    assert [bar.close for bar in after] == [round(ratio * bar.close) for bar in before]
    assert market.history("005930", yesterday, is_adjusted=False) == before
    assert resumed.history("005930", yesterday) == after
    assert first.base_price == ratio * 103_500
    assert first.price == pytest.approx(first.base_price, rel=0.05)
    assert (market.reset_on("005930", date(2025, 11, 28)), market.reset_on("005930", yesterday)) == (ratio, 1)
    with pytest.raises(LookupError, match="005930"):
        resumed.reset("005930", ratio)


def test_american_prices_are_adjusted_to_the_cent() -> None:
    """A hundred for one leaves 41 cents of 41.27 dollars."""
    market = exchange()
    market.reset("SOXL", 0.01)

    assert market.history("SOXL", date(2025, 11, 26))[-1].close == 0.41
    assert market.instruments["SOXL"].base_price == 0.41


def test_at_the_limit_all_trades_are_at_the_limit() -> None:
    """Nobody sells for more who can only sell for less."""
    market = exchange()
    market.move("005930", -30)
    found = of("005930", trades(market, NINE + 20 * SECOND))

    assert {(trade.price, trade.at_limit) for trade in found} == {(72_500, -1)}


def test_generated_symbols_cross_their_targets_often() -> None:
    """Load without alerts would test nothing."""
    market = exchange(symbols=[], symbols_generated=20, trades_per_second=40.0, speed=60.0)
    found = trades(market, NINE + 3600 * SECOND)
    for code, instrument in market.instruments.items():
        target = instrument.profile.base_price * (1 - instrument.profile.sigma)
        below = [trade.price <= target for trade in of(code, found)]
        assert sum(before != after for before, after in pairwise(below)) >= 4
    assert any(not code.isdigit() for code in market.instruments)


def test_a_muted_venue_trades_nothing_but_has_its_days() -> None:
    """While recorded frames are played, nothing may be invented beside them."""
    market = Exchange(SimulatorConfig(), NINE, MarketState(), mute_venues=("KRX", "AMEX", "NASDAQ"))
    assert trades(market, NINE + 30 * 3600 * SECOND) == []
    assert market.history(LEVERAGE, date(2025, 11, 28))[-1].session_date == date(2025, 11, 28)


def test_a_suspended_symbol_trades_nothing_and_comes_back_with_a_cross() -> None:
    """Two minutes without a trade are right, and the others go on."""
    market = exchange(trades_per_second=40.0)
    trades(market, NINE + 10 * SECOND)
    market.suspend([LEVERAGE], NINE + 10 * SECOND, NINE + 130 * SECOND, moved_sigma=-2.0)

    found = trades(market, NINE + 140 * SECOND)

    mine = of(LEVERAGE, found)
    assert mine[0].traded_at_ns == NINE + 130 * SECOND
    assert mine[0].side == CROSS
    assert mine[0].price < mine[0].base_price * (1 - 2 * 0.01417)
    assert len(of("005930", found)) > 500


def test_a_suspension_goes_on_from_a_snapshot() -> None:
    """A simulator that was killed during an interruption must not forget it."""
    market = exchange()
    trades(market, NINE + 10 * SECOND)
    market.suspend([LEVERAGE], NINE + 10 * SECOND, NINE + 60 * SECOND)
    kept = msgspec.json.encode(market.snapshot(NINE + 10 * SECOND))
    whole = trades(market, NINE + 70 * SECOND)

    resumed = Exchange(SimulatorConfig(), NINE, msgspec.json.decode(kept, type=MarketState), resume=True)

    assert trades(resumed, NINE + 70 * SECOND) == whole


def test_a_suspension_beyond_the_close_leaves_the_closing_cross_out() -> None:
    """A share that is halted over the close has the price of its last trade."""
    market = exchange(trades_per_second=2.0)
    trades(market, NINE + 6 * 3600 * SECOND)
    market.suspend([LEVERAGE], NINE + 6 * 3600 * SECOND, NINE + 24 * 3600 * SECOND)
    found = of(LEVERAGE, trades(market, NINE + 73 * 3600 * SECOND))
    assert {trade.session_date for trade in found} == {date(2025, 12, 1)}


def test_nxt_trades_beside_krx_with_the_same_base_price_day_after_day() -> None:
    """A change is measured from KRX's close, also at eight in the morning."""
    eight = NINE - 3600 * SECOND
    listed = msgspec.structs.replace(SimulatorConfig().symbols[2], nxt=True)
    found = trades(exchange(eight, symbols=[listed], trades_per_second=0.5), NINE + 73 * 3600 * SECOND)
    by_venue = {venue: [trade for trade in found if trade.venue == venue] for venue in ("KRX", "NXT")}
    assert {trade.market_class for trade in by_venue["NXT"]} == {"1", "2", "3"}
    monday = [next(trade for trade in by_venue[venue] if trade.session_date == date(2025, 12, 1)) for venue in by_venue]
    close = [trade for trade in by_venue["KRX"] if trade.session_date == date(2025, 11, 28)][-1]
    assert {trade.base_price for trade in monday} == {close.price}
    assert (close.market_class, close.state) == ("5", "21")


def test_the_evening_of_krx_changes_neither_the_days_bar_nor_the_next_base_price() -> None:
    """Since September 2026 shares trade until eight; their close is still that of half past three."""
    start = nanoseconds_of(datetime.fromisoformat("2026-10-06T09:00:00+09:00"))
    found = trades(exchange(start, trades_per_second=0.5), start + 25 * 3600 * SECOND)
    evening = [trade for trade in found if trade.market_class == "3"]
    assert {trade.symbol for trade in evening} == {"005930", "000660"}
    first_day = [trade for trade in of("005930", found) if trade.session_date == date(2026, 10, 6)]
    close = next(trade for trade in first_day if trade.market_class == "5")
    assert first_day[-1].traded_at_ns > close.traded_at_ns
    assert all(after.cumulative_volume > before.cumulative_volume for before, after in pairwise(first_day))
    next_day = next(trade for trade in of("005930", found) if trade.session_date == date(2026, 10, 7))
    assert next_day.base_price == close.price


def test_a_life_that_begins_in_the_evening_knows_the_days_bar() -> None:
    """Whoever starts at half past four sees an evening market whose regular hours are over."""
    start = nanoseconds_of(datetime.fromisoformat("2026-10-06T16:30:00+09:00"))
    market = exchange(start)
    found = trades(market, start + 60 * SECOND)
    assert {trade.market_class for trade in found if trade.venue == "KRX"} == {"3"}
    bar = market.instruments["005930"].bar()
    assert bar is not None
    assert bar.session_date == date(2026, 10, 6)
