"""The broker's side of a WebSocket session: who holds which slot, what is registered, what a request is answered.

Pure but for the key desk it asks: texts and moments in, texts out. One appkey has one slot; a session takes it with its
first valid request. Registrations are counted over all TRs.
"""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from simulator.kis.answers import Code, build_answer
from simulator.kis.keys import KeyDesk

__all__ = ["Broker", "Outcome", "Subscriber"]

_SECOND_NS = 1_000_000_000
_KNOWN_TRS = frozenset(
    {"H0STCNT0", "H0NXCNT0", "H0UNCNT0", "H0STASP0", "H0STANC0", "H0STMKO0", "H0NXMKO0", "HDFSCNT0", "HDFSASP0"}
)
_LONGEST_KEY = 16


class Subscriber(Struct, eq=False):
    """One session as the broker sees it."""

    number: int
    cipher: tuple[str, str]
    app_key: str = ""
    registrations: set[tuple[str, str]] = set()


class Outcome(Struct, frozen=True):
    """How a request was answered; `displaced` is the session that lost its slot to it."""

    code: Code
    tr_id: str
    tr_key: str
    text: str
    displaced: Subscriber | None = None


class Refused(Exception):  # noqa: N818 - it states a fact
    """A request is refused with a code."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.msg_cd)
        self.code = code


class Request(Struct, frozen=True):
    """A request that is well formed."""

    approval_key: str
    is_subscribe: bool
    tr_id: str
    tr_key: str


class Broker:
    """All sessions of the simulated KIS.

    Args:
        desk: who knows the approval keys.
        max_registrations: of one session; the next is refused.
        takeover: whether a second session of an appkey takes the slot instead of being refused.
        slot_busy_s: real seconds for which the slot of a session stays taken that ended without a close frame.
    """

    def __init__(self, desk: KeyDesk, *, max_registrations: int, takeover: bool, slot_busy_s: float) -> None:
        self._desk = desk
        self._max_registrations = max_registrations
        self._takeover = takeover
        self.slot_busy_s = slot_busy_s
        self._holders: dict[str, Subscriber] = {}
        self._busy_until_ns: dict[str, int] = {}
        self.subscribers: dict[tuple[str, str], list[Subscriber]] = {}

    def answer(self, session: Subscriber, text: str | bytes, world_ns: int, monotonic_ns: int) -> Outcome:
        """Return the answer to *text* of *session*, and do what it asks for."""
        tr_id, tr_key, displaced = "(null)", "", None
        try:
            request = _parse(text)
            displaced = self._take_slot(session, self._app_key_of(request, world_ns), monotonic_ns)
            tr_id, tr_key = request.tr_id, request.tr_key
            code = (self._subscribe if request.is_subscribe else self._unsubscribe)(session, (tr_id, tr_key))
        except Refused as refused:
            code = refused.code
        return Outcome(code, tr_id, tr_key, build_answer(code, tr_id, tr_key, session.cipher), displaced)

    def end(self, session: Subscriber, monotonic_ns: int, *, clean: bool) -> None:
        """Forget *session*; its slot stays taken for a while unless it ended *clean*, with a close frame."""
        for registration in list(session.registrations):
            self._remove(session, registration)
        if self._holders.get(session.app_key) is session:
            del self._holders[session.app_key]
            if not clean:
                self._busy_until_ns[session.app_key] = monotonic_ns + int(self.slot_busy_s * _SECOND_NS)

    def _app_key_of(self, request: Request, world_ns: int) -> str:
        app_key = self._desk.app_key_of(request.approval_key, world_ns)
        if app_key is None:
            raise Refused(Code.UNKNOWN_KEY)
        return app_key

    def _take_slot(self, session: Subscriber, app_key: str, monotonic_ns: int) -> Subscriber | None:
        holder = self._holders.get(app_key)
        if holder is session:
            return None
        is_busy = monotonic_ns < self._busy_until_ns.get(app_key, 0)
        if (holder is not None or is_busy) and not self._takeover:
            raise Refused(Code.IN_USE)
        if holder is not None:
            self.end(holder, monotonic_ns, clean=True)
        session.app_key = app_key
        self._holders[app_key] = session
        return holder

    def _subscribe(self, session: Subscriber, registration: tuple[str, str]) -> Code:
        if registration in session.registrations:
            return Code.ALREADY
        if len(session.registrations) >= self._max_registrations:
            return Code.TOO_MANY
        session.registrations.add(registration)
        self.subscribers.setdefault(registration, []).append(session)
        return Code.SUBSCRIBED

    def _unsubscribe(self, session: Subscriber, registration: tuple[str, str]) -> Code:
        if registration not in session.registrations:
            return Code.NOT_FOUND
        self._remove(session, registration)
        return Code.UNSUBSCRIBED

    def _remove(self, session: Subscriber, registration: tuple[str, str]) -> None:
        session.registrations.discard(registration)
        others = self.subscribers[registration]
        others.remove(session)
        if not others:
            del self.subscribers[registration]


def _parse(text: str | bytes) -> Request:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Refused(Code.NOT_JSON) from None
    header = _part(found, "header", Code.NO_HEADER)
    body = _part(found, "body", Code.NO_BODY)
    given = _part(body, "input", Code.NO_INPUT)
    if "custtype" not in header:
        raise Refused(Code.NO_CUSTTYPE)
    if "tr_key" not in given:
        raise Refused(Code.NO_TR_KEY)
    tr_id, tr_key = given.get("tr_id"), given["tr_key"]
    _require(Code.BAD_CUSTTYPE, header["custtype"], lambda text: text in {"P", "B"})
    _require(Code.BAD_TR_TYPE, header.get("tr_type"), lambda text: text in {"1", "2"})
    _require(Code.BAD_TR_ID, tr_id, lambda text: text in _KNOWN_TRS)
    _require(Code.BAD_TR_KEY, tr_key, lambda text: 0 < len(text) <= _LONGEST_KEY and text.isascii() and text.isalnum())
    return Request(str(header.get("approval_key")), header["tr_type"] == "1", str(tr_id), str(tr_key))


def _part(found: object, name: str, missing: Code) -> dict[str, object]:
    part = found.get(name) if isinstance(found, dict) else None
    if not isinstance(part, dict):
        raise Refused(missing)
    return part


def _require(code: Code, value: object, is_right: Callable[[str], bool]) -> None:
    if not isinstance(value, str) or not is_right(value):
        raise Refused(code)
