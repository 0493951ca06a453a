"""Faults of the simulated Telegram, ordered by a script or while it runs, tied to the n-th request of a method or chat.

One JSON object a rule, one rule a line; lines that begin with `#` are comments:

    {"kind": "flood", "method": "sendMessage", "first": 3, "retry_after_s": 2}
    {"kind": "reset", "method": "sendMessage", "chat_id": 1001, "first": 1, "count": 2, "accepted": true}

A rule counts the requests that match its `method` and `chat_id` from the moment it is given, and strikes from number
`first` on, `count` times. The first rule that strikes wins; all rules count. `accepted` says whether the request has
its effect before it goes wrong. Pure; `simulator.telegram.server` acts them out.
"""

import enum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

__all__ = ["Fault", "FaultKind", "FaultScript", "parse_fault", "parse_script"]

GATEWAY_ERROR = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


class FaultKind(enum.Enum):
    """What goes wrong; the comment names the fields that it uses."""

    STATUS = "status"  # answers `status` with `body`, HTML as from the gateway
    ERROR = "error"  # refuses in the Bot API's shape: `status`, `description`, `parameters`
    FLOOD = "flood"  # refuses with 429 and `retry_after_s`
    HANG = "hang"  # says nothing for `seconds`, then closes
    RESET = "reset"  # cuts the connection by RST
    MALFORMED = "malformed"  # answers 200 with half a JSON object
    NOT_OK = "not_ok"  # answers 200 with ok:false
    SLOW = "slow"  # goes right after `seconds`
    DOWN = "down"  # refuses all connections for `seconds`


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the script."""

    kind: FaultKind
    method: str = ""
    """Bot API method, any case; empty: every one but getUpdates, which must be named."""
    chat_id: int = 0
    """0: every chat."""
    first: Annotated[int, Meta(ge=1)] = 1
    """The first matching request that is struck, counted from 1."""
    count: Annotated[int, Meta(ge=1)] = 1
    """How many are struck from there on."""
    accepted: bool = False
    status: Annotated[int, Meta(ge=200, le=599)] = 502
    body: str = GATEWAY_ERROR
    description: str = "Internal Server Error"
    parameters: dict[str, int] = {}
    retry_after_s: Annotated[int, Meta(ge=1)] = 1
    seconds: Annotated[float, Meta(ge=0, le=86_400)] = 30.0

    def matches(self, method: str, chat_id: int) -> bool:
        """Say whether a request is one of those that this rule counts."""
        is_meant = self.method.lower() == method if self.method else method != "getupdates"
        return is_meant and self.chat_id in {0, chat_id}


class FaultScript:
    """The rules in force and how many requests each has seen."""

    def __init__(self, faults: list[Fault] | None = None) -> None:
        self._seen: list[tuple[Fault, int]] = [(fault, 0) for fault in faults or []]

    def add(self, fault: Fault) -> None:
        """Let *fault* count from the next request on."""
        self._seen.append((fault, 0))

    def clear(self) -> None:
        """Forget all rules."""
        self._seen.clear()

    def next_for(self, method: str, chat_id: int) -> Fault | None:
        """Count one request (*method* in lower case) and return the fault that strikes it, if one does."""
        struck = None
        counted = []
        for fault, seen in self._seen:
            number = seen + fault.matches(method, chat_id)
            if struck is None and number > seen and fault.first <= number < fault.first + fault.count:
                struck = fault
            if number < fault.first + fault.count - 1:
                counted.append((fault, number))
        self._seen = counted
        return struck


def parse_fault(line: str | bytes) -> Fault:
    """Return the rule in *line*.

    Raises:
        ValueError: it is no JSON, or has a field or value that rules do not have.
    """
    try:
        return msgspec.json.decode(line, type=Fault)
    except msgspec.MsgspecError as error:
        message = f"expected a fault as in docs/ledger.md, found {line!r}: {error}"
        raise ValueError(message) from error


def parse_script(text: str) -> list[Fault]:
    """Return the rules of a script.

    Raises:
        ValueError: a line is not a rule.
    """
    lines = (line.strip() for line in text.splitlines())
    return [parse_fault(line) for line in lines if line and not line.startswith("#")]
