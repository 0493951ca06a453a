"""Who wants to be spared what just now, and who is there no more: what the outboxes and the editor ask of an alert."""

from actors.runtime.clock import Clock
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.register import Register
from protocol.messages import Alert
from protocol.rehearsal import is_rehearsal

__all__ = ["Spared"]


class Spared:
    """What the people in *register* want to be spared, as *hushes* has it."""

    def __init__(self, register: Register, hushes: Hushes, clock: Clock) -> None:
        self._register = register
        self._hushes = hushes
        self._clock = clock

    def is_held(self, delivery: Delivery, at_ns: int) -> bool:
        """Say whether the person of a delivery wants to be spared it at a moment, UTC epoch nanoseconds."""
        person, alert = self._register.person(delivery.person_id), delivery.content
        if not isinstance(alert, Alert) or is_rehearsal(alert.symbol):
            return False
        if person is None:
            # Put aside at once: what is held for somebody who was removed is given up.
            return True
        return self._hushes.of(person.id).holds(alert, at_ns, person.reader.zone)

    def is_gone(self, delivery: Delivery) -> bool:
        """Say whether the person of a delivery was removed."""
        return self._register.person(delivery.person_id) is None

    def is_wanted_now(self, delivery: Delivery) -> bool:
        """Say whether the person of a delivery is still there, and does not want to be spared it."""
        return not self.is_gone(delivery) and not self.is_held(delivery, self._clock.now_ns())
