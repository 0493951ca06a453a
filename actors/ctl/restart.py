"""`sigmactl restart` and `reload`: through supervisord, gracefully, and only over when the actor answers again."""

import argparse

from actors.ctl.display import put, put_json
from actors.ctl.installation import find_address, find_settings, find_supervisor, our_addresses
from actors.runtime.clock import SystemClock
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, ConfigError, Unanswered
from actors.runtime.process import CONFIGURATION_ERROR
from actors.runtime.supervisor import RUNNING, STARTING, Supervisor
from actors.runtime.visitor import Visitor
from protocol.topology import Address

__all__ = ["restart_all", "restart_one"]

UP_S = 20.0
ASK_S = 0.5


def restart_one(arguments: argparse.Namespace) -> int:
    """Restart one actor."""
    settings = find_settings(arguments)
    _restart(settings, find_address(arguments.actor), as_json="json" in arguments)
    return 0


def restart_all(arguments: argparse.Namespace) -> int:
    """Restart all actors, one after the other, so that the others go on meanwhile."""
    # A file that is not TOML is refused here, before anything is stopped.
    settings = find_settings(arguments)
    for address in reversed(our_addresses()):
        _restart(settings, address, as_json="json" in arguments)
    return 0


def _restart(settings: Settings, address: Address, *, as_json: bool) -> None:
    supervisor = find_supervisor(settings)
    name = address.actor
    clock = SystemClock()
    began_at = clock.monotonic()
    if any(process.name == name and process.state in {STARTING, RUNNING} for process in supervisor.processes()):
        supervisor.stop(name)
    supervisor.start(name)
    answer = _wait_until_up(settings, supervisor, address)
    took_s = round(clock.monotonic() - began_at, 1)
    if as_json:
        put_json({"actor": name, "pid": answer["pid"], "took_s": took_s})
    else:
        put(f"{name}: pid {answer['pid']}, after {took_s} s\n")


def _wait_until_up(settings: Settings, supervisor: Supervisor, address: Address) -> dict[str, object]:
    """Return the first sign of life.

    Raises:
        ConfigError: it refused its configuration.
        CommandRefused: it ended again.
        Unanswered: it did neither in time.
    """
    name = address.actor
    clock = SystemClock()
    deadline = clock.monotonic() + UP_S
    with Visitor(settings) as visitor:
        while clock.monotonic() < deadline:
            answer = visitor.ask_all([address], "ping", timeout_s=ASK_S)[address]
            if isinstance(answer, dict):
                return answer
            if all(
                process.name != name or process.state not in {STARTING, RUNNING} for process in supervisor.processes()
            ):
                _explain_end(name, supervisor.last_output(name))
    message = f"expected an answer of {name} within {UP_S:g} s of its start, found none"
    raise Unanswered(message)


def _explain_end(name: str, output: str) -> None:
    *_, last_line = ("nothing", *output.strip().splitlines())
    if CONFIGURATION_ERROR in last_line:
        raise ConfigError(last_line)
    message = f"expected {name} to run, found that it ended: {last_line}"
    raise CommandRefused(message)
