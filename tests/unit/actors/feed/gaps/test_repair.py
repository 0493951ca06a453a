"""Holes and what fills them."""

from datetime import timedelta

import pytest

from actors.feed.config import FeedConfig
from actors.feed.gaps.book import Cause, Outcome
from actors.feed.gaps.continuity import Step
from actors.feed.gaps.repair import Ask, Place, Repairs
from actors.kis.minute_bars import MINUTE_NS, MinuteBar, MinuteBars
from protocol.messages import Origin, Session, Trade, Venue
from protocol.moments import to_ns
from tests.support.market import DAY, NINE, trade

KEY, OTHER = ("122630", Venue.KRX), ("005930", Venue.KRX)
NINE_NS = to_ns(NINE)
NS = 1_000_000_000


class Hours:
    """A market that opens at nine and never closes."""

    def place(self, _venue: Venue, at_ns: int) -> Place | None:
        """Return the regular session from nine on."""
        return Place(Session.REGULAR, DAY) if at_ns >= NINE_NS else None

    def span(self, _venue: Venue, first_ns: int, last_ns: int) -> tuple[int, int] | None:
        """Leave what lies behind nine."""
        return (max(first_ns, NINE_NS), last_ns) if last_ns >= NINE_NS else None


def at(minute: float) -> int:
    """Return so many minutes past nine, epoch ns."""
    return NINE_NS + int(minute * MINUTE_NS)


def bar(minute: int, low: float, close: float = 99_900.0) -> MinuteBar:
    """Return the bar of a minute past nine."""
    return MinuteBar(begins_ns=at(minute), open=99_900.0, high=99_950.0, low=low, close=close, volume=7)


def printed(minute: float, price: float = 99_800.0, volume: int = 100, symbol: str = "122630") -> Trade:
    """Return a live trade."""
    moment = NINE + timedelta(minutes=minute)
    return trade(price, moment, symbol=symbol, cumulative_volume=volume, received_at_ns=to_ns(moment))


def repairs(hold_trades: int = 20_000) -> Repairs:
    """Return repairs that care for two symbols."""
    new = Repairs(FeedConfig(hold_trades=hold_trades))
    new.watch([KEY, OTHER])
    return new


def asked(mended: Repairs, now_ns: int, now: float = 0.0) -> Ask:
    """Return the question that is due."""
    found = mended.next_ask(Hours(), now_ns, now)
    assert isinstance(found, Ask)
    return found


def test_after_a_loss_the_minutes_come_first_and_what_was_held_behind_them() -> None:
    """Everybody meets a symbol's trades in the order of their time."""
    mended = repairs()
    mended.lose({KEY: at(1.5)}, Cause.LINK)
    mended.flow(KEY, at(4.2), now=0.0)
    live = [printed(4.3), printed(4.4, volume=110)]

    assert mended.hold([live[0], printed(4.3, symbol="000660"), live[1]], now=0.1) == [printed(4.3, symbol="000660")]
    ask = asked(mended, at(4.5), now=0.1)
    assert (ask.key, ask.first_ns, ask.last_ns) == (KEY, at(1.5) - 2 * NS, at(4.5))
    told = mended.on_bars(
        ask, MinuteBars(100_000.0, [bar(1, 99_000.0), bar(2, 98_000.0), bar(4, 99_500.0)]), Hours(), at(4.6), now=0.0
    )

    assert [(each.price, each.traded_at_ns, each.origin) for each in told] == [
        (99_000.0, at(1), Origin.BAR),
        (99_950.0, at(1), Origin.HIGH),
        (98_000.0, at(2), Origin.BAR),
        (99_950.0, at(2), Origin.HIGH),
        (99_500.0, at(4), Origin.BAR),
        (99_950.0, at(4), Origin.HIGH),
        (99_800.0, live[0].traded_at_ns, Origin.PRINT),
        (99_800.0, live[1].traded_at_ns, Origin.PRINT),
    ]
    assert {each.base_price for each in told} == {100_000.0}
    assert {each.received_at_ns for each in told[:6]} == {at(4.6)}
    assert mended.hold(live, now=0.2) == live
    assert [gap.outcome for gap in mended.book.gaps] == [Outcome.REPAIRED]


