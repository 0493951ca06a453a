"""The evaluator and the oracle, written apart, must come to the same alerts on any market."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import assume, example, given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule
from actors.feed.config import FeedConfig
from actors.feed.demand.hours import Hours
from actors.feed.gaps.book import Cause
from actors.feed.gaps.repair import Ask, Repairs
from actors.kis.minute_bars import MINUTE_NS, MinuteBar, MinuteBars
from actors.market.highs import records_of
from actors.market.looks import Looks, Quotation
from actors.market.sigma import first_day_of_look_back, sample_sigma
from actors.market.volumes import usual_volume
from actors.telegram.texts.alert_texts import Reader, alert_text
from protocol.messages import Alert, Session, Targets, Trade, Venue
from protocol.moments import from_ns
from protocol.rules import Direction, Repetition, RuleKind
from simulator.judgement.checker import compare_exactly
from simulator.judgement.evidence import SECOND_NS, PollLine, TradeLine, Watcher, read_trades
from simulator.judgement.holes import Hole
from simulator.judgement.minutes import DecidedAlert, misnumbered
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import expected_alerts
from simulator.judgement.rules import RuleLine, rules_of_watchers
from simulator.judgement.verdict import AcceptedAlert
from tests.support.calendar import calendar
from tests.support.falling_market import NINE_NS, SYMBOL, accepted_of, circumstances, closes, trade, volumes

REST_S = 300
WATCHERS = [
    Watcher(person_id=7, chat_id=1007, symbols=[SYMBOL]),
    Watcher(person_id=8, chat_id=1008, symbols=[SYMBOL], since_ns=NINE_NS + 200 * SECOND_NS),
]
READER = Reader("ko", ZoneInfo("Asia/Seoul"))


@dataclasses.dataclass
class DayLow:
    """The day's low so far, as every KIS trade carries it."""

    price: float = 0.0
    at_ns: int = 0


@st.composite
def markets(draw: st.DrawFn) -> list[TradeLine]:
    """Return trades around the targets, some in the same second, some minutes apart."""
    return market_of(draw(st.lists(st.tuples(st.integers(9_600, 10_050), st.integers(0, 200)), max_size=40)))


def market_of(steps: list[tuple[int, int]]) -> list[TradeLine]:
    """Return trades at these prices, each so many seconds after the one before."""
    low, second, trades, shares = DayLow(), 0, [], 0
    for price, pause in steps:
        second += pause
        at_ns = NINE_NS + second * SECOND_NS
        if not low.price or price < low.price:
            low = DayLow(price, at_ns)
        shares += 1 + price % 100
        trades.append(
            trade(price, second, day_low=low.price, day_low_at_ns=low.at_ns, cumulative_volume=shares),
        )
    return trades


BELOW, ABOVE = Direction.BELOW, Direction.ABOVE
CONDITIONS = [
    (RuleKind.SIGMA, BELOW, [0.5, 1.5]),
    (RuleKind.SIGMA, ABOVE, [0.25]),
    (RuleKind.PRICE, BELOW, [9_700.0, 9_850.0]),
    (RuleKind.PRICE, ABOVE, [9_800.0, 10_000.0]),
    (RuleKind.CHANGE, BELOW, [0.01, 0.02]),
    (RuleKind.CHANGE, ABOVE, [0.002]),
    (RuleKind.PAID, BELOW, [0.02]),
    (RuleKind.PAID, ABOVE, [0.01]),
    (RuleKind.YEAR_HIGH, BELOW, [0.015]),
    (RuleKind.YEAR_HIGH, ABOVE, [0.001]),
    (RuleKind.HIGH_SINCE, BELOW, [0.025]),
    (RuleKind.HIGH_SINCE, ABOVE, [0.003]),
    (RuleKind.VOLUME, ABOVE, [0.5, 1.0]),
]
"""What may be waited for in these markets, so that it is reached now and then."""
ONCE_A_DAY = [Repetition.SESSION, Repetition.ONCE]
"""What shares, which only grow, may be told: as `/alert` takes it."""


@st.composite
def rules(draw: st.DrawFn) -> RuleLine:
    """Return a rule of one of the watchers, of any kind and repetition."""
    kind, direction, levels = draw(st.sampled_from(CONDITIONS))
    watcher, level = draw(st.sampled_from(WATCHERS)), draw(st.sampled_from(levels))
    return RuleLine(
        id=f"{watcher.person_id}-{SYMBOL}-n{kind.value}{direction.value}{level}",
        version=draw(st.integers(1, 2)),
        person_id=watcher.person_id,
        chat_id=watcher.chat_id,
        symbol=SYMBOL,
        level=level,
        kind=kind,
        direction=direction,
        paid=9_900.0,
        high_since=date(2025, 11, 25) if kind is RuleKind.HIGH_SINCE else None,
        repetition=draw(st.sampled_from(ONCE_A_DAY if kind is RuleKind.VOLUME else list(Repetition))),
        rest_s=draw(st.sampled_from([0, 60, 600])),
        band=draw(st.sampled_from([0.0, 0.004])),
        expires_on=draw(st.sampled_from([None, None, date(2025, 11, 27), date(2025, 11, 28)])),
        since_ns=NINE_NS + draw(st.sampled_from([0, 0, 150])) * SECOND_NS,
    )


