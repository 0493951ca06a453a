"""Which trades deserve an alert."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
import pytest

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule
from actors.market.choices import SessionChoice
from protocol.messages import Alert, MarketStatus, Origin, Session, Trade, Venue
from protocol.moments import from_ns, to_ns
from protocol.rehearsal import NOBODY, rehearsal_addressee, rehearsal_trade
from protocol.rules import Repetition
from tests.support.market import DAY, NINE, rule, targets, trade

REST = timedelta(minutes=5)
NS = 1_000_000_000


def evaluator_watching(*rules: Rule) -> Evaluator:
    """Return an evaluator with these rules, or the usual two, and the usual targets."""
    evaluator = Evaluator(rest_ns=int(REST.total_seconds()) * NS)
    evaluator.watch(rules or (rule(1.0), rule(2.0)))
    evaluator.aim(targets())
    return evaluator


def test_a_trade_above_every_target_raises_nothing() -> None:
    """An alert nobody waited for is worse than none."""
    assert evaluator_watching().on_trades([trade(99_001)]) == []


def test_a_trade_exactly_at_its_target_raises_an_alert() -> None:
    """People wait for the price itself, not for one below it."""
    (alert,) = evaluator_watching().on_trades([trade(99_000)])

    assert alert.id == "1-122630-1:1:2025-11-28:1"
    assert alert.target_price == 99_000
    assert alert.price == alert.price_now == 99_000
    assert alert.traded_at == NINE
    assert not alert.late


def test_a_fall_through_both_targets_raises_both_deepest_first() -> None:
    """The deeper one is the better price to buy at; it must not wait behind the other."""
    alerts = evaluator_watching().on_trades([trade(97_500)])

    assert [alert.level for alert in alerts] == [2.0, 1.0]


def test_a_price_that_stays_below_fires_again_only_after_its_rest() -> None:
    """A price that hovers at a target is one alert in five minutes, not a storm of them."""
    evaluator = evaluator_watching(rule(1.0))

    assert len(evaluator.on_trades([trade(99_000, NINE)])) == 1
    assert evaluator.on_trades([trade(98_900, NINE + REST - timedelta(seconds=1))]) == []
    (again,) = evaluator.on_trades([trade(98_900, NINE + REST)])
    assert again.id.endswith(":2")


def test_a_level_that_rests_does_not_silence_a_deeper_one() -> None:
    """A fall that goes on is news."""
    evaluator = evaluator_watching()
    evaluator.on_trades([trade(99_000)])

    (deeper,) = evaluator.on_trades([trade(97_900, NINE + timedelta(seconds=10))])

    assert deeper.level == 2.0


def test_trades_of_a_session_without_targets_raise_nothing() -> None:
    """Yesterday's targets are wrong today."""
    evaluator = evaluator_watching()

    assert evaluator.on_trades([trade(90_000, session_date=date(2025, 12, 1))]) == []


def test_targets_for_the_next_session_take_over_with_its_first_trade() -> None:
    """Targets arrive in the evening; until the next session trades, the old ones are in force."""
    evaluator = evaluator_watching(rule(1.0))
    tomorrow = date(2025, 12, 1)
    evaluator.aim(targets(session_date=tomorrow, base_price=90_000.0))

    assert [alert.target_price for alert in evaluator.on_trades([trade(99_000)])] == [99_000]
    morning = NINE + timedelta(days=3)
    first = trade(89_000, morning, session_date=tomorrow, change=-1_000.0)
    (alert,) = evaluator.on_trades([first])
    assert (alert.target_price, alert.id) == (89_100, "1-122630-1:1:2025-12-01:1")


def test_only_the_regular_session_raises_alerts() -> None:
    """After-hours prices are thin; they alert only whoever asks for it."""
    evaluator = evaluator_watching()

    assert evaluator.on_trades([trade(98_000, session=Session.AFTER_HOURS)]) == []


def test_a_low_that_nobody_saw_raises_a_late_alert_with_its_own_moment() -> None:
    """A crossing during an outage is found by the day's low, which the next trade carries."""
    low_at = NINE + timedelta(minutes=1)
    revealing = trade(99_500, NINE + timedelta(minutes=3), day_low=98_900.0, day_low_at_ns=to_ns(low_at))

    (alert,) = evaluator_watching().on_trades([revealing])

    assert alert.late
    assert (alert.price, alert.price_now, alert.traded_at) == (98_900, 99_500, low_at)
    assert alert.id == "1-122630-1:1:2025-11-28:1"


