"""The highest price since a day, for all days at once. Pure.

What is kept of a past is its *records*: each day whose high no later day has exceeded. They fall from the oldest to the
newest, and the high since any day is the first record on it or behind it.
"""

from collections.abc import Mapping, Sequence
from datetime import date

__all__ = ["high_since", "records_of"]

Record = tuple[date, float]


def records_of(highs: Mapping[date, float], since: date, until: date) -> list[Record]:
    """Return the records of *highs* from *since* to *until*, both included, the oldest first."""
    records: list[Record] = []
    for on in sorted((on for on in highs if since <= on <= until), reverse=True):
        if not records or highs[on] > records[-1][1]:
            records.append((on, highs[on]))
    return records[::-1]


def high_since(records: Sequence[Record], on: date) -> float:
    """Return the highest price from *on* to the end of *records*, 0 where they end before it."""
    return next((high for day, high in records if day >= on), 0.0)
