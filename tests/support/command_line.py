"""`sigmactl` in a test: what it prints, and its exit code."""

import json
import subprocess
import sys
from typing import Any, NamedTuple

from actors.runtime.config import Settings
from tests.support.house import ROOT

__all__ = ["Printed", "sigmactl"]

PATIENCE_S = 30.0


class Printed(NamedTuple):
    """What one command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was printed
        """The output, as a program would read it."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        """The output of what goes on: one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def sigmactl(settings: Settings, *words: str, stdin: bytes = b"") -> Printed:
    """Carry out `sigmactl WORDS` for the installation of *settings*, in a process of its own."""
    line = [sys.executable, "-m", "actors.ctl", "--conf", str(settings.path), *words]
    finished = subprocess.run(line, cwd=ROOT, input=stdin, capture_output=True, timeout=PATIENCE_S, check=False)
    return Printed(finished.returncode, finished.stdout.decode(), finished.stderr.decode())
