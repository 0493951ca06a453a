"""One-minute bars of what was traded, as they grow: what a client asks for after a hole.

A bar is named by the instant at which its minute began. A minute without a trade has none.
"""

from msgspec import Struct

__all__ = ["MINUTE_NS", "MinuteBar", "MinuteBook"]

MINUTE_NS = 60 * 1_000_000_000
_MOST = 4_000
"""About a week of one symbol with its evenings; older bars are forgotten."""


class MinuteBar(Struct, kw_only=True, gc=False):
    """Open, high, low, close (won or dollars), shares of one minute, and the value of its day so far."""

    begins_ns: int
    open: float
    high: float
    low: float
    close: float
    volume: int
    day_value: float


class MinuteBook:
    """The minutes of one symbol on one venue: those that are over, and the running one."""

    def __init__(self) -> None:
        self.finished: list[MinuteBar] = []
        self.running: MinuteBar | None = None
        self._told = 0

    def remember(self, bars: list[MinuteBar]) -> None:
        """Put *bars* of an earlier life, in their order, before what was counted in this one."""
        first_ns = self.finished[0].begins_ns if self.finished else self.running.begins_ns if self.running else 0
        old = [bar for bar in bars if not first_ns or bar.begins_ns < first_ns]
        self.finished[:0] = old
        self._told += len(old)

    def count(self, at_ns: int, price: float, volume: int, day_value: float) -> None:
        """Count a trade at *at_ns*, epoch nanoseconds."""
        begins_ns = at_ns - at_ns % MINUTE_NS
        bar = self.running
        if bar is None or bar.begins_ns != begins_ns:
            self.end_minute()
            self.running = MinuteBar(
                begins_ns=begins_ns,
                open=price,
                high=price,
                low=price,
                close=price,
                volume=volume,
                day_value=day_value,
            )
            return
        bar.high, bar.low, bar.close = max(bar.high, price), min(bar.low, price), price
        bar.volume += volume
        bar.day_value = day_value

    def end_minute(self) -> None:
        """Put the running minute to those that are over."""
        if self.running is not None:
            self.finished.append(self.running)
            self.running = None
        if len(self.finished) > 2 * _MOST:
            self._told -= len(self.finished) - _MOST
            del self.finished[:-_MOST]

    def take_new(self) -> list[MinuteBar]:
        """Return the minutes that are over and were not returned before."""
        fresh = self.finished[self._told :]
        self._told = len(self.finished)
        return fresh

    def newest_first(self, until_ns: int, since_ns: int = 0) -> list[MinuteBar]:
        """Return the bars whose minute began from *since_ns* to *until_ns*, both included."""
        running = [self.running] if self.running is not None else []
        bars = [*self.finished, *running]
        return [bar for bar in reversed(bars) if since_ns <= bar.begins_ns <= until_ns]