people = st.lists(rules(), max_size=4, unique_by=lambda rule: rule.id)


def watched(lines: list[RuleLine]) -> list[Rule]:
    """Return the watchers' rules and those of *lines*, as evaluator has them."""
    return [
        Rule(
            id=line.id,
            version=line.version,
            person_id=line.person_id,
            symbol=line.symbol,
            level=line.level,
            since_ns=line.since_ns,
            kind=line.kind,
            direction=line.direction,
            paid=line.paid,
            high_since=line.high_since,
            repetition=line.repetition,
            rest_ns=int(line.rest_s * SECOND_NS),
            band=line.band,
            expires_on=line.expires_on,
        )
        for line in [*rules_of_watchers(WATCHERS, (1.0, 2.0), version=1), *lines]
    ]


def evaluator(lines: list[RuleLine]) -> Evaluator:
    """Return the real evaluator with the watchers' rules, those of *lines* and the symbol's targets."""
    decider = Evaluator(REST_S * SECOND_NS)
    decider.watch(watched(lines))
    session_date = trade(1, 0).session_date
    before = session_date - timedelta(days=1)
    sigma = sample_sigma(closes(), before)
    decider.aim(
        Targets(
            symbol=SYMBOL,
            name="KODEX 레버리지",
            venue=Venue.KRX,
            session_date=session_date,
            base_price=10_000.0,
            sigma=sigma.value,
            returns=sigma.returns,
            bars_until=sigma.bars_until,
            source="test",
            highs=records_of(closes(), first_day_of_look_back(before), before),
            usual_volume=usual_volume(volumes(), before),
            computed_at=datetime(2025, 11, 28, tzinfo=UTC),
        )
    )
    return decider


def as_printed(line: TradeLine) -> Trade:
    """Return a journal's trade as the feed publishes it."""
    return Trade(
        symbol=line.symbol,
        venue=Venue.KRX,
        session_date=line.session_date,
        session=Session.REGULAR,
        price=line.price,
        change=line.price - line.base_price,
        volume=1,
        cumulative_volume=line.cumulative_volume,
        day_low=line.day_low,
        day_low_at_ns=line.day_low_at_ns,
        traded_at_ns=line.traded_at_ns,
        received_at_ns=line.left_at_ns,
    )


def delivered(alert: Alert) -> AcceptedAlert:
    """Return *alert* as telegram writes it and the simulated Telegram takes it."""
    chat_id = next(watcher.chat_id for watcher in WATCHERS if watcher.person_id == alert.person_id)
    return accepted_of(alert_text(alert, READER, repeat=False), chat_id, alert_ns(alert.decided_at))


def alert_ns(moment: datetime) -> int:
    """Return *moment* as epoch nanoseconds."""
    return int(moment.timestamp()) * SECOND_NS


@given(markets(), people)
def test_evaluator_and_oracle_agree(market: list[TradeLine], lines: list[RuleLine]) -> None:
    """Two people who read the same rule and wrote it down differently: ids, texts and order come out the same."""
    world = circumstances(*market, watchers=WATCHERS, rules=lines)
    ledger = expected_alerts(world)

    alerts = evaluator(lines).on_trades([as_printed(line) for line in market])

    assert sorted(alert.id for alert in alerts) == sorted(due.id for due in ledger)
    messages = [delivered(alert) for alert in alerts]
    assert compare_exactly(messages, ledger).is_clean
    assert check_obligations(messages, world).is_clean


