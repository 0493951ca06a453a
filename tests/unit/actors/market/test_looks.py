"""Which trade a price that was asked for tells of; what us_poller's tests say of it is not said again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from actors.market.looks import Looks, Quotation
from actors.market.sessions import SessionTimes
from protocol.messages import Origin, Session, Trade, Venue
from protocol.moments import to_ns
from tests.support.calendar import calendar

NINE = datetime(2025, 11, 28, 9, tzinfo=ZoneInfo("Asia/Seoul"))
INTERVAL = timedelta(seconds=3)
TEN_NS = to_ns(NINE + timedelta(hours=1))
SECOND_NS = 1_000_000_000


def session() -> SessionTimes:
    """Return that day's regular session."""
    found = calendar().session_at(Venue.KRX, NINE)
    assert found is not None
    return found


def look(looks: Looks, prices: tuple[float, float], volume: int, at_ns: int, venue: Venue = Venue.KRX) -> Trade | None:
    """Let Samsung have these *prices* at *at_ns*, its last and its day's low, from a base price of 72,665."""
    price, low = prices
    quotation = Quotation(price=price, base_price=72_665, cumulative_volume=volume, day_low=low)
    return next(iter(looks.on_quotation("005930", venue, quotation, session(), at_ns)), None)


def test_a_low_that_fell_between_two_looks_has_the_moment_of_the_first() -> None:
    """A dip between two polls reached whoever waited for it then; without its time nobody could say so."""
    looks = Looks(INTERVAL)
    look(looks, (71_000, 70_900), 100, TEN_NS)

    told = look(looks, (71_100, 70_500), 200, TEN_NS + 3 * SECOND_NS)

    assert told is not None
    assert (told.day_low, told.day_low_at_ns, told.origin) == (70_500, TEN_NS, Origin.QUOTE)
    assert told.session is Session.REGULAR


def test_a_price_that_is_the_new_low_or_high_itself_is_of_now_and_nothing_is_hidden() -> None:
    """At the earlier look it stood elsewhere: told of that moment, it was "late", of a time at which it was not so."""
    looks = Looks(INTERVAL)
    prices = [(71_000, 70_900, 71_500), (70_500, 70_500, 71_500), (72_000, 70_500, 72_000), (71_800, 70_500, 72_000)]
    told = []
    for number, (price, low, high) in enumerate(prices):
        quotation = Quotation(price=price, base_price=72_665, cumulative_volume=number + 1, day_low=low, day_high=high)
        at_ns = TEN_NS + number * 3 * SECOND_NS
        told.append(looks.on_quotation("005930", Venue.KRX, quotation, session(), at_ns))

    assert [[(each.price, each.day_low, each.origin) for each in trades] for trades in told] == [
        [(price, 0.0, Origin.QUOTE)] for price, _, _ in prices
    ]


def test_a_low_of_which_nobody_knows_when_it_was_has_no_moment() -> None:
    """At the first look, and where it has not fallen since, it may be from before the rule was made."""
    looks = Looks(INTERVAL)
    first = look(looks, (71_000, 70_900), 100, TEN_NS)
    second = look(looks, (70_950, 70_900), 200, TEN_NS + 3 * SECOND_NS)

    assert first is not None
    assert second is not None
    assert (first.day_low_at_ns, second.day_low_at_ns) == (0, 0)


def test_what_the_stream_brought_last_is_the_look_before() -> None:
    """The stream was lost at ten; what fell since then fell since ten."""
    looks = Looks(INTERVAL)
    streamed = look(Looks(INTERVAL), (71_000, 70_900), 100, TEN_NS)
    assert streamed is not None
    looks.on_trade(replace(streamed, day_low=70_900, origin=Origin.PRINT), session())

    assert look(looks, (71_000, 70_900), 100, TEN_NS + SECOND_NS) is None
    told = look(looks, (71_100, 70_500), 300, TEN_NS + 3 * SECOND_NS)
    assert told is not None
    assert (told.volume, told.day_low, told.day_low_at_ns) == (200, 70_500, TEN_NS)


@pytest.mark.parametrize(("is_streamed", "low"), [(False, 70.5), (True, 0.0)])
def test_in_extended_hours_a_low_counts_that_fell_between_two_answers(*, is_streamed: bool, low: float) -> None:
    """As a high does; the stream's may have been the evening's where an answer tells the whole day's."""
    looks, at_ns = Looks(INTERVAL), to_ns(NINE - timedelta(hours=26))
    evening = calendar().session_at(Venue.AMEX, NINE - timedelta(hours=26))
    assert evening is not None
    assert evening.session is Session.AFTER_HOURS

    def asked(price: float, low: float, volume: int, second: int) -> list[Trade]:
        quotation = Quotation(price=price, base_price=72.0, cumulative_volume=volume, day_low=low)
        return looks.on_quotation("SOXL", Venue.AMEX, quotation, evening, at_ns + second * SECOND_NS)

    assert asked(71.0, 70.9, 100, 0) == []
    (told,) = asked(71.1, 70.9, 150, 3)
    if is_streamed:
        looks.on_trade(replace(told, day_low=70.9, origin=Origin.PRINT), evening)
    (told,) = asked(71.2, 70.5, 200, 6)

    assert told.day_low == low


def test_a_symbol_is_looked_at_by_venue() -> None:
    """NXT's price of a symbol is not KRX's."""
    looks = Looks(INTERVAL)
    look(looks, (71_000, 70_900), 100, TEN_NS)

    told = look(looks, (71_000, 70_900), 100, TEN_NS, Venue.NXT)

    assert told is not None
    looks.forget("005930", Venue.KRX)
    assert look(looks, (71_000, 70_900), 100, TEN_NS, Venue.NXT) is None
    assert look(looks, (71_000, 70_900), 100, TEN_NS) is not None


def test_a_high_that_rose_between_two_looks_is_a_trade_of_the_moment_of_the_first() -> None:
    """Who waits above is told of a rise of seconds as who waits below is told of a dip; the newest price comes last."""
    looks = Looks(INTERVAL)

    def told(price: float, high: float, volume: int, at_ns: int) -> list[Trade]:
        quotation = Quotation(price=price, base_price=72_665, cumulative_volume=volume, day_high=high)
        return looks.on_quotation("005930", Venue.KRX, quotation, session(), at_ns)

    assert [each.origin for each in told(71_000, 73_000, 100, TEN_NS)] == [Origin.QUOTE]
    high, newest = told(71_100, 74_000, 200, TEN_NS + 3 * SECOND_NS)
    assert (high.price, high.base_price, high.traded_at_ns, high.origin) == (74_000, 72_665, TEN_NS, Origin.HIGH)
    assert (newest.price, newest.volume, newest.origin) == (71_100, 100, Origin.QUOTE)
    assert [each.origin for each in told(71_200, 74_000, 300, TEN_NS + 6 * SECOND_NS)] == [Origin.QUOTE]
