"""What is the matter with symbols, as the market tells it, and what of it an alert says. Pure.

The newest word counts, and none is believed for ever: that it is over may have been told while nobody listened.
"""

from collections.abc import Iterable

import msgspec

from protocol.messages import (
    CIRCUIT_BREAKER,
    HALTED,
    RESUMED,
    VOLATILITY_INTERRUPTION,
    MarketStatus,
    Origin,
    Trade,
)
from protocol.moments import NS, to_ns

__all__ = ["BELIEVED_S", "Statuses"]

NOTE_LASTS_S = {VOLATILITY_INTERRUPTION: 300, CIRCUIT_BREAKER: 3_600, RESUMED: 3_600, HALTED: 12 * 3_600}
"""How long a note is believed at most."""
BELIEVED_S = max(NOTE_LASTS_S.values())
"""After how long a status says nothing any more."""
STANDSTILLS = frozenset({HALTED, CIRCUIT_BREAKER})
"""While one of these holds nothing is printed."""


class Statuses:
    """The newest status of each symbol."""

    def __init__(self, statuses: Iterable[MarketStatus] = ()) -> None:
        """Begin with *statuses*, as `take` returned them."""
        self._by_symbol = {status.symbol: status for status in statuses}

    def all(self) -> list[MarketStatus]:
        """Return all of them: made anew from these, it says the same."""
        return list(self._by_symbol.values())

    def take(self, status: MarketStatus) -> MarketStatus:
        """Take what is the matter with a symbol from now on, or that a halt has just ended; return what is kept."""
        before = self._by_symbol.get(status.symbol)
        if before is not None and not STANDSTILLS.isdisjoint(before.notes) and STANDSTILLS.isdisjoint(status.notes):
            status = msgspec.structs.replace(status, notes=[*status.notes, RESUMED])
        self._by_symbol[status.symbol] = status
        return status

    def notes_on(self, trade: Trade) -> list[str]:
        """Return what an alert of *trade* says of its symbol."""
        status = self._by_symbol.get(trade.symbol)
        if status is None:
            return []
        age_ns = trade.received_at_ns - to_ns(status.told_at)
        notes = [note for note in status.notes if age_ns < NOTE_LASTS_S.get(note, 0) * NS]
        if trade.origin is not Origin.PRINT:
            return notes
        # What is printed trades: that the halt is over was told while nobody listened.
        return [RESUMED if note in STANDSTILLS else note for note in notes]
