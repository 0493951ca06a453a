"""Which instruments somebody may have meant, the likeliest first. Pure.

    the code or a whole name > a name's beginning > a part of it > its initial consonants > something like it

Among equals, what somebody watches comes first, then what is worth more, then the shorter name.
"""

import enum
import heapq
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct

from actors.market.names import has_bare_consonant, initials_of, search_key

__all__ = ["Candidate", "Likeness", "Match", "Searched", "best", "is_certain", "keyed", "match_of"]

LIKE_THE_BEST = 10.0
"""So much less like it than the best one, percent, is left out."""


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


Likeness = Callable[[str, Searched], float]
"""How much an instrument is like a key, percent; 0 if too little."""


def keyed(symbol: str, name: str, english_name: str = "", market_value: int = 0) -> Searched:
    """Return an instrument for searching."""
    key = search_key(name)
    return Searched(symbol, search_key(symbol), key, search_key(english_name), initials_of(key), market_value)


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


def best(
    key: str, rows: Iterable[Searched], watched: Collection[str], most: int, likeness: Likeness | None = None
) -> list[Candidate]:
    """Return the likeliest of *rows*, at most *most*.

    Args:
        key: what was typed, as `search_key` has it.
        rows: looked through once.
        watched: symbols that somebody watches.
        most: how many are wanted.
        likeness: how much a row is like what was typed, if those are wanted that do not fit letter by letter.
    """

    def ranked() -> Iterable[tuple[tuple[object, ...], Candidate]]:
        for row in rows:
            candidate = _candidate(key, row, likeness)
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


def _candidate(key: str, row: Searched, likeness: Likeness | None) -> Candidate | None:
    if likeness is not None:
        percent = likeness(key, row)
        return Candidate(row.symbol, Match.LIKE, round(percent, 1)) if percent else None
    match = match_of(key, row)
    return None if match is None else Candidate(row.symbol, match)
