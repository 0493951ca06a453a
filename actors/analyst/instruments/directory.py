"""What a symbol is, and which one is meant by a name: from what is known already, or from the source of bars."""

import asyncio
import contextlib
from collections.abc import Collection

from msgspec import Struct

from actors.analyst.bars.history import HistorySource, Instrument
from actors.analyst.instruments.catalogue import Catalogue
from actors.market.names import search_key
from actors.market.naming import Candidate, Match, is_certain
from actors.market.sessions import zone_of
from actors.market.spellings import spellings_of
from actors.market.symbols import code_in, possible_venues
from actors.runtime.clock import Clock
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.store import open_reader

__all__ = ["Directory", "Found"]

LONGEST_WORDS = 100


class Found(Struct, frozen=True):
    """What may be meant by some words, the likeliest first, and whether that one surely is."""

    candidates: list[Instrument]
    is_certain: bool


class Directory:
    """Looks symbols and names up, and remembers what it found."""

    def __init__(self, settings: Settings, catalogue: Catalogue, source: HistorySource, clock: Clock) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._source = source
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def find(self, text: str) -> Instrument:
        """Return the instrument whose symbol somebody typed as *text*.

        Raises:
            CommandRefused: there is none.
            TemporaryFailure: the source could not be asked.
        """
        symbol = text.strip().upper()
        venues = possible_venues(symbol)
        if not venues:
            message = f"expected a symbol such as 005930, Q500001 or TQQQ, found {text[:20]!r}"
            raise CommandRefused(message)
        # KIS writes the class of a share behind a stroke, others behind a point.
        known = self._catalogue.instrument(symbol) or self._catalogue.instrument(symbol.replace(".", "/"))
        if known is not None:
            return known
        now = self._clock.now()
        found = await self._source.find(symbol, venues, now.astimezone(zone_of(venues[0])).date())
        if found is None:
            names = " or ".join(venue.value for venue in venues)
            example = "005930" if venues[0].is_korean else "TQQQ"
            message = f"expected a symbol of {names}, such as {example}; found {symbol}, which is not listed there"
            raise CommandRefused(message)
        self._catalogue.keep_instrument(found, now)
        return found

    async def search(self, words: str, watched: Collection[str]) -> Found:
        """Return what may be meant by *words*: a symbol, a name with its typos, initial consonants; or `code:GS`.

        Raises:
            CommandRefused: there is nothing to search for in them.
            TemporaryFailure: nobody can tell now.
        """
        if code := code_in(words[:LONGEST_WORDS]):
            return Found([await self.find(code)], is_certain=True)
        key = search_key(words[:LONGEST_WORDS])
        if not key:
            message = f"expected a name or a symbol such as 삼성전자 or 005930, found {words[:20]!r}"
            raise CommandRefused(message)
        keys = list(dict.fromkeys([key, *map(search_key, spellings_of(words[:LONGEST_WORDS]))]))
        async with self._one_at_a_time:
            candidates = await asyncio.to_thread(self._search, keys, watched)
        known = (self._catalogue.instrument(candidate.symbol) for candidate in candidates)
        found = Found([instrument for instrument in known if instrument is not None], is_certain(candidates))
        if candidates and candidates[0].match is not Match.LIKE:
            return found
        return await self._ask_for(words) or found

    def _search(self, keys: list[str], watched: Collection[str]) -> list[Candidate]:
        """Search in a thread of its own, over a connection of its own: it reads the whole table.

        What fits one of *keys* letter by letter goes before what is only like the first.
        """
        engine = open_reader("analyst", self._settings)
        if engine is None:
            return []
        try:
            catalogue = Catalogue(engine)
            fitting = (found for key in keys if (found := catalogue.fitting(key, watched)))
            return next(fitting, None) or catalogue.alike(keys[0], watched)
        finally:
            engine.dispose()

    async def _ask_for(self, words: str) -> Found | None:
        """Return what the source says of *words*; None if it knows nothing, or they have not the form of a symbol."""
        if possible_venues(words.strip().upper()):
            with contextlib.suppress(CommandRefused):
                return Found([await self.find(words)], is_certain=True)
        elif not self._catalogue.is_filled():
            message = "expected a master file to search names in, found none read yet"
            raise TemporaryFailure(message)
        return None
