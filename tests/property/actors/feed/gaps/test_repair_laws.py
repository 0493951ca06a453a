"""Laws of repair: whatever a line loses, and whenever minutes come, rules fire as if every minute had been seen.

One symbol trades for twenty minutes around two thresholds, below and above, while its line is cut and frames are lost
inside it. What comes out goes through evaluator's own core, and the alerts are held against all that was traded.
"""

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from actors.evaluator.core import Evaluator
from actors.feed.config import FeedConfig
from actors.feed.gaps.book import Cause
from actors.feed.gaps.repair import Ask, Place, Repairs
from actors.feed.session.intake import Intake
from actors.kis.minute_bars import MINUTE_NS, MinuteBar, MinuteBars
from protocol.messages import Alert, Session, Trade, Venue
from protocol.moments import to_ns
from protocol.rules import Direction, Repetition, RuleKind
from tests.support.market import DAY, NINE, rule, targets, trade

KEY = ("122630", Venue.KRX)
NINE_NS = to_ns(NINE)
NS = 1_000_000_000
LENGTH_S = 1_200
QUIET_END_S = 60
REST_S = 150
BAND = 0.001
THRESHOLDS = {Direction.BELOW: 99_000.0, Direction.ABOVE: 99_200.0}


class Cut(Struct, frozen=True):
    """The line is down for *down_s* seconds from a second on."""

    at_s: int
    down_s: int


class Loss(Struct, frozen=True):
    """Frames are lost inside the connection for so long."""

    at_s: int
    for_s: int


class Script(Struct, frozen=True):
    """What happens, to which market, and how long KIS takes to tell minutes."""

    seed: int
    chance: float
    """Of a trade, in each second."""
    cuts: list[Cut]
    losses: list[Loss]
    answer_s: int
    failures: int
    """How many of the first questions fail; not for so long that feed gives up."""


last_s = LENGTH_S - QUIET_END_S - 60
scripts = st.builds(
    Script,
    seed=st.integers(0, 1_000_000),
    chance=st.sampled_from([0.05, 0.3, 0.8]),
    cuts=st.lists(st.builds(Cut, at_s=st.integers(5, last_s), down_s=st.integers(1, 60)), max_size=20),
    losses=st.lists(st.builds(Loss, at_s=st.integers(5, last_s), for_s=st.integers(1, 60)), max_size=6),
    answer_s=st.integers(0, 3),
    failures=st.integers(0, 2),
)


class Hours:
    """A market that opens at nine and never closes."""

    def place(self, _venue: Venue, at_ns: int) -> Place | None:
        """Return the regular session from nine on."""
        return Place(Session.REGULAR, DAY) if at_ns >= NINE_NS else None

    def span(self, _venue: Venue, first_ns: int, last_ns: int) -> tuple[int, int] | None:
        """Leave what lies behind nine."""
        return max(first_ns, NINE_NS), last_ns


def market_of(script: Script) -> list[Trade]:
    """Return all that is traded, one trade a second at most."""
    chance = random.Random(script.seed)
    price, volume, trades = 99_100.0, 0, []
    for second in range(LENGTH_S):
        price = min(max(price + chance.choice([-50, -20, 0, 20, 50]), 98_700.0), 99_500.0)
        # The first trade and one at the end are always there, and seen: between them volumes tell what is missing.
        if second in {0, LENGTH_S - 1} or chance.random() < script.chance:
            shares = chance.randint(1, 5)
            volume += shares
            at = NINE + timedelta(seconds=second)
            # Without the day's low: the minutes alone must tell.
            trades.append(
                trade(
                    price,
                    at,
                    volume=shares,
                    cumulative_volume=volume,
                    day_low=0.0,
                    day_low_at_ns=0,
                    received_at_ns=to_ns(at),
                )
            )
    return trades


def minutes_of(trades: Sequence[Trade], ask: Ask) -> MinuteBars:
    """Return what KIS tells of the minutes that are asked for."""
    bars: dict[int, list[float]] = {}
    for each in trades:
        begins_ns = each.traded_at_ns - each.traded_at_ns % MINUTE_NS
        if ask.first_ns - ask.first_ns % MINUTE_NS <= begins_ns <= ask.last_ns:
            bars.setdefault(begins_ns, []).append(each.price)
    return MinuteBars(
        100_000.0,
        [
            MinuteBar(begins_ns=at_ns, open=p[0], high=max(p), low=min(p), close=p[-1], volume=len(p))
            for at_ns, p in sorted(bars.items())
        ],
        trades[-1].cumulative_volume,
    )