def bar(price: float, minute: int) -> Trade:
    """Return what a minute bar told of the *minute* after nine, learnt five minutes later."""
    at = NINE + timedelta(minutes=minute)
    return trade(
        price, at, day_low=0.0, day_low_at_ns=0, origin=Origin.BAR, received_at_ns=to_ns(at + timedelta(minutes=5))
    )


def test_a_minute_bar_that_reached_a_target_raises_a_late_alert_of_its_minute() -> None:
    """The day's low says nothing of a crossing above it: what a hole hid is told by its minutes."""
    newest = trade(99_700, NINE + timedelta(minutes=6), day_low=97_000.0, day_low_at_ns=to_ns(NINE - timedelta(1)))
    message = [bar(99_500, 1), bar(98_900, 2), newest]

    (alert,) = evaluator_watching(rule(1.0, since_ns=to_ns(NINE))).on_trades(message)

    assert alert.late
    assert (alert.price, alert.price_now, alert.traded_at) == (98_900, 99_700, NINE + timedelta(minutes=2))
    assert alert.decided_at == from_ns(message[1].received_at_ns)
    assert alert.id == "1-122630-1:1:2025-11-28:1"


def test_the_price_now_of_a_bar_is_that_of_its_own_symbol_and_of_the_last_bar_if_nothing_is_newer() -> None:
    """Several symbols are repaired in one message."""
    message = [bar(98_900, 1), bar(99_500, 2), trade(500, symbol="005930")]

    (alert,) = evaluator_watching(rule(1.0)).on_trades(message)

    assert (alert.price, alert.price_now, alert.late) == (98_900, 99_500, True)


def test_a_bar_whose_low_was_seen_raises_nothing() -> None:
    """The minute in which a hole begins was partly seen, and its bar does not tell which part the low was in."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.on_trades([trade(98_900, NINE + timedelta(seconds=59))])

    assert evaluator.on_trades([bar(98_900, 0), bar(98_800, 4)]) == []
    (again,) = evaluator.on_trades([bar(98_800, 6)])
    assert again.firing == 2


def test_a_low_that_was_seen_raises_nothing_again() -> None:
    """Every trade of the day carries the low; it must not ring each time."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.on_trades([trade(98_900)])
    later = [
        trade(99_500, NINE + timedelta(minutes=minute), day_low=98_900.0, day_low_at_ns=to_ns(NINE))
        for minute in range(1, 60)
    ]

    assert evaluator.on_trades(later) == []


def test_a_low_made_while_its_rule_rested_raises_nothing_after_the_rest() -> None:
    """It would not have fired either if it had been seen."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.on_trades([trade(99_000)])
    low_at = to_ns(NINE + timedelta(minutes=4))
    after = trade(99_500, NINE + timedelta(minutes=6), day_low=98_500.0, day_low_at_ns=low_at)

    assert evaluator.on_trades([after]) == []


def test_a_low_from_before_the_rule_was_made_raises_nothing() -> None:
    """Who adds a stock at noon does not want to hear of nine o'clock."""
    noon = NINE + timedelta(hours=3)
    evaluator = evaluator_watching(rule(1.0, since_ns=to_ns(noon)))
    low_at = to_ns(NINE + timedelta(minutes=1))

    first = trade(99_500, noon + timedelta(seconds=1), day_low=98_500.0, day_low_at_ns=low_at)

    assert evaluator.on_trades([first]) == []


def test_a_source_that_tells_no_low_still_raises_alerts() -> None:
    """US prices come without one."""
    evaluator = evaluator_watching(rule(1.0))

    assert evaluator.on_trades([trade(99_500, day_low=0.0, day_low_at_ns=0)]) == []
    assert len(evaluator.on_trades([trade(99_000, day_low=0.0, day_low_at_ns=0)])) == 1


def test_the_same_trades_after_a_restart_decide_the_same_and_nothing_twice() -> None:
    """State and replay together must equal a life without a crash."""
    trades = [trade(99_000, NINE + timedelta(seconds=seconds)) for seconds in range(0, 900, 7)]
    whole = evaluator_watching(rule(1.0)).on_trades(trades)
    first = evaluator_watching(rule(1.0))
    before = first.on_trades(trades[:60])
    second = Evaluator(int(REST.total_seconds()) * NS, first.changed)
    second.watch([rule(1.0)])
    second.aim(targets())

    assert before + second.on_trades(trades[40:]) == whole


