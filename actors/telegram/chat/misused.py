"""That a command was not understood. Pure."""

import enum

from actors.runtime.errors import ActorError

__all__ = ["Expected", "Misused"]


class Expected(enum.StrEnum):
    """What should have been written; the words for it are `misused.expected.VALUE`."""

    STOCK = "stock"
    AMOUNT = "amount"
    PRICE = "price"
    PERCENT = "percent"
    TIMES = "times"
    REST = "rest"
    DATE = "date"
    ONE_OF_THESE = "one-of-these"
    """Of what was found, which contradicts itself."""
    LEVEL = "level"
    FEW_LEVELS = "few-levels"
    NUMBER = "number"
    MONEY = "money"
    CURRENCY = "currency"
    HOURS = "hours"
    LOUDNESS = "loudness"
    LENGTH = "length"
    ON_OR_OFF = "on-or-off"
    COUNT = "count"
    LANGUAGE = "language"
    ROLE = "role"
    ANNOUNCEMENT = "announcement"
    NOTHING = "nothing"


class Misused(ActorError):  # noqa: N818 - it states a fact
    """What stands behind a command is not what it takes; the answer is what is wrong, and its example."""

    def __init__(self, expected: Expected, *found: str) -> None:
        """Tell what was *expected*, and what was *found* there: empty where nothing was."""
        self.expected = expected
        self.found = [word for word in found if word]
        super().__init__(f"expected {expected}, found {' and '.join(map(repr, self.found)) or 'nothing'}")
