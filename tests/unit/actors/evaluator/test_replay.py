"""A recorded day decided again: over deaths at every point, changes, and what was never recorded."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator, Standing
from actors.evaluator.replay import Replayed, Tape, plan, replay
from actors.evaluator.rules import Rule, RuleState
from protocol.errors import DecodeError
from protocol.messages import MarketStatus, Origin, Trade
from protocol.recording import Aimed, Arrived, Began, Decisive, Entry, Noted, Opened, Published, Read, Record, Ruled
from tests.support.market import NINE, rule, targets, trade

NS = 1_000_000_000
FEED = "feed-1"
KRX_FRAME = b"0|H0STCNT0|001|"


def began(*rules: Rule, cursors: dict[str, tuple[int, int]] | None = None, **others: object) -> Began:
    """Return an opening with these rules, by default the one of 1 σ."""
    plain: dict[str, object] = {"at_ns": 0, "rest_ns": 300 * NS, "alerts": 0, "states": {}, "targets": [targets()]}
    built = [msgspec.to_builtins(each) for each in rules or (rule(),)]
    return msgspec.convert({**plain, "cursors": cursors or {}, "rules": built, **others}, Began)


def read(first: int, last: int, epoch: int = 1, sender: str = FEED) -> Read:
    """Return that evaluator read so far."""
    return Read(sender=sender, epoch=epoch, first=first, last=last)


def at(minutes: float, price: float) -> Trade:
    """Return a trade so many minutes after nine."""
    return trade(price, NINE + timedelta(minutes=minutes))


def tape(*messages: tuple[int, int, Trade]) -> Tape:
    """Return the file of a publisher that published one trade a message: epoch, number, trade."""
    epochs = list(dict.fromkeys(epoch for epoch, _, _ in messages))
    entries: list[Entry] = []
    for epoch in epochs:
        entries.append(Entry(Opened(writer=FEED, epoch=epoch)))
        entries += [Entry(Published(number=number, trades=[one])) for life, number, one in messages if life == epoch]
    return Tape(epochs, entries)


def decided(records: Iterable[Record], *messages: tuple[int, int, Trade]) -> Replayed:
    """Return what comes of evaluator's *records* and feed's *messages*."""
    return replay(plan(records), {FEED: tape(*messages)})


def firings(found: Replayed) -> list[str]:
    """Return rule and number of each alert."""
    return [f"{alert.rule_id}#{alert.firing}" for alert in found.alerts]


FALLING = [(1, number, at(number * 6, 98_900)) for number in range(1, 6)]
"""Five messages, each of which reaches 1 σ after the rest is over."""


def test_what_was_read_is_decided_in_its_order() -> None:
    """The plainest day."""
    found = decided([began(), read(1, 3)], *FALLING)

    assert firings(found) == ["1-122630-1#1", "1-122630-1#2", "1-122630-1#3"]
    assert (found.messages, found.unrecorded) == (3, 0)


def test_what_evaluator_never_saw_does_not_count() -> None:
    """A message that PUB/SUB lost raised no alert that day, and raises none now."""
    assert firings(decided([began(), read(1, 1), read(3, 3)], *FALLING)) == ["1-122630-1#1", "1-122630-1#2"]


def test_rules_and_targets_count_from_where_they_came() -> None:
    """Neither earlier, nor later."""
    deeper = targets(sigma=0.02)
    none = Ruled(rules=[])
    both = Ruled(rules=[msgspec.to_builtins(rule(1.0)), msgspec.to_builtins(rule(0.5))])

    found = decided(
        [began(), read(1, 1), none, read(2, 2), both, read(3, 3), Aimed(targets=deeper), read(4, 5)], *FALLING
    )

    assert firings(found) == ["1-122630-1#1", "1-122630-1#2", "1-122630-0.5#1", "1-122630-0.5#2", "1-122630-0.5#3"]


def test_a_rule_goes_on_from_the_state_it_was_left_in() -> None:
    """The number in an alert's id counts from the morning, also when the recording does not."""
    state = RuleState(1, targets().session_date, 4, 0)

    found = decided([began(states={"1-122630-1": msgspec.to_builtins(state)}, alerts=9), read(2, 2)], *FALLING)

    assert [alert.id for alert in found.alerts] == ["1-122630-1:1:2025-11-28:5"]
    assert found.alerts_before == 9


def test_a_recording_of_old_is_read() -> None:
    """Its states tell nothing of what was added since."""
    state = {"rule_version": 1, "session_date": "2025-11-28", "firings": 4, "rests_until_ns": 0}

    found = decided([began(states={"1-122630-1": state}), read(2, 2)], *FALLING)

    assert [alert.id for alert in found.alerts] == ["1-122630-1:1:2025-11-28:5"]


def test_what_a_killed_evaluator_forgot_is_decided_once() -> None:
    """It had noted more than it had committed; the next life read it again, by other rules."""
    second = began(rule(1.0, version=2), cursors={FEED: (1, 1)}, states={})

    found = decided([began(), read(1, 3), second, read(2, 3)], *FALLING)

    assert [alert.id for alert in found.alerts] == [
        f"1-122630-1:{version}:2025-11-28:{firing}" for version, firing in ((1, 1), (2, 1), (2, 2))
    ]


def test_what_a_killed_evaluator_had_not_noted_yet_is_put_in() -> None:
    """It had committed more than it had noted: the record has alerts that the notes do not lead to."""
    state = msgspec.to_builtins(RuleState(1, targets().session_date, 3, 0))

    found = decided(
        [began(), read(1, 1), began(cursors={FEED: (1, 3)}, states={"1-122630-1": state}), read(4, 4)], *FALLING
    )

    assert firings(found) == [f"1-122630-1#{firing}" for firing in (1, 2, 3, 4)]


