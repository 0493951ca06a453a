"""Where the feed's trades leave: to who subscribes, and with what they came from into the recording of the day."""

from collections.abc import Sequence
from typing import Any

from actors.kis.frames import Bytes
from actors.runtime.actor import Actor
from actors.runtime.recorder import Recorder, announce
from actors.runtime.recordings import open_recording
from protocol.messages import Trade, Trades
from protocol.recording import Published

__all__ = ["Outlet"]

MOST_TRADES = 256
"""A flood leaves in small portions: a trade is still in the cache when it is looked at."""


class Outlet:
    """The stream `trades` of this process, and its recording."""

    def __init__(self, actor: Actor[Any]) -> None:
        self._actor = actor
        self._recorder = Recorder(open_recording(actor.settings, actor.address, actor.ports.epoch))

    def on_frames(self, at_ns: int, frames: Sequence[Bytes], trades: list[Trade], *, are_all: bool) -> None:
        """Publish the *trades* that *frames* brought at *at_ns*.

        Args:
            at_ns: when they arrived, UTC epoch nanoseconds.
            frames: as they arrived, whatever they are.
            trades: what is to be published of them.
            are_all: whether these are all trades in *frames*, in order, and no others, so that a reader of the
                recording can make them again.
        """
        if not are_all:
            self._recorder.take_frames(at_ns, frames, 0, [])
            self.publish(at_ns, trades)
            return
        first, counts = 0, []
        for start in range(0, len(trades), MOST_TRADES):
            portion = trades[start : start + MOST_TRADES]
            number = self._actor.ports.publish(Trades(trades=portion))
            first = first or number
            counts.append(len(portion))
        self._recorder.take_frames(at_ns, frames, first, counts)

    def publish(self, at_ns: int, trades: list[Trade]) -> None:
        """Publish *trades* that no frame brought like this: asked for, made of minute bars, or held back until now.

        They are one message, which ends with the newest price of each symbol.
        """
        if trades:
            number = self._actor.ports.publish(Trades(trades=trades))
            self._recorder.take_published(at_ns, Published(number=number, trades=trades))

    def look(self) -> None:
        """Have written what was recorded, and tell what happened to the recording; about once a second."""
        announce(self._actor, self._recorder.look(self._actor.clock.monotonic()))

    def close(self) -> None:
        """Write what is left to write."""
        self._recorder.close()
