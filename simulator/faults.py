"""The faults that the simulated KIS can play; `simulator.script` lets them wait for their moment.

Each is one JSON object with at most one trigger:

    {"at_trade": 5000, "fault": "drop", "how": "rst"}       before trade number 5000 is sent
    {"at_connection": 2, "fault": "forget_approval_key"}    when the second WebSocket session has opened
    {"at_request": 3, "fault": "rest", "status": 500}       before REST call number 3 is answered

Without a trigger a fault is played at once, which is what POST /simulator/fault is for. docs/simulator.md lists them.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from simulator.errors import ScriptError

__all__ = [
    "Acks",
    "Answer",
    "CircuitBreaker",
    "Corrupt",
    "Deaf",
    "Drop",
    "Duplicate",
    "EmptyRows",
    "Fault",
    "Fields",
    "Fill",
    "ForgetApprovalKey",
    "ForgetTokens",
    "Gap",
    "Halt",
    "Move",
    "NoAck",
    "RecordsPerFrame",
    "Refuse",
    "Reorder",
    "Replay",
    "Reset",
    "Rest",
    "SlotBusy",
    "StealSlot",
    "Unmute",
    "Vi",
    "WrongBar",
    "parse_fault",
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
    """The close code of `clean`. 1005 is a close frame without a code; 1006 is none at all, as `eof`."""


class Unmute(_Fault, frozen=True, kw_only=True, tag="unmute"):
    """Let muted sessions send trades again."""


class Corrupt(_Fault, frozen=True, kw_only=True, tag="corrupt"):
    """Send what is no good frame, before the next good one or *instead* of it."""

    how: Literal[
        "garbage_text",
        "garbage_binary",
        "truncated",
        "half_width",
        "lying_count",
        "small_count",
        "no_count",
        "invalid_utf8",
        "null_price",
        "negative",
    ]
    instead: bool = False


class Answer(_Fault, frozen=True, kw_only=True, tag="answer"):
    """Answer the next requests of any session with `code`, whatever they ask for."""

    code: Annotated[str, Meta(pattern=r"^OPSP[0-9]{4}\Z")]
    times: Number = 1
    tr_key: str = ""
    """Only requests for this key; empty: all."""
    header: Literal["as_kis", "full", "null", "none"] = "as_kis"
    """How the answer names the request: as KIS does for this code, fully, as `(null)`, or not at all."""
    effect: bool = False
    """Whether the request does what it asks for nevertheless; OPSP0000 without it is confirmed and stays empty."""


class NoAck(_Fault, frozen=True, kw_only=True, tag="no_ack"):
    """Answer the next requests nothing at all."""

    times: Number = 1
    tr_key: str = ""
    effect: bool = True
    """Whether the request does what it asks for."""


class Acks(_Fault, frozen=True, kw_only=True, tag="acks"):
    """Send the next answers each twice, or hold so many back and send them last first; held for `hold_s` at most."""

    how: Literal["doubled", "reversed"]
    times: Number = 2
    hold_s: Seconds = 1.0


class Duplicate(_Fault, frozen=True, kw_only=True, tag="duplicate"):
    """Send frames twice: the next ones, or those before a registration again when it is confirmed."""

    frames: Number = 1
    when: Literal["at_once", "registered"] = "at_once"


class Reorder(_Fault, frozen=True, kw_only=True, tag="reorder"):
    """Hold the next frames back and send them last first; held for `hold_s` at most."""

    frames: Annotated[int, Meta(ge=2, le=1000)] = 2
    hold_s: Seconds = 1.0


class Gap(_Fault, frozen=True, kw_only=True, tag="gap"):
    """Drop trades inside a session that lives on: so many frames, or all for so many real seconds."""

    frames: Annotated[int, Meta(ge=0)] = 0
    seconds: Seconds = 0.0
    symbols: list[str] = []
    """Only of these; empty: of all."""


class Deaf(_Fault, frozen=True, kw_only=True, tag="deaf"):
    """Let the registrations of a key bring nothing, each until it is made anew: they stay confirmed."""

    tr_key: str


class StealSlot(_Fault, frozen=True, kw_only=True, tag="steal_slot"):
    """Let another program of the owner take the slot: his session is cut, the slot taken for so many real seconds."""

    seconds: Seconds
    app_key: str = ""
    """Whose; empty: everybody's."""


class _Event(_Fault, frozen=True, kw_only=True):
    """Nothing trades for so many seconds of the world, then comes one cross, moved by so many σ."""

    seconds: Seconds = 120.0
    sigma: float = 0.0


class Vi(_Event, frozen=True, kw_only=True, tag="vi"):
    """A volatility interruption of one symbol."""

    symbol: str


class Halt(_Event, frozen=True, kw_only=True, tag="halt"):
    """Trading of one symbol is halted."""

    symbol: str
    reason: str = "조회공시"


class CircuitBreaker(_Event, frozen=True, kw_only=True, tag="circuit_breaker"):
    """The whole Korean market stands still; `codes` are MKOP_CLS_CODE on and off, of which others have been seen."""

    codes: tuple[str, str] = ("174", "175")


class Move(_Fault, frozen=True, kw_only=True, tag="move"):
    """Move a price by so many σ of its base price at once; far enough, and it stands at the day's limit."""

    symbol: str
    sigma: float


class Reset(_Fault, frozen=True, kw_only=True, tag="reset"):
    """A split or rights: the session that comes is measured from so many times the close, and the past adjusted so.

    Only of a symbol that has not traded in its session yet.
    """

    symbol: str
    ratio: Annotated[float, Meta(gt=0)]


class Fill(_Fault, frozen=True, kw_only=True, tag="fill"):
    """An order of the account's owner is filled: who has registered for notices is told, encrypted."""

    symbol: str
    side: Literal["buy", "sell"] = "buy"
    quantity: Number = 1
    price: Annotated[float, Meta(gt=0)]
    fields: Literal[23, 26] = 26
    """The width of the domestic record; paper still sends 23."""


class EmptyRows(_Fault, frozen=True, kw_only=True, tag="empty_rows"):
    """End the rows of daily bars with so many empty ones from now on."""

    count: Annotated[int, Meta(ge=0, le=100)]


class WrongBar(_Fault, frozen=True, kw_only=True, tag="wrong_bar"):
    """Tell one of the Korean daily bars of a symbol wrong from now on.

    `spike` is a close, and with it a high, three times as high; `upside_down` has high and low in each other's place.
    """

    symbol: str
    session_date: date
    how: Literal["spike", "upside_down"] = "spike"


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
    | Answer
    | NoAck
    | Acks
    | Duplicate
    | Reorder
    | Gap
    | Deaf
    | StealSlot
    | Vi
    | Halt
    | CircuitBreaker
    | Move
    | Reset
    | Fill
    | EmptyRows
    | WrongBar
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
