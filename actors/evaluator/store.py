"""Evaluator's database, and what it reads of others': rules from telegram's, targets from analyst's."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, Engine, delete, insert, select

from actors.evaluator.core import Rule, RuleState
from actors.runtime.streams import Position
from protocol.messages import Alert, Targets
from protocol.moments import to_ns
from protocol.tables import analyst, evaluator, telegram

__all__ = ["EvaluatorStore", "read_rules", "read_targets"]


class EvaluatorStore:
    """The record of what was decided: one transaction, one fsync, then the doorbell."""

    def __init__(self, engine: Engine, boot_id: str) -> None:
        """Work on *engine*.

        Args:
            engine: evaluator's database, durable.
            boot_id: which start of the machine this is; kept with each alert.
        """
        self._engine = engine
        self._boot_id = boot_id

    def states(self) -> dict[str, RuleState]:
        """Return the state that each rule was left in, by rule id."""
        table = evaluator.rule_states
        with self._engine.connect() as connection:
            return {
                row.rule_id: RuleState(row.rule_version, row.session_date, row.firings, row.rests_until_ns)
                for row in connection.execute(select(table))
            }

    def cursors(self) -> dict[str, Position]:
        """Return how far each sender's trades have been read, by sender."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(evaluator.cursors))
            return {row.sender: Position(row.epoch, row.sequence) for row in rows}

    def commit(
        self, alerts: Iterable[Alert], states: Mapping[str, RuleState], cursors: Mapping[str, Position]
    ) -> list[Alert]:
        """Put alerts, states and cursors on disk together, and return the alerts that were not there yet."""
        with self._engine.begin() as connection:
            new = self._insert(connection, list(alerts))
            if states:
                _replace_states(connection, states)
            if cursors:
                _replace_cursors(connection, cursors)
        return new

    def _insert(self, connection: Connection, alerts: list[Alert]) -> list[Alert]:
        if not alerts:
            return []
        table = evaluator.alerts
        known = set(connection.scalars(select(table.c.id).where(table.c.id.in_([alert.id for alert in alerts]))))
        new = [alert for alert in alerts if alert.id not in known]
        if new:
            connection.execute(insert(table), [self._row(alert) for alert in new])
        return new

    def _row(self, alert: Alert) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(alert, name) for name in alert.__struct_fields__}
        del row["traded_at"], row["decided_at"]
        return row | {
            "venue": alert.venue.value,
            "traded_at_ns": to_ns(alert.traded_at),
            "decided_at_ns": to_ns(alert.decided_at),
            "boot_id": self._boot_id,
        }


def _replace_states(connection: Connection, states: Mapping[str, RuleState]) -> None:
    table = evaluator.rule_states
    connection.execute(delete(table).where(table.c.rule_id.in_(list(states))))
    rows = [
        {
            "rule_id": rule_id,
            "rule_version": state.rule_version,
            "session_date": state.session_date,
            "firings": state.firings,
            "rests_until_ns": state.rests_until_ns,
        }
        for rule_id, state in states.items()
    ]
    connection.execute(insert(table), rows)


def _replace_cursors(connection: Connection, cursors: Mapping[str, Position]) -> None:
    table = evaluator.cursors
    connection.execute(delete(table).where(table.c.sender.in_(list(cursors))))
    rows = [
        {"stream": "trades", "sender": sender, "epoch": position.epoch, "sequence": position.sequence}
        for sender, position in cursors.items()
    ]
    connection.execute(insert(table), rows)


def read_rules(reader: Engine) -> list[Rule]:
    """Return every active rule in telegram's database."""
    table = telegram.rules
    with reader.connect() as connection:
        return [
            Rule(
                id=row.id,
                version=row.version,
                person_id=row.person_id,
                symbol=row.symbol,
                level=row.level,
                since_ns=row.since_ns,
            )
            for row in connection.execute(select(table).where(table.c.active))
        ]


def read_targets(reader: Engine, since: date) -> list[Targets]:
    """Return the targets in analyst's database for *since* and later session dates."""
    table = analyst.targets
    with reader.connect() as connection:
        rows = connection.execute(select(table).where(table.c.session_date >= since))
        return [analyst.targets_from(row) for row in rows]
