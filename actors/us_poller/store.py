"""What us_poller reads of telegram's database: who watches what, and in which sessions."""

import sqlite3

from actors.market.choices import SessionChoice, parse_choices
from actors.us_poller.core import Watched
from protocol.messages import Venue

__all__ = ["read_watches"]


WATCHED = """
    SELECT DISTINCT watches.symbol, watches.venue, people.sessions
    FROM watches JOIN people ON people.id = watches.person_id
    ORDER BY watches.symbol
"""


def read_watches(telegram: sqlite3.Connection) -> list[Watched]:
    """Return each symbol that somebody watches, once."""
    choices: dict[tuple[str, str], frozenset[SessionChoice]] = {}
    for symbol, venue, sessions in telegram.execute(WATCHED):
        choices[symbol, venue] = choices.get((symbol, venue), frozenset()) | parse_choices(sessions)
    return [Watched(symbol, Venue(venue), chosen) for (symbol, venue), chosen in choices.items()]
