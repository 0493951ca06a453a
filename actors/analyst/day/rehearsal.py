"""The rehearsal before the open: a made-up trade is sent through the whole line, and followed until it has arrived.

feed publishes it, evaluator's database shows what was decided, telegram's what became of that; see
`protocol.rehearsal`.
"""

from msgspec import Struct
from sqlalchemy import Select, select

from actors.analyst.config import AnalystConfig
from actors.runtime.actor import Actor
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from actors.runtime.store import open_reader, reading_of
from protocol.rehearsal import NOBODY
from protocol.tables.evaluator import alerts
from protocol.tables.telegram import ALERTS, deliveries

__all__ = ["Rehearsal", "rehearse"]

ANSWER_S = 3.0
PATIENCE_S = 10.0
"""After how long it counts as lost on the way."""
LOOK_S = 0.1
SENT = "sent"


class Rehearsal(Struct, frozen=True):
    """What became of it: how long it took, seconds, or by whom it got stuck, and how."""

    took_s: float = 0.0
    stuck: str = ""


async def rehearse(actor: Actor[AnalystConfig]) -> Rehearsal:
    """Send a trade that is for nobody through the line, and return what became of it."""
    clock = actor.clock
    began = clock.monotonic()
    try:
        answer = await actor.ports.ask("feed", "rehearse", timeout_s=ANSWER_S, person=NOBODY)
    except (CommandRefused, Unanswered) as failure:
        return Rehearsal(stuck=f"feed: {failure}")
    while stuck := _whereabouts(actor.settings, answer.get("traded_at_ns")):
        if clock.monotonic() >= began + PATIENCE_S:
            return Rehearsal(stuck=stuck)
        await clock.sleep(LOOK_S)
    return Rehearsal(took_s=clock.monotonic() - began)


def _whereabouts(settings: Settings, traded_at_ns: object) -> str:
    """Return with whom the trade of that moment is, empty once it has arrived."""
    is_ours = (alerts.c.person_id == NOBODY) & (alerts.c.traded_at_ns == traded_at_ns)
    try:
        alert_id = _look(settings, "evaluator", select(alerts.c.id).where(is_ours))
        if alert_id is None:
            return "evaluator: no alert"
        of_it = (deliveries.c.source == ALERTS) & (deliveries.c.content_id == alert_id)
        state = _look(settings, "telegram", select(deliveries.c.state).where(of_it))
    except TemporaryFailure as failure:
        return str(failure)
    return "" if state == SENT else f"telegram: {state or 'no delivery'}"


def _look(settings: Settings, writer: str, question: Select[str]) -> str | None:
    """Return what *writer*'s database says, None if nothing.

    Raises:
        TemporaryFailure: it cannot be read now.
    """
    reader = open_reader(writer, settings)
    if reader is None:
        return None
    try:
        with reading_of(writer), reader.connect() as connection:
            return connection.execute(question).scalar()
    finally:
        reader.dispose()
