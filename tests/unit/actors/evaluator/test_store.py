"""Evaluator's record."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from actors.evaluator.core import Evaluator
from actors.evaluator.store import Cursor, EvaluatorStore
from actors.runtime.store import open_reader, open_store
from actors.runtime.streams import Position
from protocol.messages import Alert, MarketStatus
from protocol.moments import to_ns
from protocol.tables.evaluator import alerts as alert_rows
from tests.support.actor import make_settings
from tests.support.market import NINE, rule, targets, trade


def decided() -> tuple[Evaluator, list[Alert]]:
    """Return an evaluator and the two alerts that a deep fall has just raised in it."""
    evaluator = Evaluator(300 * 1_000_000_000)
    evaluator.watch([rule(1.0), rule(2.0)])
    evaluator.aim(targets())
    return evaluator, evaluator.on_trades([trade(97_000)])


def test_alerts_states_and_cursor_come_back_as_they_were_written(tmp_path: Path) -> None:
    """What the next life knows is what stands on disk."""
    settings = make_settings(tmp_path)
    evaluator, alerts = decided()
    store = EvaluatorStore(open_store("evaluator", settings), "boot")

    written = store.commit(alerts, evaluator.changed, {"feed-1": Cursor(Position(7, 42), 5)})

    again = EvaluatorStore(open_store("evaluator", settings), "boot")
    assert [alert.id for alert in written] == [alert.id for alert in alerts]
    assert [alert.position for alert in written] == [1, 2]
    assert again.states() == evaluator.changed
    assert again.cursors() == {"feed-1": Cursor(Position(7, 42), 5)}


def test_an_alert_that_is_on_disk_is_not_written_or_rung_again(tmp_path: Path) -> None:
    """A second evaluator, or a replay, decides the same ids; they must not become a second message."""
    settings = make_settings(tmp_path)
    evaluator, alerts = decided()
    store = EvaluatorStore(open_store("evaluator", settings), "boot")
    store.commit(alerts[:1], evaluator.changed, {})

    written = store.commit(alerts, evaluator.changed, {})

    assert [(alert.id, alert.position) for alert in written] == [(alerts[1].id, 2)]
    reader = open_reader("evaluator", settings)
    assert reader is not None
    with reader.connect() as connection:
        assert list(connection.scalars(select(alert_rows.c.position).order_by(alert_rows.c.position))) == [1, 2]


def test_a_cursor_moves_without_an_alert(tmp_path: Path) -> None:
    """Otherwise a quiet day would be read again from its start after each restart."""
    settings = make_settings(tmp_path)
    store = EvaluatorStore(open_store("evaluator", settings), "boot")

    store.commit([], {}, {"feed-1": Cursor(Position(7, 1))})
    store.commit([], {}, {"feed-1": Cursor(Position(7, 2)), "us_poller-1": Cursor(Position(9, 1))})

    assert store.cursors() == {"feed-1": Cursor(Position(7, 2)), "us_poller-1": Cursor(Position(9, 1))}


def test_the_newest_status_of_each_symbol_comes_back(tmp_path: Path) -> None:
    """An alert during a volatility interruption must say so whatever was restarted meanwhile."""
    settings = make_settings(tmp_path)
    halted = MarketStatus(symbol="005930", notes=["halted"], told_at=NINE - timedelta(hours=1))
    vi = MarketStatus(symbol="122630", notes=["vi", "circuit_breaker"], told_at=NINE)
    over = MarketStatus(symbol="122630", notes=[], told_at=NINE + timedelta(minutes=2))
    EvaluatorStore(open_store("evaluator", settings), "boot").commit([], {}, {}, [halted, vi])

    again = EvaluatorStore(open_store("evaluator", settings), "boot")
    assert again.statuses() == [halted, vi]
    assert again.statuses(to_ns(NINE)) == [vi]
    again.commit([], {}, {}, [vi, over])
    assert again.statuses() == [halted, over]
