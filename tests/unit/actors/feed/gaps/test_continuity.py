"""What volumes tell of a stream: lost, repeated, late."""

from datetime import date, timedelta

import pytest

from actors.feed.gaps.continuity import MOST_STEPS, Continuity, Step, key_of_stream
from actors.kis.messages import Stream
from protocol.messages import Session, Trade, Venue
from protocol.moments import to_ns
from tests.support.market import NINE, trade

KEY = ("122630", Venue.KRX)


def printed(cumulative: int, volume: int = 10, second: int = 0, **changes: object) -> Trade:
    """Return a trade of *volume* shares that brings the day's to *cumulative*."""
    return trade(70_000, NINE + timedelta(seconds=second), volume=volume, cumulative_volume=cumulative, **changes)


def test_trades_that_follow_each_other_go_on_as_they_are() -> None:
    """The ordinary case costs a look and nothing else."""
    trades = [printed(10), printed(20), printed(25, volume=5)]
    continuity = Continuity()

    assert continuity.check(trades) is trades
    assert continuity.steps == []
    assert continuity.last_trade(KEY) is trades[-1]


def test_a_step_that_is_not_the_trades_volume_tells_how_many_shares_were_missed() -> None:
    """Nothing else tells of frames that were lost inside a connection that lives on."""
    continuity = Continuity()
    before, after = printed(10, second=1), printed(120, second=4)

    assert continuity.check([before, after]) == [before, after]
    assert continuity.steps == [Step(key=KEY, from_ns=before.traded_at_ns, to_ns=after.traded_at_ns, shares=100)]


def test_the_step_over_a_hole_that_was_filled_is_no_second_hole() -> None:
    """The minutes of a thin stock come before its first trade; that one must not wait for them again."""
    continuity = Continuity()
    continuity.check([printed(10, second=1, received_at_ns=to_ns(NINE))])
    continuity.settle(KEY, to_ns(NINE) + 1, 0)

    continuity.check([printed(120, second=4)])
    assert continuity.steps == []
    continuity.check([printed(220, second=5)])
    assert [step.shares for step in continuity.steps] == [90]


def test_of_a_step_over_a_filled_hole_what_was_traded_since_is_a_hole() -> None:
    """The minutes told of ninety shares; the rest was lost between them and the first trade."""
    continuity = Continuity()
    continuity.check([printed(10, second=1, received_at_ns=to_ns(NINE))])
    continuity.settle(KEY, to_ns(NINE) + 1, 100)

    after = printed(120, second=4)
    continuity.check([after])

    assert continuity.steps == [Step(key=KEY, from_ns=to_ns(NINE) + 1, to_ns=after.traded_at_ns, shares=10)]


def test_what_was_settled_excuses_no_later_step() -> None:
    """A trade that follows the last one without a step shows that nothing was missing."""
    continuity = Continuity()
    continuity.check([printed(10, second=1, received_at_ns=to_ns(NINE))])
    continuity.settle(KEY, to_ns(NINE) + 1, 0)

    continuity.check([printed(20, second=4), printed(120, second=5)])

    assert [step.shares for step in continuity.steps] == [90]


def test_a_step_behind_trades_that_came_since_it_flows_is_a_hole() -> None:
    """They were held, the minutes told of what was before them, and of nothing else."""
    continuity = Continuity()
    continuity.check([printed(10, second=1, received_at_ns=to_ns(NINE))])
    continuity.settle(KEY, to_ns(NINE), 0)

    continuity.check([printed(120, second=4)])
    assert [step.shares for step in continuity.steps] == [100]


@pytest.mark.parametrize("again", [(10,), (20,), (10, 20), (20, 10)])
def test_what_came_before_is_dropped(again: tuple[int, ...]) -> None:
    """KIS repeats frames after a new registration; two trades of one second and price are no repeats."""
    continuity = Continuity()
    continuity.check([printed(10), printed(20), printed(30)])

    assert continuity.check([printed(volume) for volume in again]) == []
    assert (continuity.steps, continuity.repeats) == ([], len(again))