@pytest.mark.parametrize(
    ("seen", "told_prices"),
    [([98_500.0, 99_950.0], []), ([98_500.0], [99_950.0]), ([99_950.0], [98_500.0, 99_900.0])],
)
def test_a_minute_tells_nothing_that_what_is_held_tells(seen: list[float], told_prices: list[float]) -> None:
    """A crossing that was seen is no late one; low and high each tell for themselves."""
    mended = repairs()
    mended.lose({KEY: at(1.5)}, Cause.LINK)
    mended.flow(KEY, at(4.2), now=0.0)
    held = [printed(4.3, price=price, volume=100 + number) for number, price in enumerate(seen)]
    mended.hold(held, now=0.1)

    told = mended.on_bars(
        asked(mended, at(5.5)), MinuteBars(0.0, [bar(4, 98_500.0), bar(5, 98_000.0)]), Hours(), at(5.5), now=0.0
    )

    assert [each.price for each in told] == [*told_prices, *seen]
    assert told[len(told_prices) :] == held


def test_what_is_lost_twice_is_told_between_what_is_held() -> None:
    """Told first, the later minutes would leave rules resting over what was seen before them."""
    mended = repairs()
    mended.step(Step(key=KEY, from_ns=at(1.5), to_ns=at(4.2), shares=7), now=0.0)
    live = [printed(4.3, price=98_500.0), printed(6.1, price=98_400.0, volume=110)]
    mended.hold(live[:1], now=0.1)
    mended.step(Step(key=KEY, from_ns=at(4.3), to_ns=at(6.1), shares=3), now=0.2)
    mended.hold(live[1:], now=0.2)

    told = mended.on_bars(
        asked(mended, at(7.5), now=9.0),
        MinuteBars(100_000.0, [bar(4, 98_400.0), bar(5, 98_300.0), bar(6, 98_200.0)]),
        Hours(),
        at(7.5),
        now=9.0,
    )

    assert [(each.price, each.traded_at_ns) for each in told] == [
        (98_400.0, at(4)),
        (99_950.0, at(4)),
        (98_500.0, live[0].traded_at_ns),
        (98_300.0, at(5)),
        (99_950.0, at(5)),
        (98_200.0, at(6)),
        (99_950.0, at(6)),
        (98_400.0, live[1].traded_at_ns),
    ]


def test_a_symbol_that_does_not_trade_again_is_repaired_all_the_same() -> None:
    """Of a thin stock the next trade may be hours away, and its crossing lies in the hole."""
    mended = repairs()
    mended.lose({KEY: at(1.5)}, Cause.LINK)
    mended.flow(KEY, at(4.2), now=0.0)

    told = mended.on_bars(
        asked(mended, at(4.3)), MinuteBars(100_000.0, [bar(2, 98_000.0, close=99_100.0)]), Hours(), at(4.3), now=0.0
    )

    assert [each.price for each in told] == [98_000.0, 99_950.0, 99_100.0]


def test_a_first_trade_before_the_confirmation_is_held_too() -> None:
    """The answer and the first trades may come in one look at the socket."""
    mended = repairs()
    mended.lose({KEY: at(1.5)}, Cause.LINK)

    assert mended.hold([printed(4.2)], now=0.0) == []
    assert asked(mended, at(4.3)).key == KEY


def test_the_most_important_symbol_is_asked_for_first() -> None:
    """Forty symbols take KIS some seconds."""
    mended = repairs()
    mended.lose({OTHER: at(1), KEY: at(1)}, Cause.LINK)
    mended.flow(OTHER, at(2), now=0.0)
    mended.flow(KEY, at(2), now=0.0)

    assert [asked(mended, at(2)).key for _ in range(2)] == [KEY, OTHER]
    assert mended.next_ask(Hours(), at(2), 0.0) is None
    assert len(mended.book.gaps) == 1


def test_a_step_waits_for_late_frames_before_it_is_a_hole() -> None:
    """Reordered frames are no gap, and are told in their order."""
    mended = repairs()
    mended.step(Step(key=KEY, from_ns=at(1), to_ns=at(1.1), shares=50), now=0.0)
    after, late = printed(1.1, volume=200), printed(1.05, volume=150)
    assert mended.hold([after], now=0.0) == []
    assert mended.next_ask(Hours(), at(1.1), 1.0) is None
    assert mended.hold([late], now=1.0) == []

    assert mended.heal(KEY) == [late, after]
    assert (mended.book.take_news(), mended.has_holes) == ([], False)


def test_a_step_that_stays_is_told_with_its_size_and_filled() -> None:
    """Shares that nobody told of were traded at some price."""
    mended = repairs()
    mended.step(Step(key=KEY, from_ns=at(1), to_ns=at(1.1), shares=50), now=0.0)
    mended.hold([printed(1.1, volume=200)], now=0.0)

    ask = asked(mended, at(1.2), now=1.6)
    assert mended.heal(KEY) == []
    assert mended.on_bars(ask, MinuteBars(0.0, [bar(1, 98_000.0)]), Hours(), at(1.3), now=0.0)[0].price == 98_000.0
    found, repaired = mended.book.take_news()
    assert (found.name, repaired.name) == ("gap_found", "gap_repaired")
    assert (repaired.details["shares"], repaired.details["minutes"]) == ("50", "1")


