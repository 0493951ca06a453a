"""Which symbols every feed says that its stream carries, as long as it goes on saying so. Pure."""

from msgspec import Struct

from protocol.messages import Carried

__all__ = ["Coverage"]

STALE_S = 3.0
"""A feed says it once a second; who has been silent for so long carries nothing."""


class _Heard(Struct, frozen=True):
    symbols: frozenset[str]
    at: float


class Coverage:
    """What was heard of the feeds; moments are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._heard: dict[str, _Heard] = {}
        self._began_at = now

    def hear(self, sender: str, carried: Carried, now: float) -> None:
        """Take what *sender* carries from now on."""
        self._heard[sender] = _Heard(frozenset(carried.symbols), now)

    def carried(self, now: float) -> frozenset[str] | None:
        """Return the symbols that flow; None just after the start, while no feed can have said anything yet."""
        fresh = [heard.symbols for heard in self._heard.values() if now - heard.at < STALE_S]
        if not fresh and now - self._began_at < STALE_S:
            return None
        return frozenset().union(*fresh)
