"""Evaluator's database, and what it reads of others': rules from telegram's, targets from analyst's."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct, msgpack
from msgspec.structs import replace
from sqlalchemy import Engine, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from actors.evaluator.rules import Rule, RuleState
from actors.market.choices import parse_choices, parse_moments
from actors.runtime.errors import TemporaryFailure
from actors.runtime.streams import Position
from actors.runtime.writer import Writer
from protocol.messages import Alert, MarketStatus, Targets
from protocol.moments import NS, from_ns, to_ns
from protocol.rules import Direction, Repetition, RuleKind
from protocol.tables import analyst, evaluator, telegram

__all__ = ["Cursor", "EvaluatorStore", "read_rules", "read_targets"]


_update_state = update(evaluator.rule_states).where(evaluator.rule_states.c.rule_id == bindparam("key"))
_update_status = update(evaluator.statuses).where(evaluator.statuses.c.symbol == bindparam("key"))
_update_cursor = update(evaluator.cursors).where(evaluator.cursors.c.sender == bindparam("key"))
_unload = update(evaluator.alerts).where(evaluator.alerts.c.position > bindparam("behind"))


class Cursor(Struct, frozen=True):
    """How far a sender's trades have been read: which message, and when the last of it was traded (epoch ns)."""

    position: Position = Position()
    reached_ns: int = 0


class _Carried(Struct, frozen=True):
    """What was decided with an alert: the states that rules were left in, by id, and how far trades had been read."""

    states: dict[str, RuleState] = {}
    cursors: dict[str, Cursor] = {}

    def followed_by(self, later: "_Carried") -> "_Carried":
        """Return this with what came *later*."""
        return _Carried(self.states | later.states, self.cursors | later.cursors)


class EvaluatorStore:
    """The record of what was decided: one transaction, one fsync, then the doorbell.

    An alert waits for its own row alone: states and cursors of the same decision are carried by it, and put into their
    tables with the next that is written without one. Until then they count as if they stood there, for the next life as
    well. So little is written for an alert, and little is waiting to be synced with it.
    How far trades were read is written without fsync where nothing was decided: after a loss of power some are read
    again, and nothing is decided twice. A slow disk would otherwise hold up trades once a second.
    """

    def __init__(self, engine: Engine, quick: Engine, boot_id: str) -> None:
        """Work on evaluator's database.

        Args:
            engine: it, durable.
            quick: it, not durable.
            boot_id: which start of the machine this is; kept with each alert.
        """
        self._connection = engine.connect()
        self._writer = writer = Writer(engine)
        self._quick = Writer(quick)
        self._insert_alert = writer.prepare(insert(evaluator.alerts))
        self._put_state = writer.prepare(insert(evaluator.rule_states)), writer.prepare(_update_state)
        self._put_status = writer.prepare(insert(evaluator.statuses)), writer.prepare(_update_status)
        self._put_cursor = writer.prepare(insert(evaluator.cursors)), writer.prepare(_update_cursor)
        self._unload = writer.prepare(_unload.values(carried=bindparam("carried")))
        self._boot_id = boot_id
        with self._connection.begin():
            newest = select(func.max(evaluator.alerts.c.position))
            self._position: int = self._connection.execute(newest).scalar() or 0
        self._settled = self._position
        """The place of the last alert of which nothing is to be put into the tables, nor of those before it."""
        self._carried = _Carried()
        """What is carried by those behind it."""
        self._take_over()
        self._look_for_rows()

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
        with self._connection.begin():
            states = {
                row.rule_id: RuleState(
                    rule_version=row.rule_version,
                    session_date=row.session_date,
                    firings=row.firings,
                    rests_until_ns=row.rests_until_ns,
                    awaits_return=row.awaits_return,
                    turned_by_ns=row.turned_by_ns,
                )
                for row in self._connection.execute(select(table))
            }
        return states | self._carried.states

    def cursors(self) -> dict[str, Cursor]:
        """Return how far each sender's trades have been read, by sender."""
        with self._connection.begin():
            rows = self._connection.execute(select(evaluator.cursors))
            cursors = {row.sender: Cursor(Position(row.epoch, row.sequence), row.reached_ns) for row in rows}
        return cursors | self._carried.cursors

    def statuses(self, since_ns: int = 0) -> list[MarketStatus]:
        """Return what is the matter with each symbol, where that was told since then (UTC epoch ns)."""
        table = evaluator.statuses
        with self._connection.begin():
            return [
                MarketStatus(symbol=row.symbol, notes=row.notes.split(), told_at=from_ns(row.told_at_ns))
                for row in self._connection.execute(select(table).where(table.c.told_at_ns >= since_ns))
            ]

    def commit(
        self,
        alerts: Iterable[Alert],
        states: Mapping[str, RuleState],
        cursors: Mapping[str, Cursor],
        statuses: Collection[MarketStatus] = (),
    ) -> list[Alert]:
        """Put all of these on disk together, and return the alerts that were not there yet, in place.

        Raises:
            TemporaryFailure: the disk takes nothing now; nothing was written.
        """
        try:
            return self._commit(self._placed(alerts), states, cursors, statuses)
        except OperationalError as error:
            message = f"expected evaluator's database to take what was decided, found: {error.orig}"
            raise TemporaryFailure(message) from error

    def _commit(
        self,
        wanted: list[Alert],
        states: Mapping[str, RuleState],
        cursors: Mapping[str, Cursor],
        statuses: Collection[MarketStatus],
    ) -> list[Alert]:
        try:
            self._write(wanted, states, cursors, statuses)
        except IntegrityError:
            # Only a replay decides again what is on disk; looking before every alert would delay them all.
            known = self._known(wanted)
            self._look_for_rows()
            wanted = self._placed(alert for alert in wanted if alert.id not in known)
            self._write(wanted, states, cursors, statuses)
        self._position += len(wanted)
        return wanted

    def _placed(self, alerts: Iterable[Alert]) -> list[Alert]:
        return [replace(alert, position=position) for position, alert in enumerate(alerts, self._position + 1)]

    def _write(
        self,
        alerts: list[Alert],
        states: Mapping[str, RuleState],
        cursors: Mapping[str, Cursor],
        statuses: Collection[MarketStatus],
    ) -> None:
        decided = _Carried(dict(states), dict(cursors))
        if alerts and not statuses:
            *others, last = alerts
            rows = [evaluator.row_from(alert, self._boot_id) for alert in others]
            rows.append(evaluator.row_from(last, self._boot_id, msgpack.encode(decided)))
            self._writer.put(self._insert_alert, rows)
            self._carried = self._carried.followed_by(decided)
            return
        carried = self._carried.followed_by(decided)
        writer = self._writer if alerts or states or statuses else self._quick
        newest = {status.symbol: status for status in statuses}
        with writer.begin():
            writer.run(self._insert_alert, [evaluator.row_from(alert, self._boot_id) for alert in alerts])
            # A row that is there is changed in place: deleted and inserted, it would touch twice as many pages.
            for rule_id, state in carried.states.items():
                change = self._put_state[rule_id in self._rules_with_row]
                writer.run(change, [_state_row(rule_id, state)])
            for sender, cursor in carried.cursors.items():
                change = self._put_cursor[sender in self._senders_with_row]
                writer.run(change, [_cursor_row(sender, cursor)])
            for symbol, status in newest.items():
                change = self._put_status[symbol in self._symbols_with_row]
                writer.run(change, [_status_row(status)])
            writer.run(self._unload, [{"behind": self._settled, "carried": None}])
        self._rules_with_row.update(carried.states)
        self._senders_with_row.update(carried.cursors)
        self._symbols_with_row.update(newest)
        self._settled = self._position + len(alerts)
        self._carried = _Carried()

    def _take_over(self) -> None:
        """Learn what the alerts of an earlier life still carry."""
        columns = evaluator.alerts.c
        laden = select(columns.position, columns.carried).where(columns.carried.is_not(None)).order_by(columns.position)
        with self._connection.begin():
            for position, carried in self._connection.execute(laden):
                self._settled = min(self._settled, position - 1)
                self._carried = self._carried.followed_by(msgpack.decode(carried, type=_Carried))

    def _look_for_rows(self) -> None:
        """Learn of which rules, senders and symbols there is a row to change."""
        tables = evaluator.rule_states.c.rule_id, evaluator.cursors.c.sender, evaluator.statuses.c.symbol
        with self._connection.begin():
            found = [set(self._connection.scalars(select(key))) for key in tables]
        self._rules_with_row, self._senders_with_row, self._symbols_with_row = found

    def _known(self, alerts: list[Alert]) -> set[str]:
        identity = evaluator.alerts.c.id
        with self._connection.begin():
            known = select(identity).where(identity.in_([alert.id for alert in alerts]))
            return set(self._connection.scalars(known))


