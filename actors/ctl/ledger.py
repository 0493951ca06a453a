"""What was alerted and what became of it, from the databases of evaluator, telegram and analyst, read only."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Row, select

from actors.runtime.config import Settings
from actors.runtime.store import open_reader
from protocol.messages import Venue
from protocol.moments import from_ns
from protocol.tables.analyst import outcomes
from protocol.tables.evaluator import alerts
from protocol.tables.telegram import deliveries, people

__all__ = ["AlertRow", "read_alerts"]

TEXT = "text"
PICTURE = "picture"


class AlertRow(Struct, frozen=True, kw_only=True):
    """One alert, with its deliveries; moments are ISO 8601, UTC."""

    id: str
    person: str
    symbol: str
    name: str
    venue: Venue
    level: float
    price: float
    target: float
    session_date: str
    traded_at: str
    decided_at: str
    late: bool
    state: str | None = None
    """pending, sending, sent or dead; None while telegram has not seen it."""
    reason: str = ""
    sent_at: str | None = None
    message_id: int | None = None
    picture_message_id: int | None = None
    outcomes: dict[int, float]
    """The change from its price, a fraction, by how many sessions later; those that are known."""


def read_alerts(settings: Settings, last: int | None = None) -> list[AlertRow]:
    """Return the alerts, oldest first; only the *last* so many, if that is said."""
    reader = open_reader("evaluator", settings)
    if reader is None:
        return []
    with reader.connect() as connection:
        found = connection.execute(select(alerts).order_by(alerts.c.position.desc()).limit(last)).all()
    reader.dispose()
    ids = {row.id for row in found}
    names, delivered = _read_deliveries(settings, ids)
    changes = _read_outcomes(settings, ids)
    return [_alert_row(row, names, delivered.get(row.id, {}), changes.get(row.id, {})) for row in reversed(found)]


def _read_deliveries(settings: Settings, ids: set[str]) -> tuple[dict[int, str], dict[str, dict[str, Row[Any]]]]:
    """Return the names of people, and by alert and kind the deliveries of the alerts *ids*."""
    reader = open_reader("telegram", settings)
    if reader is None:
        return {}, {}
    with reader.connect() as connection:
        names = {row.id: row.name for row in connection.execute(select(people.c.id, people.c.name))}
        rows = connection.execute(select(deliveries)).all()
    reader.dispose()
    delivered: dict[str, dict[str, Row[Any]]] = {}
    for row in rows:
        if row.content_id in ids:
            delivered.setdefault(row.content_id, {})[row.kind] = row
    return names, delivered


def _read_outcomes(settings: Settings, ids: set[str]) -> dict[str, dict[int, float]]:
    """Return by alert what became of those in *ids*, by how many sessions later."""
    reader = open_reader("analyst", settings)
    if reader is None:
        return {}
    with reader.connect() as connection:
        rows = connection.execute(select(outcomes).order_by(outcomes.c.sessions)).all()
    reader.dispose()
    changes: dict[str, dict[int, float]] = {}
    for row in rows:
        if row.alert_id in ids:
            changes.setdefault(row.alert_id, {})[row.sessions] = row.change
    return changes


def _alert_row(
    row: Row[Any], names: dict[int, str], delivered: dict[str, Row[Any]], changes: dict[int, float]
) -> AlertRow:
    text, picture = delivered.get(TEXT), delivered.get(PICTURE)
    return AlertRow(
        id=row.id,
        person=names.get(row.person_id, str(row.person_id)),
        symbol=row.symbol,
        name=row.name,
        venue=Venue(row.venue),
        level=row.level,
        price=row.price,
        target=row.target_price,
        session_date=row.session_date.isoformat(),
        traded_at=from_ns(row.traded_at_ns).isoformat(),
        decided_at=from_ns(row.decided_at_ns).isoformat(),
        late=row.late,
        state=text.state if text else None,
        reason=text.reason if text else "",
        sent_at=from_ns(text.sent_at_ns).isoformat() if text and text.sent_at_ns else None,
        message_id=text.message_id if text else None,
        picture_message_id=picture.message_id if picture else None,
        outcomes=changes,
    )