def test_a_new_version_of_a_rule_counts_its_firings_anew() -> None:
    """A rule that was removed and came back is another rule; its ids must not repeat."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.on_trades([trade(99_000)])
    evaluator.watch([rule(1.0, version=2)])

    (alert,) = evaluator.on_trades([trade(99_000, NINE + timedelta(seconds=1))])

    assert alert.id == "1-122630-1:2:2025-11-28:1"


def test_a_rule_that_is_gone_raises_nothing() -> None:
    """Who removed a stock is not told of it again."""
    evaluator = evaluator_watching()
    evaluator.watch([])

    assert evaluator.on_trades([trade(97_000)]) == []


def test_a_rule_that_comes_back_as_it_was_goes_on_where_it_was_left() -> None:
    """After a pause, or from a backup: an id that is given twice would be an alert that nobody gets."""
    evaluator = evaluator_watching(rule(1.0), rule(2.0, repetition=Repetition.ONCE))
    assert len(evaluator.on_trades([trade(97_000)])) == 2
    evaluator.watch([])
    evaluator.watch([rule(1.0), rule(2.0, repetition=Repetition.ONCE)])

    assert evaluator.on_trades([trade(97_000, NINE + timedelta(seconds=1))]) == []
    (again,) = evaluator.on_trades([trade(97_000, NINE + REST)])
    assert again.id == "1-122630-1:1:2025-11-28:2"


def test_targets_from_another_base_price_than_the_exchanges_are_held_until_they_agree() -> None:
    """On the day of a split yesterday's close would alert everybody of a crash that is none."""
    evaluator = evaluator_watching(rule(1.0))
    split = trade(49_500, change=-500.0)

    assert evaluator.on_trades([split]) == []
    assert evaluator.disagreements() == {"122630": 50_000}
    evaluator.aim(targets(base_price=50_000.0))
    assert evaluator.disagreements() == {}
    assert len(evaluator.on_trades([split])) == 1


def test_each_person_has_a_rule_and_an_alert_of_their_own() -> None:
    """One transaction, six people: nobody's alert depends on another's."""
    people = [rule(1.0, id=f"{person}-122630-1", person_id=person) for person in range(1, 7)]

    alerts = evaluator_watching(*people).on_trades([trade(99_000)])

    assert [alert.person_id for alert in alerts] == [1, 2, 3, 4, 5, 6]


def test_the_decision_says_when_the_trade_reached_us() -> None:
    """The way from the exchange to us is part of the story of an alert, and a replay must tell it the same."""
    (alert,) = evaluator_watching(rule(1.0)).on_trades([trade(99_000)])

    assert alert.decided_at == from_ns(trade(99_000).received_at_ns)
    assert alert.session_date == DAY


EVENING = NINE + timedelta(hours=9)
CHOICES = {
    (Venue.KRX, Session.REGULAR): SessionChoice.KRX_REGULAR,
    (Venue.KRX, Session.AFTER_HOURS): SessionChoice.KRX_AFTER,
    (Venue.NXT, Session.PRE_MARKET): SessionChoice.NXT,
    (Venue.NXT, Session.REGULAR): SessionChoice.NXT,
    (Venue.NXT, Session.AFTER_HOURS): SessionChoice.NXT,
    (Venue.NASDAQ, Session.PRE_MARKET): SessionChoice.US_PRE,
    (Venue.NASDAQ, Session.REGULAR): SessionChoice.US_REGULAR,
    (Venue.AMEX, Session.AFTER_HOURS): SessionChoice.US_AFTER,
}


@pytest.mark.parametrize("chosen", SessionChoice)
@pytest.mark.parametrize("traded", CHOICES)
def test_a_trade_alerts_only_who_chose_its_session(traded: tuple[Venue, Session], chosen: SessionChoice) -> None:
    """An evening's alert for whoever sleeps is a reason to switch the bot off."""
    venue, session = traded
    evaluator = evaluator_watching(rule(1.0, sessions=frozenset({chosen})))

    alerts = evaluator.on_trades([trade(98_900, EVENING, venue=venue, session=session)])

    assert len(alerts) == (CHOICES[traded] is chosen)


