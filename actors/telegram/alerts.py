"""The alerts that evaluator decided, read from its database: the record to which the doorbell only points."""

from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, Row, func, select

from actors.runtime.clock import from_ns
from actors.runtime.config import Settings
from actors.runtime.store import open_reader
from protocol.messages import Alert, Venue
from protocol.tables.evaluator import alerts

__all__ = ["AlertReader", "DecidedAlert"]

MOST_AT_ONCE = 500


class DecidedAlert(Struct, frozen=True):
    """An alert with its place in evaluator's order and the boot of the machine in which it was decided."""

    position: int
    boot_id: str
    alert: Alert


class AlertReader:
    """Evaluator's alerts; there are none while evaluator has not made its database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None

    @property
    def is_open(self) -> bool:
        """Whether evaluator's database can be read; looks for it if not."""
        if self._engine is None:
            self._engine = open_reader("evaluator", self._settings)
        return self._engine is not None

    def last_position(self) -> int:
        """Return the position of the newest alert, 0 if there is none."""
        if not self.is_open or self._engine is None:
            return 0
        with self._engine.connect() as connection:
            return connection.execute(select(func.max(alerts.c.position))).scalar() or 0

    def after(self, position: int) -> list[DecidedAlert]:
        """Return the alerts behind *position*, oldest first, at most 500."""
        if not self.is_open or self._engine is None:
            return []
        statement = select(alerts).where(alerts.c.position > position).order_by(alerts.c.position).limit(MOST_AT_ONCE)
        with self._engine.connect() as connection:
            return [_decided(row) for row in connection.execute(statement)]

    def by_id(self, alert_ids: Collection[str]) -> dict[str, Alert]:
        """Return those of these alerts that there are."""
        found: dict[str, Alert] = {}
        if not self.is_open or self._engine is None:
            return found
        with self._engine.connect() as connection:
            for some in _portions(alert_ids):
                rows = connection.execute(select(alerts).where(alerts.c.id.in_(some)))
                found |= {row.id: _decided(row).alert for row in rows}
        return found


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
    )
    return DecidedAlert(row.position, row.boot_id, alert)
