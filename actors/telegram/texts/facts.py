"""The words of what several texts tell: why there is no target, what to know of a stock, which actor or day is meant.

They come as codes, which may be newer than the words: then there is a word that fits all, or the code itself, or
nothing. Pure.
"""

import re
from collections.abc import Mapping, Sequence

from actors.market.obstacles import Obstacle
from actors.words.catalogue import Words
from protocol.messages import Market

__all__ = ["actor_name", "holiday_name", "market_name", "note_lines", "obstacle_text"]

SHORT_HISTORY = Obstacle.SHORT_HISTORY.value
NO_LETTERS = re.compile("[^a-z]+")
OBSERVED = " (observed)"
"""Behind the name of a holiday that is kept on another day, as `holidays` writes it."""


def actor_name(actor: str, words: Words) -> str:
    """Return what *actor* is called by people."""
    return words.say_if_known(f"fact.actor.{actor}") or actor


def holiday_name(names: Mapping[str, str], words: Words) -> str:
    """Return what a closed day is called that has these *names* by language; nothing where it has none."""
    english = names.get("en", "")
    code = NO_LETTERS.sub("-", english.removesuffix(OBSERVED).replace("'", "").lower()).strip("-")
    return names.get(words.language) or words.say_if_known(f"fact.holiday.{code}") or english


def market_name(market: Market, words: Words) -> str:
    """Return what *market* is called by people."""
    return words.say(f"fact.market.{market.value}")


def obstacle_text(obstacle: str, returns: int, words: Words) -> str:
    """Say why there is no target, which may be for too few *returns*."""
    if obstacle == SHORT_HISTORY and not returns:
        return words.say("fact.no-history")
    return words.say_if_known(f"fact.obstacle.{obstacle}", returns=returns) or words.say("fact.no-target")


def note_lines(notes: Sequence[str], words: Words) -> list[str]:
    """Return the sentences of *notes*, of the day or of the moment of an alert; what has no words is left out."""
    return [line for note in notes if (line := words.say_if_known(f"fact.note.{note}"))]
