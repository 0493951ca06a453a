"""What us_poller reads of telegram's database: who watches what, and in which sessions."""

from sqlalchemy import Engine, select

from actors.market.choices import SessionChoice, parse_choices
from actors.us_poller.core import Watched
from protocol.messages import Venue
from protocol.tables import telegram

__all__ = ["read_watches"]


def read_watches(reader: Engine) -> list[Watched]:
    """Return each symbol that somebody watches, once."""
    table, people = telegram.watches, telegram.people
    query = select(table.c.symbol, table.c.venue, people.c.sessions).join(people).distinct().order_by(table.c.symbol)
    with reader.connect() as connection:
        rows = connection.execute(query).all()
    choices: dict[tuple[str, str], frozenset[SessionChoice]] = {}
    for symbol, venue, sessions in rows:
        choices[symbol, venue] = choices.get((symbol, venue), frozenset()) | parse_choices(sessions)
    return [Watched(symbol, Venue(venue), chosen) for (symbol, venue), chosen in choices.items()]
