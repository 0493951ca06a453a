"""The alerts that evaluator decided, read from its database: the record to which the doorbell only points."""

from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select

from actors.runtime.config import Settings
from actors.runtime.store import KeptReader
from protocol.messages import Alert, Venue
from protocol.moments import from_ns
from protocol.tables.evaluator import alerts

__all__ = ["MOST_AT_ONCE", "AlertReader", "DecidedAlert"]

MOST_AT_ONCE = 500


class DecidedAlert(Struct, frozen=True):
    """An alert with its place in evaluator's order and the boot of the machine in which it was decided."""

    position: int
    boot_id: str
    alert: Alert


# Built once: to build it anew costs five times its execution.
_after = select(alerts).where(alerts.c.position > bindparam("position")).order_by(alerts.c.position).limit(MOST_AT_ONCE)


class AlertReader:
    """Evaluator's alerts; there are none while evaluator has not made its database."""

    def __init__(self, settings: Settings) -> None:
        self._reader = KeptReader("evaluator", settings)

    @property
    def is_open(self) -> bool:
        """Whether evaluator's database can be read; looks for it if not."""
        return self._reader.connection() is not None

    @property
    def file(self) -> tuple[int, int] | None:
        """Which file is being read; another one after evaluator's database was replaced."""
        return self._reader.file

    def last_position(self) -> int:
        """Return the position of the newest alert, 0 if there is none."""
        connection = self._reader.connection()
        if connection is None:
            return 0
        return connection.execute(select(func.max(alerts.c.position))).scalar() or 0

    def after(self, position: int) -> list[DecidedAlert]:
        """Return the alerts behind *position*, oldest first, at most `MOST_AT_ONCE`."""
        connection = self._reader.connection()
        if connection is None:
            return []
        return [_decided(row) for row in connection.execute(_after, {"position": position})]

    def by_id(self, alert_ids: Collection[str]) -> dict[str, Alert]:
        """Return those of these alerts that there are."""
        connection = self._reader.connection()
        if connection is None:
            return {}
        rows = (
            row
            for some in _portions(alert_ids)
            for row in connection.execute(select(alerts).where(alerts.c.id.in_(some)))
        )
        return {row.id: _decided(row).alert for row in rows}


def _portions(alert_ids: Iterable[str]) -> Iterable[list[str]]:
    """Return *alert_ids* in portions that a database takes as parameters of one question."""
    ids = list(alert_ids)
    return (ids[start : start + MOST_AT_ONCE] for start in range(0, len(ids), MOST_AT_ONCE))


def _decided(row: Row[Any]) -> DecidedAlert:
    alert = Alert(
        id=row.id,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        firing=row.firing,
        person_id=row.person_id,
        symbol=row.symbol,
        name=row.name,
        venue=Venue(row.venue),
        session_date=row.session_date,
        level=row.level,
        price=row.price,
        price_now=row.price_now,
        base_price=row.base_price,
        sigma=row.sigma,
        target_price=row.target_price,
        traded_at=from_ns(row.traded_at_ns),
        decided_at=from_ns(row.decided_at_ns),
        late=row.late,
        position=row.position,
    )
    return DecidedAlert(row.position, row.boot_id, alert)