@given(markets(), people, st.integers(0, 4_000), st.integers(0, 2_000))
def test_after_a_pause_rules_go_on_as_they_were_left(
    market: list[TradeLine], lines: list[RuleLine], start: int, length: int
) -> None:
    """What has fired is not armed by it; what was traded meanwhile, the day's low too, is none of their business."""
    from_ns = NINE_NS + start * SECOND_NS
    to_ns = from_ns + length * SECOND_NS
    before = [as_printed(line) for line in market if line.traded_at_ns < from_ns]
    meanwhile = [as_printed(line) for line in market if from_ns <= line.traded_at_ns < to_ns]
    after = [as_printed(line) for line in market if line.traded_at_ns >= to_ns]
    resumed = [msgspec.structs.replace(line, since_ns=max(to_ns, line.since_ns)) for line in lines]
    decider = evaluator(lines)

    alerts = decider.on_trades(before)
    decider.watch(watched([]))
    alerts += decider.on_trades(meanwhile)
    decider.watch(watched(resumed))
    alerts += decider.on_trades(after)

    world = circumstances(
        *market,
        watchers=WATCHERS,
        rules=[msgspec.structs.replace(line, pauses=[(from_ns, to_ns)]) for line in lines],
    )
    assert sorted(alert.id for alert in alerts) == sorted(due.id for due in expected_alerts(world))
    verdict = check_obligations([delivered(alert) for alert in alerts], world)
    assert verdict.is_clean, verdict


@given(markets(), people, st.integers(0, 4_000), st.integers(0, 2_000))
def test_what_a_hole_hides_is_made_good_by_the_days_low(
    market: list[TradeLine], lines: list[RuleLine], start: int, length: int
) -> None:
    """What the evaluator makes of a market with a hole in it is all that the checker asks for, and no more."""
    hole = Hole(from_ns=NINE_NS + start * SECOND_NS, to_ns=NINE_NS + (start + length) * SECOND_NS)
    seen = [line for line in market if not hole.from_ns <= line.left_at_ns <= hole.to_ns]

    messages = [delivered(alert) for alert in evaluator(lines).on_trades([as_printed(line) for line in seen])]
    verdict = check_obligations(messages, circumstances(*market, watchers=WATCHERS, rules=lines), [hole])

    assert verdict.is_clean, verdict


KEY = (SYMBOL, Venue.KRX)
HOURS = Hours(calendar(), timedelta(minutes=10), timedelta(0))


