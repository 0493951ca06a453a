"""What comes over the socket, sorted: trades, messages to answer, and what is not understood. Pure.

One look at the socket gives all frames that had arrived; their trades leave as one message. Nothing that the socket
brings can end the process: it is plain `ws://`, so anybody on the way may have written it.
"""

from collections import Counter

from actors.kis.errors import FrameError, ShapeError
from actors.kis.frames import Bytes, parse_trades
from actors.kis.messages import Answer, PingPong, parse_message
from protocol.messages import Trade

__all__ = ["Intake"]


class Intake:
    """The reading side of the feed, and its counters."""

    def __init__(self) -> None:
        self.rejected: Counter[str] = Counter()
        """How much was not understood, by kind."""
        self.last_trade_at_ns: dict[str, int] = {}
        """When the last trade of each symbol came, UTC epoch nanoseconds."""
        self._refused: list[FrameError] = []
        self._texts: list[bytes] = []

    def take_trades(self, frames: list[Bytes], received_at_ns: int) -> list[Trade]:
        """Return the trades in *frames*, in order; messages and refusals are kept for the other two."""
        trades: list[Trade] = []
        for frame in frames:
            if frame[:1] == b"{":
                self._texts.append(bytes(frame))
                continue
            try:
                trades += parse_trades(frame, received_at_ns, self._refused)
            except FrameError as error:
                self._refused.append(error)
        last_trade_at_ns = self.last_trade_at_ns
        for trade in trades:
            last_trade_at_ns[trade.symbol] = received_at_ns
        return trades

    def take_messages(self) -> list[tuple[Answer | PingPong, bytes]]:
        """Return the messages that came with the frames, each with its text."""
        if not self._texts:
            return []
        texts, self._texts = self._texts, []
        messages = []
        for text in texts:
            try:
                messages.append((parse_message(text), text))
            except ShapeError as error:
                self._refused.append(FrameError(kind="message", expected="an answer or PINGPONG", found=str(error)))
        return messages

    def take_complaints(self) -> list[FrameError]:
        """Return the first refusal of each kind since the process began; all of them are counted."""
        if not self._refused:
            return []
        refused, self._refused = self._refused, []
        firsts = []
        for error in refused:
            self.rejected[error.kind] += 1
            if self.rejected[error.kind] == 1:
                firsts.append(error)
        return firsts
