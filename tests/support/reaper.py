"""Where a life of the courier ends in a campaign of kills, and what ends it."""

import random

__all__ = ["FAIL_POINTS", "Killed", "Reaper"]

FAIL_POINTS = (
    *("opening", "reading what was left", "reading the record"),
    *("after a claim", "before a commit", "within a commit", "after a commit", "after the claims were cleared"),
    *("before a request", "after a request was taken", "asking for prices", "after a request"),
    *("asking for a picture", "before a picture's request", "after a picture was taken"),
    *("before a chat is moved", "after a chat was moved"),
    *("before an update is marked", "after an update was marked"),
)
MOST_PASSES = 3
"""Below so many times a life passes the fail-point at which it dies."""
SELDOM = {
    *("opening", "reading what was left", "before a picture's request", "after a picture was taken"),
    *("before a chat is moved", "after a chat was moved"),
}
"""At these, which it may pass only once, it dies the first time."""
FULL = 0.1
"""How often the disk is full when something is to be written."""


class Killed(BaseException):
    """The process died here; nobody catches it."""


class Reaper:
    """Kills a life that passes one fail-point for the so-manieth time; without one it kills nobody."""

    def __init__(self, place: str = "", chance: random.Random | None = None) -> None:
        self._place = place
        self._left = 0 if place in SELDOM or chance is None else chance.randrange(MOST_PASSES)
        self._chance = chance
        self.has_killed = False

    @property
    def disk_is_full(self) -> bool:
        """Whether the disk takes nothing just now; without a chance it takes all."""
        return self._chance is not None and self._chance.random() < FULL

    def pass_by(self, place: str) -> None:
        """Let a fail-point be passed, or die at it."""
        if place != self._place:
            return
        self._left -= 1
        if self._left < 0:
            self.has_killed = True
            raise Killed(place)
