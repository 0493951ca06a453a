"""Whose price is asked when, and which trade an answer tells of."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actors.market.choices import SessionChoice
from actors.market.looks import Quotation
from actors.us_poller.core import Poller, Watched
from protocol.messages import Origin, Session, Trade, Venue
from protocol.moments import to_ns
from tests.support.calendar import calendar

SOXL = Watched("SOXL", Venue.AMEX)
TQQQ = Watched("TQQQ", Venue.NASDAQ)
SAMSUNG = Watched("005930", Venue.KRX)
WEDNESDAY, FRIDAY = date(2025, 11, 26), date(2025, 11, 28)
INTERVAL = timedelta(seconds=15)


def new_york(hour: int, minute: int = 0, second: int = 0, on: date = WEDNESDAY) -> datetime:
    """Return what New York's wall clock shows."""
    local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=ZoneInfo("America/New_York"))
    return local.astimezone(UTC)


NOON = new_york(12)


def poller(*watched: Watched) -> Poller:
    """Return a poller of *watched* that has seen nothing."""
    new = Poller(calendar(), INTERVAL)
    new.watch(watched or (SOXL,))
    return new


def newest(told: list[Trade]) -> Trade | None:
    """Return the newest trade of which an answer tells."""
    return told[-1] if told else None


def look(plan: Poller, price: float, volume: int, at: datetime = NOON) -> Trade | None:
    """Let SOXL cost *price* at *at*, from a base price of 41.27."""
    quotation = Quotation(price=price, base_price=41.27, cumulative_volume=volume)
    return newest(plan.on_price(SOXL, quotation, at, to_ns(at)))


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        (new_york(9, 29, 59), False),
        (new_york(9, 30), True),
        (new_york(15, 59, 59), True),
        (new_york(16), False),
        (new_york(12, on=date(2025, 11, 27)), False),
        (new_york(12, 59, on=FRIDAY), True),
        (new_york(13, on=FRIDAY), False),
        (new_york(12, on=date(2025, 11, 29)), False),
    ],
)
def test_prices_are_asked_in_the_regular_session_only(at: datetime, *, is_due: bool) -> None:
    """Thanksgiving, its half day after it, nights and weekends cost no calls."""
    plan = poller()

    assert bool(plan.due(at, monotonic=0.0)) == is_due
    assert plan.is_idle(at) == (not is_due)


def test_only_what_trades_in_the_us_is_polled() -> None:
    """Korean trades come over the socket; asking for them as well would spend the calls twice."""
    assert poller(SOXL, SAMSUNG).symbols == {"SOXL"}
    assert poller(SAMSUNG).is_idle(NOON)


def test_each_symbol_is_asked_once_an_interval_and_who_waited_longest_first() -> None:
    """Nobody is starved while the calls are scarce."""
    plan = poller(SOXL, TQQQ)
    plan.on_asked(SOXL, monotonic=100.0)
    plan.on_asked(TQQQ, monotonic=101.0)

    assert plan.due(NOON, monotonic=114.9) == []
    assert plan.due(NOON, monotonic=115.0) == [SOXL]
    assert plan.due(NOON, monotonic=116.0) == [SOXL, TQQQ]
    plan.watch([SOXL, TQQQ, Watched("QQQ", Venue.NASDAQ)])
    assert [watched.symbol for watched in plan.due(NOON, monotonic=116.0)] == ["QQQ", "SOXL", "TQQQ"]


def test_a_moved_price_is_a_trade_measured_from_the_exchanges_base_price() -> None:
    """The evaluator compares its base price with this one before it believes a target."""
    plan = poller()
    look(plan, 41.00, 5_000)

    told = look(plan, 38.70, 7_500)

    assert told == Trade(
        symbol="SOXL",
        venue=Venue.AMEX,
        session_date=WEDNESDAY,
        session=Session.REGULAR,
        price=38.70,
        change=-2.57,
        volume=2_500,
        cumulative_volume=7_500,
        day_low=0.0,
        day_low_at_ns=0,
        traded_at_ns=to_ns(NOON),
        received_at_ns=to_ns(NOON),
        origin=Origin.QUOTE,
    )


def test_an_answer_that_tells_nothing_new_is_no_trade() -> None:
    """A price that nobody traded at again has not been reached again."""
    plan = poller()
    look(plan, 38.70, 5_000)

    assert look(plan, 38.70, 5_000) is None
    again = look(plan, 38.70, 5_001)
    assert again is not None
    assert again.volume == 1


