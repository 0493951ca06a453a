"""`sigmactl status`: one line an actor, from what it answers and what supervisord says of it."""

import argparse

from msgspec import Struct, structs

from actors.ctl.display import color, put, put_json, table
from actors.ctl.installation import NOTHING_RUNS, find_settings, find_supervisor, our_addresses
from actors.ctl.last_words import last_words
from actors.runtime.config import Settings
from actors.runtime.errors import ActorError, Unanswered
from actors.runtime.supervisor import RUNNING, STARTING, Process
from actors.runtime.visitor import Visitor
from protocol.messages import State
from protocol.topology import Address

__all__ = ["ActorRow", "read_status", "show_status"]

ANSWER_S = 2.0
ENDED = {"BACKOFF", "EXITED", "FATAL"}
"""What supervisord calls a program that ended by itself."""
COLOR_BY_STATE = {State.RUNNING.value: "green", State.DEGRADED.value: "yellow", State.STARTING.value: "yellow"}


class ActorRow(Struct, frozen=True, kw_only=True):
    """How one actor is; None where nobody could tell."""

    actor: str
    state: str
    """starting, running, degraded or stopping; if it does not answer, what supervisord calls it, or `unanswered`."""
    pid: int | None = None
    uptime_s: float | None = None
    restarts: int | None = None
    last_progress_s: float | None = None
    memory_mb: float | None = None
    queue: int | None = None
    reason: str = ""


def show_status(arguments: argparse.Namespace) -> int:
    """Print the state of every actor; 0 only when all are running."""
    rows, complaint = read_status(find_settings(arguments))
    if "json" in arguments:
        put_json(rows)
    else:
        cells = [structs.asdict(row) for row in rows]
        head, *lines = table(cells).splitlines(keepends=True)
        put(head)
        for row, line in zip(rows, lines, strict=True):
            put(line.replace(row.state, color(row.state, COLOR_BY_STATE.get(row.state, "red")), 1))
        put(complaint)
    return 0 if all(row.state == State.RUNNING.value for row in rows) else 1


def read_status(settings: Settings) -> tuple[list[ActorRow], str]:
    """Return how every actor is, and a line of complaint if supervisord does not answer."""
    complaint = ""
    processes: dict[str, Process] | None = None
    try:
        processes = {process.name: process for process in find_supervisor(settings).processes()}
    except ActorError as error:
        complaint = f"{NOTHING_RUNS if isinstance(error, Unanswered) else error}\n"
    addresses = our_addresses()
    # Whom supervisord does not run need not be waited for.
    asked = [
        address
        for address in addresses
        if processes is None
        or (process := processes.get(address.actor)) is None
        or process.state in {STARTING, RUNNING}
    ]
    with Visitor(settings) as visitor:
        answers = visitor.ask_all(asked, "status", timeout_s=ANSWER_S)
    rows = []
    for address in addresses:
        answer = answers.get(address)
        if isinstance(answer, dict):
            rows.append(_answered(address.actor, answer))
        else:
            process = (processes or {}).get(address.actor)
            rows.append(_unanswered(settings, address, process, answer))
    return rows, complaint


def _answered(name: str, answer: dict[str, object]) -> ActorRow:
    shown = {field: answer[field] for field in ActorRow.__struct_fields__ if field in answer}
    return ActorRow(**{**shown, "actor": name})  # type: ignore[arg-type]  # JSON that an actor made of a heartbeat


def _unanswered(settings: Settings, address: Address, process: Process | None, error: ActorError | None) -> ActorRow:
    name = address.actor
    if process is None or process.state in {STARTING, RUNNING}:
        pid = process.pid if process else None
        return ActorRow(actor=name, state="unanswered", pid=pid, reason=str(error or "not in supervisord.conf"))
    words = last_words(settings, address, most=1) if process.state in ENDED else []
    reason = words[0].removeprefix(f"{address}: ") if words else process.reason
    return ActorRow(actor=name, state=process.state.lower(), reason=reason)
