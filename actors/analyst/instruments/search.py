"""How much an instrument is like what somebody typed, for what fits none letter by letter (`actors.market.naming`)."""

from rapidfuzz import fuzz

from actors.market.names import has_bare_consonant
from actors.market.naming import Searched

__all__ = ["likeness"]

LEAST_LIKENESS = 75.0
"""Percent; below it, what was typed is another word."""
SHORTEST_LIKE = 4
"""Letters (a syllable has two or three); a shorter word is like too many."""
SHORTEST_LIKE_PART = 6
"""Letters from which on it may also be like a part of a name behind its beginning, and how much less that counts."""
PART_COUNTS = 0.95


def likeness(key: str, searched: Searched) -> float:
    """Return how much *searched*, or a part of its name, is like *key*, percent; 0 if too little.

    Initial consonants are like too many names.
    """
    if len(key) < SHORTEST_LIKE or has_bare_consonant(key):
        return 0.0
    names = (searched.symbol_key, searched.name_key, searched.english_key)
    return max(_likeness(key, name) for name in names)


def _likeness(key: str, name: str) -> float:
    found = fuzz.ratio(key, name, score_cutoff=LEAST_LIKENESS)
    if len(name) <= len(key):
        return found
    found = max(found, fuzz.ratio(key, name[: len(key) + 1], score_cutoff=LEAST_LIKENESS))
    if len(key) < SHORTEST_LIKE_PART:
        return found
    return max(found, PART_COUNTS * fuzz.partial_ratio(key, name, score_cutoff=LEAST_LIKENESS / PART_COUNTS))
