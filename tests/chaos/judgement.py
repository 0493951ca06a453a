"""After a campaign: what the simulator's checker says."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from simulator.judgement.evidence import SECOND_NS, Watcher, read_trades
from simulator.judgement.holes import Hole, holes_between, read_connections
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import Circumstances
from simulator.judgement.verdict import Verdict, read_accepted
from simulator.world import history_of
from tests.chaos.system import FIRST_CHAT, PEOPLE, System, wait_for

__all__ = ["judge"]

SLACK_REAL_S = 1.0
"""What was on its way when a process died is lost with it, real seconds."""


def judge(system: System, ready_at_ns: int, kills_ns: Sequence[int], quiet: Iterable[Hole] = ()) -> Verdict:
    """Wait until everything that is decided is delivered, and hold it against what should have been.

    Args:
        system: still running.
        ready_at_ns: before this moment of the world nobody was watched yet.
        kills_ns: when a reader was killed or stopped.
        quiet: other stretches in which the world was not to be seen.
    """
    until_ns = system.now_ns()
    slack_s = SLACK_REAL_S * system.world.speed
    wait_for("every alert to be delivered", lambda: system.undelivered() == 0)
    journals = system.settings.data_dir / "simulator"
    holes = [
        Hole(from_ns=0, to_ns=ready_at_ns + int(slack_s * SECOND_NS)),
        *holes_between(read_connections(journals / "connections.jsonl"), kills_ns, slack_s),
        *quiet,
    ]
    day = datetime.fromtimestamp(until_ns // SECOND_NS, UTC).date() + timedelta(days=1)
    closes = {
        symbol: {bar.session_date: bar.close for bar in history_of(system.simulator_config, journals, symbol, day)}
        for symbol in system.symbols
    }
    watchers = [
        Watcher(person_id=person + 1, chat_id=FIRST_CHAT + person, symbols=system.symbols) for person in range(PEOPLE)
    ]
    circumstances = Circumstances(read_trades(journals), watchers, closes)
    return check_obligations(
        read_accepted(journals), circumstances, holes, until_ns=until_ns - int(2 * slack_s * SECOND_NS)
    )