def test_a_symbol_whose_minutes_do_not_come_goes_on_without_them_and_that_is_told() -> None:
    """An alert that waits for ever is worse than a hole that is known."""
    mended = repairs()
    mended.lose({KEY: at(1)}, Cause.LINK)
    mended.flow(KEY, at(2), now=0.0)
    live = printed(2.1)
    mended.hold([live], now=0.0)
    ask = asked(mended, at(2), now=0.0)
    mended.on_failure(ask, "no answer of KIS", retry_at=1.0)

    again = asked(mended, at(2), now=1.0)
    assert mended.give_up(19.9) == []
    mended.on_failure(again, "still none", retry_at=99.0)
    assert mended.give_up(20.0) == [live]
    assert mended.on_bars(again, MinuteBars(0.0, [bar(1, 98_000.0)]), Hours(), at(2), now=0.0) == []
    assert [(gap.outcome, gap.reason) for gap in mended.book.gaps] == [(Outcome.UNREPAIRED, "still none")]


def test_only_so_many_trades_wait() -> None:
    """A flood must not fill the memory while KIS is slow."""
    mended = repairs(hold_trades=2)
    mended.lose({KEY: at(1)}, Cause.LINK)
    mended.hold([printed(2, volume=volume) for volume in (1, 2)], now=0.0)
    assert mended.give_up(0.1) == []
    mended.hold([printed(2, volume=3)], now=0.1)

    assert len(mended.give_up(0.2)) == 3


def test_a_stream_that_is_lost_again_before_its_minutes_came_is_asked_for_once_more() -> None:
    """An answer that was on its way does not know the second hole."""
    mended = repairs()
    mended.lose({KEY: at(1)}, Cause.LINK)
    mended.flow(KEY, at(2), now=0.0)
    first = asked(mended, at(2))
    mended.lose({KEY: at(2.5)}, Cause.LINK)
    mended.flow(KEY, at(4), now=0.0)

    assert mended.on_bars(first, MinuteBars(0.0, [bar(1, 98_000.0)]), Hours(), at(4), now=0.0) == []
    second = asked(mended, at(4))
    assert (second.first_ns, second.last_ns) == (at(1) - 2 * NS, at(4))
    told = mended.on_bars(second, MinuteBars(100_000.0, [bar(1, 99_000.0), bar(3, 98_000.0)]), Hours(), at(4), now=0.0)
    assert [each.price for each in told] == [99_000.0, 99_950.0, 98_000.0, 99_950.0, 99_900.0]


def test_a_second_loss_stays_a_hole_when_the_first_is_filled() -> None:
    """What flowed between the two is no longer in question."""
    mended = repairs()
    mended.lose({KEY: at(1)}, Cause.LINK)
    mended.flow(KEY, at(2), now=0.0)
    ask = asked(mended, at(2))
    mended.lose({KEY: at(2.5)}, Cause.LINK)
    mended.on_bars(ask, MinuteBars(100_000.0, []), Hours(), at(3), now=0.0)

    assert mended.blind() == {KEY: at(2.5)}
    assert mended.oldest_ns(at(9)) == at(2.5)


def test_a_minute_in_which_a_stream_went_once_more_is_told_behind_all_that_it_brought() -> None:
    """Its low may have come after: told before, it armed a crossing rule for a trade that it followed."""
    mended = repairs()
    mended.lose({KEY: at(1)}, Cause.LINK)
    mended.flow(KEY, at(2.1), now=0.0)
    ask = asked(mended, at(2.9))
    brought = printed(2.2)
    mended.hold([brought], now=0.0)
    mended.lose({KEY: at(2.5)}, Cause.LINK)

    bars = MinuteBars(100_000.0, [bar(1, 99_000.0), bar(2, 98_000.0)])
    told = mended.on_bars(ask, bars, Hours(), at(2.9), now=0.0)

    assert [(each.price, each.traded_at_ns) for each in told] == [
        (99_000.0, at(1)),
        (99_950.0, at(1)),
        (brought.price, brought.traded_at_ns),
        (98_000.0, at(2)),
        (99_950.0, at(2)),
        (99_900.0, at(2)),
    ]


