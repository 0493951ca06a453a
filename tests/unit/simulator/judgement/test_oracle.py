"""The oracle: what should have been alerted in a world without faults."""

from datetime import date

import pytest

from simulator.judgement.evidence import Watcher
from simulator.judgement.oracle import expected_alerts, sigma_before
from tests.support.falling_market import NINE_NS, SYMBOL, circumstances, closes, trade

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
