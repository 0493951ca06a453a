"""The oracle: what should have been alerted in a world without faults."""

from datetime import date

import msgspec
import pytest

from protocol.rules import Direction, Repetition, RuleKind
from simulator.judgement.evidence import Watcher
from simulator.judgement.oracle import Circumstances, expected_alerts, sigma_before
from tests.support.falling_market import NINE_NS, SYMBOL, circumstances, closes, price_rule, trade

SECOND_NS = 1_000_000_000


def test_sigma_is_of_the_year_that_ends_with_the_session_before() -> None:
    """Today's unfinished bar and what is older than a year must not move a target."""
    history = closes()
    sigma = sigma_before(history, date(2025, 11, 28))
    history[date(2025, 11, 28)] = 1.0
    history[date(2024, 11, 26)] = 1.0

    assert sigma == pytest.approx(0.01, rel=0.01)
    assert sigma_before(history, date(2025, 11, 28)) == sigma


def test_sigma_needs_sixty_returns() -> None:
    """A new listing has no target rather than a wild one."""
    history = dict(list(closes().items())[:60])

    assert sigma_before(history, date(2025, 11, 28)) is None
    assert sigma_before({}, date(2025, 11, 28)) is None


def test_a_fall_through_both_levels_is_two_alerts_the_deeper_first() -> None:
    """The reader's first ring is the one that matters most."""
    ledger = expected_alerts(circumstances(trade(9_950, 0), trade(9_700, 1)))

    assert [due.id for due in ledger] == [f"7-{SYMBOL}-2:1:2025-11-28:1", f"7-{SYMBOL}-1:1:2025-11-28:1"]
    assert ledger[1].target_price == pytest.approx(9_900, abs=2)
    assert ledger[0].target_price == pytest.approx(9_800, abs=3)


def test_a_price_that_stays_fires_again_when_its_rest_is_over() -> None:
    """Five minutes of silence, to the second, and then the next number."""
    ledger = expected_alerts(circumstances(trade(9_850, 0), trade(9_840, 299), trade(9_850, 300), trade(9_950, 700)))

    assert [(due.id[-1], due.traded_at_ns - NINE_NS) for due in ledger] == [("1", 0), ("2", 300 * SECOND_NS)]


def test_each_watcher_gets_an_alert_from_the_moment_of_watching_on() -> None:
    """Nobody hears of what was before, nobody of what others watch."""
    watchers = [
        Watcher(person_id=7, chat_id=1007, symbols=[SYMBOL]),
        Watcher(person_id=8, chat_id=1008, symbols=[SYMBOL], since_ns=NINE_NS + 5 * SECOND_NS),
        Watcher(person_id=9, chat_id=1009, symbols=["005930"]),
    ]
    ledger = expected_alerts(circumstances(trade(9_850, 0), trade(9_850, 5), watchers=watchers))

    assert [(due.chat_id, due.traded_at_ns - NINE_NS) for due in ledger] == [(1007, 0), (1008, 5 * SECOND_NS)]


def test_a_symbol_without_history_is_never_due() -> None:
    """No target, no alert."""
    assert expected_alerts(circumstances(trade(1, 0, symbol="000660"))) == []


HIGHS = {
    date(2024, 11, 26): 20_000.0,
    date(2024, 11, 27): 12_000.0,
    date(2025, 11, 3): 11_000.0,
    date(2025, 11, 27): 1.0,
}
"""The year begins with the second of them."""


@pytest.mark.parametrize(
    ("kind", "direction", "level", "threshold"),
    [
        ("price", "below", 9_700.0, 9_700),
        ("change", "below", 0.07, 9_300),
        ("change", "above", 0.07, 10_700),
        ("paid", "below", 0.1, 8_100),
        ("paid", "above", 0.0, 9_000),
        ("year_high", "below", 0.1, 10_800),
        ("high_since", "below", 0.1, 9_900),
        ("volume", "above", 2.0, None),
    ],
)
def test_every_kind_is_a_price_on_a_day(kind: str, direction: str, level: float, threshold: float | None) -> None:
    """As people were told when they said what they wait for; of volume the oracle knows nothing."""
    waiting = price_rule(
        level, kind=RuleKind(kind), direction=Direction(direction), paid=9_000.0, high_since=_day_for(kind)
    )
    world = Circumstances([], [], {SYMBOL: closes()}, rules=[waiting], highs={SYMBOL: HIGHS})

    assert world.threshold(waiting, trade(1, 0)) == threshold


def _day_for(kind: str) -> date | None:
    return date(2025, 10, 1) if kind == "high_since" else None


def test_levels_of_sigma_above_are_as_far_from_the_base_price_as_those_below() -> None:
    """Somebody waits to sell."""
    above = price_rule(1.0, kind=RuleKind.SIGMA, direction=Direction.ABOVE)
    world = circumstances(rules=[above])
    below = world.rules[0] if world.rules[0].level == 1 else world.rules[1]
    thresholds = [world.threshold(each, trade(1, 0)) for each in (above, below)]

    assert sum(filter(None, thresholds)) == pytest.approx(20_000)


UP_AND_DOWN = [trade(price, 100 * number) for number, price in enumerate([9_700, 9_710, 9_690, 9_800, 9_700, 9_650])]
NEXT_DAY = [msgspec.structs.replace(each, session_date=date(2025, 12, 1)) for each in UP_AND_DOWN[:1]]


@pytest.mark.parametrize(
    ("repetition", "fired"),
    [
        ({"repetition": Repetition.REST}, [0, 4, 0]),
        ({"repetition": Repetition.REST, "rest_s": 100.0}, [0, 2, 4, 5, 0]),
        ({"repetition": Repetition.ONCE}, [0]),
        ({"repetition": Repetition.SESSION}, [0, 0]),
        ({"repetition": Repetition.CROSSING}, [0, 2, 4]),
        ({"repetition": Repetition.CROSSING, "band": 0.01}, [0, 4]),
        ({"expires_on": date(2025, 11, 28)}, [0, 4]),
        ({"until_ns": NINE_NS + 400 * SECOND_NS}, [0]),
    ],
)
def test_a_rule_fires_again_as_its_person_wants(repetition: dict[str, object], fired: list[int]) -> None:
    """After its rest, never, tomorrow, or when the price comes anew; and not once it has ended."""
    later = [
        msgspec.structs.replace(each, traded_at_ns=each.traded_at_ns + 3 * 86_400 * SECOND_NS) for each in NEXT_DAY
    ]
    world = circumstances(*UP_AND_DOWN, *later, watchers=[], rules=[price_rule(9_700, **repetition)])

    times = [(due.traded_at_ns - NINE_NS) // SECOND_NS % 86_400 // 100 for due in expected_alerts(world)]

    assert times == fired


def test_of_one_trade_the_deepest_below_comes_first_and_then_the_highest_above() -> None:
    """That order is everybody's: who reads the first line has read the most important one."""
    lines = [
        price_rule(level, id=f"7-{SYMBOL}-n{number}", direction=Direction(direction))
        for number, (level, direction) in enumerate(
            [(9_500, "above"), (9_900, "below"), (9_800, "below"), (9_600, "above")]
        )
    ]

    assert [due.level for due in expected_alerts(circumstances(trade(9_700, 0), watchers=[], rules=lines))] == [
        9_800,
        9_900,
        9_600,
        9_500,
    ]
