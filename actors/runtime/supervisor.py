"""Talk to supervisord: XML-RPC over its Unix socket, in the few calls that we need.

supervisord's own client would cost a process 4 MB; `xmlrpc.client` for the format and a plain socket cost 1.
Every call opens a connection, asks once, and ends within its time limit. Source: supervisor 4.3, `rpcinterface.py`.
"""

import socket
import xmlrpc.client
from pathlib import Path
from typing import Any

from msgspec import Struct

from actors.runtime.errors import CommandRefused, Unanswered

__all__ = ["FATAL", "RUNNING", "SOCKET_NAME", "STARTING", "Process", "Supervisor"]

SOCKET_NAME = "supervisor.sock"
"""In the run directory, as supervisord.conf says."""
RUNNING = "RUNNING"
STARTING = "STARTING"
FATAL = "FATAL"
"""Given up after too many failed starts."""

BLOCK_BYTES = 65_536


class Process(Struct, frozen=True):
    """One program as supervisord sees it."""

    name: str
    state: str
    """STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED, FATAL or UNKNOWN."""
    pid: int = 0
    """0 while there is no process."""
    exit_status: int = 0
    """How the last life ended. supervisord forgets it, and tells 0, when a start failed."""
    reason: str = ""
    """What supervisord says about a start that failed."""


class Supervisor:
    """The supervisord that listens on *path*."""

    def __init__(self, path: Path, timeout_s: float = 2.0) -> None:
        self._path = str(path)
        self._timeout_s = timeout_s

    def processes(self) -> list[Process]:
        """Return every program.

        Raises:
            CommandRefused: supervisord is about to end.
            Unanswered: supervisord is not there or does not answer.
        """
        rows = self._call("getAllProcessInfo")
        return [
            Process(
                name=_program(row),
                state=str(row["statename"]),
                pid=int(row["pid"]),
                exit_status=int(row["exitstatus"]),
                reason=str(row["spawnerr"]),
            )
            for row in rows
        ]

    def start(self, program: str) -> None:
        """Have *program* started; do not wait until it is up.

        Raises:
            CommandRefused: it runs already, or there is no such program.
            Unanswered: supervisord is not there or does not answer.
        """
        self._call("startProcess", program, False)  # noqa: FBT003 - the protocol knows no keywords

    def stop(self, program: str, within_s: float = 30.0) -> None:
        """Have *program* stopped as gracefully as it can be, and wait for its end.

        Raises:
            CommandRefused: it does not run, or there is no such program.
            Unanswered: supervisord is not there, or the program has not ended in time.
        """
        self._call("stopProcess", program, True, timeout_s=within_s)  # noqa: FBT003 - as above

    def signal(self, program: str, name: str) -> None:
        """Send *program* the signal of this *name*, such as KILL; supervisord then starts it again.

        Raises:
            CommandRefused: it does not run, or there is no such program.
            Unanswered: supervisord is not there or does not answer.
        """
        self._call("signalProcess", program, name)

    def last_output(self, program: str, most_bytes: int = 1_000) -> str:
        """Return the last that *program* wrote to stdout and stderr.

        Raises:
            CommandRefused: nothing is kept of it.
            Unanswered: supervisord is not there or does not answer.
        """
        text, _, _ = self._call("tailProcessStdoutLog", program, 0, most_bytes)
        return str(text)

    def _call(self, method: str, *arguments: str | int | bool, timeout_s: float | None = None) -> Any:  # noqa: ANN401
        # XML-RPC has types of its own; every caller converts what it takes out.
        body = xmlrpc.client.dumps(arguments, f"supervisor.{method}").encode()
        try:
            answer = self._exchange(body, timeout_s or self._timeout_s)
            (result,), _ = xmlrpc.client.loads(answer)
        except xmlrpc.client.Fault as fault:
            message = f"expected supervisord to do {method}{arguments}, found {fault.faultString}"
            raise CommandRefused(message) from None
        except (FileNotFoundError, ConnectionRefusedError):
            message = f"expected supervisord to listen on {self._path}, found that it does not run"
            raise Unanswered(message) from None
        except (OSError, ValueError, xmlrpc.client.Error) as error:
            message = f"expected an answer of supervisord on {self._path}, found {type(error).__name__} {error}"
            raise Unanswered(message) from error
        return result

    def _exchange(self, body: bytes, timeout_s: float) -> bytes:
        head = f"POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            connection.connect(self._path)
            connection.sendall(head.encode("ascii") + body)
            blocks = iter(lambda: connection.recv(BLOCK_BYTES), b"")
            status, _, rest = b"".join(blocks).partition(b"\r\n")
        if b" 200 " not in status:
            message = f"expected HTTP 200, found {status[:80]!r}"
            raise ValueError(message)
        return rest.partition(b"\r\n\r\n")[2]


def _program(row: dict[str, object]) -> str:
    """Return the name by which a program is called: with its group, where it has one of its own."""
    return str(row["name"]) if row["name"] == row["group"] else f"{row['group']}:{row['name']}"
