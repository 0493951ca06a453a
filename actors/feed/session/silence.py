"""The two clocks that watch an open link. Pure: handed the moment, monotonic seconds.

Without any frame the link is dead. Without any trade, over all symbols, while the market must trade, the stream is:
KIS is known to stall with PINGPONG answered. But a halted market or a quiet watch list look the same, so the patience
with that one doubles while reconnecting is in vain.
"""

__all__ = ["Silence"]

NEVER = float("inf")


class Silence:
    """How long it has been since a frame, and since a trade."""

    def __init__(self, link_s: float, data_s: float, data_cap_s: float) -> None:
        """Set the patience.

        Args:
            link_s: with a link that brings no frame.
            data_s: with a stream that brings no trade; doubles up to *data_cap_s*.
            data_cap_s: the longest patience with a stream.
        """
        self._link_s = link_s
        self._data_s = data_s
        self._data_cap_s = data_cap_s
        self._patience_s = data_s
        self._last_frame_at = NEVER
        self._first_trade_at = NEVER
        self._last_trade_at = NEVER
        self._expected_since = NEVER

    @property
    def trades_flowed_s(self) -> float:
        """For how long this link has brought trades."""
        return self._last_trade_at - self._first_trade_at if self._first_trade_at < NEVER else 0.0

    def begin(self, now: float) -> None:
        """Watch a link that was opened just now."""
        self._last_frame_at = self._last_trade_at = now
        self._first_trade_at = self._expected_since = NEVER

    def on_frames(self, now: float, *, with_trades: bool) -> None:
        """Note that frames have come."""
        self._last_frame_at = now
        if with_trades:
            self._last_trade_at = now
            if self._first_trade_at == NEVER:
                self._first_trade_at = now
                self._patience_s = self._data_s

    def complaint(self, now: float, *, trades_expected: bool) -> str:
        """Return what is wrong with the link, empty if nothing; a complaint about trades makes the next one later."""
        self._expected_since = min(self._expected_since, now) if trades_expected else NEVER
        if now - self._last_frame_at >= self._link_s:
            return f"no frame for {self._link_s:.0f} s"
        if now - max(self._last_trade_at, self._expected_since) < self._patience_s:
            return ""
        complaint = f"no trade for {self._patience_s:.0f} s while the market is open"
        self._patience_s = min(2 * self._patience_s, self._data_cap_s)
        return complaint
