"""What is wrong outside, by topic, told to the operator as one state of the actor."""

from actors.runtime.actor import Actor
from actors.telegram.config import TelegramConfig

__all__ = ["Health"]


class Health:
    """Degraded while any topic has a complaint."""

    def __init__(self, actor: Actor[TelegramConfig]) -> None:
        self._actor = actor
        self._complaints: dict[str, str] = {}

    def complain(self, topic: str, reason: str) -> None:
        """Say what is wrong with *topic*, in words for the operator."""
        # The first reason stands until it is over: each repetition in between is not news.
        self._complaints.setdefault(topic, reason)
        self._tell()

    def clear(self, topic: str) -> None:
        """Say that *topic* is well again."""
        if self._complaints.pop(topic, None) is not None:
            self._tell()

    def _tell(self) -> None:
        if self._complaints:
            self._actor.degraded("; ".join(self._complaints.values()))
        else:
            self._actor.running()
