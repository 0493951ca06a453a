"""The broker's side of a WebSocket session: who holds which slot, what is registered, what a request is answered.

Pure but for the key desk it asks: texts and moments in, texts out. One appkey has one slot; a session takes it with its
first valid request. Registrations are counted over all TRs. A key whose slot is taken can be made to suffer from each
further try, as was seen: the slot stays taken anew (`is_slot_renewed`), and after so many tries the key is forgotten.
"""

from collections.abc import Callable, Collection

import msgspec
from msgspec import Struct

from simulator.kis.answers import Code, Header, build_answer
from simulator.kis.keys import KeyDesk
from simulator.kis.notices import NOTICE_TRS

__all__ = ["Broker", "Outcome", "Rules", "Subscriber"]

_SECOND_NS = 1_000_000_000
_KNOWN_TRS = NOTICE_TRS | {
    "H0STCNT0",
    "H0NXCNT0",
    "H0UNCNT0",
    "H0STASP0",
    "H0STANC0",
    "H0STMKO0",
    "H0NXMKO0",
    "H0UNMKO0",
    "HDFSCNT0",
    "HDFSASP0",
}
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


class Rules(Struct, kw_only=True):
    """How the broker behaves where behaviour was seen to differ."""

    max_registrations: int = 41
    """Of one session; the next is refused."""
    takeover: bool = False
    """Whether a second session of an appkey takes the slot instead of being refused."""
    slot_busy_s: float = 0.0
    """Real seconds for which the slot of a session stays taken that ended without a close frame."""
    is_slot_renewed: bool = False
    """Whether a refused try begins these seconds anew."""
    tries_until_invalid: int = 0
    """So many refused tries make the approval key unknown; 0: never."""
    hts_id: str = "simulated"
    """The key of notices about orders."""


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
    """All sessions of the simulated KIS."""

    def __init__(self, desk: KeyDesk, rules: Rules) -> None:
        self._desk = desk
        self.rules = rules
        self._holders: dict[str, Subscriber] = {}
        self._busy_until_ns: dict[str, int] = {}
        self._tries: dict[str, int] = {}
        self.subscribers: dict[tuple[str, str], list[Subscriber]] = {}
        self.deaf: set[tuple[str, str]] = set()
        """Registrations that bring nothing until they are made anew."""

    def answer(self, session: Subscriber, text: str | bytes, world_ns: int, monotonic_ns: int) -> Outcome:
        """Return the answer to *text* of *session*, and do what it asks for."""
        tr_id, tr_key, displaced = "(null)", "", None
        try:
            request = _parse(text)
            self._check_owner(request)
            displaced = self._take_slot(session, request.approval_key, world_ns, monotonic_ns)
            tr_id, tr_key = request.tr_id, request.tr_key
            code = (self._subscribe if request.is_subscribe else self._unsubscribe)(session, (tr_id, tr_key))
        except Refused as refused:
            code = refused.code
        return Outcome(code, tr_id, tr_key, build_answer(code.msg_cd, tr_id, tr_key, session.cipher), displaced)

    def pretend(self, session: Subscriber, text: str | bytes, msg_cd: str, header: Header) -> str:
        """Return the answer *msg_cd* to *text*, whatever it asks for, without doing it."""
        try:
            request = _parse(text)
        except Refused:
            return build_answer(msg_cd, "(null)", "", session.cipher, header)
        return build_answer(msg_cd, request.tr_id, request.tr_key, session.cipher, header)

    def deafen(self, tr_key: str) -> None:
        """Let the present registrations of *tr_key* bring nothing."""
        self.deaf |= {registration for registration in self.subscribers if registration[1] == tr_key}

    def steal_slot(self, app_keys: Collection[str], monotonic_ns: int, seconds: float) -> list[Subscriber]:
        """Let other programs hold the slots of *app_keys* for so many real seconds; return who has lost one."""
        lost = [self._holders[app_key] for app_key in app_keys if app_key in self._holders]
        for holder in lost:
            self.end(holder, monotonic_ns, clean=True)
        for app_key in app_keys:
            self._busy_until_ns[app_key] = monotonic_ns + int(seconds * _SECOND_NS)
        return lost

    def end(self, session: Subscriber, monotonic_ns: int, *, clean: bool) -> None:
        """Forget *session*; its slot stays taken for a while unless it ended *clean*, with a close frame."""
        for registration in list(session.registrations):
            self._remove(session, registration)
        if self._holders.get(session.app_key) is session:
            del self._holders[session.app_key]
            if not clean:
                self._busy_until_ns[session.app_key] = monotonic_ns + int(self.rules.slot_busy_s * _SECOND_NS)

    def _check_owner(self, request: Request) -> None:
        if request.tr_id in NOTICE_TRS and request.tr_key != self.rules.hts_id:
            raise Refused(Code.BAD_HTS_ID)

    def _take_slot(self, session: Subscriber, approval_key: str, world_ns: int, monotonic_ns: int) -> Subscriber | None:
        app_key = self._desk.app_key_of(approval_key, world_ns)
        if app_key is None:
            raise Refused(Code.UNKNOWN_KEY)
        holder = self._holders.get(app_key)
        if holder is session:
            return None
        is_busy = monotonic_ns < self._busy_until_ns.get(app_key, 0)
        if (holder is not None or is_busy) and not self.rules.takeover:
            self._punish(app_key, approval_key, monotonic_ns, is_busy=is_busy)
            raise Refused(Code.IN_USE)
        if holder is not None:
            self.end(holder, monotonic_ns, clean=True)
        self._tries.pop(approval_key, None)
        session.app_key = app_key
        self._holders[app_key] = session
        return holder

    def _punish(self, app_key: str, approval_key: str, monotonic_ns: int, *, is_busy: bool) -> None:
        rules = self.rules
        if is_busy and rules.is_slot_renewed:
            self._busy_until_ns[app_key] = monotonic_ns + int(rules.slot_busy_s * _SECOND_NS)
        self._tries[approval_key] = self._tries.get(approval_key, 0) + 1
        if rules.tries_until_invalid and self._tries[approval_key] >= rules.tries_until_invalid:
            self._desk.forget_approval(approval_key)

    def _subscribe(self, session: Subscriber, registration: tuple[str, str]) -> Code:
        if registration in session.registrations:
            return Code.ALREADY
        if len(session.registrations) >= self.rules.max_registrations:
            return Code.TOO_MANY
        session.registrations.add(registration)
        self.deaf.discard(registration)
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