def test_a_frame_that_comes_late_is_delivered_and_heals_the_step() -> None:
    """Out of order is not lost."""
    continuity = Continuity()
    late = printed(20)
    continuity.check([printed(10), printed(30)])

    assert continuity.check([late]) == [late]
    assert continuity.healed == [KEY]
    assert continuity.check([late]) == []


def test_a_step_of_several_frames_heals_when_the_last_of_them_has_come() -> None:
    """They may come in any order, and between others."""
    continuity = Continuity()
    continuity.check([printed(10), printed(50)])

    healed = []
    for volume in (30, 60, 20, 40):
        assert len(continuity.check([printed(volume)])) == 1
        healed.append(list(continuity.healed))

    assert healed == [[], [], [], [KEY]]


def test_what_was_settled_is_a_repeat_when_it_comes_after_all() -> None:
    """Its minute bar has told of it."""
    continuity = Continuity()
    continuity.check([printed(10), printed(30)])
    continuity.settle(KEY, 0, 0)

    assert continuity.check([printed(20)]) == []


def test_the_first_trade_of_a_day_is_no_hole() -> None:
    """Nothing of the day was seen before it; the fixed-price trades of the early morning count in its volume."""
    continuity = Continuity()
    monday = date(2025, 12, 1)

    continuity.check([printed(5_000), printed(7_000, session_date=monday)])

    assert continuity.steps == []
    assert continuity.check([printed(5_010)]) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Session.PRE_MARKET, Session.REGULAR),
        (Session.PRE_MARKET, Session.PRE_MARKET),
        (Session.REGULAR, Session.AFTER_HOURS),
    ],
)
def test_between_sessions_volume_may_grow_without_a_print(before: Session, after: Session) -> None:
    """Fixed-price trades are counted, and not printed."""
    continuity = Continuity()

    continuity.check([printed(10, session=before), printed(900, session=after)])

    assert continuity.steps == []


def test_each_venue_counts_for_itself() -> None:
    """The same share trades on KRX and NXT, each with a volume of its own."""
    continuity = Continuity()

    continuity.check([printed(10), printed(500, venue=Venue.NXT), printed(20), printed(510, venue=Venue.NXT)])

    assert continuity.steps == []


def test_us_volumes_step_as_they_like_and_show_repeats_alone() -> None:
    """The free feed is one exchange's: half of the prints are not in it."""
    continuity = Continuity()
    first = printed(10, venue=Venue.AMEX)

    assert len(continuity.check([first, printed(500, venue=Venue.AMEX), printed(500, venue=Venue.AMEX)])) == 2
    assert continuity.steps == []


def test_a_volume_that_begins_anew_is_followed() -> None:
    """The exchange may take shares back; trades must not be dropped for that until the volume has caught up."""
    continuity = Continuity()
    continuity.check([printed(1_000)])
    anew = [printed(10, second=1), printed(20, second=1)]

    assert continuity.check(anew) == anew
    assert continuity.steps == []


def test_volumes_that_never_add_up_are_no_longer_judged_that_day() -> None:
    """Each step holds the symbol's trades back for a moment: a hundred of them would make every alert late."""
    continuity = Continuity()
    for number in range(MOST_STEPS + 5):
        continuity.check([printed(100 * number + 10)])

    assert len(continuity.steps) == MOST_STEPS
    assert continuity.take_distrusted() == [KEY]
    assert continuity.take_distrusted() == []


def test_streams_are_known_by_symbol_and_venue() -> None:
    """Market status and own fills are not trades."""
    assert key_of_stream(Stream("H0STCNT0", "122630")) == KEY
    assert key_of_stream(Stream("H0NXCNT0", "005930")) == ("005930", Venue.NXT)
    assert key_of_stream(Stream("HDFSCNT0", "DAMSSOXL")) == ("SOXL", Venue.AMEX)
    assert key_of_stream(Stream("H0STMKO0", "122630")) is None


def test_what_was_traded_while_nobody_watched_is_no_hole() -> None:
    """Who removes a stock and adds it again a minute later has lost nothing."""
    continuity = Continuity()
    continuity.check([printed(10, second=1)])
    continuity.watch([])
    continuity.watch([KEY])

    continuity.check([printed(120, second=61)])
    assert continuity.steps == []
