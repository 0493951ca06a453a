"""What is played: trades that raise no alert, and crossings that are recognised when they arrive."""

from itertools import islice

from actors.market.sigma import target_price
from benchmarks.records import BASE_PRICE, SIGMA, SYMBOLS, crossings, walk

TARGET = target_price(BASE_PRICE, SIGMA, 1.0)


def test_a_walk_never_reaches_a_target() -> None:
    """An alert in a trial of plain trades would be measured as their cost."""
    records = walk(8_000, 40)

    assert not any(record.price <= TARGET or record.day_low <= TARGET for record in records)
    assert {record.symbol for record in records} == set(SYMBOLS)


def test_every_crossing_reaches_its_target_at_a_price_of_its_own() -> None:
    """Two alerts of one symbol and price could not be told apart, and one's latency would be the other's."""
    played = list(islice(crossings(), 4_000))

    assert all(record.price <= TARGET for record in played)
    assert len({(record.symbol, record.price) for record in played}) == len(played)


def test_between_two_crossings_of_a_symbol_passes_a_second() -> None:
    """However soon they are played: a rule that rests half of one would raise no alert."""
    played = list(islice(crossings(), 4_000))
    passed_ns = {
        later.traded_at_ns - earlier.traded_at_ns
        for earlier, later in zip(played, played[len(SYMBOLS) :], strict=False)
        if earlier.symbol == later.symbol
    }

    assert passed_ns == {1_000_000_000}
    assert all(record.day_low_time == record.time for record in played)
