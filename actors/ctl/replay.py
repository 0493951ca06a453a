"""`sigmactl replay DATE`: decide a recorded day again, and compare what comes of it with what evaluator has on record.

Nothing live is touched: files are read, evaluator's database is opened for reading, and nobody is told.
"""

import argparse
import enum
from datetime import date
from pathlib import Path

from msgspec import Struct, structs
from sqlalchemy import select

from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.installation import find_settings
from actors.ctl.prices import amount, reached_at, wall_clock
from actors.evaluator.replay import Replayed, Tape, plan, replay
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused
from actors.runtime.recordings import TornFile, read_entries, recorded_files, recordings_dir
from actors.runtime.store import open_reader
from protocol.errors import DecodeError
from protocol.messages import Venue
from protocol.moments import from_ns, to_ns
from protocol.recording import Opened, recording_date
from protocol.rules import Direction, RuleKind, short_name
from protocol.tables.evaluator import alerts
from protocol.topology import Address

__all__ = ["Outcome", "ReplayedRow", "Verdict", "replay_day", "show_replay"]


class Verdict(enum.Enum):
    """What the comparison says of one alert."""

    SAME = "same"
    DIFFERENT = "different"
    """Decided again under its id, but not with the same figures."""
    MISSING = "missing"
    """On record, and not decided again."""
    ADDITIONAL = "additional"
    """Decided again, and not on record."""


class ReplayedRow(Struct, frozen=True, kw_only=True):
    """One alert; moments are ISO 8601, UTC."""

    id: str
    person_id: int
    symbol: str
    venue: Venue
    level: float
    kind: RuleKind
    direction: Direction
    price: float
    target: float
    traded_at: str
    late: bool
    notes: list[str]
    verdict: Verdict | None = None
    """None where there is no record to compare with."""


class Outcome(Struct, frozen=True, kw_only=True):
    """A day that was decided again."""

    rows: list[ReplayedRow]
    messages: int
    unrecorded: int
    torn_blocks: int
    is_compared: bool

    @property
    def is_same(self) -> bool:
        """Whether all that is on record was decided again, and nothing else."""
        return all(row.verdict in {Verdict.SAME, None} for row in self.rows)


def show_replay(arguments: argparse.Namespace) -> int:
    """Print the alerts of a recorded day; 1 unless they are those on record."""
    outcome = replay_day(find_settings(arguments), arguments.day)
    if "json" in arguments:
        put_json({"day": arguments.day, "same": outcome.is_same, **_fields(outcome)})
    else:
        put(table([_line(row) for row in outcome.rows]) or "no alerts\n")
        put(_summary(outcome))
    return 0 if outcome.is_same else 1


def replay_day(settings: Settings, day: date) -> Outcome:
    """Return what comes of deciding *day* again.

    Raises:
        CommandRefused: that day is not recorded, or its files are not what they should be.
    """
    files = recorded_files(recordings_dir(settings), day)
    diary = files.get(str(Address("evaluator")))
    if diary is None:
        message = f"expected {day} to be recorded in {recordings_dir(settings)}, found {_found(settings)}"
        raise CommandRefused(message)
    torn = TornFile()
    try:
        planned = plan(entry.record for entry in read_entries(diary, torn))
        tapes = {writer: _tape(path, torn) for writer, path in files.items() if path != diary}
        found = replay(planned, tapes)
    except DecodeError as error:
        message = f"{diary.parent}: {error}"
        raise CommandRefused(message) from error
    recorded = _read_recorded(settings, day, found.alerts_before)
    return Outcome(
        rows=_compare(found, recorded),
        messages=found.messages,
        unrecorded=found.unrecorded,
        torn_blocks=torn.blocks,
        is_compared=recorded is not None,
    )


def _tape(path: Path, torn: TornFile) -> Tape:
    epochs = [entry.record.epoch for entry in read_entries(path) if isinstance(entry.record, Opened)]
    return Tape(epochs, read_entries(path, torn))