def test_an_alert_that_others_do_not_want_takes_no_number_from_theirs() -> None:
    """Ids are made from a rule's own firings: what one person chooses must not move another's."""
    evening = rule(1.0, sessions=frozenset({SessionChoice.KRX_AFTER}))
    regular = rule(1.0, id="2-122630-1", person_id=2)
    evaluator = evaluator_watching(evening, regular)

    morning, night = evaluator.on_trades([trade(98_900), trade(98_900, EVENING, session=Session.AFTER_HOURS)])

    assert [morning.id, night.id] == ["2-122630-1:1:2025-11-28:1", "1-122630-1:1:2025-11-28:1"]


def test_a_rule_rests_over_both_korean_venues() -> None:
    """Two exchanges print the same fall; it is one."""
    evaluator = evaluator_watching(rule(1.0, sessions=frozenset({SessionChoice.KRX_REGULAR, SessionChoice.NXT})))
    moments = [NINE, NINE + timedelta(seconds=1), NINE + REST]

    found = [
        len(evaluator.on_trades([trade(98_900, at, venue=venue)]))
        for at, venue in zip(moments, (Venue.NXT, Venue.KRX, Venue.KRX), strict=True)
    ]

    assert found == [1, 0, 1]


def test_the_low_of_the_day_is_judged_for_the_session_that_it_was_in() -> None:
    """In the evening the day's low is the morning's: that is no evening price, unless it fell between two answers."""
    evaluator = evaluator_watching(rule(1.0, sessions=frozenset({SessionChoice.KRX_AFTER})))
    low = {"day_low": 98_000.0, "day_low_at_ns": to_ns(NINE)}

    assert evaluator.on_trades([trade(99_500, EVENING, session=Session.AFTER_HOURS, **low)]) == []
    asking = evaluator_watching(rule(1.0, sessions=frozenset({SessionChoice.KRX_AFTER})))
    asked = asking.on_trades([trade(99_500, EVENING, session=Session.AFTER_HOURS, origin=Origin.QUOTE, **low)])
    assert [alert.price for alert in asked] == [98_000]
    nxt = evaluator_watching(rule(1.0, sessions=frozenset({SessionChoice.NXT})))
    (alert,) = nxt.on_trades([trade(99_500, EVENING, venue=Venue.NXT, session=Session.AFTER_HOURS, **low)])
    assert (alert.late, alert.price) == (True, 98_000)


def test_a_session_that_is_chosen_later_alerts_of_nothing_that_was_before() -> None:
    """Who adds NXT in the afternoon wants no late alert for its low of ten past eight; and a resting rule rests on."""
    chosen_at = NINE + timedelta(hours=5)
    both = frozenset({SessionChoice.KRX_REGULAR, SessionChoice.NXT})
    evaluator = evaluator_watching(rule(1.0))
    assert len(evaluator.on_trades([trade(98_900, chosen_at - timedelta(seconds=1))])) == 1
    evaluator.watch([rule(1.0, sessions=both, chosen_at={SessionChoice.NXT: to_ns(chosen_at)})])
    low = {"day_low": 98_000.0, "day_low_at_ns": to_ns(NINE - timedelta(minutes=50))}

    found = [
        [alert.late for alert in evaluator.on_trades([trade(price, at, venue=Venue.NXT, **low)])]
        for price, at in ((99_500, chosen_at), (98_900, chosen_at + timedelta(seconds=1)), (98_900, chosen_at + REST))
    ]

    assert found == [[], [], [False]]


def test_the_lows_of_two_venues_are_looked_at_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fall every trade of a day carries a low below the target; judging each would cost the hot loop."""
    judged: list[Trade] = []
    judge = Evaluator._judge

    def count(self: Evaluator, watched: object, judged_trade: Trade, message: Sequence[Trade]) -> list[Alert]:
        judged.append(judged_trade)
        return judge(self, watched, judged_trade, message)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(Evaluator, "_judge", count)
    evaluator = evaluator_watching(rule(1.0, sessions=frozenset({SessionChoice.KRX_REGULAR, SessionChoice.NXT})))
    lows = {Venue.KRX: 98_500.0, Venue.NXT: 98_400.0}
    for second in range(20):
        venue = (Venue.KRX, Venue.NXT)[second % 2]
        at = NINE + timedelta(seconds=10 + second)
        evaluator.on_trades([trade(99_500, at, venue=venue, day_low=lows[venue], day_low_at_ns=to_ns(NINE))])

    assert [each.venue for each in judged] == [Venue.KRX, Venue.NXT]


def status(*notes: str, told_at: datetime = NINE) -> MarketStatus:
    """Return what is the matter with 122630."""
    return MarketStatus(symbol="122630", notes=list(notes), told_at=told_at)


def test_an_alert_says_what_is_the_matter_with_trading() -> None:
    """Who sees a price must know whether he can buy at it."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.on_status(status("vi"))

    (alert,) = evaluator.on_trades([trade(98_900, NINE + timedelta(minutes=2))])

    assert alert.notes == ["vi"]


