"""What comes over the socket, sorted: trades, other frames, messages to answer, what is not understood. Pure.

One look at the socket gives all frames that had arrived; their trades leave as one message, but for repeats, and for
those of a stream that waits for its minute bars (`continuity`, `repair`). Nothing that the socket brings can end the
process: it is plain `ws://`, so anybody on the way may have written it.
"""

from collections import Counter
from collections.abc import Iterable

from actors.feed.gaps.continuity import Continuity
from actors.feed.gaps.repair import Repairs
from actors.kis.errors import FrameError, ShapeError
from actors.kis.frames import Bytes, parse_trades
from actors.kis.messages import Answer, PingPong, parse_message
from protocol.messages import Trade

__all__ = ["Intake"]


class Intake:
    """The reading side of the feed, and its counters."""

    def __init__(self, repairs: Repairs) -> None:
        """Begin with nothing seen; what is missing in a stream is told to *repairs*."""
        self.rejected: Counter[str] = Counter()
        """How much was not understood, by kind."""
        self.continuity = Continuity()
        """The last trade of each stream."""
        self.brought_trades = False
        """Whether there were trades in what was taken last, whatever has become of them."""
        self.passed_all = True
        """Whether all of them went on as they came, and no others with them."""
        self.repairs = repairs
        self._refused: list[FrameError] = []
        self._texts: list[bytes] = []
        self._others: list[bytes] = []

    @property
    def prices(self) -> dict[str, float]:
        """The last price of each symbol."""
        return {trade.symbol: trade.price for trade in self.continuity.last_trades()}

    def take_trades(self, frames: list[Bytes], received_at_ns: int, now: float) -> list[Trade]:
        """Return the trades in *frames* that go on now, in order; all else is kept for the other three.

        Args:
            frames: as they came.
            received_at_ns: when, UTC epoch nanoseconds.
            now: when, monotonic seconds.
        """
        trades: list[Trade] = []
        for frame in frames:
            if frame[:1] == b"{":
                self._texts.append(bytes(frame))
                continue
            try:
                found = parse_trades(frame, received_at_ns, self._refused)
            except FrameError as error:
                self._refused.append(error)
                continue
            if found:
                trades += found
            else:
                self._others.append(bytes(frame))
        return self.sift(trades, now)

    def sift(self, brought: list[Trade], now: float) -> list[Trade]:
        """Return those of the trades that one look *brought* which go on at this moment, monotonic seconds."""
        continuity, repairs = self.continuity, self.repairs
        self.brought_trades = bool(brought)
        trades = continuity.check(brought)
        if continuity.steps:
            steps, continuity.steps = continuity.steps, []
            for step in steps:
                repairs.step(step, now)
        healed = continuity.take_healed() if continuity.healed else ()
        if repairs.has_holes:
            trades = repairs.hold(trades, now)
            for key in healed:
                trades += repairs.heal(key)
            self.passed_all = trades == brought
        else:
            self.passed_all = trades is brought
        return trades

    def take_others(self) -> list[bytes]:
        """Return the data frames without trades that came with the others."""
        if not self._others:
            return []
        others, self._others = self._others, []
        return others

    def refuse(self, errors: Iterable[FrameError]) -> None:
        """Have what others did not understand counted with the rest."""
        self._refused += errors

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