def test_a_stream_is_incomplete_until_its_minutes_are_told_though_it_flows_again() -> None:
    """A price of the moment was told before them, and left rules resting over an earlier crossing."""
    mended = repairs()
    assert not mended.incomplete

    mended.lose({KEY: at(1)}, Cause.LINK)
    assert list(mended.incomplete) == [KEY]

    mended.flow(KEY, at(2), now=0.0)
    assert list(mended.incomplete) == [KEY]

    mended.on_bars(asked(mended, at(2)), MinuteBars(100_000.0, []), Hours(), at(2), now=0.0)
    assert not mended.incomplete


def test_a_stream_that_is_lost_while_it_waits_for_its_minutes_is_blind() -> None:
    """What it brings behind that is another hole."""
    mended = repairs()
    mended.step(Step(key=KEY, from_ns=at(1), to_ns=at(2), shares=7), now=0.0)
    assert mended.blind() == {}

    mended.lose({KEY: at(2.5)}, Cause.LINK)
    assert mended.blind() == {KEY: at(2.5)}

    mended.on_bars(asked(mended, at(3), now=5.0), MinuteBars(100_000.0, []), Hours(), at(3), now=5.0)
    assert mended.blind() == {KEY: at(2.5)}


def followed(*, leaving: bool = False) -> Repairs:
    """Return repairs of which one stream is blind and followed since moment 0."""
    mended = repairs()
    mended.lose({KEY: at(1.5)}, Cause.LINK)
    mended.follow([KEY, OTHER], [KEY] if leaving else [], 0.0)
    return mended


def test_a_stream_that_stays_away_is_followed_minute_by_minute_in_order_of_time() -> None:
    """An outage of an hour must not keep a dip for an hour, and no rule may rest over an earlier one."""
    mended = followed()
    assert mended.next_ask(Hours(), at(2.5), 9.9) is None

    first = asked(mended, at(2.5), 10.0)
    bars = [bar(1, 99_000.0), bar(2, 98_000.0, close=98_500.0)]
    told = mended.on_bars(first, MinuteBars(100_000.0, bars), Hours(), at(2.5), now=10.0)
    assert [(each.price, each.traded_at_ns) for each in told] == [
        (99_000.0, at(1)),
        (99_950.0, at(1)),
        (98_000.0, at(2)),
        (99_950.0, at(2)),
        (98_500.0, at(2)),
    ]
    assert mended.next_ask(Hours(), at(2.6), 12.9) is None

    second = asked(mended, at(3.2), 13.0)
    assert second.first_ns == at(2) - 2 * NS
    bars = [bar(1, 99_000.0), bar(2, 97_500.0, close=98_500.0), bar(3, 99_100.0)]
    told = mended.on_bars(second, MinuteBars(100_000.0, bars), Hours(), at(3.2), now=13.0)
    assert [(each.price, each.traded_at_ns) for each in told] == [
        (97_500.0, at(2)),
        (99_950.0, at(2)),
        (99_100.0, at(3)),
        (99_950.0, at(3)),
        (99_900.0, at(3)),
    ]
    assert mended.blind() == {KEY: at(3)}
    assert [gap.outcome for gap in mended.book.gaps] == [Outcome.OPEN]


def test_a_followed_stream_that_flows_again_is_told_the_rest_only() -> None:
    """The gap then says how many minutes were filled in all."""
    mended = followed()
    mended.on_bars(asked(mended, at(2.5), 10.0), MinuteBars(100_000.0, [bar(2, 98_000.0)]), Hours(), at(2.5), now=10.0)
    mended.flow(KEY, at(3.5), now=11.0)
    live = printed(3.6)
    mended.hold([live], now=11.0)

    ask = asked(mended, at(3.6), 11.0)
    bars = [bar(2, 98_000.0), bar(3, 97_000.0)]
    told = mended.on_bars(ask, MinuteBars(100_000.0, bars), Hours(), at(3.6), now=11.0)
    assert [each.price for each in told] == [97_000.0, 99_950.0, live.price]
    assert [(gap.outcome, gap.bars, gap.end_ns) for gap in mended.book.gaps] == [(Outcome.REPAIRED, 2, at(3.5))]


