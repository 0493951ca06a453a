"""The faults that wait for REST calls, and the limit of calls a second."""

from collections import deque

from simulator.clock import monotonic_ns
from simulator.faults import Rest

__all__ = ["CallLimit", "RestFaults"]

_SECOND_NS = 1_000_000_000


class RestFaults:
    """Faults ordered for the next calls."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Rest, int]] = []
        self._refuses_until_ns = 0

    def add(self, fault: Rest) -> None:
        """Let *fault* strike the next calls that it is about."""
        self._waiting.append((fault, fault.times))

    def refuse(self, seconds: float) -> None:
        """Cut every call for so many real *seconds*."""
        self._refuses_until_ns = monotonic_ns() + int(seconds * _SECOND_NS)

    def take(self, path: str) -> Rest | None:
        """Return the fault that strikes a call of *path*, and count it off."""
        if monotonic_ns() < self._refuses_until_ns:
            return Rest(cut=True)
        for place, (fault, left) in enumerate(self._waiting):
            if path.endswith(fault.path):
                if left > 1:
                    self._waiting[place] = (fault, left - 1)
                else:
                    del self._waiting[place]
                return fault
        return None


class CallLimit:
    """So many calls in any second, for each appkey."""

    def __init__(self, calls_per_second: int) -> None:
        self._calls_per_second = calls_per_second
        self._calls: dict[str, deque[int]] = {}

    def is_exceeded(self, app_key: str) -> bool:
        """Count a call of *app_key*; return whether it is one too many."""
        now_ns = monotonic_ns()
        calls = self._calls.setdefault(app_key, deque())
        while calls and now_ns - calls[0] >= _SECOND_NS:
            calls.popleft()
        if len(calls) >= self._calls_per_second:
            return True
        calls.append(now_ns)
        return False
