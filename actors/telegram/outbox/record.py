"""What is decided and not yet written. What cannot be written now is kept, and nothing is done meanwhile."""

from actors.runtime.errors import TemporaryFailure
from actors.telegram.health import Health
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.store import DeliveryStore

__all__ = ["Record"]


class Record:
    """The next transaction."""

    def __init__(self, store: DeliveryStore, health: Health) -> None:
        self._store = store
        self._health = health
        self._added: dict[int, Delivery] = {}
        self._changed: dict[int, Delivery] = {}
        self._marks: dict[str, str] = {}
        self.is_stuck = False
        """Whether it could not be written when that was last tried."""

    def add(self, delivery: Delivery) -> None:
        """Have a new delivery written."""
        self._added[delivery.id] = delivery

    def change(self, delivery: Delivery) -> None:
        """Have a delivery written as it is now."""
        unsaved = self._added if delivery.id in self._added else self._changed
        unsaved[delivery.id] = delivery

    def mark(self, name: str, value: str) -> None:
        """Have a mark moved."""
        self._marks[name] = value

    def save(self) -> bool:
        """Write what is unsaved, all or nothing, and say whether that worked."""
        if not (self._added or self._changed or self._marks):
            return True
        try:
            self._store.save(self._added.values(), self._changed.values(), self._marks)
        except TemporaryFailure as error:
            self._health.complain("store", str(error))
            self.is_stuck = True
            return False
        self.is_stuck = False
        self._added.clear()
        self._changed.clear()
        self._marks.clear()
        self._health.clear("store")
        return True