def test_a_followed_stream_that_is_given_up_is_told_as_missing_from_where_its_minutes_ended() -> None:
    """Two minutes of it are known: who compares with a broker's chart need not look there."""
    mended = followed()
    bars = [bar(1, 99_000.0), bar(2, 98_000.0)]
    mended.on_bars(asked(mended, at(2.5), 10.0), MinuteBars(100_000.0, bars), Hours(), at(2.5), now=10.0)
    mended.flow(KEY, at(3.5), now=11.0)
    mended.on_failure(asked(mended, at(3.6), 11.0), "no answer of KIS", retry_at=99.0)
    mended.give_up(31.0)

    (gap,) = mended.book.gaps
    assert (gap.outcome, gap.start_ns, gap.end_ns) == (Outcome.UNREPAIRED, at(1.5), at(3.5))
    assert (gap.bars, gap.missing_from_ns) == (2, at(2))


def test_a_stream_that_nobody_carries_any_more_is_whole_once_its_minutes_have_come() -> None:
    """From then on its price is asked for, thirty symbols in one call."""
    mended = followed(leaving=True)
    mended.on_bars(asked(mended, at(2.5), 10.0), MinuteBars(100_000.0, [bar(2, 98_000.0)]), Hours(), at(2.5), now=10.0)

    assert not mended.has_holes
    assert [(gap.outcome, gap.end_ns) for gap in mended.book.gaps] == [(Outcome.REPAIRED, at(2.5))]


def test_whose_trades_wait_is_asked_for_before_who_is_followed() -> None:
    """The followed ones have their turn one after another, however many they are."""
    mended = followed()
    mended.lose({OTHER: at(1)}, Cause.LINK)
    mended.follow([OTHER], [], 0.5)
    mended.flow(OTHER, at(2), now=11.0)

    assert [asked(mended, at(2.5), 11.0).key for _ in range(2)] == [OTHER, KEY]


def test_a_question_of_before_the_stream_flowed_again_is_answered_in_vain() -> None:
    """It does not know what was traded since."""
    mended = followed()
    ask = asked(mended, at(2.5), 10.0)
    mended.flow(KEY, at(2.6), now=10.1)

    assert mended.on_bars(ask, MinuteBars(100_000.0, [bar(2, 98_000.0)]), Hours(), at(2.7), now=10.2) == []
    assert asked(mended, at(2.7), 10.2).number != ask.number


def test_a_followed_stream_outside_all_sessions_is_looked_at_again_later() -> None:
    """Its market opens, and the link may still be down."""
    mended = repairs()
    mended.lose({KEY: at(-600)}, Cause.DEATH)
    mended.follow([KEY], [], 0.0)

    assert mended.next_ask(Hours(), at(-10), 10.0) == []
    assert mended.next_ask(Hours(), at(-10), 12.9) is None
    assert asked(mended, at(1), 13.0).first_ns == at(0)


def test_a_hole_outside_all_sessions_is_none() -> None:
    """The night between two days is not asked for."""
    mended = repairs()
    mended.lose({KEY: at(-600)}, Cause.DEATH)
    live = printed(-10)
    mended.hold([live], now=0.0)

    assert mended.next_ask(Hours(), at(-10), 0.0) == [live]
    assert mended.book.take_news() == []
    assert mended.oldest_ns(at(-10)) == at(-10)


def test_what_nobody_watches_any_more_is_no_hole() -> None:
    """Nobody waits for its bars."""
    mended = repairs()
    mended.lose({KEY: at(1), ("000660", Venue.KRX): at(1)}, Cause.LINK)
    assert mended.blind() == {KEY: at(1)}
    mended.watch([OTHER])

    assert not mended.has_holes


def test_while_kis_tells_one_symbol_after_another_the_last_of_them_waits_for_its_turn() -> None:
    """Forty symbols on a slow day take longer than one of them may wait for nothing."""
    mended = repairs()
    mended.lose({OTHER: at(1), KEY: at(1)}, Cause.LINK)
    mended.hold([printed(2), printed(2, symbol="005930")], now=0.0)
    mended.on_bars(asked(mended, at(2)), MinuteBars(100_000.0, []), Hours(), at(2), now=15.0)

    assert mended.give_up(34.9) == []
    assert len(mended.give_up(35.0)) == 1


def test_who_is_asked_for_in_vain_does_not_wait_because_kis_tells_of_others() -> None:
    """One symbol whose minutes cannot be read would hold its alerts for as long as another is followed."""
    mended = repairs()
    mended.lose({OTHER: at(1), KEY: at(1)}, Cause.LINK)
    mended.follow([OTHER], [], 0.0)
    live = printed(2)
    mended.hold([live], now=0.0)
    mended.on_failure(asked(mended, at(2)), "not to be read", retry_at=99.0)
    mended.on_bars(asked(mended, at(2), 19.0), MinuteBars(100_000.0, []), Hours(), at(2), now=19.0)

    assert mended.give_up(19.9) == []
    assert mended.give_up(20.0) == [live]
