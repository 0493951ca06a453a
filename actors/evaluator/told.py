"""What telegram has told already, for an evaluator whose own record is gone.

A database that was deleted, or put back from a backup, has less in it than telegram has read. Evaluator would number
its alerts from 1 again, and telegram would take them for those that it has brought: nobody would be told. So where
telegram is ahead of our record, the numbers go on behind what it knows.
"""

from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection, Engine, select

from actors.evaluator.rules import FOR_EVER_NS, RuleState
from protocol.moments import NS
from protocol.rules import Repetition
from protocol.tables.telegram import ALERT_POSITION, ALERTS, deliveries, marks, rules

__all__ = ["Told", "read_told"]

LONGEST_SESSION = timedelta(days=2)
"""Numbers begin anew in each session: what was told earlier than so long ago is of none that goes on."""
ONCE = (rules.c.active | rules.c.paused) & (rules.c.repetition == Repetition.ONCE.value)
"""What fires but once has fired however long ago that was; a rule that is paused may come back as it was."""


class Told(Struct, frozen=True):
    """How far telegram has read in our record, and in which state each rule was left by what it has told."""

    position: int
    states: dict[str, RuleState]


def read_told(telegram: Engine, now_ns: int, rest_ns: int) -> Told:
    """Return what *telegram*'s database tells of us.

    Args:
        telegram: its database.
        now_ns: UTC epoch nanoseconds.
        rest_ns: how long a rule is silent after it fired; when it did is known to within the alert's way to telegram.
    """
    with telegram.connect() as connection:
        mark = connection.execute(select(marks.c.value).where(marks.c.name == ALERT_POSITION)).scalar()
        return Told(int(mark or 0), _states(connection, now_ns - int(LONGEST_SESSION.total_seconds()) * NS, rest_ns))


def _states(connection: Connection, since_ns: int, rest_ns: int) -> dict[str, RuleState]:
    columns = deliveries.c
    query = select(columns.content_id, columns.created_at_ns).where(
        columns.source == ALERTS, columns.kind == "text", columns.created_at_ns >= since_ns
    )
    states: dict[str, RuleState] = {}
    for alert_id, created_at_ns in connection.execute(query):
        _take(states, alert_id, created_at_ns + rest_ns)
    for rule_id, version in connection.execute(select(rules.c.id, rules.c.version).where(ONCE)):
        prefix = f"{rule_id}:{version}"
        fired = select(columns.content_id).where(columns.content_id > f"{prefix}:", columns.content_id < f"{prefix};")
        for alert_id in connection.scalars(fired.where(columns.source == ALERTS)):
            _take(states, alert_id, FOR_EVER_NS)
    return states


def _take(states: dict[str, RuleState], alert_id: str, rests_until_ns: int) -> None:
    rule_id, version, session_date, firing = alert_id.rsplit(":", 3)
    state = RuleState(int(version), date.fromisoformat(session_date), int(firing), rests_until_ns)
    known = states.get(rule_id)
    if known is None or state.is_later_than(known) or rests_until_ns > known.rests_until_ns:
        states[rule_id] = state
