"""How each message is brought, by what is known when it goes: where to, for which reader, ringing or not."""

from datetime import timedelta

from actors.runtime.clock import Clock
from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.pictures import Pictures
from actors.telegram.people.hushes import Hushes
from protocol.messages import Alert

__all__ = ["Etiquette"]


class Etiquette:
    """What is asked of people, buttons and pictures before a message goes."""

    def __init__(
        self, addressees: Addressees, hushes: Hushes, keyboards: Keyboards, pictures: Pictures, clock: Clock
    ) -> None:
        self._addressees = addressees
        self._hushes = hushes
        self._keyboards = keyboards
        self._pictures = pictures
        self._clock = clock

    def manner_of(self, bundle: Bundle) -> Manner:
        """Return how *bundle* is brought now."""
        first = bundle[0]
        alerts = [each.content for each in bundle if isinstance(each.content, Alert)]
        rings = not first.missed and self._hushes.of(first.person_id).rings(alerts)
        return Manner(
            reader=self._addressees.reader_of(first),
            address=self._addressees.address_of(first),
            silent=not rings,
            png=self._pictures.png_of(first),
            late_by=self._lateness_of(first),
            keyboard=self._keyboards.under(bundle),
        )

    def _lateness_of(self, delivery: Delivery) -> timedelta:
        """Return how long an alert that nobody held has waited here; what is no alert is as good later."""
        if delivery.missed or delivery.kind is not Kind.TEXT or not isinstance(delivery.content, Alert):
            return timedelta()
        return timedelta(microseconds=(self._clock.now_ns() - delivery.created_at_ns) // 1_000)