def minutes_of(market: list[TradeLine], until_ns: int) -> list[MinuteBar]:
    """Return the bars of all that was traded until then, as KIS tells them; the last one is unfinished."""
    prices: dict[int, list[float]] = {}
    for line in market:
        if line.traded_at_ns <= until_ns:
            prices.setdefault(line.traded_at_ns // MINUTE_NS * MINUTE_NS, []).append(line.price)
    return [
        MinuteBar(begins_ns=begins_ns, open=of[0], high=max(of), low=min(of), close=of[-1], volume=len(of))
        for begins_ns, of in prices.items()
    ]


def repaired(market: list[TradeLine], hole: Hole, held: int) -> list[list[Trade]]:
    """Return what the feed publishes of a market with a hole: before it, the repair with *held* trades, the rest."""
    before = [as_printed(line) for line in market if line.left_at_ns < hole.from_ns]
    after = [as_printed(line) for line in market if line.left_at_ns > hole.to_ns]
    # No bar tells of a trade that was not let out yet, be it of the same instant as the last one that is held.
    let_out = market[: len(market) - len(after[held:])]
    repairs = Repairs(FeedConfig())
    repairs.watch([KEY])
    repairs.lose({KEY: hole.from_ns}, Cause.LINK)
    repairs.flow(KEY, hole.to_ns, now=0.0)
    repairs.hold(after[:held], now=0.0)
    now_ns = after[held - 1].received_at_ns if held else hole.to_ns
    ask = repairs.next_ask(HOURS, now_ns, now=0.0)
    assert isinstance(ask, Ask)
    first_ns = ask.first_ns // MINUTE_NS * MINUTE_NS
    bars = [bar for bar in minutes_of(let_out, now_ns) if first_ns <= bar.begins_ns <= ask.last_ns]
    return [before, repairs.on_bars(ask, MinuteBars(10_000.0, bars), HOURS, now_ns, now=0.0), after[held:]]


def crossing_at(price: float, direction: Direction, band: float) -> list[RuleLine]:
    """Return a crossing rule of the first watcher."""
    rule = RuleLine(
        id=f"7-{SYMBOL}-n1",
        version=1,
        person_id=7,
        chat_id=1007,
        symbol=SYMBOL,
        level=price,
        kind=RuleKind.PRICE,
        direction=direction,
        repetition=Repetition.CROSSING,
        band=band,
    )
    return [rule]


# The day's low is of the minute whose high has armed, or fired, a rule.
@example(market_of([(9_601, 0), (9_600, 61), (9_703, 0), (9_703, 1)]), crossing_at(9_702.0, BELOW, 0.0), 0, 61, 0)
@example(market_of([(9_601, 0), (9_600, 61), (9_740, 0), (9_740, 1)]), crossing_at(9_700.0, BELOW, 0.004), 0, 61, 0)
@example(market_of([(9_900, 0), (9_600, 61), (9_800, 0), (9_800, 60)]), crossing_at(9_800.0, ABOVE, 0.0), 1, 61, 0)
@given(markets(), people, st.integers(0, 4_000), st.integers(0, 2_000), st.integers(0, 5))
def test_what_a_hole_hides_is_made_good_by_minute_bars(
    market: list[TradeLine], lines: list[RuleLine], start: int, length: int, held: int
) -> None:
    """Every crossing that a bar reveals is alerted, marked late, with the number it would have had, and no other."""
    # The hole ends before the last trade: what nobody saw again is revealed by nothing.
    seconds = (market[-1].traded_at_ns - NINE_NS) // SECOND_NS if market else 0
    assume(seconds > 0)
    from_ns = NINE_NS + start % seconds * SECOND_NS
    hole = Hole(from_ns=from_ns, to_ns=min(from_ns + length * SECOND_NS, market[-1].traded_at_ns - 1))
    after = [line for line in market if line.left_at_ns > hole.to_ns]
    decider = evaluator(lines)

    alerts = [
        alert for message in repaired(market, hole, min(held, len(after))) for alert in decider.on_trades(message)
    ]

    world = circumstances(*market, watchers=WATCHERS, rules=lines)
    verdict = check_obligations([delivered(alert) for alert in alerts], world, [hole], minute_bars=True)
    assert verdict.is_clean, verdict
    decided = [DecidedAlert(id=alert.id, traded_at_ns=alert_ns(alert.traded_at)) for alert in alerts]
    until_ns = market[-1].traded_at_ns
    assert misnumbered(decided, world, [hole], NINE_NS, until_ns) == []


PRICES = st.lists(st.integers(9_600, 10_050), min_size=1, max_size=4)
looks = st.lists(st.tuples(PRICES, st.sampled_from([3, 4, 60, 301])), max_size=20)
"""What was traded up to each look, and how many seconds that took."""


def answers(steps: list[tuple[list[int], int]]) -> list[PollLine]:
    """Return what a poller is answered who looks so."""
    polls, second, traded = [], 10, list[int]()
    for prices, pause in steps:
        second, traded = second + pause, traded + prices
        polls.append(
            PollLine(
                symbol=SYMBOL,
                venue="KRX",
                world_ns=NINE_NS + second * SECOND_NS,
                session_date=trade(1, 0).session_date,
                price=prices[-1],
                base_price=10_000.0,
                cumulative_volume=len(traded),
                day_low=min(traded),
                day_high=max(traded),
            )
        )
    return polls


def told_by(polls: list[PollLine]) -> list[list[Trade]]:
    """Return what us_poller, or feed, makes of these answers."""
    seen, session = Looks(timedelta(seconds=3)), calendar().session_at(Venue.KRX, from_ns(NINE_NS))
    assert session is not None
    names = Quotation.__struct_fields__
    quotations = [Quotation(**{name: getattr(poll, name) for name in names if hasattr(poll, name)}) for poll in polls]
    return [
        seen.on_quotation(SYMBOL, Venue.KRX, quotation, session, poll.world_ns)
        for quotation, poll in zip(quotations, polls, strict=True)
    ]


# Behind the look that fired a rule the price has gone back; behind the one that armed it again it was reached; both.
@example([([9_600], 3), ([9_950, 9_600], 3)], crossing_at(9_700.0, BELOW, 0.0))
@example([([9_650], 3), ([9_950], 3), ([9_600, 9_800], 3)], crossing_at(9_700.0, BELOW, 0.004))
@example([([9_650], 3), ([9_950, 9_600, 9_800], 3), ([9_900, 9_620], 3)], crossing_at(9_700.0, BELOW, 0.0))
@example([([9_950], 3), ([9_600, 9_960, 9_650], 3), ([10_000, 9_640], 3)], crossing_at(9_900.0, ABOVE, 0.004))
@given(looks, people)
def test_evaluator_and_oracle_agree_on_prices_that_are_asked_for(
    steps: list[tuple[list[int], int]], lines: list[RuleLine]
) -> None:
    """What lies hidden between two looks is told by both, or by neither."""
    polls = answers(steps)
    with TemporaryDirectory() as directory:
        Path(directory, "trades.jsonl").touch()
        Path(directory, "polls.jsonl").write_bytes(b"".join(msgspec.json.encode(poll) + b"\n" for poll in polls))
        market = read_trades(Path(directory))
    world = circumstances(*market, watchers=WATCHERS, rules=lines)
    decider = evaluator(lines)

    alerts = [alert for message in told_by(polls) for alert in decider.on_trades(message)]

    assert sorted(alert.id for alert in alerts) == sorted(due.id for due in expected_alerts(world))
    verdict = check_obligations([delivered(alert) for alert in alerts], world)
    assert verdict.is_clean, verdict
