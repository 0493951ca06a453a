"""After a campaign: what the simulator's checker says."""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from simulator.judgement.checker import details_of
from simulator.judgement.evidence import SECOND_NS, Watcher, closes_in, highs_in, read_trades, volumes_in
from simulator.judgement.holes import Hole, holes_between, read_connections
from simulator.judgement.minutes import DecidedAlert, misnumbered
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import Circumstances
from simulator.judgement.rules import RuleLine
from simulator.judgement.verdict import Verdict, read_accepted
from tests.chaos.people import past_of
from tests.chaos.system import System, wait_for

__all__ = ["Judgement", "judge"]

REST_S = 300.0
"""As evaluator rests where a rule says nothing else."""
TOPIC_CHATS = 9_000
"""The number that stands for a person's topic is so much above his own; no chat has it."""
SLACK_REAL_S = 1.0
"""What was on its way when a process died is lost with it, real seconds."""


class Judgement(Struct, frozen=True):
    """What was found: of the alerts that people got, and of the ids that evaluator gave them."""

    verdict: Verdict
    misnumbered: list[str]
    by_ntfy: int
    """How many of the accepted ones ntfy took."""

    @property
    def is_clean(self) -> bool:
        """Whether every promise held."""
        return self.verdict.is_clean and not self.misnumbered

    def summary(self) -> str:
        """Return one line."""
        others = len(self.misnumbered)
        return f"{self.verdict.summary()}; by ntfy {self.by_ntfy}; ids that would have been others: {others}"

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
    topics = _topics(system)
    # Before the trades: every alert's own trade is then among them.
    accepted = read_accepted(journals, {topic.topic: topic.chat_id for topic in topics})
    rules = _rules(system, topics)
    bars = past_of(system.settings, system.simulator_config, system.symbols, _date_of(until_ns))
    _write_lines(journals / "watchers.jsonl", topics)
    _write_lines(journals / "rules.jsonl", rules)
    _write_lines(journals / "bars.jsonl", bars)
    circumstances = Circumstances(
        read_trades(journals),
        [],
        closes_in(bars),
        rules=rules,
        highs=highs_in(bars),
        volumes=volumes_in(bars),
        rest_s=REST_S,
    )
    judged_until_ns = until_ns - int(2 * slack_s * SECOND_NS)
    verdict = check_obligations(accepted, circumstances, holes, until_ns=judged_until_ns, minute_bars=True)
    since_ns = system.ready_at_ns + int(2 * slack_s * SECOND_NS)
    numbers = misnumbered(_decided(system), circumstances, holes, since_ns, judged_until_ns)
    return Judgement(verdict, numbers, sum(alert.chat_id > TOPIC_CHATS for alert in accepted))


def _topics(system: System) -> list[Watcher]:
    """Return where people are reached by ntfy; what they wait for is told by their rules."""
    return [
        Watcher(person_id=row["person_id"], chat_id=TOPIC_CHATS + row["person_id"], topic=row["address"], symbols=[])
        for row in _written(system, "SELECT person_id, address FROM addresses WHERE channel = 'ntfy'")
    ]


def _rules(system: System, topics: Iterable[Watcher]) -> list[RuleLine]:
    """Return what people wait for, as telegram wrote it down, once for each place in which they are told of it.

    Nobody waits for what happened before.
    """
    not_written = {"chat_id", "until_ns", "pauses"}
    columns = ", ".join(f"rules.{name}" for name in RuleLine.__struct_fields__ if name not in not_written)
    rows = _written(
        system,
        f"SELECT {columns}, people.chat_id FROM rules JOIN people ON person_id = people.id WHERE active",  # noqa: S608 - our own words
    )
    rules = msgspec.convert([dict(row) for row in rows], list[RuleLine])
    places = {topic.person_id: topic.chat_id for topic in topics}
    by_ntfy = [replace(rule, chat_id=places[rule.person_id]) for rule in rules if rule.person_id in places]
    return [*(rule for rule in rules if rule.chat_id), *by_ntfy]


def _written(system: System, query: str) -> list[sqlite3.Row]:
    """Return what telegram has in its database."""
    with contextlib.closing(sqlite3.connect(system.settings.data_dir / "telegram.db")) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query).fetchall()


def _decided(system: System) -> list[DecidedAlert]:
    """Return every alert that evaluator has decided for somebody; the self-test's are for nobody."""
    with contextlib.closing(sqlite3.connect(system.settings.data_dir / "evaluator.db")) as connection:
        rows = connection.execute("SELECT id, traded_at_ns FROM alerts WHERE person_id > 0").fetchall()
    return [DecidedAlert(id=alert_id, traded_at_ns=traded_at_ns) for alert_id, traded_at_ns in rows]


def _date_of(at_ns: int) -> date:
    return datetime.fromtimestamp(at_ns // SECOND_NS, UTC).date() + timedelta(days=1)


def _write_lines(path: Path, lines: Iterable[Struct]) -> None:
    """Write what `python -m simulator.judgement.checker` would read, so that a run can be judged again later."""
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
