"""Decide which symbol needs targets for which session date, and make them. Pure: it is handed the moment.

A symbol needs targets for the session date of now, which after a day's last session is the coming one. They are made
once when that date begins, from the last close, and once more when its regular session is about to open, from the base
price that the exchange then has for it (on a split day these differ). Both times the bars end with the session before,
so today's unfinished bar is never part of them, and a restart at any minute gives the same targets.

What is needed is compared with what the store holds: a restart neither skips nor repeats a step.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from actors.market.errors import NotEnoughHistory
from actors.market.highs import records_of
from actors.market.obstacles import Obstacle, obstacle_in
from actors.market.sessions import Calendar
from actors.market.sigma import THE_RULE, SigmaRule, first_day_of_look_back, sample_sigma
from actors.market.volumes import last_other_share, usual_volume
from protocol.messages import HALTED, Targets, Venue

__all__ = [
    "WAS_HALTED",
    "Agenda",
    "Basis",
    "Need",
    "Watched",
    "as_listed",
    "first_bar_date",
    "is_reset",
    "make_targets",
    "missed_sessions",
]

DAYS_IN_A_YEAR = 365.25
ROUNDING = 1e-3
WAS_HALTED = "was-halted"


class Watched(Struct, frozen=True, kw_only=True):
    """A symbol that somebody watches, with the name that they know it by."""

    symbol: str
    name: str
    venue: Venue
    people: tuple[int, ...] = ()
    """Who watches it, by their numbers."""


class Need(Struct, frozen=True, kw_only=True):
    """The targets that a symbol needs now."""

    symbol: str
    venue: Venue
    session_date: date
    bars_until: date
    """The session before: the last one whose bar counts."""
    opens_at: datetime
    """When the regular session of `session_date` opens."""
    closes_at: datetime
    """When it closes."""
    is_settled: bool
    """Whether the exchange's base price is the one for `session_date` already."""

    def has_base_price(self, now: datetime) -> bool:
        """Say whether the base price that the exchange has at *now* is the one for `session_date`.

        It is in Korea until the next morning. In the US it is nowhere documented when the next day's takes its place,
        so after the close none counts.
        """
        return self.is_settled and (self.venue.is_korean or now < self.closes_at)


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
            closes_at=regular.closes_at,
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


class Basis(Struct, frozen=True, kw_only=True):
    """What targets are made of."""

    name: str
    """What people call the symbol."""
    kind: str = ""
    """`share`, `etf` or `etn`, empty where unknown."""
    marks: Collection[str] = ()
    """In words what the master file says of it today: `halted`, `ex-dividend`."""
    closes: Mapping[date, float]
    """Adjusted, by session date; those after `Need.bars_until` are ignored."""
    highs: Mapping[date, float] = {}
    """The highest price of each day, as `closes`."""
    volumes: Mapping[date, int] = {}
    """The shares of each day."""
    base_prices: Mapping[date, float] = {}
    """From which targets were made before, as they were then, by session date."""
    missed_sessions: int = 0
    """How many sessions up to `Need.bars_until` have no bar since its last."""
    base_price: float | None
    """The exchange's own for that session; None: the last close."""
    source: str
    """Where the closes come from."""


def make_targets(
    need: Need, basis: Basis, computed_at: datetime, rule: SigmaRule = THE_RULE, most_missed_sessions: int = 5
) -> Targets:
    """Return the targets that meet *need*, or what stands in their way.

    Args:
        need: for which session, and until which bar.
        basis: what they are made of.
        computed_at: now, UTC.
        rule: how σ is taken.
        most_missed_sessions: after so many without a trade there is no target.
    """
    obstacle = obstacle_in(basis.marks)
    if obstacle is None and basis.missed_sessions >= most_missed_sessions:
        obstacle = Obstacle.NO_RECENT_TRADES
    returns, value = 0, 0.0
    try:
        sigma = sample_sigma(basis.closes, need.bars_until, rule)
        returns, value = sigma.returns, sigma.value
    except NotEnoughHistory as lack:
        returns = lack.returns
        obstacle = obstacle or (Obstacle.NEVER_MOVED if lack.never_moved else Obstacle.SHORT_HISTORY)
    newest = max((on for on in basis.closes if on <= need.bars_until), default=need.bars_until)
    base_price = basis.base_price or basis.closes.get(newest, 0.0)
    other_share_on = last_other_share(basis.closes, {**basis.base_prices, need.session_date: base_price})
    return Targets(
        symbol=need.symbol,
        name=basis.name,
        venue=need.venue,
        session_date=need.session_date,
        base_price=base_price,
        sigma=0.0 if obstacle else value,
        returns=returns,
        bars_until=newest,
        source=basis.source,
        computed_at=computed_at,
        kind=basis.kind,
        obstacle=obstacle.value if obstacle else "",
        notes=_notes(basis.marks, obstacle),
        highs=records_of(basis.highs, first_day_of_look_back(need.bars_until), need.bars_until),
        usual_volume=usual_volume(basis.volumes, need.bars_until, other_share_on),
    )


def as_listed(targets: Targets, name: str, kind: str, marks: Collection[str]) -> Targets:
    """Return *targets* with what a master file says of the symbol today."""
    obstacle = obstacle_in(marks)
    return msgspec.structs.replace(
        targets,
        name=name,
        kind=kind,
        notes=_notes(marks, obstacle),
        obstacle=obstacle.value if obstacle else targets.obstacle,
        sigma=0.0 if obstacle else targets.sigma,
    )


def is_reset(close: float | None, base_price: float | None) -> bool:
    """Say whether the exchange measures from another price than the last close; not where either is unknown.

    Less than a thousandth is what rounding makes of adjusted closes.
    """
    return bool(close and base_price) and not math.isclose(close or 0.0, base_price or 0.0, rel_tol=ROUNDING)


def _notes(marks: Collection[str], obstacle: Obstacle | None) -> list[str]:
    """Return *marks* as codes without the obstacle; a halt of the morning may be over when an alert carries it."""
    codes = (WAS_HALTED if mark == HALTED else mark for mark in marks if obstacle is None or mark != obstacle.value)
    # A blank would part a note in two in the table.
    return [code.replace(" ", "-") for code in codes]


def missed_sessions(calendar: Calendar, venue: Venue, newest: date | None, until: date, most: int) -> int:
    """Return how many sessions of *venue* after *newest* there were up to *until*; *most* is as many as matter."""
    on, count = until, 0
    while newest is not None and on > newest and count < most:
        on = calendar.previous_session_date(venue, on)
        count += 1
    return count
