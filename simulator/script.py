"""The script of faults: a text of JSON lines; `#` begins a comment. docs/simulator.md lists the faults."""

from pathlib import Path

from simulator.errors import ScriptError
from simulator.faults import Fault, parse_fault

__all__ = ["FaultScript", "read_script"]


def read_script(path: Path) -> list[Fault]:
    """Return the faults in the file *path*, in its order.

    Raises:
        ScriptError: it cannot be read, or a line is not a fault.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: expected a readable script of faults, found {error}"
        raise ScriptError(message) from error
    faults = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            try:
                faults.append(parse_fault(line))
            except ScriptError as error:
                message = f"{path}:{number}: {error}"
                raise ScriptError(message) from error
    return faults


class FaultScript:
    """The faults that wait for their number, by kind of trigger."""

    def __init__(self, faults: list[Fault] | None = None) -> None:
        self._waiting: dict[str, list[tuple[int, Fault]]] = {"trade": [], "connection": [], "request": []}
        for fault in faults or []:
            self.add(fault)

    def add(self, fault: Fault) -> bool:
        """Let *fault* wait for its trigger; false if it has none and should be played at once."""
        triggers = {"trade": fault.at_trade, "connection": fault.at_connection, "request": fault.at_request}
        for kind, number in triggers.items():
            if number is not None:
                self._waiting[kind].append((number, fault))
                self._waiting[kind].sort(key=lambda waiting: waiting[0])
                return True
        return False

    def skip(self, kind: str, number: int) -> None:
        """Forget what was due before event *number*: an earlier life of the simulator has played it."""
        self._waiting[kind] = [waiting for waiting in self._waiting[kind] if waiting[0] >= number]

    def next_number(self, kind: str) -> int | None:
        """Return at which event of *kind* the next fault is due; None if there is none."""
        return self._waiting[kind][0][0] if self._waiting[kind] else None

    def due(self, kind: str, number: int) -> list[Fault]:
        """Take out the faults that are due at event *number* of *kind* (`trade`, `connection`, `request`)."""
        waiting = self._waiting[kind]
        faults = []
        while waiting and waiting[0][0] <= number:
            faults.append(waiting.pop(0)[1])
        return faults
