"""Channels that are switched off while something is for them: it waits on disk, and the operator is told.

It waits for those who still have an address there. What is for anybody else will never go: it is given up.
"""

from actors.telegram.health import Health
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore

__all__ = ["NO_ADDRESS", "SwitchedOff"]

NO_ADDRESS = "its person has no address there any more"


class SwitchedOff:
    """The channels that something waits for in vain, with who was reached by each at the last look."""

    def __init__(self, register: Register, store: DeliveryStore, health: Health) -> None:
        self._register = register
        self._store = store
        self._health = health
        self._reached: dict[str, set[int] | None] = {}

    def note(self, channel: str) -> None:
        """Note that something is for *channel*, which is switched off."""
        self._reached.setdefault(channel, None)

    def review(self) -> None:
        """Tell the operator what waits, and give up what waits for nobody any more.

        Raises:
            TemporaryFailure: that cannot be written now; the next review does it.
        """
        for channel, before in tuple(self._reached.items()):
            reached = {person.id for person in self._register.people() if channel in person.addresses}
            if reached == before:
                continue
            self._store.give_up(channel, but_of=reached, reason=NO_ADDRESS)
            if reached:
                reason = f"messages wait, because {channel} is switched off in [telegram.channels]"
                self._health.complain(channel, reason)
                self._reached[channel] = reached
            else:
                self._health.clear(channel)
                del self._reached[channel]