def test_after_a_restart_in_mid_session_the_first_look_counts() -> None:
    """Whoever waits for a target must not wait longer because a process was killed."""
    first = look(poller(), 38.70, 5_000)

    assert first is not None
    assert (first.volume, first.cumulative_volume) == (0, 5_000)


def test_right_at_the_open_the_last_trade_may_still_be_the_pre_markets() -> None:
    """An alert on a thin pre-market print, told as a regular price, is a false crossing."""
    plan = poller()

    assert look(plan, 35.00, 9_000, at=new_york(9, 30, 2)) is None
    opened = look(plan, 40.90, 9_400, at=new_york(9, 30, 17))
    assert opened is not None
    assert opened.volume == 400


def test_a_new_day_begins_without_a_difference_to_the_old() -> None:
    """Yesterday's volume says nothing of today's."""
    plan = poller()
    look(plan, 40.00, 9_000_000)

    told = look(plan, 39.00, 5_000, at=new_york(10, on=FRIDAY))

    assert told is not None
    assert (told.session_date, told.volume) == (FRIDAY, 0)


def test_before_the_first_trade_of_a_day_there_is_no_price() -> None:
    """Until then KIS repeats yesterday's close."""
    assert look(poller(), 41.27, 0) is None


def test_shares_that_a_source_takes_back_are_no_negative_volume() -> None:
    """Exchanges bust trades."""
    plan = poller()
    look(plan, 40.00, 9_000)

    told = look(plan, 39.90, 8_900)

    assert told is not None
    assert (told.volume, told.cumulative_volume) == (0, 8_900)


def test_an_answer_that_comes_after_the_close_is_no_regular_trade() -> None:
    """The question went out at 15:59:59; what came back may be after-hours."""
    plan = poller()
    look(plan, 40.00, 9_000)

    assert look(plan, 38.00, 9_100, at=new_york(16)) is None


def test_an_answer_for_a_symbol_that_was_removed_meanwhile_is_dropped() -> None:
    """Nobody waits for it any more, and watched again later it begins anew."""
    plan = poller()
    look(plan, 40.00, 9_000)
    plan.on_asked(SOXL, monotonic=0.0)
    plan.watch([TQQQ])

    assert look(plan, 38.00, 9_100) is None
    plan.watch([SOXL])
    assert plan.due(NOON, monotonic=1.0) == [SOXL]
    assert look(plan, 38.00, 9_100) is not None


def test_a_low_between_two_looks_counts_at_the_earlier_one() -> None:
    """A dip of seconds between two polls is the price that somebody waited for."""
    plan = poller()
    later = NOON + INTERVAL
    plan.on_price(SOXL, Quotation(price=41.0, base_price=41.27, cumulative_volume=9, day_low=40.9), NOON, to_ns(NOON))
    quotation = Quotation(price=41.1, base_price=41.27, cumulative_volume=12, day_low=40.2)

    trade = newest(plan.on_price(SOXL, quotation, later, to_ns(later)))

    assert trade is not None
    assert (trade.day_low, trade.day_low_at_ns, trade.traded_at_ns) == (40.2, to_ns(NOON), to_ns(later))


def test_a_low_that_was_there_before_the_first_look_is_nobodys() -> None:
    """It may be of the pre-market, or of a time for which the stream has answered."""
    plan = poller()
    quotation = Quotation(price=41.0, base_price=41.27, cumulative_volume=9, day_low=38.0)

    trade = newest(plan.on_price(SOXL, quotation, NOON, to_ns(NOON)))

    assert trade is not None
    assert (trade.day_low, trade.day_low_at_ns) == (0.0, 0)


def test_what_a_stream_carries_is_not_polled_and_an_answer_on_its_way_is_dropped() -> None:
    """It would come behind the stream's own newer price."""
    plan = poller(SOXL, TQQQ)
    assert plan.carry(["SOXL"]) == set()

    assert plan.due(NOON, 0.0) == [TQQQ]
    assert look(plan, 40.0, 7) is None


