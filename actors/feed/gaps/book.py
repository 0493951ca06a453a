"""What was lost, and what became of it: the holes that an operator is told of. Pure.

One `Gap` is one incident: a link that was lost takes all its streams with it, a step in the volume one.

    OPEN --every stream repaired--> REPAIRED
      `---one of them not---------> UNREPAIRED
"""

import enum
from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from actors.feed.gaps.continuity import Key
from protocol.moments import from_ns

__all__ = ["Cause", "Gap", "GapBook", "GapNews", "Outcome"]

MOST_KEPT = 200


class Cause(enum.Enum):
    """Why trades were not seen."""

    LINK = "the link was lost"
    DEATH = "feed was not running"
    DEAF = "the stream brought nothing while the symbol traded"
    STEP = "frames were lost inside the connection"
    READER = "a reader was away for longer than the last minute is kept"


class Outcome(enum.Enum):
    """What became of a gap."""

    OPEN = "open"
    REPAIRED = "repaired"
    UNREPAIRED = "unrepaired"


class Gap(Struct, kw_only=True):
    """One incident; moments are UTC epoch ns, `end_ns` is 0 while trades do not flow again."""

    number: int
    cause: Cause
    start_ns: int
    end_ns: int = 0
    symbols: list[str]
    shares: int = 0
    """How many shares are known to have been traded unseen; 0 where the volumes do not tell."""
    bars: int = 0
    """How many minutes were filled in."""
    reason: str = ""
    """Why it could not be repaired."""
    unrepaired: list[str] = []
    """Of which symbols."""
    missing_from_ns: int = 0
    """From when on trades of these are missing: where minutes were told while it lasted, later than it began."""
    outcome: Outcome = Outcome.OPEN

    def told(self) -> dict[str, object]:
        """Return what `sigmactl feed gaps` shows."""
        return {
            "gap": self.number,
            "start": from_ns(self.start_ns).isoformat(),
            "end": from_ns(self.end_ns).isoformat() if self.end_ns else None,
            "cause": self.cause.value,
            "symbols": self.symbols,
            "shares": self.shares,
            "outcome": self.outcome.value,
            "minutes": self.bars,
            "reason": self.reason,
            "unrepaired": self.unrepaired,
            "missing_from": from_ns(self.missing_from_ns).isoformat() if self.unrepaired else None,
        }


class GapNews(Struct, frozen=True):
    """An event about a gap, with its details in words."""

    name: str
    details: dict[str, str]


class GapBook:
    """The last gaps, the newest last, and what is to be told of them."""

    def __init__(self) -> None:
        self.gaps: deque[Gap] = deque(maxlen=MOST_KEPT)
        self._news: list[GapNews] = []
        self._waiting: dict[int, set[Key]] = {}
        self._count = 0

    def open(self, cause: Cause, keys: Iterable[Key], start_ns: int) -> Gap:
        """Begin to tell of a gap in the streams *keys*."""
        self._count += 1
        waiting = set(keys)
        symbols = sorted({symbol for symbol, _ in waiting})
        gap = Gap(number=self._count, cause=cause, start_ns=start_ns, symbols=symbols)
        self._waiting[gap.number] = waiting
        self.gaps.append(gap)
        self._tell("gap_found", gap)
        return gap

    def close(
        self, gap: Gap, key: Key, end_ns: int, *, missing_from_ns: int, bars: int, shares: int, reason: str
    ) -> None:
        """Note what became of one stream of *gap*; a *reason* says why not all of it was repaired."""
        waiting = self._waiting.get(gap.number)
        if waiting is None or key not in waiting:
            return
        waiting.discard(key)
        gap.end_ns = max(gap.end_ns, end_ns)
        gap.bars += bars
        gap.shares += shares
        gap.reason = gap.reason or reason
        if reason:
            gap.missing_from_ns = min(gap.missing_from_ns, missing_from_ns) if gap.unrepaired else missing_from_ns
            gap.unrepaired = sorted({*gap.unrepaired, key[0]})
        if not waiting:
            del self._waiting[gap.number]
            gap.outcome = Outcome.UNREPAIRED if gap.reason else Outcome.REPAIRED
            self._tell(f"gap_{gap.outcome.value}", gap)

    def take_news(self) -> list[GapNews]:
        """Return what is to be told, once."""
        news, self._news = self._news, []
        return news

    def _tell(self, name: str, gap: Gap) -> None:
        told = {field: ", ".join(value) if isinstance(value, list) else value for field, value in gap.told().items()}
        details = {field: str(value) for field, value in told.items() if value not in (None, "", 0)}
        self._news.append(GapNews(name, details))
