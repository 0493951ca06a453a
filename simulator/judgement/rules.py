"""What people wait for, as oracle and checker know it; worded once more, and apart from evaluator.

A rule is reached at one price on each session date, its threshold, at it or lower (`below`), at it or higher (`above`):

    sigma        base price x (1 -+ k x σ)          paid         price paid x (1 -+ level)
    price        the price itself                   year_high    highest price of the year before x (1 -+ level)
    change       base price x (1 -+ level)          high_since   highest price since a day, before today x (1 -+ level)

    volume       so many times the shares of a usual day: the median of the last twenty on which anything was traded

Percentages are taken to four decimals, as prices are told. Having fired, it fires again after its rest (`rest`), never
(`once`), on the next session date (`session`), or once the price has gone back by the band and comes anew (`crossing`).

A kind that is not about the price differs in two places: what a trade is measured by (`measure_of`), and the threshold
(`Circumstances.threshold`).
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from msgspec import Struct

from protocol.rules import Direction, Repetition, RuleKind
from simulator.judgement.evidence import SECOND_NS, TradeLine, Watcher

__all__ = ["END_OF_TIME_NS", "RuleLine", "measure_of", "rules_of_watchers"]

END_OF_TIME_NS = 2**63 - 1
DECIMALS = 4


class RuleLine(Struct, frozen=True, kw_only=True):
    """One line of `rules.jsonl`: one version of what one person waits for."""

    id: str
    version: int = 1
    person_id: int
    chat_id: int
    symbol: str
    level: float
    """How many σ, which price, which fraction, or how many times the shares of a usual day."""
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction = Direction.BELOW
    paid: float = 0.0
    high_since: date | None = None
    repetition: Repetition = Repetition.REST
    rest_s: float = 0.0
    """How long it rests, trade time; 0: as long as all others."""
    band: float = 0.0
    """How far back a price must go for a crossing rule to be armed again, a fraction of its threshold."""
    expires_on: date | None = None
    """The last session date on which it counts."""
    since_ns: int = 0
    until_ns: int = END_OF_TIME_NS
    """When it was deleted or changed, or paused for good."""
    pauses: list[tuple[int, int]] = []
    """From when until when it was paused, each (UTC epoch ns)."""

    @property
    def key(self) -> str:
        """What its alerts' ids begin with."""
        return f"{self.id}:{self.version}"

    @property
    def place(self) -> tuple[str, int]:
        """Itself in one chat: whoever is reached in two places is told of the same rule in each."""
        return self.key, self.chat_id

    @property
    def is_below(self) -> bool:
        """Whether a low price reaches it."""
        return self.direction is Direction.BELOW

    def counts(self, trade: TradeLine, grace_ns: int = 0) -> bool:
        """Say whether *trade* is its business; of an end, or a pause, whoever decides is granted so long to hear."""
        at_ns = trade.traded_at_ns
        is_in_time = self.since_ns <= at_ns and at_ns - grace_ns < self.until_ns
        is_paused = any(from_ns <= at_ns - grace_ns and at_ns < to_ns for from_ns, to_ns in self.pauses)
        return is_in_time and not is_paused and (self.expires_on is None or trade.session_date <= self.expires_on)

    def may_count(self, trade: TradeLine) -> bool:
        """Say whether *trade* is its business at any second at which it may have been."""
        last_ns = trade.traded_at_ns + trade.length_s * SECOND_NS
        return self.counts(msgspec.structs.replace(trade, traded_at_ns=last_ns) if trade.length_s else trade)

    def is_reached(self, trade: TradeLine, threshold: float) -> bool:
        """Say whether *trade* has reached it."""
        measure = measure_of(self, trade)
        return measure <= threshold if self.is_below else measure >= threshold

    def is_back(self, trade: TradeLine, threshold: float) -> bool:
        """Say whether *trade* has gone back by the band."""
        measure = measure_of(self, trade)
        if self.is_below:
            return measure >= round(threshold * (1 + self.band), DECIMALS)
        return measure <= round(threshold * (1 - self.band), DECIMALS)


def measure_of(rule: RuleLine, trade: TradeLine) -> float:
    """Return what of *trade* is held against the rule's threshold: its price, or the shares of its day so far.

    How many they were when a price was hidden nobody knows.
    """
    if rule.kind is RuleKind.VOLUME:
        return 0 if trade.is_hidden else trade.cumulative_volume
    return trade.price


def rules_of_watchers(watchers: Iterable[Watcher], levels: Sequence[float], version: int) -> list[RuleLine]:
    """Return the rules of those who are told of these σ *levels* below the base price, one a level."""
    return [
        RuleLine(
            id=f"{watcher.person_id}-{symbol}-{level:g}",
            version=version,
            person_id=watcher.person_id,
            chat_id=watcher.chat_id,
            symbol=symbol,
            level=level,
            since_ns=watcher.since_ns,
        )
        for watcher in watchers
        for symbol in watcher.symbols
        for level in levels
    ]
