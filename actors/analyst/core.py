"""Decide which symbol needs targets for which session date, and make them. Pure: it is handed the moment.

A symbol needs targets for the session date of now, which after a day's last session is the coming one. They are made
once when that date begins, from the last close, and once more when its regular session is about to open, from the base
price that the exchange then has for it (on a split day these differ). Both times the bars end with the session before,
so today's unfinished bar is never part of them, and a restart at any minute gives the same targets.

What is needed is compared with what the store holds: a restart neither skips nor repeats a step.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from actors.market.sessions import Calendar
from actors.market.sigma import sample_sigma
from protocol.messages import Targets, Venue

__all__ = ["Agenda", "Need", "Watched", "first_bar_date", "make_targets"]

DAYS_IN_A_YEAR = 365.25


class Watched(Struct, frozen=True, kw_only=True):
    """A symbol that somebody watches, with the name that they know it by."""

    symbol: str
    name: str
    venue: Venue


class Need(Struct, frozen=True, kw_only=True):
    """The targets that a symbol needs now."""

    symbol: str
    venue: Venue
    session_date: date
    bars_until: date
    """The session before: the last one whose bar counts."""
    opens_at: datetime
    """When the regular session of `session_date` opens."""
    is_settled: bool
    """Whether the exchange's base price is the one for `session_date` already."""


class Agenda:
    """What is watched, what is done, and when a symbol that failed may be tried again."""

    def __init__(self, calendar: Calendar, settle_before_open: timedelta) -> None:
        self._calendar = calendar
        self._settle_before_open = settle_before_open
        self._watched: dict[str, Watched] = {}
        self._done: dict[str, Need] = {}
        self._not_before: dict[str, float] = {}
        self._forgotten: set[str] = set()
        """What was forgotten since work on it began: what comes of that work does not count."""

    @property
    def watched(self) -> dict[str, Watched]:
        """What is watched, by symbol."""
        return dict(self._watched)

    def watch(self, watched: Iterable[Watched]) -> set[str]:
        """Watch exactly these from now on, and return the symbols that were not watched before."""
        before = self._watched
        self._watched = {each.symbol: each for each in watched}
        for gone in (self._done.keys() | self._not_before.keys()) - self._watched.keys():
            self.forget(gone)
        return self._watched.keys() - before.keys()

    def resume(self, targets: Targets) -> None:
        """Take *targets* from the store: what they were made for need not be made again."""
        watched = self._watched.get(targets.symbol)
        if watched is None:
            return
        need = self.need(watched, targets.computed_at)
        if targets.session_date == need.session_date and targets.bars_until == need.bars_until:
            self._done[targets.symbol] = need

    def need(self, watched: Watched, now: datetime) -> Need:
        """Return the targets that *watched* needs at *now*."""
        session_date = self._calendar.session_date_at(watched.venue, now)
        regular = self._calendar.regular_times(watched.venue, session_date)
        if regular is None:
            message = f"expected a regular session of {watched.venue.value} on {session_date}, found none"
            raise ValueError(message)
        return Need(
            symbol=watched.symbol,
            venue=watched.venue,
            session_date=session_date,
            bars_until=self._calendar.previous_session_date(watched.venue, session_date),
            opens_at=regular.opens_at,
            is_settled=now >= regular.opens_at - self._settle_before_open,
        )

    def due(self, now: datetime, monotonic: float) -> list[Need]:
        """Return what is needed at *now* and may be tried, the most urgent first.

        Args:
            now: the market's time.
            monotonic: real seconds, on which the delays after failures count.
        """
        needs = (
            self.need(watched, now)
            for symbol, watched in self._watched.items()
            if self._not_before.get(symbol, monotonic) <= monotonic
        )
        return sorted((need for need in needs if self._done.get(need.symbol) != need), key=lambda need: need.opens_at)

    def on_begun(self, need: Need) -> None:
        """Note that *need* is being worked on; what comes of it counts unless `forget` is called meanwhile."""
        self._forgotten.discard(need.symbol)

    def on_done(self, need: Need) -> None:
        """Note that *need* is met, as far as it can be."""
        if need.symbol not in self._forgotten:
            self._done[need.symbol] = need
            self._not_before.pop(need.symbol, None)

    def on_unfinished(self, need: Need, not_before: float) -> None:
        """Note that *need* is to be tried again, at monotonic second *not_before* or later."""
        if need.symbol in self._watched and need.symbol not in self._forgotten:
            self._not_before[need.symbol] = not_before

    def forget(self, symbol: str) -> None:
        """Have the targets of *symbol* made anew, even those that are being made now."""
        self._forgotten.add(symbol)
        self._done.pop(symbol, None)
        self._not_before.pop(symbol, None)


def first_bar_date(until: date, years: float) -> date:
    """Return where a history of *years* begins that ends with *until*."""
    return until - timedelta(days=years * DAYS_IN_A_YEAR)


def make_targets(
    need: Need,
    *,
    name: str,
    closes: Mapping[date, float],
    base_price: float | None,
    source: str,
    minimum_returns: int,
    computed_at: datetime,
) -> Targets:
    """Return the targets that meet *need*.

    Args:
        need: for which session, and until which bar.
        name: what people call the symbol.
        closes: adjusted, by session date; those after `need.bars_until` are ignored.
        base_price: the exchange's own for that session; None: the last close.
        source: where the closes come from.
        minimum_returns: fewer daily returns make no σ.
        computed_at: now, UTC.

    Raises:
        NotEnoughHistory: there are fewer, or a price that never moved.
    """
    sigma = sample_sigma(closes, need.bars_until, minimum_returns)
    return Targets(
        symbol=need.symbol,
        name=name,
        venue=need.venue,
        session_date=need.session_date,
        base_price=base_price or closes[sigma.bars_until],
        sigma=sigma.value,
        returns=sigma.returns,
        bars_until=sigma.bars_until,
        source=source,
        computed_at=computed_at,
    )