def _state_row(rule_id: str, state: RuleState) -> dict[str, object]:
    return {
        "key": rule_id,
        "rule_id": rule_id,
        "rule_version": state.rule_version,
        "session_date": state.session_date,
        "firings": state.firings,
        "rests_until_ns": state.rests_until_ns,
        "awaits_return": state.awaits_return,
        "turned_by_ns": state.turned_by_ns,
    }


def _cursor_row(sender: str, cursor: Cursor) -> dict[str, object]:
    position = {"epoch": cursor.position.epoch, "sequence": cursor.position.sequence}
    return {"key": sender, "stream": "trades", "sender": sender, "reached_ns": cursor.reached_ns} | position


def _status_row(status: MarketStatus) -> dict[str, object]:
    symbol, notes = status.symbol, " ".join(status.notes)
    return {"key": symbol, "symbol": symbol, "notes": notes, "told_at_ns": to_ns(status.told_at)}


def read_rules(reader: Engine) -> tuple[list[Rule], list[str]]:
    """Return every active rule in telegram's database, and the ids of those that only a newer version understands."""
    table, people = telegram.rules, telegram.people
    chosen = (people.c.sessions, people.c.chosen_at)
    active = select(table, *chosen).join(people, people.c.id == table.c.person_id).where(table.c.active)
    rules: list[Rule] = []
    unknown: list[str] = []
    with reader.connect() as connection:
        for row in connection.execute(active):
            try:
                rules.append(_rule_of(row))
            except ValueError:
                unknown.append(row.id)
    return rules, unknown


def _rule_of(row: Row[Any]) -> Rule:
    """Return the rule in a *row*; raises ValueError where its words are none of ours."""
    return Rule(
        id=row.id,
        version=row.version,
        person_id=row.person_id,
        symbol=row.symbol,
        level=row.level,
        since_ns=row.since_ns,
        sessions=parse_choices(row.sessions),
        chosen_at=parse_moments(row.chosen_at),
        kind=RuleKind(row.kind),
        direction=Direction(row.direction),
        paid=row.paid,
        high_since=row.high_since,
        repetition=Repetition(row.repetition),
        rest_ns=int(row.rest_s * NS),
        band=row.band,
        expires_on=row.expires_on,
    )


def read_targets(reader: Engine, since: date) -> list[Targets]:
    """Return the targets in analyst's database for *since* and later session dates."""
    table = analyst.targets
    with reader.connect() as connection:
        rows = connection.execute(select(table).where(table.c.session_date >= since))
        return [analyst.targets_from(row) for row in rows]
