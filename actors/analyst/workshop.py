"""Make the targets of one symbol: its bars fetched where they are missing, σ taken, the result stored, then told."""

from collections.abc import Collection

import msgspec

from actors.analyst.catalogue import Catalogue
from actors.analyst.config import AnalystConfig
from actors.analyst.core import Need, first_bar_date, make_targets
from actors.analyst.guide import buy_line, price_text
from actors.analyst.history import HistorySource
from actors.analyst.store import AnalystStore
from actors.market.errors import NotEnoughHistory
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Targets

__all__ = ["Workshop"]


class Workshop:
    """Where bars become targets."""

    def __init__(
        self, actor: Actor[AnalystConfig], store: AnalystStore, catalogue: Catalogue, source: HistorySource
    ) -> None:
        self._actor = actor
        self._store = store
        self._catalogue = catalogue
        self._source = source
        self._distrusted: set[str] = set()

    def distrust(self, symbol: str) -> None:
        """Have the bars of *symbol* fetched again, though they seem complete: an adjustment changes the past."""
        self._distrusted.add(symbol)

    async def make(self, need: Need, name: str) -> Targets:
        """Return the targets that meet *need*, stored and published.

        Where today's bars cannot be had, but the exchange's base price can, the bars of before serve: σ hardly moves
        in a day. The targets are published then, too, and it fails all the same.

        Raises:
            TemporaryFailure: the source did not do its part; to be tried again.
            NotEnoughHistory: no targets can be made of what there is.
        """
        failure = await self._top_up(need)
        base_price = await self._source.base_price(need.symbol, need.venue) if need.is_settled else None
        if failure is not None and base_price is None:
            raise failure
        try:
            targets = self._compute(need, self._listed_name(need.symbol) or name, base_price)
        except NotEnoughHistory:
            if failure is not None:
                raise failure from None
            raise
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
        return make_targets(
            need,
            name=name,
            closes=self._store.closes(need.symbol),
            base_price=base_price,
            source=self._source.name,
            minimum_returns=self._actor.config.minimum_returns,
            computed_at=self._actor.clock.now(),
        )

    async def _top_up(self, need: Need) -> TemporaryFailure | None:
        """Fetch the bars up to the last session unless they are here; return why, if they cannot be had."""
        symbol = need.symbol
        if self._store.newest_bar(symbol) == need.bars_until and symbol not in self._distrusted:
            return None
        first = first_bar_date(need.bars_until, self._actor.config.history_years)
        was_distrusted = symbol in self._distrusted
        # Before the fetch: who distrusts them while it is under way means what it brings, too.
        self._distrusted.discard(symbol)
        try:
            bars = await self._source.daily_bars(symbol, need.venue, first, need.bars_until)
        except TemporaryFailure as failure:
            if was_distrusted:
                self._distrusted.add(symbol)
            return failure
        self._store.keep_bars(symbol, bars, self._source.name)
        return None

    def _log(self, targets: Targets) -> None:
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