@pytest.mark.parametrize(("kind", "price", "notes"), [("share", 70_000, ["lower_limit"]), ("share", 70_100, [])])
def test_the_lowest_price_of_the_day_says_so(kind: str, price: float, notes: list[str]) -> None:
    """Who waits for less waits in vain today."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.aim(targets(kind=kind))

    assert evaluator.on_trades([trade(price)])[0].notes == notes


def test_a_base_price_far_above_ours_is_noticed_at_the_first_trade() -> None:
    """Ten shares became one: no trade would ever come down to the old target."""
    evaluator = evaluator_watching(rule(1.0))

    assert evaluator.on_trades([trade(1_000_000, change=0.0)]) == []
    assert evaluator.disagreements() == {"122630": 1_000_000}


def test_another_life_says_the_same_of_a_halt_that_is_over() -> None:
    """What is the matter with a symbol is part of what a decision depends on."""
    first = evaluator_watching(rule(1.0))
    first.on_status(status("halted"))
    first.on_status(status())

    (alert,) = Evaluator.standing_at(first.standing()).on_trades([trade(98_900)])

    assert alert.notes == ["resumed"]


def test_notes_do_not_touch_the_id() -> None:
    """A replay without the statuses must still find the same alerts."""
    noted, plain = evaluator_watching(rule(1.0)), evaluator_watching(rule(1.0))
    noted.on_status(status("halted"))

    assert noted.on_trades([trade(98_900)])[0].id == plain.on_trades([trade(98_900)])[0].id


def test_what_must_be_known_of_the_day_goes_with_every_alert() -> None:
    """An ex-dividend day is one from its first trade to its last, whatever the status of the moment."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.aim(targets(notes=["ex-dividend"]))
    evaluator.on_status(status("vi"))

    (alert,) = evaluator.on_trades([trade(98_900)])

    assert alert.notes == ["ex-dividend", "vi"]


def test_where_something_stands_in_the_way_nothing_is_armed_and_nobody_asked() -> None:
    """A stock that is sold off has no target; to ask for its computation every minute would change nothing."""
    evaluator = evaluator_watching(rule(1.0))
    evaluator.aim(targets(obstacle="liquidation", sigma=0.0, base_price=90_000.0))

    assert evaluator.on_trades([trade(1.0)]) == []
    assert evaluator.disagreements() == {}


@pytest.mark.parametrize(("person_id", "alerted"), [(NOBODY, 0), (7, -7)])
def test_a_rehearsal_is_an_alert_for_no_persons_number(person_id: int, alerted: int) -> None:
    """It needs no rule on disk, and whatever asks for somebody's alerts must not find it."""
    (found,) = evaluator_watching().on_trades([rehearsal_trade(person_id, DAY, to_ns(NINE))])

    assert (found.person_id, found.symbol, found.level) == (alerted, f"test-{person_id}", 1.0)
    assert (found.late, found.notes, found.traded_at) == (False, [], NINE)
    assert rehearsal_addressee(found.person_id) == person_id


def test_a_rehearsal_rests_over_no_other_and_is_decided_once() -> None:
    """Two in a minute are two alerts; a replay of one is none."""
    evaluator = evaluator_watching()
    first, second = (rehearsal_trade(7, DAY, to_ns(NINE + timedelta(seconds=at))) for at in (0, 20))

    alerts = [alert for trade in (first, first, second, second) for alert in evaluator.on_trades([trade])]

    assert [rehearsed.traded_at for rehearsed in alerts] == [NINE, NINE + timedelta(seconds=20)]
    assert len({rehearsed.id for rehearsed in alerts}) == 2
    assert evaluator.last_trades() == []


@pytest.mark.parametrize("symbol", ["test-", "test--7", "test-seven", f"test-{10**18}"])
def test_what_only_looks_like_a_rehearsal_is_a_symbol_that_nobody_watches(symbol: str) -> None:
    """A damaged message must not end the process, nor, as it is replayed, every later life of it."""
    odd = msgspec.structs.replace(rehearsal_trade(7, DAY, to_ns(NINE)), symbol=symbol)

    assert evaluator_watching().on_trades([odd]) == []
