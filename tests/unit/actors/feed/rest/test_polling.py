"""Whose price is asked over REST because no stream brings it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from actors.feed.rest.polling import Listing, Polling
from actors.kis.prices import Price
from protocol.messages import Session, Venue
from protocol.moments import to_ns
from tests.support.calendar import calendar

TEN = datetime(2025, 11, 28, 10, tzinfo=ZoneInfo("Asia/Seoul"))
SAMSUNG, HYNIX = Listing("005930", Venue.KRX), Listing("000660", Venue.KRX)
SAMSUNG_ON_NXT = Listing("005930", Venue.NXT)
INTERVAL_S, GRACE_S = 3.0, 2.0


def polling(*listed: Listing) -> Polling:
    """Return what has polled *listed* since moment 0, of which nothing was asked."""
    made = Polling(calendar(), INTERVAL_S, GRACE_S)
    made.poll(listed, 0.0)
    return made


def price(last: float, volume: int, low: float = 70_000) -> Price:
    """Return what KIS answers."""
    return Price(price=last, change=last - 72_665, base_price=72_665, cumulative_volume=volume, day_low=low)


def test_what_has_no_stream_is_asked_after_a_moment_and_then_again_and_again() -> None:
    """A reconnect takes a second: to ask at once would cost calls for nothing."""
    made = polling(SAMSUNG)

    assert made.due(TEN, 1.9) == []
    assert made.due(TEN, 2.0) == [SAMSUNG]
    made.on_asked([SAMSUNG], 2.0)
    assert made.due(TEN, 4.9) == []
    assert made.due(TEN, 5.0) == [SAMSUNG]


def test_what_has_a_stream_again_is_asked_no_more() -> None:
    """The stream is quicker; and lost again, it has its moment again."""
    made = polling(SAMSUNG, HYNIX)
    assert made.poll([HYNIX], 2.0) == ([], {})

    assert made.due(TEN, 2.0) == [HYNIX]
    made.poll([SAMSUNG, HYNIX], 3.0)
    assert (made.is_polled(SAMSUNG, 4.9), made.is_polled(SAMSUNG, 5.0)) == (False, True)


@pytest.mark.parametrize(("hour", "is_due"), [(8, False), (9, True), (15, True), (17, True), (21, False)])
def test_prices_are_asked_while_the_venue_trades(hour: int, *, is_due: bool) -> None:
    """At night the same price would be asked ten thousand times."""
    assert bool(polling(SAMSUNG).due(TEN.replace(hour=hour), 9.0)) == is_due


def test_thirty_are_one_call_and_those_who_waited_longest_come_first() -> None:
    """Seventy symbols are three calls, and nobody's is forgotten."""
    listed = [Listing(f"{number:06}", Venue.KRX) for number in range(40)]
    made = polling(*listed)

    first = made.due(TEN, 9.0)
    made.on_asked(first, 9.0)
    second = made.due(TEN, 9.1)
    made.on_asked(second, 9.1)

    assert (len(first), set(first + second)) == (30, set(listed))
    assert made.due(TEN, 12.0) == first


def test_a_call_is_about_one_venue() -> None:
    """The same code is two things on two exchanges; the answer names the code alone."""
    made = polling(SAMSUNG, SAMSUNG_ON_NXT)
    first = made.due(TEN, 9.0)
    made.on_asked(first, 9.0)

    assert (first, made.due(TEN, 9.0)) == ([SAMSUNG], [SAMSUNG_ON_NXT])


def test_where_thirty_may_not_be_asked_for_each_is_until_permission_may_have_changed() -> None:
    """Paper trading knows no such call."""
    made = polling(SAMSUNG, HYNIX)
    made.on_asked(made.due(TEN, 9.0), 9.0)
    made.on_not_permitted(9.0, 600.0)

    assert made.due(TEN, 9.0) == [SAMSUNG]
    made.on_asked([SAMSUNG], 9.0)
    assert made.due(TEN, 9.1) == [HYNIX]
    assert made.due(TEN, 609.0) == [HYNIX, SAMSUNG]


def test_an_answer_tells_of_a_trade_while_somebody_waits_for_it() -> None:
    """By then the stream may be back, or the session over."""
    made = polling(SAMSUNG)

    (told,) = made.on_price(SAMSUNG, price(71_000, 100), TEN, to_ns(TEN))

    assert (told.price, told.base_price, told.session) == (71_000, 72_665, Session.REGULAR)
    night = TEN.replace(hour=21)
    assert made.on_price(SAMSUNG, price(70_900, 200), night, to_ns(night)) == []
    made.poll([], 9.0)
    assert made.on_price(SAMSUNG, price(70_900, 200), TEN, to_ns(TEN)) == []


def test_who_is_polled_no_more_is_told_with_the_moment_of_the_last_look() -> None:
    """From there to the stream's begin nobody has seen anything."""
    made = polling(SAMSUNG, HYNIX)
    made.on_price(SAMSUNG, price(71_000, 100), TEN, to_ns(TEN))

    assert made.poll([], 9.0) == ([], {SAMSUNG: to_ns(TEN)})
    assert made.poll([HYNIX], 9.0) == ([HYNIX], {})


def test_whose_minutes_are_asked_for_is_not_asked_for_its_price() -> None:
    """A price of the moment would leave a rule resting over an earlier crossing."""
    made = polling(SAMSUNG, HYNIX)

    assert made.due(TEN, 9.0, {("005930", Venue.KRX)}) == [HYNIX]


def test_a_dip_between_the_last_streamed_trade_and_the_first_answer_is_found() -> None:
    """The stream died at ten; the dip of half a minute later is in the day's low."""
    made = polling(SAMSUNG)
    (streamed,) = made.on_price(SAMSUNG, price(71_000, 100, low=70_900), TEN, to_ns(TEN))
    later = TEN + timedelta(seconds=40)

    made = polling(SAMSUNG)
    made.on_streamed(replace(streamed, day_low=70_900))
    (told,) = made.on_price(SAMSUNG, price(71_100, 300, low=70_500), later, to_ns(later))

    assert (told.day_low, told.day_low_at_ns) == (70_500, to_ns(TEN))