def test_a_life_of_the_publisher_that_was_forgotten_with_its_messages_is_cut_off() -> None:
    """Evaluator had gone over to the publisher's next life, died, and stood in the former one again."""
    second = (2, 1, at(60, 98_900))
    state = {"1-122630-1": msgspec.to_builtins(RuleState(1, targets().session_date, 1, 0))}

    found = decided(
        [began(), read(1, 2), read(1, 1, epoch=2), began(cursors={FEED: (1, 1)}, states=state), read(1, 1, epoch=2)],
        *FALLING,
        second,
    )

    assert [alert.traded_at for alert in found.alerts] == [NINE + timedelta(minutes=minutes) for minutes in (6, 60)]


def test_a_message_that_its_publisher_did_not_record_is_taken_from_evaluators_notes() -> None:
    """A publisher that is killed loses its last second; the alert of that second was told."""
    noted = Decisive(sender=FEED, epoch=1, number=9, trades=[at(60, 98_900)])

    found = decided([began(), noted, read(1, 9)], *FALLING)

    assert len(found.alerts) == 6
    assert found.unrecorded == 3


def test_what_was_the_matter_with_trading_is_said_again() -> None:
    """An alert of a recorded day is the same text when it is decided again, over a death, too."""
    halt = MarketStatus(symbol="122630", notes=["halted"], told_at=NINE)
    over = MarketStatus(symbol="122630", notes=[], told_at=NINE)

    found = decided(
        [began(statuses=[msgspec.to_builtins(halt)]), Noted(status=over), read(1, 1)], (1, 1, at(0, 98_900))
    )

    assert [alert.notes for alert in found.alerts] == [["resumed"]]


def test_of_a_publisher_without_a_file_everything_is_unrecorded() -> None:
    """Said, not passed over."""
    assert replay(plan([began(), read(1, 4)]), {}).unrecorded == 4


def test_a_file_that_does_not_begin_with_an_opening_is_refused() -> None:
    """Without rules nothing can be decided."""
    with pytest.raises(DecodeError, match="began with"):
        plan([read(1, 2)])


def test_trades_are_made_again_from_the_frames_that_brought_them() -> None:
    """In the portions in which they were published; frames that are no trades, or none at all, are stepped over."""
    fields = "005930^114827^314000^5^-500^-0.16^0^314000^314000^314000^0^0^3^9^0^0^0^0^0^0^0^0^0^0^0^0^0^0^0^0^114827"
    record = "^".join([*fields.split("^"), *("0" for _ in range(2)), "20251128", "20", *("0" for _ in range(11))])
    frame = f"0|H0STCNT0|001|{record}".encode()
    arrived = Arrived(at_ns=77, lengths=[], first=5, counts=[2, 1])
    entries = [
        Entry(Opened(writer=FEED, epoch=1)),
        Entry(Arrived(at_ns=1, lengths=[]), [frame]),
        Entry(arrived, [b'{"header":{}}', frame, b"\xff\x00", frame, frame]),
        Entry(msgspec.structs.replace(arrived, first=7, counts=[5]), [frame]),
    ]

    messages = Tape([1], entries).read(read(1, 9))

    assert {number: len(trades) for number, trades in messages.items()} == {5: 2, 6: 1}
    assert {(one.symbol, one.price, one.received_at_ns, one.origin) for one in messages[5]} == {
        ("005930", 314_000.0, 77, Origin.PRINT)
    }


class Life:
    """Evaluator as its shell keeps it: what is in memory, what is committed, what is noted."""

    def __init__(self, trades: Sequence[Trade]) -> None:
        self.trades = trades
        self.records: list[Record] = []
        self.alerts: dict[str, object] = {}
        self.cursor = 0
        self.states: dict[str, RuleState] = {}

    def live(self, committed: int, noted: int) -> None:
        """Read on, commit up to message *committed*, note up to *noted*, and die."""
        standing = Standing(rest_ns=300 * NS, rules=[rule(1.0), rule(2.0)], targets=[targets()], states=self.states)
        evaluator = Evaluator.standing_at(standing)
        states = msgspec.to_builtins(self.states)
        first = self.cursor + 1
        self.records.append(began(rule(1.0), rule(2.0), cursors={FEED: (1, self.cursor)}, states=states))
        if noted >= first:
            self.records.append(read(first, noted))
        for number in range(first, committed + 1):
            for alert in evaluator.on_trades([self.trades[number - 1]]):
                self.alerts.setdefault(alert.id, alert)
            self.cursor, self.states = number, evaluator.standing().states


@given(
    st.lists(st.integers(-30, 10), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5),
)
def test_a_day_is_decided_alike_wherever_evaluator_dies(steps: list[int], deaths: list[tuple[int, int]]) -> None:
    """Whatever was committed and whatever was noted when it was killed, ids included."""
    price, trades = 100_000, []
    for minute, step in enumerate(steps):
        price += step * 100
        trades.append(at(minute * 2, price))
    life = Life(trades)
    for committed, noted in deaths:
        life.live(min(committed, len(trades)), min(noted, len(trades)))
    life.live(len(trades), len(trades))

    found = decided(life.records, *[(1, number, one) for number, one in enumerate(trades, 1)])

    assert {alert.id: alert for alert in found.alerts} == life.alerts
