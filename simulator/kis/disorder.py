"""What goes wrong with frames on their way: spoilt, dropped, doubled, late.

A frame is treated once, for all who have registered for it. What was held back goes out when enough has come together
or its time is over, whichever is first.
"""

from collections import deque

from msgspec import Struct

from simulator.faults import Corrupt, Duplicate, Gap, Reorder
from simulator.kis.connection import TEXT, build_raw_frame
from simulator.kis.spoilt import spoil

__all__ = ["Disorder", "Outgoing"]

_SECOND_NS = 1_000_000_000
_KEPT = 20
Registration = tuple[str, str]


class Outgoing(Struct, frozen=True):
    """Bytes for the socket of a session."""

    session: int
    frame: bytes


class _OpenGap(Struct):
    fault: Gap
    frames_left: int
    until_ns: int

    def hides(self, symbol: str, now_ns: int) -> bool:
        """Whether a frame of *symbol* falls into it, which is then counted off."""
        if self.fault.symbols and symbol not in self.fault.symbols:
            return False
        if self.frames_left:
            self.frames_left -= 1
            return True
        return now_ns < self.until_ns

    def is_over(self, now_ns: int) -> bool:
        """Whether it will hide nothing more."""
        return not self.frames_left and now_ns >= self.until_ns


class Disorder:
    """The faults that wait for frames."""

    def __init__(self) -> None:
        self._spoil: list[Corrupt] = []
        self._gaps: list[_OpenGap] = []
        self._doubles = 0
        self._again = 0
        self._hold: Reorder | None = None
        self._held: list[list[Outgoing]] = []
        self._held_until_ns = 0
        self._sent: dict[Registration, deque[bytes]] = {}

    def add(self, fault: Corrupt | Duplicate | Gap | Reorder, now_ns: int) -> None:
        """Let *fault* strike the next frames; *now_ns* is monotonic."""
        match fault:
            case Corrupt():
                self._spoil.append(fault)
            case Gap():
                self._gaps.append(_OpenGap(fault, fault.frames, now_ns + int(fault.seconds * _SECOND_NS)))
            case Duplicate(when="at_once"):
                self._doubles += fault.frames
            case Duplicate():
                self._again = min(fault.frames, _KEPT)
            case Reorder():
                self._hold, self._held_until_ns = fault, now_ns + int(fault.hold_s * _SECOND_NS)

    def loses(self, symbol: str, now_ns: int) -> bool:
        """Whether the next frame of *symbol* is dropped by an ordered gap."""
        if not self._gaps:
            return False
        is_lost = any([gap.hides(symbol, now_ns) for gap in self._gaps])  # noqa: C419 - each one counts
        self._gaps = [gap for gap in self._gaps if not gap.is_over(now_ns)]
        return is_lost

    def treat(self, registration: Registration, sessions: list[int], payload: bytes) -> tuple[list[Outgoing], bool]:
        """Return what goes out now in place of the frame *payload*, and whether the frame itself goes out at all."""
        frames, instead = [], False
        for fault in self._spoil:
            frames.append(build_raw_frame(*spoil(fault.how, payload)))
            instead = instead or fault.instead
        self._spoil.clear()
        if not instead:
            good = build_raw_frame(payload, TEXT)
            self._sent.setdefault(registration, deque(maxlen=_KEPT)).append(good)
            frames += [good] * (2 if self._doubles else 1)
            self._doubles = max(self._doubles - 1, 0)
        outgoing = [Outgoing(session, frame) for frame in frames for session in sessions]
        if self._hold is None:
            return outgoing, not instead
        self._held.append(outgoing)
        return (self._let_go() if len(self._held) >= self._hold.frames else []), not instead

    def overdue(self, now_ns: int) -> list[Outgoing]:
        """Return what was held back for too long; *now_ns* is monotonic."""
        return self._let_go() if self._hold is not None and now_ns >= self._held_until_ns else []

    def before(self, registration: Registration) -> list[bytes]:
        """Return the old frames that a new *registration* gets once more."""
        if not self._again:
            return []
        frames = list(self._sent.get(registration, ()))[-self._again :]
        self._again = 0 if frames else self._again
        return frames

    def _let_go(self) -> list[Outgoing]:
        held, self._held, self._hold = self._held, [], None
        return [outgoing for frame in reversed(held) for outgoing in frame]
