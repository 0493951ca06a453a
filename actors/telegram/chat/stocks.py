"""Which stock is meant: by code, name, initial consonants or with a typo, first among what the person watches.

What surely fits is taken; of several, or of what is only like it, the person chooses (`Ambiguous`).
"""

from collections.abc import Sequence

from actors.market.names import has_bare_consonant, search_key
from actors.market.naming import Candidate, Match, Searched, best, is_certain, keyed
from actors.market.spellings import spellings_of
from actors.market.symbols import code_in
from actors.runtime.errors import Unanswered
from actors.telegram.chat.calls import Call
from actors.telegram.people.person import Watch
from actors.telegram.people.watch_list import MOST_CHOICES, Ambiguous, NotFound, NotWatched

__all__ = ["any_stock", "own_stock"]

LEAST_LIKENESS = 0.7
SHORTEST_LIKE = 4
"""Letters (a syllable has two or three); a shorter word is like too many."""
DECISIVE = frozenset({Match.WHOLE, Match.INITIALS})
"""What fits so among the person's own stocks is taken without looking at any other."""


def own_stock(call: Call, words: str, rest: str = "") -> Watch:
    """Return what *words* mean among the stocks that the person watches; *rest* of the command goes into buttons.

    Raises:
        Ambiguous: several may be meant; without words, all.
        NotWatched: none is.
    """
    watched = call.office.register.watches_of(call.person.id)
    if not words or not watched:
        raise Ambiguous(words, watched, rest)
    found, is_sure = _look(words, watched)
    if is_sure:
        return found[0]
    if found:
        raise Ambiguous(words, found, rest)
    raise NotWatched(words, call.person.name)


async def any_stock(call: Call, words: str, rest: str = "") -> Watch:
    """Return what *words* mean, among the person's own stocks or else among all that are listed.

    Raises:
        Ambiguous, NotFound: as `own_stock`.
        Unanswered: the directory cannot be asked now, and none of the person's own fits.
    """
    watched = call.office.register.watches_of(call.person.id)
    if not words:
        raise Ambiguous(words, watched, rest)
    candidates = _candidates(words, watched)
    by_symbol = {watch.symbol: watch for watch in watched}
    if candidates and candidates[0].match in DECISIVE and is_certain(candidates):
        return by_symbol[candidates[0].symbol]
    try:
        return await call.office.watch_list.meant(words)
    except Ambiguous as error:
        raise Ambiguous(words, error.choices, rest) from error
    except (NotFound, Unanswered):
        if not candidates:
            raise
        raise Ambiguous(words, [by_symbol[each.symbol] for each in candidates], rest) from None


def _look(words: str, watched: Sequence[Watch]) -> tuple[list[Watch], bool]:
    """Return those of *watched* that may be meant, and whether the first surely is."""
    by_symbol = {watch.symbol: watch for watch in watched}
    candidates = _candidates(words, watched)
    return [by_symbol[each.symbol] for each in candidates], is_certain(candidates)


def _candidates(words: str, watched: Sequence[Watch]) -> list[Candidate]:
    if code := code_in(words):
        return [Candidate(code, Match.WHOLE)] if any(watch.symbol == code for watch in watched) else []
    key = search_key(words)
    if not key:
        return []
    rows = [keyed(watch.symbol, watch.name) for watch in watched]
    keys = [key, *map(search_key, spellings_of(words))]
    fitting = (found for each in keys if (found := best(each, rows, (), MOST_CHOICES)))
    return next(fitting, None) or best(key, rows, (), MOST_CHOICES, _likeness)


def _likeness(key: str, row: Searched) -> float:
    """Return how much a stock is like *key*, percent; 0 if too little.

    Of a few dozen stocks Python's own comparison is quick enough; the library that analyst uses costs 6 MB.
    """
    # Imported only now: most words fit letter by letter.
    from difflib import SequenceMatcher  # noqa: PLC0415

    if len(key) < SHORTEST_LIKE or has_bare_consonant(key):
        return 0.0
    size = len(key) + 1
    names = {part for whole in (row.name_key, row.symbol_key) for part in (whole, whole[:size], whole[-size:])}
    likest = max(SequenceMatcher(None, key, name, autojunk=False).ratio() for name in names)
    return likest * 100 if likest >= LEAST_LIKENESS else 0.0
