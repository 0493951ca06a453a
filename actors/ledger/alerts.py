"""What was alerted and what became of it, from the databases of evaluator, telegram and analyst, read only."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, select

from actors.ledger.rows import TELEGRAM, AlertRow, DeliveryRow
from actors.runtime.config import Settings
from actors.runtime.store import open_reader, reading_of
from protocol.messages import Venue
from protocol.moments import from_ns
from protocol.rehearsal import NOBODY
from protocol.rules import Direction, RuleKind
from protocol.tables.analyst import outcomes
from protocol.tables.evaluator import alerts
from protocol.tables.telegram import ALERTS, deliveries, people

__all__ = ["find_alert", "read_alerts"]

TEXT = "text"
PICTURE = "picture"
FEW = 500
"""SQLite takes no more of them than this, with room to spare, in one question."""
MOST_DIGITS = 18
"""SQLite counts no further."""


def read_alerts(
    settings: Settings, last: int | None = None, *, person_id: int | None = None, symbol: str | None = None
) -> list[AlertRow]:
    """Return the alerts but rehearsals, oldest first: the *last* so many, of one person or symbol, if that is said.

    Raises:
        TemporaryFailure: a database cannot be read now.
    """
    which = [
        alerts.c.person_id > NOBODY,
        *([] if person_id is None else [alerts.c.person_id == person_id]),
        *([] if symbol is None else [alerts.c.symbol == symbol]),
    ]
    return _read(settings, which, last)


def find_alert(settings: Settings, name: str) -> AlertRow | None:
    """Return the alert that has *name* for its id or, with or without `#` before it, its number; None if none has.

    Raises:
        TemporaryFailure: a database cannot be read now.
    """
    digits = name.removeprefix("#")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    found = _read(settings, [alerts.c.position == int(digits) if is_number else alerts.c.id == name], 1)
    return found[0] if found else None


def _read(settings: Settings, which: Sequence[ColumnElement[bool]], last: int | None) -> list[AlertRow]:
    reader = open_reader("evaluator", settings)
    if reader is None:
        return []
    with reading_of("evaluator"), reader.connect() as connection:
        found = connection.execute(select(alerts).where(*which).order_by(alerts.c.position.desc()).limit(last)).all()
    reader.dispose()
    ids = {row.id for row in found}
    names, delivered = _read_deliveries(settings, ids)
    changes = _read_outcomes(settings, ids)
    return [_alert_row(row, names, delivered.get(row.id, {}), changes.get(row.id, {})) for row in reversed(found)]


def _read_deliveries(
    settings: Settings, ids: Collection[str]
) -> tuple[dict[int, str], dict[str, dict[str, list[DeliveryRow]]]]:
    """Return the names of people, and by alert and kind the deliveries of the alerts *ids*, Telegram's first."""
    reader = open_reader("telegram", settings)
    if reader is None:
        return {}, {}
    with reading_of("telegram"), reader.connect() as connection:
        names = {row.id: row.name for row in connection.execute(select(people.c.id, people.c.name))}
        of_alerts = select(deliveries).where(deliveries.c.source == ALERTS)
        rows = connection.execute(of_alerts.where(*_among(deliveries.c.content_id, ids))).all()
    reader.dispose()
    delivered: dict[str, dict[str, list[DeliveryRow]]] = {}
    for row in sorted(rows, key=lambda row: bool(row.channel != TELEGRAM)):
        if row.content_id in ids:
            delivered.setdefault(row.content_id, {}).setdefault(row.kind, []).append(_delivery_row(row))
    return names, delivered


def _read_outcomes(settings: Settings, ids: Collection[str]) -> dict[str, dict[int, float]]:
    """Return by alert what became of those in *ids*, by how many sessions later."""
    reader = open_reader("analyst", settings)
    if reader is None:
        return {}
    with reading_of("analyst"), reader.connect() as connection:
        known = select(outcomes).order_by(outcomes.c.sessions)
        rows = connection.execute(known.where(*_among(outcomes.c.alert_id, ids))).all()
    reader.dispose()
    changes: dict[str, dict[int, float]] = {}
    for row in rows:
        if row.alert_id in ids:
            changes.setdefault(row.alert_id, {})[row.sessions] = row.change
    return changes


def _among(column: Column[Any], ids: Collection[str]) -> list[ColumnElement[bool]]:
    """Return what spares reading everything for a few; for many, everything is read."""
    return [column.in_(ids)] if len(ids) <= FEW else []


def _alert_row(
    row: Row[Any], names: dict[int, str], delivered: dict[str, list[DeliveryRow]], changes: dict[int, float]
) -> AlertRow:
    return AlertRow(
        number=row.position,
        id=row.id,
        firing=row.firing,
        person_id=row.person_id,
        person=names.get(row.person_id, str(row.person_id)),
        symbol=row.symbol,
        name=row.name,
        venue=Venue(row.venue),
        level=row.level,
        kind=RuleKind(row.kind),
        direction=Direction(row.direction),
        reference=row.reference,
        volume=row.volume,
        price=row.price,
        price_now=row.price_now,
        base_price=row.base_price,
        sigma=row.sigma,
        target=row.target_price,
        session_date=row.session_date.isoformat(),
        traded_at=_iso(row.traded_at_ns),
        decided_at=_iso(row.decided_at_ns),
        late=row.late,
        notes=row.notes.split(),
        text=next(iter(delivered.get(TEXT, [])), None),
        picture=next(iter(delivered.get(PICTURE, [])), None),
        elsewhere=delivered.get(TEXT, [])[1:],
        outcomes=changes,
    )


def _delivery_row(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        channel=row.channel,
        chat_id=row.chat_id,
        state=row.state,
        attempts=row.attempts,
        doubtful=row.doubtful,
        missed=row.missed,
        reason=row.reason,
        queued_at=_iso(row.created_at_ns),
        sent_at=_iso(row.sent_at_ns) if row.sent_at_ns else None,
        message_id=row.message_id,
        receipt=row.receipt,
    )


def _iso(moment_ns: int) -> str:
    return from_ns(moment_ns).isoformat()
