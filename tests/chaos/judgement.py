"""After a campaign: what the simulator's checker says."""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from simulator.judgement.checker import details_of
from simulator.judgement.evidence import SECOND_NS, BarLine, Watcher, read_closes, read_lines, read_trades
from simulator.judgement.holes import Hole, holes_between, read_connections
from simulator.judgement.minutes import DecidedAlert, misnumbered
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import Circumstances
from simulator.judgement.verdict import Verdict, read_accepted
from simulator.lives import begin_life
from simulator.state import read_state
from tests.chaos.system import System, wait_for

__all__ = ["Judgement", "judge"]

SLACK_REAL_S = 1.0
"""What was on its way when a process died is lost with it, real seconds."""


class Judgement(Struct, frozen=True):
    """What was found: of the alerts that people got, and of the ids that evaluator gave them."""

    verdict: Verdict
    misnumbered: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether every promise held."""
        return self.verdict.is_clean and not self.misnumbered

    def summary(self) -> str:
        """Return one line."""
        return f"{self.verdict.summary()}; ids that would have been others: {len(self.misnumbered)}"

    def details(self) -> list[str]:
        """Return a line for each alert that is not as it should be."""
        return [*details_of(self.verdict), *self.misnumbered]


def judge(system: System, kills_ns: Sequence[int], quiet: Iterable[Hole] = ()) -> Judgement:
    """Wait until everything that is decided is delivered, and hold it against what should have been.

    Args:
        system: still running.
        kills_ns: when a reader was killed or stopped.
        quiet: other stretches in which the world was not to be seen.
    """
    until_ns = system.now_ns()
    slack_s = SLACK_REAL_S * system.world.speed
    wait_for("every alert to be delivered", lambda: system.undelivered() == 0)
    journals = system.settings.data_dir / "simulator"
    holes = [
        Hole(from_ns=0, to_ns=system.ready_at_ns + int(slack_s * SECOND_NS)),
        *holes_between(read_connections(journals / "connections.jsonl"), kills_ns, slack_s),
        *quiet,
    ]
    accepted = read_accepted(journals)  # before the trades: every alert's own trade is then among them
    _write_lines(journals / "watchers.jsonl", _watchers(system))
    _write_lines(journals / "bars.jsonl", _bars(system, until_ns))
    circumstances = Circumstances(
        read_trades(journals),
        read_lines(journals / "watchers.jsonl", Watcher),
        read_closes(journals / "bars.jsonl"),
    )
    judged_until_ns = until_ns - int(2 * slack_s * SECOND_NS)
    verdict = check_obligations(accepted, circumstances, holes, until_ns=judged_until_ns, minute_bars=True)
    since_ns = system.ready_at_ns + int(2 * slack_s * SECOND_NS)
    return Judgement(verdict, misnumbered(_decided(system), circumstances, holes, since_ns, judged_until_ns))


def _watchers(system: System) -> list[Watcher]:
    """Return who watches what, from the moment on that telegram wrote down: nobody waits for what happened before."""
    with contextlib.closing(sqlite3.connect(system.settings.data_dir / "telegram.db")) as connection:
        rows = connection.execute(
            "SELECT people.id, chat_id, symbol, MAX(since_ns) FROM people JOIN rules ON person_id = people.id "
            "GROUP BY chat_id, symbol"
        ).fetchall()
    return [
        Watcher(person_id=person, chat_id=chat, symbols=[symbol], since_ns=since_ns)
        for person, chat, symbol, since_ns in rows
    ]


def _decided(system: System) -> list[DecidedAlert]:
    """Return every alert that evaluator has decided for somebody; the self-test's are for nobody."""
    with contextlib.closing(sqlite3.connect(system.settings.data_dir / "evaluator.db")) as connection:
        rows = connection.execute("SELECT id, traded_at_ns FROM alerts WHERE person_id > 0").fetchall()
    return [DecidedAlert(id=alert_id, traded_at_ns=traded_at_ns) for alert_id, traded_at_ns in rows]


def _bars(system: System, until_ns: int) -> list[BarLine]:
    """Return the market's own past, more than the year that the rule looks back on."""
    found = read_state(system.settings.data_dir / "simulator" / "state.json")
    market = begin_life(system.simulator_config, found, found.life if found else "", Path()).exchange
    until = datetime.fromtimestamp(until_ns // SECOND_NS, UTC).date() + timedelta(days=1)
    return [
        BarLine(symbol=symbol, session_date=bar.session_date, close=bar.close)
        for symbol in system.symbols
        for bar in market.history(symbol, until, until - timedelta(days=400))
    ]


def _write_lines(path: Path, lines: Iterable[Struct]) -> None:
    """Write what `python -m simulator.judgement.checker` would read, so that a run can be judged again later."""
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
