"""The faults that the simulated KIS can play, and the script that orders them.

A script is a text of JSON lines; `#` begins a comment. Each line is one fault with at most one trigger:

    {"at_trade": 5000, "fault": "drop", "how": "rst"}       before trade number 5000 is sent
    {"at_connection": 2, "fault": "forget_approval_key"}    when the second WebSocket session has opened
    {"at_request": 3, "fault": "rest", "status": 500}       before REST call number 3 is answered

Without a trigger a fault is played at once, which is what POST /simulator/fault is for. docs/simulator.md lists them.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from simulator.errors import ScriptError

__all__ = [
    "Corrupt",
    "Drop",
    "Fault",
    "FaultScript",
    "Fields",
    "ForgetApprovalKey",
    "ForgetTokens",
    "RecordsPerFrame",
    "Refuse",
    "Replay",
    "Rest",
    "SlotBusy",
    "Unmute",
    "parse_fault",
    "read_script",
]

Number = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]


class _Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="fault"):
    at_trade: Number | None = None
    at_connection: Number | None = None
    at_request: Number | None = None


class Drop(_Fault, frozen=True, kw_only=True, tag="drop"):
    """End every WebSocket session, or make it useless.

    `clean` sends a close frame, `eof` ends without one (1006), `rst` resets the connection, `half_open` reads and sends
    nothing more while the socket stays open, `mute` sends no more trades but answers and sends PINGPONG.
    """

    how: Literal["clean", "eof", "rst", "half_open", "mute"] = "clean"
    code: Annotated[int, Meta(ge=1000, le=4999)] = 1001
    """The close code of `clean`."""


class Unmute(_Fault, frozen=True, kw_only=True, tag="unmute"):
    """Let muted sessions send trades again."""


class Corrupt(_Fault, frozen=True, kw_only=True, tag="corrupt"):
    """Send what is no good frame, before the next good one or *instead* of it."""

    how: Literal["garbage_text", "garbage_binary", "truncated", "lying_count", "invalid_utf8", "null_price", "negative"]
    instead: bool = False


class Refuse(_Fault, frozen=True, kw_only=True, tag="refuse"):
    """Take no connections for so many real seconds; those that are open stay."""

    seconds: Seconds
    what: Literal["websocket", "rest"] = "websocket"


class ForgetApprovalKey(_Fault, frozen=True, kw_only=True, tag="forget_approval_key"):
    """Know none of the approval keys any more; open sessions go on, requests with an old key get OPSP0011."""


class ForgetTokens(_Fault, frozen=True, kw_only=True, tag="forget_tokens"):
    """Let every access token expire: EGW00123."""


class SlotBusy(_Fault, frozen=True, kw_only=True, tag="slot_busy"):
    """Keep the slots of sessions that end without a close frame taken for so many real seconds, from now on."""

    seconds: Seconds


class Fields(_Fault, frozen=True, kw_only=True, tag="fields"):
    """Send Korean records of so many fields from now on."""

    count: Annotated[int, Meta(ge=46, le=48)]


class RecordsPerFrame(_Fault, frozen=True, kw_only=True, tag="records_per_frame"):
    """Let trades come in goes of so many from now on."""

    least: Annotated[int, Meta(ge=1, le=20)]
    most: Annotated[int, Meta(ge=1, le=20)]


class Rest(_Fault, frozen=True, kw_only=True, tag="rest"):
    """Answer the next REST calls late, with an error, or not at all.

    `code` is put into KIS's error shape; without it and with a status other than 200 the body is a gateway's HTML. With
    status 200 and no code the call is only late. `cut` closes the connection instead of answering.
    """

    path: str = ""
    """Only calls whose path ends so; empty: every call."""
    status: Annotated[int, Meta(ge=200, le=599)] = 200
    code: str = ""
    delay_s: Seconds = 0.0
    cut: bool = False
    times: Number = 1


class Replay(_Fault, frozen=True, kw_only=True, tag="replay"):
    """Go over to another date of the recording; the world's clock is set to its first frame."""

    date: str


Fault = (
    Drop
    | Unmute
    | Corrupt
    | Refuse
    | ForgetApprovalKey
    | ForgetTokens
    | SlotBusy
    | Fields
    | RecordsPerFrame
    | Rest
    | Replay
)

_decoder: msgspec.json.Decoder[Fault] = msgspec.json.Decoder(Fault)


def parse_fault(text: str | bytes) -> Fault:
    """Return the fault in one JSON object.

    Raises:
        ScriptError: it is none, or has more than one trigger.
    """
    try:
        fault = _decoder.decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        message = f"expected a fault of docs/simulator.md, found {error}"
        raise ScriptError(message) from error
    if sum(trigger is not None for trigger in (fault.at_trade, fault.at_connection, fault.at_request)) > 1:
        message = "expected at most one of at_trade, at_connection, at_request, found more"
        raise ScriptError(message)
    return fault


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
