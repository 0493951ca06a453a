"""Compare what the simulated Telegram accepted with what should have been alerted.

    python -m simulator.judgement.checker --directory data/demo/simulator [--with-faults --kill NS …]

Without faults (`compare_exactly`) the accepted alerts are the oracle's ledger, one for one. With faults (`obligations`)
each accepted alert must be justified by a trade, and each trade that could be seen must be answered for. The classes:

    lost        due and never accepted                   misrouted   due, but not in this chat
    wrong       due, but the text says something else    late        accepted later than allowed after its trade
    spurious    not due                                  out of order   accepted after a later alert of its chat
    repeated    accepted before; marked when it says so (🔁)

The exit code is 0 when all but the marked repeats are none, 1 otherwise, 2 when a file is missing.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from simulator.judgement.alert_text import ShownAlert
from simulator.judgement.evidence import (
    SECOND_NS,
    BarLine,
    Watcher,
    closes_in,
    highs_in,
    read_lines,
    read_trades,
    volumes_in,
)
from simulator.judgement.holes import Hole, holes_between, read_connections
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import Circumstances, ExpectedAlert, expected_alerts
from simulator.judgement.rules import RuleLine
from simulator.judgement.verdict import AcceptedAlert, Finding, Verdict, discrepancies, read_accepted

__all__ = ["compare_exactly", "details_of", "main"]


def compare_exactly(
    accepted: Sequence[AcceptedAlert], ledger: Sequence[ExpectedAlert], late_s: float | None = None
) -> Verdict:
    """Hold the *accepted* alerts against the *ledger* of a world without faults.

    Args:
        late_s: world seconds from a trade's way out to the acceptance of its alert that are allowed; None: any.
    """
    comparison = _Comparison(ledger)
    for alert in accepted:
        comparison.take(alert, late_s)
    return comparison.verdict(len(accepted))


class _Told(Struct, frozen=True):
    """How far the ledger has been told in one chat: within a message nothing comes first."""

    message_id: int = 0
    before: int = -1
    """The newest position in the messages before that one."""
    newest: int = -1
    """The same with that one."""

    def in_message(self, message_id: int) -> "_Told":
        """Return this as it is while message *message_id* is read."""
        return self if message_id == self.message_id else _Told(message_id, self.newest, self.newest)


class _Comparison:
    """The ledger with what was found of it so far; an alert is known by chat, symbol, what was waited for, and time."""

    def __init__(self, ledger: Sequence[ExpectedAlert]) -> None:
        self._positions: dict[tuple[str, int], list[int]] = {}
        for position, due in enumerate(ledger):
            self._positions.setdefault((due.symbol, due.traded_at_ns), []).append(position)
        self._ledger = ledger
        self._found: set[int] = set()
        self._told: dict[int, _Told] = {}
        self._findings: dict[str, list[Finding]] = {}

    def take(self, alert: AcceptedAlert, late_s: float | None) -> None:
        """Find the place of one alert in the ledger."""
        shown = alert.shown
        if shown is None:
            self._note("wrong", alert, alert.problem)
            return
        due = self._due_at(shown)
        own = [position for position in due if self._ledger[position].chat_id == alert.chat_id]
        new = [position for position in own if position not in self._found]
        if not own:
            chats = sorted({self._ledger[position].chat_id for position in due})
            self._note("misrouted" if due else "spurious", alert, f"due in chats {chats}")
        elif not new:
            self._note("repeated_marked" if shown.is_repeat else "repeated_unmarked", alert, self._ledger[own[0]].id)
        else:
            self._found.add(new[0])
            self._judge(alert, new[0], late_s)

    def _due_at(self, shown: ShownAlert) -> list[int]:
        # A polled price has no time of its own: two seconds more or less are the same time.
        slacks = (0,) if shown.price.is_won else (0, -1, 1, -2, 2)
        times = (shown.traded_at_ns + slack * SECOND_NS for slack in slacks)
        found = (self._positions_at(shown, time_ns) for time_ns in times)
        return next(filter(None, found), [])

    def _positions_at(self, shown: ShownAlert, time_ns: int) -> list[int]:
        positions = self._positions.get((shown.symbol, time_ns), [])
        dues = ((position, self._ledger[position]) for position in positions)
        return [position for position, due in dues if shown.tells_of(due.kind, due.direction, due.level)]

    def _judge(self, alert: AcceptedAlert, position: int, late_s: float | None) -> None:
        due, shown = self._ledger[position], alert.shown
        problems = discrepancies(shown, due) if shown else []
        if shown and (shown.is_late or shown.is_repeat):
            problems.append("calls itself late" if shown.is_late else "calls itself a repeat")
        if problems:
            self._note("wrong", alert, ", ".join(problems))
        if shown and shown.was_held:
            return
        told = self._told.get(alert.chat_id, _Told()).in_message(alert.message_id)
        if position < told.before:
            self._note("out_of_order", alert, f"after {self._ledger[told.before].id}")
        self._told[alert.chat_id] = msgspec.structs.replace(told, newest=max(position, told.newest))
        delay_s = (alert.accepted_at_ns - due.left_at_ns) / SECOND_NS
        if late_s is not None and delay_s > late_s:
            self._note("late", alert, f"{delay_s:.3f} s")

    def _note(self, kind: str, alert: AcceptedAlert, why: str) -> None:
        self._findings.setdefault(kind, []).append(Finding(alert, why))

    def verdict(self, accepted: int) -> Verdict:
        """Return what was found; what is still due is lost."""
        found = self._findings
        return Verdict(
            expected=len(self._ledger),
            accepted=accepted,
            lost=[due for position, due in enumerate(self._ledger) if position not in self._found],
            wrong=found.get("wrong", []),
            spurious=found.get("spurious", []),
            misrouted=found.get("misrouted", []),
            late=found.get("late", []),
            out_of_order=found.get("out_of_order", []),
            repeated_marked=found.get("repeated_marked", []),
            repeated_unmarked=found.get("repeated_unmarked", []),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a directory from the command line and return the exit code."""
    options = _parser().parse_args(arguments)
    directory: Path = options.directory
    try:
        verdict = _check(directory, options)
    except OSError as error:
        sys.stderr.write(f"expected the world's journals in {directory}, found: {error}\n")
        return 2
    sys.stdout.write(verdict.summary() + "\n")
    if options.verbose:
        sys.stdout.writelines(f"{line}\n" for line in details_of(verdict))
    return 0 if verdict.is_clean else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulator.judgement.checker", description="Hold accepted alerts against the oracle."
    )
    parser.add_argument("--directory", type=Path, default=Path("data/demo/simulator"), help="the world's journals")
    parser.add_argument("--watchers", type=Path, help="JSON lines; default: watchers.jsonl in the directory")
    parser.add_argument("--bars", type=Path, help="JSON lines; default: bars.jsonl in the directory")
    parser.add_argument("--rules", type=Path, help="JSON lines; default: rules.jsonl in the directory, if it is there")
    parser.add_argument("--level", type=float, action="append", help="σ below the base price; default: 1 and 2")
    parser.add_argument("--rest-s", type=float, default=300, help="trade time for which a rule rests")
    parser.add_argument("--late-s", type=float, help="world seconds that an alert may take; default: any")
    parser.add_argument("--with-faults", action="store_true", help="check obligations, not equality")
    parser.add_argument(
        "--holes", type=Path, help="more of them, JSON lines: from_ns, to_ns, symbols; with faults only"
    )
    parser.add_argument(
        "--minute-bars", action="store_true", help="holes are filled from minute bars; with faults only"
    )
    parser.add_argument("--kill", type=int, action="append", default=[], metavar="NS", help="a reader's death")
    parser.add_argument("--slack-s", type=float, default=0.5, help="by which holes of connections are widened")
    parser.add_argument("--until-ns", type=int, help="trades that left later oblige to nothing; with faults only")
    parser.add_argument("--verbose", action="store_true", help="list what is not as it should be")
    return parser