class Line:
    """The line to KIS, second by second, as links and backfill drive it."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.market = market_of(script)
        self.by_second = {(each.traded_at_ns - NINE_NS) // NS: each for each in self.market}
        self.repairs = Repairs(FeedConfig(poll_after_s=3.0))
        self.intake = Intake(self.repairs)
        self.repairs.watch([KEY])
        self.told: list[list[Trade]] = []
        self.seen: list[Trade] = []
        self.is_up = True
        self.last_ns = NINE_NS
        self.pending: tuple[Ask, int] | None = None
        self.failures = script.failures

    def run(self) -> None:
        """Play the script to its end."""
        for second in range(LENGTH_S + 30):
            self._turn(second)
            each = self.by_second.get(second)
            is_lost = any(loss.at_s <= second < loss.at_s + loss.for_s for loss in self.script.losses)
            if each is not None and self.is_up and not is_lost:
                self.seen.append(each)
                self.last_ns = each.received_at_ns
                self._tell(self.intake.sift([each], float(second)))
            self._look(second)

    def _turn(self, second: int) -> None:
        is_up = not any(cut.at_s <= second < cut.at_s + cut.down_s for cut in self.script.cuts)
        if is_up and not self.is_up:
            self.repairs.flow(KEY, NINE_NS + second * NS, float(second))
            self.last_ns = NINE_NS + second * NS
        elif self.is_up and not is_up:
            self.repairs.lose({KEY: self.last_ns}, Cause.LINK)
        self.is_up = is_up
        if not is_up:
            self.repairs.follow([KEY], [], float(second))

    def _look(self, second: int) -> None:
        repairs, now, now_ns = self.repairs, float(second), NINE_NS + second * NS
        if self.pending is not None and second >= self.pending[1]:
            ask, self.pending = self.pending[0], None
            if self.failures:
                self.failures -= 1
                repairs.on_failure(ask, "HTTP 500", now + 1.0)
            else:
                known = [each for each in self.market if each.traded_at_ns <= now_ns]
                page = minutes_of(known, ask)
                self._tell(repairs.on_bars(ask, page, Hours(), now_ns, now))
                self.intake.continuity.settle(ask.key, ask.flows_at_ns, page.day_volume)
        self._tell(repairs.give_up(now))
        if self.pending is None and repairs.is_due(now):
            found = repairs.next_ask(Hours(), now_ns, now)
            if isinstance(found, Ask):
                self.pending = found, second + self.script.answer_s
            elif found is not None:
                self._tell(found)

    def _tell(self, trades: list[Trade]) -> None:
        if trades:
            self.told.append(trades)


def alerts_of(told: Sequence[list[Trade]], direction: Direction, repetition: Repetition) -> list[Alert]:
    """Return what one rule that waits at its threshold makes of it."""
    evaluator = Evaluator(REST_S * NS)
    evaluator.watch(
        [rule(THRESHOLDS[direction], kind=RuleKind.PRICE, direction=direction, repetition=repetition, band=BAND)]
    )
    evaluator.aim(targets())
    return [alert for trades in told for alert in evaluator.on_trades(trades)]


def has_reached(direction: Direction, price: float) -> bool:
    """Say whether a rule fires at that price."""
    threshold = THRESHOLDS[direction]
    return price <= threshold if direction is Direction.BELOW else price >= threshold


def is_back(direction: Direction, price: float) -> bool:
    """Say whether a price has gone back by the band."""
    threshold = THRESHOLDS[direction]
    return price >= threshold * (1 + BAND) if direction is Direction.BELOW else price <= threshold * (1 - BAND)


def span_of(alert: Alert) -> tuple[int, int]:
    """Return the first and last moment at which what it tells of may have been traded."""
    at_ns = to_ns(alert.traded_at)
    return at_ns, at_ns + (MINUTE_NS - 1 if alert.late else 0)


@settings(max_examples=150, deadline=None)
@given(scripts, st.sampled_from(Direction))
def test_every_crossing_that_a_minute_shows_is_alerted_once(script: Script, direction: Direction) -> None:
    """Nothing lost, nothing invented, nothing out of order, whatever the line does."""
    line = Line(script)
    line.run()

    alerts = alerts_of(line.told, direction, Repetition.REST)
    times = [to_ns(alert.traded_at) for alert in alerts]
    seen = {each.cumulative_volume for each in line.seen}
    hidden: dict[int, list[float]] = {}
    for each in line.market:
        if each.cumulative_volume not in seen:
            hidden.setdefault(each.traded_at_ns - each.traded_at_ns % MINUTE_NS, []).append(each.price)
    furthest = min if direction is Direction.BELOW else max

    assert not line.repairs.has_holes
    assert times == sorted(times)
    # Obliged: every trade that was seen, and every minute of which something was not.
    rest_ns = REST_S * NS
    spans = [(each.traded_at_ns, each.traded_at_ns) for each in line.seen if has_reached(direction, each.price)]
    spans += [
        (begins_ns, begins_ns + MINUTE_NS - 1)
        for begins_ns, prices in hidden.items()
        if has_reached(direction, furthest(prices))
    ]
    unmet = [first for first, last in spans if not any(first - rest_ns < at_ns <= last for at_ns in times)]
    assert unmet == []
    # Justified: a rule rests, and an alert is of a trade that was seen or of one in its minute.
    assert all(after - before >= rest_ns for before, after in itertools.pairwise(times))
    for alert in alerts:
        first, last = span_of(alert)
        prices = [each.price for each in line.market if first <= each.traded_at_ns <= last]
        assert alert.price in prices


@settings(max_examples=150, deadline=None)
@given(scripts, st.sampled_from(Direction))
def test_a_crossing_is_told_only_if_the_price_has_surely_gone_back(script: Script, direction: Direction) -> None:
    """Of a minute nobody knows whether its low or its high came first: no such order is made up."""
    line = Line(script)
    line.run()

    alerts = alerts_of(line.told, direction, Repetition.CROSSING)

    assert bool(alerts) is any(has_reached(direction, each.price) for each in line.market)
    for before, after in itertools.pairwise(alerts):
        since_ns, until_ns = span_of(before)[0], span_of(after)[1]
        between = [each for each in line.market if since_ns <= each.traded_at_ns <= until_ns]
        assert has_reached(direction, after.price)
        went_back = [each.traded_at_ns for each in between if is_back(direction, each.price)]
        assert any(
            each.price == after.price and each.traded_at_ns >= min(went_back, default=until_ns + 1) for each in between
        )
