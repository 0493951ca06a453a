"""The faults that wait for requests on the WebSocket: wrong answers, none, two, or in the wrong order."""

from simulator.faults import Acks, Answer, NoAck

__all__ = ["AnswerFaults", "AnswerOrder"]

_SECOND_NS = 1_000_000_000
Held = tuple[int, str]


class AnswerFaults:
    """Faults ordered for the next requests."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Answer | NoAck, int]] = []

    def add(self, fault: Answer | NoAck) -> None:
        """Let *fault* strike the next requests that it is about."""
        self._waiting.append((fault, fault.times))

    def take(self, text: bytes) -> Answer | NoAck | None:
        """Return the fault that strikes the request *text*, and count it off."""
        for place, (fault, left) in enumerate(self._waiting):
            if f'"{fault.tr_key}"'.encode() in text or not fault.tr_key:
                if left > 1:
                    self._waiting[place] = (fault, left - 1)
                else:
                    del self._waiting[place]
                return fault
        return None


class AnswerOrder:
    """Lets answers through as they come, twice, or so many together with the last first."""

    def __init__(self) -> None:
        self._fault: Acks | None = None
        self._left = 0
        self._held: list[Held] = []
        self._until_ns = 0

    def order(self, fault: Acks, now_ns: int) -> None:
        """Let *fault* strike the next answers; *now_ns* is monotonic."""
        self._fault, self._left = fault, fault.times
        self._until_ns = now_ns + int(fault.hold_s * _SECOND_NS)

    def take(self, session: int, text: str) -> list[Held]:
        """Return what is sent now, to whom, in place of the answer *text* to *session*."""
        if self._fault is None:
            return [(session, text)]
        self._left -= 1
        self._held += [(session, text)] * (2 if self._fault.how == "doubled" else 1)
        return self._let_go() if not self._left or self._fault.how == "doubled" else []

    def overdue(self, now_ns: int) -> list[Held]:
        """Return what was held back for too long; *now_ns* is monotonic."""
        return self._let_go() if self._held and now_ns >= self._until_ns else []

    def _let_go(self) -> list[Held]:
        held, self._held = self._held[::-1], []
        if not self._left:
            self._fault = None
        return held
