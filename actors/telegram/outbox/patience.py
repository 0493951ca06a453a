"""How long what could not be sent waits until it goes again. Pure: it is handed the chance and the monotonic clock."""

import random
from collections.abc import Iterable, Sequence

from msgspec import Struct

from actors.telegram.channels.outcomes import BadToken, Doubtful, NotSent, Wait
from actors.telegram.outbox.deliveries import DeliveryEvent

__all__ = ["NEVER", "Delays", "Patience"]

NEVER = float("-inf")


class Delays(Struct, frozen=True, kw_only=True):
    """How long to wait before a delivery goes again, seconds; see `TelegramConfig`."""

    first_s: float = 1.0
    cap_s: float = 60.0
    doubt_min_s: float = 2.0
    doubt_max_s: float = 5.0
    doubt_silent_s: float = 8.0
    bad_token_s: float = 60.0


class Patience:
    """From when on each delivery may go again; of those that go together the first one's failures count."""

    def __init__(self, delays: Delays, chance: random.Random) -> None:
        self._delays = delays
        self._chance = chance
        self._due: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._unreached: set[int] = set()

    def is_due(self, delivery_id: int, now_s: float) -> bool:
        """Say whether a delivery has waited long enough."""
        return self._due.get(delivery_id, NEVER) <= now_s

    def delay(self, delivery_ids: Iterable[int], until_s: float) -> None:
        """Let deliveries wait until a moment."""
        self._due |= dict.fromkeys(delivery_ids, until_s)

    def wait_after(self, delivery_ids: Sequence[int], event: DeliveryEvent) -> float:
        """Return how long deliveries that went together wait after what did not end them, seconds."""
        delays = self._delays
        match event:
            case Wait(retry_after_s=retry_after_s):
                return retry_after_s + self._chance.random()
            case BadToken():
                return delays.bad_token_s
            case NotSent():
                self._unreached.update(delivery_ids)
                return self._chance.uniform(0, min(delays.cap_s, delays.first_s * self._double(delivery_ids[0])))
            case Doubtful(is_at_work=is_at_work):
                drawn_s = self._chance.uniform(delays.doubt_min_s, delays.doubt_max_s)
                # What is taken late must not come, unmarked, behind its marked repeat.
                drawn_s += delays.doubt_silent_s if is_at_work else 0.0
                return min(delays.cap_s, drawn_s * self._double(delivery_ids[0]))
            case _:
                return 0.0

    def reached(self) -> None:
        """Telegram answered somebody: who waits only because it could not be reached waits no more."""
        for delivery_id in self._unreached:
            self._due.pop(delivery_id, None)
        self._unreached.clear()

    def forget(self, delivery_id: int) -> None:
        """Forget a delivery that is sent or dead."""
        self._due.pop(delivery_id, None)
        self._failures.pop(delivery_id, None)
        self._unreached.discard(delivery_id)

    def _double(self, delivery_id: int) -> float:
        """Return 1 for a delivery's first failure, then 2, 4, and so on."""
        failures = self._failures.get(delivery_id, 0)
        self._failures[delivery_id] = min(failures + 1, 32)
        return 2.0**failures
