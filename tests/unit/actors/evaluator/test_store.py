"""Evaluator's record."""

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, select

from actors.evaluator.core import Evaluator
from actors.evaluator.store import Cursor, EvaluatorStore, read_rules
from actors.ledger.alerts import read_alerts
from actors.runtime.config import Settings
from actors.runtime.store import open_reader, open_store
from actors.runtime.streams import Position
from actors.runtime.writer import Writer
from actors.telegram.chat.rule_words import parse_wanted
from actors.telegram.config import SeededPerson
from actors.telegram.people.register import Register
from actors.telegram.people.rule_book import RuleBook
from protocol.messages import Alert, MarketStatus
from protocol.moments import to_ns
from protocol.rules import RuleKind
from protocol.tables.evaluator import alerts as alert_rows
from protocol.tables.evaluator import cursors as cursor_rows
from protocol.tables.evaluator import rule_states
from tests.support.actor import make_settings
from tests.support.market import NINE, rule, targets, trade


def open_record(settings: Settings) -> EvaluatorStore:
    """Return the record as the shell opens it."""
    durable, quick = (open_store("evaluator", settings, durable=durable) for durable in (True, False))
    return EvaluatorStore(durable, quick, "boot")


def read(settings: Settings, column: Column[Any]) -> list[Any]:
    """Return what stands in a *column* of the record."""
    reader = open_reader("evaluator", settings)
    assert reader is not None
    with reader.connect() as connection:
        return list(connection.scalars(select(column)))


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
    store = open_record(settings)

    written = store.commit(alerts, evaluator.changed, {"feed-1": Cursor(Position(7, 42), 5)})

    again = open_record(settings)
    assert [alert.id for alert in written] == [alert.id for alert in alerts]
    assert [alert.position for alert in written] == [1, 2]
    assert again.states() == evaluator.changed
    assert again.cursors() == {"feed-1": Cursor(Position(7, 42), 5)}


def test_only_what_was_decided_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far was read may be forgotten with the power, a firing, an arming or a halt may not."""
    evaluator, alerts = decided()
    store = open_record(make_settings(tmp_path))
    began: list[Writer] = []
    begin = Writer.begin

    def note(writer: Writer) -> AbstractContextManager[None]:
        began.append(writer)
        return begin(writer)

    monkeypatch.setattr(Writer, "begin", note)
    cursors = {"feed-1": Cursor(Position(7, 42), 5)}
    store.commit([], {}, cursors)
    store.commit(alerts, evaluator.changed, cursors)
    store.commit([], evaluator.changed, cursors)
    store.commit([], {}, {}, [MarketStatus(symbol="122630", notes=["vi"], told_at=NINE)])

    assert began == [store._quick, store._writer, store._writer, store._writer]


def test_what_an_alert_carries_is_put_into_its_tables_with_the_next_place_and_taken_off_it(tmp_path: Path) -> None:
    """The alert waits for its own row alone; a second later all is in the tables."""
    settings = make_settings(tmp_path)
    evaluator, alerts = decided()
    store = open_record(settings)
    for number, alert in enumerate(alerts):
        store.commit([alert], evaluator.changed, {"feed-1": Cursor(Position(7, number))})
    assert read(settings, rule_states.c.rule_id) == []
    assert len([carried for carried in read(settings, alert_rows.c.carried) if carried]) == 2

    store.commit([], {}, {"feed-1": Cursor(Position(7, 2))})

    assert set(read(settings, rule_states.c.rule_id)) == set(evaluator.changed)
    assert read(settings, cursor_rows.c.sequence) == [2]
    assert read(settings, alert_rows.c.carried) == [None, None]


def test_what_a_killed_life_left_in_its_last_alert_goes_into_the_tables_with_the_next_that_is_written(
    tmp_path: Path,
) -> None:
    """It counts until then, and is no older afterwards."""
    settings = make_settings(tmp_path)
    evaluator, alerts = decided()
    open_record(settings).commit(alerts, evaluator.changed, {"feed-1": Cursor(Position(7, 42))})
    store = open_record(settings)

    store.commit([], {}, {"feed-1": Cursor(Position(7, 43))})

    assert store.states() == open_record(settings).states() == evaluator.changed
    assert store.cursors() == open_record(settings).cursors() == {"feed-1": Cursor(Position(7, 43))}
    assert read(settings, alert_rows.c.carried) == [None, None]


def test_an_alert_that_is_on_disk_is_not_written_or_rung_again(tmp_path: Path) -> None:
    """A second evaluator, or a replay, decides the same ids; they must not become a second message."""
    settings = make_settings(tmp_path)
    evaluator, alerts = decided()
    store = open_record(settings)
    store.commit(alerts[:1], evaluator.changed, {})

    written = store.commit(alerts, evaluator.changed, {})

    assert [(alert.id, alert.position) for alert in written] == [(alerts[1].id, 2)]
    assert sorted(read(settings, alert_rows.c.position)) == [1, 2]


def test_a_days_shares_go_from_the_rule_that_was_typed_to_the_row_that_is_read(tmp_path: Path) -> None:
    """Telegram writes what is waited for, evaluator what was reached, and `/why` reads both."""
    settings = make_settings(tmp_path)
    desk = open_store("telegram", settings)
    person = SeededPerson(name="Anna", user_id=1001, chat_id=1001, role="member", watches=())
    Register(desk, "ko", "Asia/Seoul").seed(person, [], 0)
    wanted = parse_wanted("122630 거래량 2배").condition
    typed = RuleBook(desk).put(1, "122630", wanted, band=0.0, most=9, now_ns=0)
    evaluator, store = Evaluator(300 * 1_000_000_000), open_record(settings)
    evaluator.watch(read_rules(desk)[0])
    evaluator.aim(targets(usual_volume=12_000_000))

    store.commit(evaluator.on_trades([trade(101_000, cumulative_volume=24_130_000)]), evaluator.changed, {})

    (row,) = read_alerts(settings)
    assert row.id == f"{typed.id}:1:2025-11-28:1"
    assert (row.kind, row.level, row.volume) == (RuleKind.VOLUME, 2.0, 24_130_000)
    assert (row.target, row.reference, row.price) == (24_000_000, 12_000_000, 101_000)


def test_a_cursor_moves_without_an_alert(tmp_path: Path) -> None:
    """Otherwise a quiet day would be read again from its start after each restart."""
    settings = make_settings(tmp_path)
    store = open_record(settings)

    store.commit([], {}, {"feed-1": Cursor(Position(7, 1))})
    store.commit([], {}, {"feed-1": Cursor(Position(7, 2)), "us_poller-1": Cursor(Position(9, 1))})

    assert store.cursors() == {"feed-1": Cursor(Position(7, 2)), "us_poller-1": Cursor(Position(9, 1))}


def test_the_newest_status_of_each_symbol_comes_back(tmp_path: Path) -> None:
    """An alert during a volatility interruption must say so whatever was restarted meanwhile."""
    settings = make_settings(tmp_path)
    halted = MarketStatus(symbol="005930", notes=["halted"], told_at=NINE - timedelta(hours=1))
    vi = MarketStatus(symbol="122630", notes=["vi", "circuit_breaker"], told_at=NINE)
    over = MarketStatus(symbol="122630", notes=[], told_at=NINE + timedelta(minutes=2))
    open_record(settings).commit([], {}, {}, [halted, vi])

    again = open_record(settings)
    assert again.statuses() == [halted, vi]
    assert again.statuses(to_ns(NINE)) == [vi]
    again.commit([], {}, {}, [vi, over])
    assert again.statuses() == [halted, over]
