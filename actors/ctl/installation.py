"""Which installation the operator speaks of: its configuration, its actors, its supervisord."""

import argparse
import os
from pathlib import Path

from actors.runtime.config import CONF_VARIABLE, DEFAULT_CONF, Settings, load_settings
from actors.runtime.errors import ActorError, CommandRefused, Unanswered
from actors.runtime.lock import refuse_stranger, running_conf
from actors.runtime.supervisor import SOCKET_NAME, Supervisor
from protocol.topology import ACTORS, Address

__all__ = [
    "NOTHING_RUNS",
    "WrongUsage",
    "does_nothing_run",
    "find_address",
    "find_settings",
    "find_supervisor",
    "our_addresses",
]

NOTHING_RUNS = (
    "nothing runs here: start the demo with `make run`, or what you have set up with `supervisord -c supervisord.conf`"
)
CHECKOUT = Path(__file__).resolve().parents[2]


class WrongUsage(CommandRefused):
    """What was typed cannot be meant: exit code 2, as for what argparse refuses."""


def find_settings(arguments: argparse.Namespace) -> Settings:
    """Return the configuration of `--conf`, or of SIGMABELL_CONF, or else the one that runs here.

    Where nothing runs it is the demo's, of this folder or of the checkout we were run from.

    Raises:
        ConfigError: it cannot be read, or is wrong.
    """
    if "conf" in arguments:
        return load_settings(Path(arguments.conf))
    if CONF_VARIABLE in os.environ:
        return load_settings()
    demo = load_settings(DEFAULT_CONF if DEFAULT_CONF.exists() else CHECKOUT / DEFAULT_CONF)
    running = running_conf(demo.run_dir)
    return demo if running is None else load_settings(running)


def find_supervisor(settings: Settings) -> Supervisor:
    """Return the supervisord of this installation.

    Raises:
        CommandRefused: it runs another configuration.
    """
    refuse_stranger(settings)
    return Supervisor(settings.run_dir / SOCKET_NAME)


def our_addresses() -> list[Address]:
    """Return every actor."""
    return [Address(actor) for actor in ACTORS]


def find_address(text: str) -> Address:
    """Return the actor that the operator calls *text*: `feed`, `feed-1`.

    Raises:
        WrongUsage: there is no such actor.
    """
    for address in our_addresses():
        if text in {str(address), address.actor}:
            return address
    known = ", ".join(ACTORS)
    message = f"expected one of {known}; found {text!r}"
    raise WrongUsage(message)


def does_nothing_run(settings: Settings) -> bool:
    """Say whether nobody can answer because supervisord does not run."""
    try:
        find_supervisor(settings).processes()
    except Unanswered:
        return True
    except ActorError:
        return False
    return False
