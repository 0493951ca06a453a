"""The pictures of what has arrived: asked of chart, waited for, and brought when they come or given up.

Nobody waits for a picture: its text has been read by then.
"""

from actors.runtime.actor import Actor
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.album import Album
from actors.telegram.outbox.deliveries import Delivery, Stage
from actors.telegram.outbox.outbox import Instant
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.wishes import wish_for
from protocol.messages import Picture

__all__ = ["Pictures"]


class Pictures:
    """The pictures that *outbox* is to bring to *addressees*; what becomes of them goes into *record*."""

    def __init__(self, actor: Actor[TelegramConfig], outbox: Outboxes, record: Record, addressees: Addressees) -> None:
        self._actor = actor
        self._addressees = addressees
        self._outbox = outbox
        self._record = record
        self._album = Album(actor.config.picture_again_s, actor.config.picture_life_s)

    def on_picture(self, picture: Picture) -> None:
        """Take what chart drew."""
        for delivery_id in self._album.on_picture(picture):
            self._outbox.picture_came(delivery_id)

    def on_change(self, delivery: Delivery) -> None:
        """Let the picture of *delivery* go, if that is a picture's and it is over."""
        if delivery.stage in {Stage.SENT, Stage.DEAD}:
            self._album.forget(delivery.id)

    def png_of(self, delivery: Delivery) -> bytes:
        """Return what chart drew for *delivery*, nothing where it was not asked."""
        return self._album.png_of(delivery.id)

    def work(self, now: Instant) -> None:
        """Ask for the pictures whose text has arrived, and give up those that did not come."""
        for delivery in self._outbox.take_pictures():
            wish = wish_for(delivery.content, self._addressees.reader_of(delivery).words.language)
            # Where nothing is to be drawn, the letter brings its picture with it.
            if wish is None or self._album.want(delivery.id, wish, now.s):
                self._outbox.picture_came(delivery.id)
        for wanted in self._album.due(now.s):
            self._actor.ports.send(wanted)
        for delivery in self._outbox.abandon(self._album.expired(now.s), now):
            self._record.change(delivery)
            self.on_change(delivery)
            self._actor.log.warning("picture_given_up", content_id=delivery.content.id, reason=delivery.reason)
