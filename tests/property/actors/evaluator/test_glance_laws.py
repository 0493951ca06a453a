"""Laws of looking at trades before reading them whole."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.evaluator.core import Evaluator
from protocol.messages import Trade, Trades
from protocol.rules import Direction, Repetition, RuleKind
from protocol.wire import Envelope, encode_published, glance_published
from tests.support.market import DAY, NINE, rule, targets, trade

SYMBOLS = ("122630", "005930", "000660")
TOMORROW = date(2025, 12, 1)
NS = 1_000_000_000


@st.composite
def trade_near_targets(draw: st.DrawFn) -> Trade:
    """Draw a trade above, at or below the targets, with a day's low of its own, of either day."""
    price = float(draw(st.integers(97_000, 101_000).map(lambda won: won // 100 * 100)))
    low = float(draw(st.sampled_from([0.0, price, 97_500.0, 98_900.0])))
    at = NINE + timedelta(seconds=draw(st.integers(0, 1_200)))
    low_at = draw(st.integers(0, 1_200))
    changed = trade(price, at, symbol=draw(st.sampled_from(SYMBOLS)), day_low=low)
    return trade(
        price,
        at,
        symbol=changed.symbol,
        day_low=low,
        day_low_at_ns=changed.traded_at_ns - low_at * NS,
        session_date=draw(st.sampled_from([DAY, TOMORROW])),
        cumulative_volume=draw(st.integers(1, 3_000)),
    )


def evaluator() -> Evaluator:
    """Return an evaluator of two symbols of the three, on both days."""
    made = Evaluator(rest_ns=300 * NS)
    below = [rule(level, id=f"{symbol}-{level}", symbol=symbol) for symbol in SYMBOLS[:2] for level in (1.0, 2.0)]
    above = rule(0.5, id="above", symbol=SYMBOLS[0], direction=Direction.ABOVE)
    crossing = [
        rule(0.7, id=f"{symbol}-crossing", symbol=symbol, repetition=Repetition.CROSSING, band=0.002)
        for symbol in SYMBOLS[:2]
    ]
    volume = {"kind": RuleKind.VOLUME, "direction": Direction.ABOVE, "repetition": Repetition.SESSION}
    shares = rule(2.0, id="shares", symbol=SYMBOLS[1], **volume)
    made.watch([*below, above, *crossing, shares])
    for symbol in SYMBOLS:
        for day in (DAY, TOMORROW):
            made.aim(targets(symbol=symbol, session_date=day, usual_volume=1_000))
    return made


@given(st.lists(st.lists(trade_near_targets(), min_size=1, max_size=8), max_size=6))
def test_who_glances_decides_what_who_reads_everything_decides(messages: list[list[Trade]]) -> None:
    """What is skipped at a glance must be what would have raised nothing."""
    reader, glancer = evaluator(), evaluator()

    for number, trades in enumerate(messages, 1):
        frame = encode_published("trades", Envelope("feed-1", 1, number, Trades(trades=trades)))
        assert glancer.on_glances(glance_published(frame)[1].message) == reader.on_trades(trades)
    assert [(each.symbol, each.price) for each in glancer.last_trades()] == [
        (each.symbol, each.price) for each in reader.last_trades()
    ]
