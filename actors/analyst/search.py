"""Which instruments somebody may have meant, the likeliest first. Pure.

    the code or a whole name > a name's beginning > a part of it > its initial consonants > something like it

Among equals, what somebody watches comes first, then what is worth more, then the shorter name.
"""

import enum
import heapq
from collections.abc import Collection, Iterable

from msgspec import Struct
from rapidfuzz import fuzz

from actors.analyst.names import has_bare_consonant, initials_of

__all__ = ["Candidate", "Match", "Searched", "best", "is_certain", "likeness", "match_of"]

LEAST_LIKENESS = 75.0
"""Percent; below it, what was typed is another word."""
LIKE_THE_BEST = 10.0
"""So much less like it than the best one, percent, is left out."""
SHORTEST_LIKE = 4
"""Letters (a syllable has two or three); a shorter word is like too many."""
SHORTEST_LIKE_PART = 6
"""Letters from which on it may also be like a part of a name behind its beginning, and how much less that counts."""
PART_COUNTS = 0.95


class Match(enum.IntEnum):
    """How an instrument fits what was typed, the best first."""

    WHOLE = 0
    BEGINNING = 1
    PART = 2
    INITIALS = 3
    SOME_INITIALS = 4
    LIKE = 5


class Searched(Struct, frozen=True, gc=False):
    """What is known of an instrument for searching; keys are made by `search_key`."""

    symbol: str
    symbol_key: str
    name_key: str
    english_key: str
    initials: str
    market_value: int


class Candidate(Struct, frozen=True, gc=False):
    """An instrument that may be meant; *likeness* is in percent, 100 unless it is only like it."""

    symbol: str
    match: Match
    likeness: float = 100.0


def match_of(key: str, searched: Searched) -> Match | None:
    """Return how *searched* fits *key* letter by letter; None if it does not."""
    names = [name for name in (searched.symbol_key, searched.name_key, searched.english_key) if name]
    if key in names:
        return Match.WHOLE
    if any(name.startswith(key) for name in names):
        return Match.BEGINNING
    if key in searched.name_key or key in searched.english_key:
        return Match.PART
    if has_bare_consonant(key):
        initials = initials_of(key)
        if initials == searched.initials:
            return Match.INITIALS
        if initials in searched.initials:
            return Match.SOME_INITIALS
    return None


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


def best(key: str, rows: Iterable[Searched], watched: Collection[str], most: int, *, like: bool) -> list[Candidate]:
    """Return the likeliest of *rows*, at most *most*.

    Args:
        key: what was typed, as `search_key` has it.
        rows: looked through once.
        watched: symbols that somebody watches.
        most: how many are wanted.
        like: whether those are wanted that do not fit letter by letter.
    """

    def ranked() -> Iterable[tuple[tuple[object, ...], Candidate]]:
        for row in rows:
            candidate = _candidate(key, row, like=like)
            if candidate is not None:
                order = (candidate.match, -candidate.likeness, row.symbol not in watched, -row.market_value)
                yield (*order, len(row.name_key), row.symbol), candidate

    found = [candidate for _, candidate in heapq.nsmallest(most, ranked(), key=lambda pair: pair[0])]
    return [candidate for candidate in found if candidate.likeness >= found[0].likeness - LIKE_THE_BEST]


def is_certain(candidates: list[Candidate]) -> bool:
    """Say whether the first of *candidates* is what was meant: alone of its kind, or alone, and more than like it."""
    if not candidates or candidates[0].match is Match.LIKE:
        return False
    matches = [candidate.match for candidate in candidates]
    return len(matches) == 1 or (matches[0] in {Match.WHOLE, Match.INITIALS} and matches.count(matches[0]) == 1)


def _candidate(key: str, row: Searched, *, like: bool) -> Candidate | None:
    if like:
        percent = likeness(key, row)
        return Candidate(row.symbol, Match.LIKE, round(percent, 1)) if percent else None
    match = match_of(key, row)
    return None if match is None else Candidate(row.symbol, match)
