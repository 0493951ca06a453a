"""Make the targets of one symbol: its bars fetched where they are missing, σ taken, the result stored, then told."""

from collections.abc import Collection
from datetime import timedelta

import msgspec

from actors.analyst.bar_check import continues
from actors.analyst.catalogue import Catalogue
from actors.analyst.config import AnalystConfig
from actors.analyst.core import Basis, Need, first_bar_date, make_targets, missed_sessions
from actors.analyst.guide import buy_line, obstacle_line, price_text
from actors.analyst.history import HistorySource
from actors.analyst.store import AnalystStore, BarSpan
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Targets

__all__ = ["Workshop"]

OVERLAP = timedelta(days=14)
"""So many days are fetched once more with the new ones, to see whether the past is still the same."""


class Workshop:
    """Where bars become targets."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        store: AnalystStore,
        catalogue: Catalogue,
        source: HistorySource,
        calendar: Calendar,
    ) -> None:
        self._actor = actor
        self._calendar = calendar
        self._store = store
        self._catalogue = catalogue
        self._source = source
        self._distrusted: set[str] = set()

    def distrust(self, symbol: str) -> None:
        """Have the bars of *symbol* fetched again, though they seem complete: an adjustment changes the past."""
        self._distrusted.add(symbol)

    async def make(self, need: Need, name: str) -> Targets:
        """Return the targets that meet *need*, or why there are none; stored and published.

        Where today's bars cannot be had, but the exchange's base price can, the bars of before serve: σ hardly moves
        in a day. The targets are published then, too, and it fails all the same.

        Raises:
            TemporaryFailure: the source did not do its part; to be tried again.
        """
        failure = await self._top_up(need)
        base_price = await self._source.base_price(need.symbol, need.venue) if need.is_settled else None
        if failure is not None and base_price is None:
            raise failure
        targets = self._compute(need, name, base_price)
        if failure is not None and targets.obstacle:
            raise failure
        self._store.keep_targets(targets)
        self._actor.ports.publish(targets)
        self._actor.progressed()
        self._log(targets)
        if failure is not None:
            raise failure
        return targets

    def rename(self, symbols: Collection[str]) -> None:
        """Store and publish the newest targets of *symbols* again where a master file now has another name for them."""
        for targets in self._store.newest_targets():
            name = self._listed_name(targets.symbol)
            if targets.symbol in symbols and name not in {"", targets.name}:
                renamed = msgspec.structs.replace(targets, name=name)
                self._store.keep_targets(renamed)
                self._actor.ports.publish(renamed)

    def _listed_name(self, symbol: str) -> str:
        """Return what a master file calls *symbol*, empty if none lists it."""
        listed = self._catalogue.instrument(symbol)
        return listed.name if listed and listed.kind else ""

    def _compute(self, need: Need, name: str, base_price: float | None) -> Targets:
        config, symbol = self._actor.config, need.symbol
        listed = self._catalogue.instrument(symbol)
        span = self._store.span(symbol)
        most = config.most_missed_sessions
        basis = Basis(
            name=self._listed_name(symbol) or name,
            kind=listed.kind if listed else "",
            marks=listed.marks if listed else (),
            closes=self._store.closes(symbol),
            missed_sessions=missed_sessions(
                self._calendar, need.venue, span.last if span else None, need.bars_until, most
            ),
            base_price=base_price,
            source=self._source.name,
        )
        return make_targets(need, basis, self._actor.clock.now(), config.sigma_rule, most)

    async def _top_up(self, need: Need) -> TemporaryFailure | None:
        """Fetch the bars up to the last session unless they are here; return why, if they cannot be had."""
        symbol = need.symbol
        span = self._store.span(symbol)
        is_trusted = symbol not in self._distrusted
        if span is not None and span.last == need.bars_until and is_trusted:
            return None
        first = first_bar_date(need.bars_until, self._actor.config.history_years)
        # Before the fetch: who distrusts them while it is under way means what it brings, too.
        self._distrusted.discard(symbol)
        try:
            reaches_back = span is not None and span.first <= first + OVERLAP and span.source == self._source.name
            if not (is_trusted and span is not None and reaches_back and await self._extend(need, span)):
                bars = await self._source.daily_bars(symbol, need.venue, first, need.bars_until)
                self._store.keep_bars(symbol, bars, self._source.name)
        except TemporaryFailure as failure:
            if not is_trusted:
                self._distrusted.add(symbol)
            return failure
        return None

    async def _extend(self, need: Need, span: BarSpan) -> bool:
        """Add the days since the last one, and say whether they fit: where they do not, the past was adjusted."""
        since = span.last - OVERLAP
        bars = await self._source.daily_bars(need.symbol, need.venue, since, need.bars_until)
        if not continues(self._store.bars(need.symbol, since), bars):
            self._actor.log.info("history_adjusted", symbol=need.symbol, until=span.last.isoformat())
            return False
        self._store.add_bars(need.symbol, bars, self._source.name)
        return True

    def _log(self, targets: Targets) -> None:
        if targets.obstacle:
            self._actor.log.warning("targets_impossible", symbol=targets.symbol, reason=obstacle_line(targets))
            return
        self._actor.log.info(
            "targets_computed",
            symbol=targets.symbol,
            name=targets.name,
            session_date=targets.session_date.isoformat(),
            base=price_text(targets.base_price, targets.venue),
            sigma=f"{targets.sigma:.3%}",
            first=buy_line(targets, 1),
            second=buy_line(targets, 2),
            returns=targets.returns,
            bars_until=targets.bars_until.isoformat(),
            source=targets.source,
        )
