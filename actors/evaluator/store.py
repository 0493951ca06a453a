"""Evaluator's database, and what it reads of others': rules from telegram's, targets from analyst's."""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from actors.evaluator.core import Rule, RuleState
from actors.market.choices import parse_choices
from actors.runtime.errors import TemporaryFailure
from actors.runtime.streams import Position
from protocol.messages import Alert, Targets
from protocol.moments import to_ns
from protocol.tables import analyst, evaluator, telegram

__all__ = ["Cursor", "EvaluatorStore", "read_rules", "read_targets"]

# Built once: building a statement costs several times its execution, and all this stands between a trade and its alert.
_insert_alert = insert(evaluator.alerts)
_delete_state = delete(evaluator.rule_states).where(evaluator.rule_states.c.rule_id == bindparam("of_rule"))
_insert_state = insert(evaluator.rule_states)
_delete_cursor = delete(evaluator.cursors).where(evaluator.cursors.c.sender == bindparam("of_sender"))
_insert_cursor = insert(evaluator.cursors)


class Cursor(Struct, frozen=True):
    """How far a sender's trades have been read: which message, and when the last of it was traded (epoch ns)."""

    position: Position = Position()
    reached_ns: int = 0


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
        with engine.connect() as connection:
            self._position: int = connection.execute(select(func.max(evaluator.alerts.c.position))).scalar() or 0

    @property
    def position(self) -> int:
        """The place of the last alert in the record, 0 before the first."""
        return self._position

    def go_on_behind(self, position: int, states: Mapping[str, RuleState]) -> None:
        """Place the next alert behind *position*, and keep the *states* that rules were left in.

        Raises:
            TemporaryFailure: the disk takes nothing now; nothing was written.
        """
        self.commit([], states, {})
        self._position = position

    def states(self) -> dict[str, RuleState]:
        """Return the state that each rule was left in, by rule id."""
        table = evaluator.rule_states
        with self._engine.connect() as connection:
            return {
                row.rule_id: RuleState(row.rule_version, row.session_date, row.firings, row.rests_until_ns)
                for row in connection.execute(select(table))
            }

    def cursors(self) -> dict[str, Cursor]:
        """Return how far each sender's trades have been read, by sender."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(evaluator.cursors))
            return {row.sender: Cursor(Position(row.epoch, row.sequence), row.reached_ns) for row in rows}

    def commit(
        self, alerts: Iterable[Alert], states: Mapping[str, RuleState], cursors: Mapping[str, Cursor]
    ) -> list[Alert]:
        """Put alerts, states and cursors on disk together, and return the alerts that were not there yet, in place.

        Raises:
            TemporaryFailure: the disk takes nothing now; nothing was written.
        """
        try:
            return self._commit(self._placed(alerts), states, cursors)
        except OperationalError as error:
            message = f"expected evaluator's database to take what was decided, found: {error.orig}"
            raise TemporaryFailure(message) from error

    def _commit(
        self, wanted: list[Alert], states: Mapping[str, RuleState], cursors: Mapping[str, Cursor]
    ) -> list[Alert]:
        try:
            self._write(wanted, states, cursors)
        except IntegrityError:
            # Only a replay decides again what is on disk; looking before every alert would delay them all.
            known = self._known(wanted)
            wanted = self._placed(alert for alert in wanted if alert.id not in known)
            self._write(wanted, states, cursors)
        self._position += len(wanted)
        return wanted

    def _placed(self, alerts: Iterable[Alert]) -> list[Alert]:
        return [replace(alert, position=position) for position, alert in enumerate(alerts, self._position + 1)]

    def _write(self, alerts: list[Alert], states: Mapping[str, RuleState], cursors: Mapping[str, Cursor]) -> None:
        with self._engine.begin() as connection:
            if alerts:
                connection.execute(_insert_alert, [self._row(alert) for alert in alerts])
            if states:
                connection.execute(_delete_state, [{"of_rule": rule_id} for rule_id in states])
                connection.execute(_insert_state, [_state_row(rule_id, state) for rule_id, state in states.items()])
            if cursors:
                connection.execute(_delete_cursor, [{"of_sender": sender} for sender in cursors])
                connection.execute(_insert_cursor, [_cursor_row(sender, at) for sender, at in cursors.items()])

    def _known(self, alerts: list[Alert]) -> set[str]:
        identity = evaluator.alerts.c.id
        with self._engine.connect() as connection:
            return set(connection.scalars(select(identity).where(identity.in_([alert.id for alert in alerts]))))

    def _row(self, alert: Alert) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(alert, name) for name in alert.__struct_fields__}
        del row["traded_at"], row["decided_at"]
        return row | {
            "venue": alert.venue.value,
            "notes": " ".join(alert.notes),
            "traded_at_ns": to_ns(alert.traded_at),
            "decided_at_ns": to_ns(alert.decided_at),
            "boot_id": self._boot_id,
        }


def _state_row(rule_id: str, state: RuleState) -> dict[str, object]:
    return {
        "rule_id": rule_id,
        "rule_version": state.rule_version,
        "session_date": state.session_date,
        "firings": state.firings,
        "rests_until_ns": state.rests_until_ns,
    }


def _cursor_row(sender: str, cursor: Cursor) -> dict[str, object]:
    position = {"epoch": cursor.position.epoch, "sequence": cursor.position.sequence}
    return {"stream": "trades", "sender": sender, "reached_ns": cursor.reached_ns} | position


def read_rules(reader: Engine) -> list[Rule]:
    """Return every active rule in telegram's database."""
    table, people = telegram.rules, telegram.people
    active = select(table, people.c.sessions).join(people, people.c.id == table.c.person_id).where(table.c.active)
    with reader.connect() as connection:
        return [
            Rule(
                id=row.id,
                version=row.version,
                person_id=row.person_id,
                symbol=row.symbol,
                level=row.level,
                since_ns=row.since_ns,
                sessions=parse_choices(row.sessions),
            )
            for row in connection.execute(active)
        ]


def read_targets(reader: Engine, since: date) -> list[Targets]:
    """Return the targets in analyst's database for *since* and later session dates."""
    table = analyst.targets
    with reader.connect() as connection:
        rows = connection.execute(select(table).where(table.c.session_date >= since))
        return [analyst.targets_from(row) for row in rows]
