"""What can go wrong when asking about a market, one class for each thing a caller does differently."""

__all__ = ["BeyondCalendar", "MarketError", "NotEnoughHistory"]


class MarketError(Exception):
    """The base of what this package raises."""


class BeyondCalendar(MarketError):  # noqa: N818 - it names the place, as IndexError's peers do
    """A date for which no closed days are known: the caller's date is wrong, or the list must be renewed."""


class NotEnoughHistory(MarketError):  # noqa: N818 - it names the lack, as KeyError's peers do
    """Too few closes, or closes that never moved: no target can be made, and people are told why."""

    def __init__(self, message: str, *, returns: int = 0, never_moved: bool = False) -> None:
        """Say what was expected and found, and in figures what people are told."""
        super().__init__(message)
        self.returns = returns
        self.never_moved = never_moved
