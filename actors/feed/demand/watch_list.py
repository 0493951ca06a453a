"""What people want to be told of, as it stands in telegram's database, and what analyst knows of it.

Analyst is not waited for: without it the streams are the same, only their order and the keys of rare symbols are not.
"""

from collections.abc import Collection, Mapping
from functools import partial

from msgspec import Struct
from sqlalchemy import Engine, func, select

from actors.feed.config import FeedConfig
from actors.feed.demand.wishes import Aim, Demand, Listed, Wishes
from actors.kis.messages import Stream
from actors.market.choices import SessionChoice, parse_choices
from actors.runtime.actor import Actor
from actors.runtime.mirror import Mirror
from actors.runtime.ports import Received
from actors.runtime.store import read_store
from protocol.letters import THE_OPERATOR
from protocol.messages import Venue
from protocol.tables.analyst import instruments, targets
from protocol.tables.telegram import awaits_fall, people, rules, watches

__all__ = ["WatchList", "read_choices", "read_demands"]

LOOK_AGAIN_S = 30.0
"""How often the order is looked at anew, since prices move, and what analyst has learnt without saying so."""


class Demands(Struct, frozen=True):
    """Telegram's side of it; *owner* is whom own fills are told, None for somebody who is not known.

    *choices* are the sessions that anybody has chosen who watches something.
    """

    symbols: tuple[Demand, ...] = ()
    owner: int | None = None
    choices: frozenset[SessionChoice] = frozenset()


class WatchList:
    """The streams that are wanted, in order."""

    def __init__(self, actor: Actor[FeedConfig]) -> None:
        self._actor = actor
        self._wishes = Wishes(actor.config)
        stored_demands = partial(read_store, "telegram", actor.settings, self._read_demands)
        stored_known = partial(read_store, "analyst", actor.settings, self._read_known)
        self._telegram = Mirror("telegram", "watches", stored_demands)
        self._analyst = Mirror("analyst", "targets", stored_known)
        self._demands = Demands()
        self._known: tuple[dict[str, Listed], dict[str, Aim]] = ({}, {})
        self._streams: tuple[Stream, ...] | None = None
        self._look_at = float("-inf")
        self._troubles: tuple[str, ...] = ()

    @property
    def owner(self) -> int | None:
        """The person who is told of own fills, by number; None if it is somebody whom telegram does not know."""
        return self._demands.owner

    @property
    def choices(self) -> frozenset[SessionChoice]:
        """The sessions that anybody has chosen who watches something."""
        return self._demands.choices

    def hear(self, received: Received) -> None:
        """Take what may tell of a change: any message that arrived."""
        self._telegram.hear(received)
        self._analyst.hear(received)

    def look(self, prices: Mapping[str, float]) -> tuple[Stream, ...] | None:
        """Return the streams that are wanted, the most important first; None if nothing has changed.

        Args:
            prices: the last price of each symbol.
        """
        demands = self._telegram.look()
        self._tell_troubles()
        now = self._actor.clock.monotonic()
        if demands is None and self._analyst.is_current and now < self._look_at:
            return None
        self._look_at = now + LOOK_AGAIN_S
        if demands is not None:
            self._demands = demands
        # What is asked of analyst depends on who is watched.
        self._analyst.miss()
        self._known = self._analyst.look() or self._known
        listed, aims = self._known
        streams = self._wishes.order(self._demands.symbols, listed, aims, prices)
        if demands is None and streams == self._streams:
            return None
        self._streams = streams
        return streams

    def _tell_troubles(self) -> None:
        """Log what cannot be read now, once: what was read before goes on holding."""
        troubles = tuple(mirror.trouble for mirror in (self._telegram, self._analyst) if mirror.trouble)
        if troubles and troubles != self._troubles:
            self._actor.log.warning("watch_list_unreadable", troubles=list(troubles))
        self._troubles = troubles

    def _read_demands(self, telegram: Engine) -> Demands:
        return Demands(
            read_demands(telegram), read_owner(telegram, self._actor.config.fills_user_id), read_choices(telegram)
        )

    def _read_known(self, analyst: Engine) -> tuple[dict[str, Listed], dict[str, Aim]]:
        symbols = [demand.symbol for demand in self._demands.symbols]
        return read_listed(analyst, symbols), read_aims(analyst, symbols)


def read_demands(telegram: Engine) -> tuple[Demand, ...]:
    """Return each symbol that somebody watches, once."""
    watched = select(watches.c.symbol, watches.c.venue, people.c.sessions).join(people).order_by(watches.c.symbol)
    armed = select(rules.c.symbol, rules.c.level).where(awaits_fall).distinct()
    with telegram.connect() as connection:
        rows = connection.execute(watched).all()
        levels: dict[str, tuple[float, ...]] = {}
        for symbol, level in connection.execute(armed):
            levels[symbol] = (*levels.get(symbol, ()), level)
    venues = {row.symbol: Venue(row.venue) for row in rows}
    choices = {symbol: [row.sessions for row in rows if row.symbol == symbol] for symbol in venues}
    return tuple(
        Demand(
            symbol=symbol,
            venue=venue,
            watchers=len(choices[symbol]),
            levels=levels.get(symbol, ()),
            wants_nxt=any(SessionChoice.NXT in parse_choices(text) for text in choices[symbol]),
        )
        for symbol, venue in venues.items()
    )


def read_choices(telegram: Engine) -> frozenset[SessionChoice]:
    """Return the sessions that anybody has chosen who watches something."""
    with telegram.connect() as connection:
        texts = connection.scalars(select(people.c.sessions).join(watches).distinct()).all()
    return frozenset(choice for text in texts for choice in parse_choices(text))


def read_owner(telegram: Engine, user_id: int) -> int | None:
    """Return the number of the person with this Telegram user id, None if there is none; of 0, the operator's."""
    if user_id == 0:
        return THE_OPERATOR
    with telegram.connect() as connection:
        return connection.scalar(select(people.c.id).where(people.c.user_id == user_id))


def read_listed(analyst: Engine, symbols: Collection[str]) -> dict[str, Listed]:
    """Return what analyst knows of those of *symbols* that it knows."""
    columns = instruments.c
    query = select(columns.symbol, columns.key, columns.is_on_nxt).where(columns.symbol.in_(symbols))
    with analyst.connect() as connection:
        return {row.symbol: Listed(key=row.key, is_on_nxt=row.is_on_nxt) for row in connection.execute(query)}


def read_aims(analyst: Engine, symbols: Collection[str]) -> dict[str, Aim]:
    """Return from what the newest targets of *symbols* are made."""
    columns = targets.c
    newest = (
        select(columns.symbol, func.max(columns.session_date).label("session_date"))
        .where(columns.symbol.in_(symbols))
        .group_by(columns.symbol)
        .subquery()
    )
    query = select(targets).join(
        newest, (columns.symbol == newest.c.symbol) & (columns.session_date == newest.c.session_date)
    )
    with analyst.connect() as connection:
        return {
            row.symbol: Aim(session_date=row.session_date, base_price=row.base_price, sigma=row.sigma)
            for row in connection.execute(query)
        }