def test_the_first_look_after_a_takeover_is_a_reference_and_the_second_comes_soon() -> None:
    """REST may lag behind what the stream told last: its old price would be a crossing that never was."""
    plan = poller(SOXL)
    plan.carry(["SOXL"])
    assert plan.carry([]) == {"SOXL"}

    assert plan.due(NOON, 0.0) == [SOXL]
    plan.on_asked(SOXL, 0.0)
    assert look(plan, 40.0, 7) is None
    assert plan.due(NOON, 2.9) == []
    assert plan.due(NOON, 3.0) == [SOXL]
    plan.on_asked(SOXL, 3.0)
    assert look(plan, 40.0, 7) is None
    assert plan.due(NOON, 6.0) == []
    assert look(plan, 40.0, 8) is not None


def test_the_first_look_of_another_source_is_a_reference() -> None:
    """FinanceDataReader's price may be minutes old."""
    plan = poller(SOXL)
    kis = Quotation(price=40.0, base_price=41.27, cumulative_volume=7, source="kis")
    fdr = Quotation(price=39.0, base_price=41.27, cumulative_volume=5, source="fdr")
    moved = Quotation(price=38.9, base_price=41.27, cumulative_volume=6, source="fdr")

    told = [newest(plan.on_price(SOXL, each, NOON, to_ns(NOON))) for each in (kis, fdr, fdr, moved, kis)]

    assert [trade.price if trade else None for trade in told] == [40.0, None, None, 38.9, None]


EARLY_BIRD = Watched("SOXL", Venue.AMEX, frozenset({SessionChoice.US_PRE, SessionChoice.US_AFTER}))
EIGHT, FIVE = new_york(8), new_york(17)


def look_in_the_evening(plan: Poller, price: float, volume: int, at: datetime) -> Trade | None:
    """Let SOXL cost *price* at *at*, for somebody who chose other sessions than the regular one."""
    quotation = Quotation(price=price, base_price=41.27, cumulative_volume=volume)
    return newest(plan.on_price(EARLY_BIRD, quotation, at, to_ns(at)))


def test_who_chose_the_pre_market_or_the_after_hours_is_polled_then_and_only_then() -> None:
    """A symbol without a stream would go unwatched in the very sessions that somebody asked for."""
    plan = poller(EARLY_BIRD)

    assert plan.due(EIGHT, 0.0) == plan.due(FIVE, 0.0) == [EARLY_BIRD]
    assert plan.due(NOON, 0.0) == []
    assert poller(SOXL).due(EIGHT, 0.0) == []


def test_a_source_that_tells_of_regular_sessions_alone_is_not_asked_in_others() -> None:
    """Its price there would be the last close."""
    plan = Poller(calendar(), INTERVAL, {Session.REGULAR})
    plan.watch([EARLY_BIRD])

    assert plan.is_idle(EIGHT)


def test_outside_the_regular_session_a_price_counts_once_it_has_moved_there() -> None:
    """Until somebody trades the answer is the close: told at five it would be a false crossing."""
    plan = poller(EARLY_BIRD)

    assert look_in_the_evening(plan, 38.70, 9_000, FIVE) is None
    assert look_in_the_evening(plan, 38.70, 9_000, FIVE + INTERVAL) is None
    told = look_in_the_evening(plan, 38.60, 9_100, FIVE + 2 * INTERVAL)
    assert told is not None
    assert (told.session, told.price, told.volume) == (Session.AFTER_HOURS, 38.60, 100)


def test_the_first_look_after_the_open_is_not_the_pre_markets_last_trade() -> None:
    """Polled over the open, the last trade before it came as the first of the regular session, with its low."""
    both = Watched("SOXL", Venue.AMEX, frozenset({SessionChoice.US_PRE, SessionChoice.US_REGULAR}))
    plan = poller(both)

    def low_look(price: float, low: float, volume: int, at: datetime) -> Trade | None:
        quotation = Quotation(price=price, base_price=41.27, cumulative_volume=volume, day_low=low)
        return newest(plan.on_price(both, quotation, at, to_ns(at)))

    low_look(41.00, 40.90, 9_000, new_york(9, 29, 50))
    assert low_look(35.00, 35.00, 9_100, new_york(9, 30, 5)) is None
    told = low_look(40.80, 35.00, 9_400, new_york(9, 30, 20))
    assert told is not None
    assert (told.session, told.price, told.day_low) == (Session.REGULAR, 40.80, 0.0)


def test_where_no_calendar_reaches_nobody_is_asked() -> None:
    """A process that dies at every start tells less than one that waits."""
    plan = poller()
    beyond = new_york(12, on=date(2041, 1, 3))

    assert plan.due(beyond, 0.0) == []
    assert plan.is_idle(beyond)
