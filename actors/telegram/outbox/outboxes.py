"""One outbox a channel, spoken to as one: what ails one channel is nothing to another. Pure.

A channel that is switched off has none: what is for it stays on disk, and is taken up when it is switched on again.
"""

from collections.abc import Iterable, Mapping

from actors.ledger.rows import TELEGRAM
from actors.telegram.channels.outcomes import Outcome
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.outbox.outbox import Bundle, Instant, Outbox, Turn

__all__ = ["Outboxes"]


class Outboxes:
    """All outboxes, by channel."""

    def __init__(self, by_channel: Mapping[str, Outbox]) -> None:
        self._by_channel = by_channel
        self._all = tuple(by_channel.values())

    @property
    def waiting(self) -> int:
        """How many deliveries are on their way: all but those that are held."""
        return sum(outbox.waiting for outbox in self._all)

    @property
    def telegram(self) -> Outbox:
        """The one in which chats are, which can be written in and can move."""
        return self._by_channel[TELEGRAM]

    def add(self, delivery: Delivery) -> None:
        """Take a new delivery, the text before the picture of the same alert or letter."""
        outbox = self._by_channel.get(delivery.channel)
        if outbox is not None:
            outbox.add(delivery)

    def restore(self, found: Iterable[Delivery], now: Instant, *, rebooted: bool) -> list[Delivery]:
        """Take what an earlier life left unfinished, oldest first, and return what is changed by that."""
        left = list(found)
        return [
            changed
            for channel, outbox in self._by_channel.items()
            for changed in outbox.restore((each for each in left if each.channel == channel), now, rebooted=rebooted)
        ]

    def claim(self, now: Instant) -> Turn:
        """Return what is to be sent now, and what is held from now on."""
        turn = Turn([], [])
        for outbox in self._all:
            bundles, changed = outbox.claim(now)
            turn.bundles.extend(bundles)
            turn.changed.extend(changed)
        return turn

    def on_outcome(self, bundle: Bundle, outcome: Outcome, now: Instant) -> list[Delivery]:
        """Take what became of a bundle in flight, and return its deliveries and what else is changed by that."""
        return self._by_channel[bundle[0].channel].on_outcome([each.id for each in bundle], outcome, now)

    def take_pictures(self) -> list[Delivery]:
        """Return the pictures whose text has arrived since the last call: they are wanted now."""
        return [picture for outbox in self._all for picture in outbox.take_pictures()]

    def picture_came(self, delivery_id: int) -> None:
        """Let a picture go that was taken to be drawn."""
        for outbox in self._all:
            if delivery_id in outbox:
                outbox.picture_came(delivery_id)

    def abandon(self, reasons: Mapping[int, str], now: Instant) -> list[Delivery]:
        """Give up these deliveries (id to reason), which must be pending, and return them."""
        return [
            abandoned
            for outbox in self._all
            for abandoned in outbox.abandon({each: why for each, why in reasons.items() if each in outbox}, now)
        ]