def _found(settings: Settings) -> str:
    folder = recordings_dir(settings)
    days = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    return f"{days[0]} to {days[-1]}" if days else "no recordings"


def _read_recorded(settings: Settings, day: date, alerts_before: int) -> dict[str, ReplayedRow] | None:
    """Return what evaluator has on record of *day* since the recording began, by id; None if it has no database."""
    reader = open_reader("evaluator", settings)
    if reader is None:
        return None
    with reader.connect() as connection:
        query = select(alerts).where(alerts.c.position > alerts_before).order_by(alerts.c.position)
        rows = [row for row in connection.execute(query) if recording_date(row.decided_at_ns) == day]
    reader.dispose()
    return {
        row.id: ReplayedRow(
            id=row.id,
            person_id=row.person_id,
            symbol=row.symbol,
            venue=Venue(row.venue),
            level=row.level,
            kind=RuleKind(row.kind),
            direction=Direction(row.direction),
            price=row.price,
            target=row.target_price,
            traded_at=from_ns(row.traded_at_ns).isoformat(),
            late=row.late,
            notes=row.notes.split(),
            verdict=Verdict.MISSING,
        )
        for row in rows
    }


def _compare(found: Replayed, recorded: dict[str, ReplayedRow] | None) -> list[ReplayedRow]:
    """Return what was decided again, each with its verdict, then what is missing."""
    rows = []
    for alert in found.alerts:
        row = ReplayedRow(
            id=alert.id,
            person_id=alert.person_id,
            symbol=alert.symbol,
            venue=alert.venue,
            level=alert.level,
            kind=alert.kind,
            direction=alert.direction,
            price=alert.price,
            target=alert.target_price,
            traded_at=from_ns(to_ns(alert.traded_at)).isoformat(),
            late=alert.late,
            notes=alert.notes,
        )
        rows.append(row if recorded is None else _judge(row, recorded.pop(alert.id, None)))
    return rows + list((recorded or {}).values())


def _judge(row: ReplayedRow, recorded: ReplayedRow | None) -> ReplayedRow:
    if recorded is None:
        return structs.replace(row, verdict=Verdict.ADDITIONAL)
    same = structs.replace(row, verdict=Verdict.MISSING) == recorded
    return structs.replace(row, verdict=Verdict.SAME if same else Verdict.DIFFERENT)


def _fields(outcome: Outcome) -> dict[str, object]:
    return {
        "messages": outcome.messages,
        "unrecorded": outcome.unrecorded,
        "torn_blocks": outcome.torn_blocks,
        "compared": outcome.is_compared,
        "alerts": outcome.rows,
    }


def _line(row: ReplayedRow) -> dict[str, Cell]:
    return {
        "id": row.id,
        "person": row.person_id,
        "symbol": row.symbol,
        "level": short_name(row.kind, row.direction, row.level),
        "price": amount(row.price, row.venue),
        "target": reached_at(row.kind, row.target, row.venue),
        "traded_at": wall_clock(row.traded_at),
        "late": "late" if row.late else None,
        "verdict": row.verdict.value if row.verdict else None,
    }


def _summary(outcome: Outcome) -> str:
    counts = ", ".join(f"{verdict.value} {_count(outcome, verdict)}" for verdict in Verdict)
    compared = counts if outcome.is_compared else "no database of evaluator to compare with"
    left_out = ""
    if outcome.unrecorded:
        left_out += f"not recorded: {outcome.unrecorded} messages that evaluator read and that raised no alert\n"
    if outcome.torn_blocks:
        left_out += f"torn: {outcome.torn_blocks} blocks, as a killed writer leaves them\n"
    return f"{len(outcome.rows)} alerts of {outcome.messages} messages: {compared}\n{left_out}"


def _count(outcome: Outcome, verdict: Verdict) -> int:
    return sum(row.verdict is verdict for row in outcome.rows)
