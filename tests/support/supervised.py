"""A real supervisord in a folder of its own, with the real watchdog and stand-ins for the other actors."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.supervisor import SOCKET_NAME, Process, Supervisor
from tests.support.actor import make_settings
from tests.support.house import ROOT

__all__ = ["PATIENCE_S", "STUCK", "process_of", "supervised"]

PATIENCE_S = 30.0
STUCK = "import time; time.sleep(1000)"
"""Lives, and never beats."""

HEAD = """\
[supervisord]
nodaemon=true
logfile=%(here)s/logs/supervisord.log
pidfile=%(here)s/run/supervisord.pid
[unix_http_server]
file=%(here)s/run/supervisor.sock
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
directory={directory}
startsecs=1
startretries={startretries}
autorestart=unexpected
exitcodes=78
redirect_stderr=true
stdout_logfile=%(here)s/logs/{name}.out
"""


@contextmanager
def supervised(directory: Path, conf: str, programs: dict[str, str], startretries: int = 0) -> Iterator[Settings]:
    """Let supervisord run *programs* (name → one line of Python, or a module of ours) as long as the block.

    Raises:
        TimeoutError: it does not come up.
    """
    settings = make_settings(directory, conf)
    text = HEAD + "".join(
        PROGRAM.format(name=name, command=_command(line), directory=ROOT, startretries=startretries)
        for name, line in programs.items()
    )
    path = directory / "supervisord.conf"
    path.write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "supervisor.supervisord", "-c", str(path)]
    process = subprocess.Popen(
        words, cwd=directory, env={**os.environ, "SIGMABELL_CONF": str(settings.path)}, stdout=subprocess.DEVNULL
    )
    try:
        yield settings
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def process_of(settings: Settings, name: str) -> Process | None:
    """Return what supervisord says of program *name*; None while it says nothing."""
    try:
        found = Supervisor(settings.run_dir / SOCKET_NAME).processes()
    except (CommandRefused, Unanswered):
        return None
    return next((process for process in found if process.name == name), None)


def _command(line: str) -> str:
    # The checkout may lie under a path with a space.
    python = f'"{sys.executable}"'
    if line.startswith("actors."):
        return f"{python} -m {line}"
    # supervisord reads % as its own.
    return f"""{python} -c '{line.replace("%", "%%")}'"""
