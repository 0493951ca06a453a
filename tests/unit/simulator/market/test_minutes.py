"""One-minute bars as they grow, end, are told once and come back after a restart."""

import pytest

from simulator.market.minutes import MINUTE_NS, MinuteBook


def book(*trades: tuple[int, float]) -> MinuteBook:
    """Return a book that has counted *trades*: second and price, of ten shares each."""
    counted = MinuteBook()
    for number, (second, price) in enumerate(trades, start=1):
        counted.count(second * 1_000_000_000, price, 10, number * 10 * price)
    return counted


def test_a_minute_is_what_was_traded_in_it() -> None:
    """A crossing that the bar does not hold is lost."""
    (newest, oldest) = book((60, 10), (90, 12), (119, 9), (181, 11)).newest_first(4 * MINUTE_NS)
    assert (oldest.begins_ns, oldest.open, oldest.high, oldest.low, oldest.close, oldest.volume) == (
        MINUTE_NS,
        10,
        12,
        9,
        9,
        30,
    )
    assert newest.begins_ns == 3 * MINUTE_NS


@pytest.mark.parametrize(("until", "since", "minutes"), [(3, 0, [3, 1]), (2, 0, [1]), (3, 2, [3]), (0, 0, [])])
def test_bars_are_asked_for_by_their_begin(until: int, since: int, minutes: list[int]) -> None:
    """Both ends count, so ranges can abut."""
    found = book((60, 10), (181, 11)).newest_first(until * MINUTE_NS, since * MINUTE_NS)
    assert [bar.begins_ns // MINUTE_NS for bar in found] == minutes


def test_a_minute_is_told_once_and_only_when_it_is_over() -> None:
    """The journal would else hold half a bar."""
    counted = book((60, 10), (181, 11))
    assert [bar.begins_ns // MINUTE_NS for bar in counted.take_new()] == [1]
    assert counted.take_new() == []
    counted.end_minute()
    assert [bar.begins_ns // MINUTE_NS for bar in counted.take_new()] == [3]


def test_an_earlier_lifes_minutes_lie_before_this_ones_and_are_not_told_again() -> None:
    """A killed simulator makes its last seconds again: the minute that it goes on with counts, not the old one."""
    old = book((60, 10), (121, 10), (181, 10), (241, 10)).newest_first(3 * MINUTE_NS)[::-1]
    resumed = book((181, 11))
    resumed.remember(old)
    assert [bar.begins_ns // MINUTE_NS for bar in resumed.newest_first(9 * MINUTE_NS)] == [3, 2, 1]
    assert resumed.newest_first(9 * MINUTE_NS)[0].open == 11
    assert resumed.take_new() == []


def test_old_minutes_are_forgotten_and_none_is_told_twice_for_it() -> None:
    """A simulator that runs for weeks keeps its memory."""
    counted = MinuteBook()
    told = 0
    for minute in range(20_000):
        counted.count(minute * MINUTE_NS, 10.0, 1, 10.0)
        told += len(counted.take_new()) if minute % 100 == 0 else 0
    counted.end_minute()
    assert told + len(counted.take_new()) == 20_000
    assert len(counted.finished) <= 8_000
