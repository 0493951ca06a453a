"""Alerts for tests, with the README's example as the plain one, and evaluator's database to put them into."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert

from actors.runtime.config import Settings
from actors.runtime.store import open_store
from protocol.messages import Alert, Venue
from protocol.moments import to_ns
from protocol.rehearsal import NOBODY, person_id_of, rehearsal_trade
from protocol.rules import Direction, RuleKind
from protocol.tables import evaluator
from protocol.tables.telegram import deliveries

__all__ = ["THIS_BOOT", "TRADED_AT", "alert", "arrive", "decide", "rehearsed", "volume_alert"]

THIS_BOOT = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
TRADED_AT = datetime(2025, 11, 28, 14, 32, 15, tzinfo=ZoneInfo("Asia/Seoul")).astimezone(UTC)


def alert(firing: int = 1, **changes: object) -> Alert:
    """Return the example's alert: 122630 at 70,600 won, 2σ; its id is made from person, symbol, level and *firing*."""
    plain = Alert(
        id="",
        rule_id="",
        rule_version=1,
        firing=firing,
        person_id=1,
        symbol="122630",
        name="KODEX 레버리지",
        venue=Venue.KRX,
        session_date=date(2025, 11, 28),
        level=2.0,
        price=70_600.0,
        price_now=70_600.0,
        base_price=72_665.0,
        sigma=0.01417,
        target_price=70_605.6739,
        traded_at=TRADED_AT,
        decided_at=TRADED_AT + timedelta(milliseconds=90),
        late=False,
    )
    changed = msgspec.structs.replace(plain, **changes)
    rule_id = f"{changed.person_id}-{changed.symbol}-{changed.level:g}"
    alert_id = f"{rule_id}:{changed.rule_version}:{changed.session_date}:{firing}"
    return msgspec.structs.replace(changed, id=alert_id, rule_id=rule_id)


def volume_alert(firing: int = 1, **changes: object) -> Alert:
    """Return the alert that twice the shares of a usual day, twelve million, were traded."""
    of_volume = {"kind": RuleKind.VOLUME, "direction": Direction.ABOVE, "level": 2.0, "reference": 12_000_000.0}
    return alert(firing, **(of_volume | {"target_price": 24_000_000.0, "volume": 24_130_000} | changes))


def decide(settings: Settings, *alerts: Alert, boot_id: str = THIS_BOOT) -> None:
    """Let evaluator's database hold *alerts*, as decided in the boot of the machine named *boot_id*."""
    rows = [evaluator.row_from(each, boot_id) for each in alerts]
    for row in rows:
        del row["position"]  # the database counts
    engine = open_store("evaluator", settings)
    with engine.begin() as connection:
        connection.execute(insert(evaluator.alerts), rows)
    engine.dispose()


def rehearsed(person_id: int = NOBODY, traded_at: datetime = TRADED_AT) -> Alert:
    """Return the alert of a rehearsal for that person."""
    symbol = rehearsal_trade(person_id, traded_at.date(), to_ns(traded_at)).symbol
    return alert(person_id=person_id_of(symbol), symbol=symbol, name=symbol, level=1.0, traded_at=traded_at)


def arrive(settings: Settings, *alerts: Alert, state: str = "sent") -> None:
    """Let evaluator have decided *alerts*, and telegram have brought each as far as *state* says."""
    decide(settings, *alerts)
    engine = open_store("telegram", settings)
    row = {"kind": "text", "person_id": 0, "chat_id": 0, "doubtful": False, "attempts": 1, "reason": "", "state": state}
    moments = {"due_at_ns": 0, "created_at_ns": 0}
    with engine.begin() as connection:
        connection.execute(insert(deliveries), [row | moments | {"content_id": each.id} for each in alerts])
    engine.dispose()