def _check(directory: Path, options: argparse.Namespace) -> Verdict:
    trades = read_trades(directory)
    watchers = read_lines(options.watchers or directory / "watchers.jsonl", Watcher)
    bars = read_lines(options.bars or directory / "bars.jsonl", BarLine)
    rules = options.rules or directory / "rules.jsonl"
    circumstances = Circumstances(
        trades,
        watchers,
        closes_in(bars),
        levels=options.level or (1, 2),
        rest_s=options.rest_s,
        rules=read_lines(rules, RuleLine) if options.rules or rules.exists() else (),
        highs=highs_in(bars),
        volumes=volumes_in(bars),
    )
    topics = {watcher.topic: watcher.chat_id for watcher in watchers if watcher.topic}
    accepted = read_accepted(directory, topics)
    if not options.with_faults:
        return compare_exactly(accepted, expected_alerts(circumstances), options.late_s)
    holes = holes_between(read_connections(directory / "connections.jsonl"), options.kill, options.slack_s)
    if options.holes:
        holes += read_lines(options.holes, Hole)
    return check_obligations(
        accepted,
        circumstances,
        holes,
        until_ns=options.until_ns,
        late_s=options.late_s,
        minute_bars=options.minute_bars,
    )


def details_of(verdict: Verdict) -> list[str]:
    """Return a line for each alert that is not as it should be."""
    lines = [f"lost: {due.id} {due.symbol} {due.price:g} at {due.traded_at_ns}" for due in verdict.lost]
    for kind in ("wrong", "spurious", "misrouted", "late", "out_of_order", "repeated_unmarked", "repeated_marked"):
        findings: list[Finding] = getattr(verdict, kind)
        lines += [f"{kind}: message {one.alert.message_id} in {one.alert.chat_id}: {one.why}" for one in findings]
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
