"""Which symbols feed says that its streams carry, as long as it goes on saying so. Pure."""

from protocol.messages import Carried

__all__ = ["Coverage"]

STALE_S = 3.0
"""Feed says it once a second; if it has been silent for so long it carries nothing."""


class Coverage:
    """What was heard of feed; moments are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._symbols: frozenset[str] | None = None
        self._heard_at = now

    def hear(self, carried: Carried, now: float) -> None:
        """Take what feed carries from now on."""
        self._symbols, self._heard_at = frozenset(carried.symbols), now

    def carried(self, now: float) -> frozenset[str] | None:
        """Return the symbols that flow; None just after the start, while feed cannot have said anything yet."""
        return self._symbols if now - self._heard_at < STALE_S else frozenset()
