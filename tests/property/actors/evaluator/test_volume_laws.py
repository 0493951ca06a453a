"""Laws of rules that wait for a day's shares, against slow code that knows nothing of evaluator's."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule, RuleState
from actors.market.choices import SessionChoice
from protocol.messages import Origin, Session, Trade, Trades, Venue
from protocol.moments import to_ns
from protocol.rules import Direction, Repetition, RuleKind
from protocol.wire import Envelope, encode_published, glance_published
from tests.support.market import DAY, NINE, rule, targets, trade

MONDAY = date(2025, 12, 1)
USUAL = {DAY: 1_000, MONDAY: 1_500}
BARS = {2: Origin.BAR, 3: Origin.HIGH}
SESSIONS = frozenset({SessionChoice.KRX_REGULAR, SessionChoice.NXT})


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Draw what somebody waits for: half a usual day to three of them, from some moment on, until some day."""
    return rule(
        draw(st.sampled_from([0.5, 1.0, 1.5, 3.0])),
        kind=RuleKind.VOLUME,
        direction=Direction.ABOVE,
        repetition=draw(st.sampled_from([Repetition.SESSION, Repetition.ONCE])),
        sessions=SESSIONS,
        since_ns=to_ns(NINE + timedelta(seconds=draw(st.sampled_from([0, 0, 3])))),
        expires_on=draw(st.sampled_from([None, DAY, MONDAY])),
    )


@st.composite
def days(draw: st.DrawFn) -> list[list[Trade]]:
    """Draw the messages of two days: trades, some of NXT, some after hours, and the bars of holes."""
    messages: list[list[Trade]] = []
    for day, opens in ((DAY, NINE), (MONDAY, NINE + timedelta(days=3))):
        shares, at = 0, opens
        for grown, what in draw(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 9)), max_size=15)):
            shares, at = shares + grown, at + timedelta(seconds=1)
            price = 98_000.0 + 500.0 * what
            plain = trade(price, at, session_date=day, change=price - 100_000.0, cumulative_volume=shares)
            if what == 0:
                plain = msgspec.structs.replace(plain, venue=Venue.NXT, cumulative_volume=7_000)
            elif what == 1:
                plain = msgspec.structs.replace(plain, session=Session.AFTER_HOURS)
            elif what in BARS:
                plain = msgspec.structs.replace(plain, origin=BARS[what], day_low=0.0)
            if messages and messages[-1][0].session_date == day and draw(st.booleans()):
                messages[-1].append(plain)
            else:
                messages.append([plain])
    return messages


def expected(waiting: Rule, trades: Sequence[Trade]) -> list[tuple[str, int]]:
    """Return id and shares of the alerts that are due: of each day the first trade that tells of enough."""
    found: list[tuple[str, int]] = []
    for day, usual in USUAL.items():
        enough = [
            each.cumulative_volume
            for each in trades
            if (each.session_date, each.venue, each.session) == (day, Venue.KRX, Session.REGULAR)
            and each.origin is Origin.PRINT
            and each.traded_at_ns >= waiting.since_ns
            and each.cumulative_volume >= waiting.level * usual
        ]
        is_over = (waiting.repetition is Repetition.ONCE and found) or day > (waiting.expires_on or day)
        if enough and not is_over:
            found.append((f"{waiting.id}:{waiting.version}:{day}:1", enough[0]))
    return found


def life(waiting: Rule, states: dict[str, RuleState]) -> Evaluator:
    """Return an evaluator that begins with what was kept, as a process does; somebody waits for a fall, too."""
    evaluator = Evaluator(300_000_000_000, msgspec.json.decode(msgspec.json.encode(states), type=dict[str, RuleState]))
    evaluator.watch([waiting, rule(1.0, id="sigma", sessions=SESSIONS)])
    for day, usual in USUAL.items():
        evaluator.aim(targets(session_date=day, usual_volume=usual))
    return evaluator


@given(rules(), days(), st.sets(st.integers(0, 29), max_size=4))
def test_each_day_the_first_trade_with_enough_shares_alerts_over_any_restarts(
    waiting: Rule, messages: list[list[Trade]], deaths: set[int]
) -> None:
    """At a glance as in whole, with whatever else is waited for; none lost, none twice."""
    states: dict[str, RuleState] = {}
    evaluator = life(waiting, states)
    found = []
    for number, trades in enumerate(messages):
        if number in deaths:
            evaluator = life(waiting, states)
        frame = encode_published("trades", Envelope("feed-1", 1, number, Trades(trades=trades)))
        alerts = evaluator.on_glances(glance_published(frame)[1].message)
        found += [(alert.id, alert.volume) for alert in alerts if alert.rule_id == waiting.id]
        states |= evaluator.changed
        evaluator.keep()

    assert found == expected(waiting, [each for trades in messages for each in trades])
