"""Make the targets of one symbol: its bars fetched where they are missing, σ taken, the result stored, then told."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from actors.analyst.bars.bar_check import continues
from actors.analyst.bars.history import HistorySource
from actors.analyst.config import AnalystConfig
from actors.analyst.core import (
    WAS_HALTED,
    Basis,
    Need,
    Watched,
    as_listed,
    first_bar_date,
    is_reset,
    make_targets,
    missed_sessions,
)
from actors.analyst.guide import buy_line, obstacle_line
from actors.analyst.instruments.catalogue import Catalogue
from actors.analyst.letters import base_price_reset, no_target, trading_halted
from actors.analyst.store import AnalystStore, BarSpan
from actors.market.money import price_text
from actors.market.sessions import SEOUL, Calendar
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.runtime.letters import Letters
from protocol.messages import HALTED, MarketStatus, Targets

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
        *,
        calendar: Calendar,
        letters: Letters,
    ) -> None:
        self._actor = actor
        self._store = store
        self._catalogue = catalogue
        self._source = source
        self._calendar = calendar
        self._letters = letters
        self._distrusted: set[str] = set()
        self._read_again_for: set[tuple[str, date]] = set()
        """For which symbols and session dates the past was read again, because the base price was another one."""

    def distrust(self, symbol: str) -> None:
        """Have the bars of *symbol* fetched again, though they seem complete: an adjustment changes the past."""
        self._distrusted.add(symbol)

    async def make(self, need: Need, watched: Watched) -> Targets:
        """Return the targets that meet *need*, or why there are none; stored, published, and told where they surprise.

        Where today's bars cannot be had, but the exchange's base price can, the bars of before serve: σ hardly moves
        in a day. The targets are published then, too, and it fails all the same.

        Raises:
            TemporaryFailure: the source did not do its part; to be tried again.
        """
        close = self._store.close_on(need.symbol, need.bars_until)
        failure = await self._top_up(need)
        base_price = await self._base_price(need)
        if failure is not None and base_price is None:
            raise failure
        close = close or self._store.close_on(need.symbol, need.bars_until)
        if failure is None and is_reset(self._store.close_on(need.symbol, need.bars_until), base_price):
            failure = await self._read_again(need)
        targets = self._compute(need, watched.name, base_price)
        if failure is not None and targets.obstacle:
            raise failure
        self._tell(targets, watched)
        if is_reset(close, base_price):
            self._log_reset(targets, close or 0.0)
            for person_id in watched.people:
                self._letters.write(base_price_reset(targets, close or 0.0, person_id))
        self._actor.progressed()
        self._log(targets)
        if failure is not None:
            raise failure
        return targets

    def relist(self, watched: Mapping[str, Watched]) -> None:
        """Tell the newest targets again where a master file now says otherwise of the symbol: its name, its marks."""
        for targets in self._store.newest_targets():
            listed = self._catalogue.instrument(targets.symbol)
            if targets.symbol in watched and listed is not None and listed.kind:
                renewed = as_listed(targets, listed.name, listed.kind, listed.marks)
                if renewed != targets:
                    self._tell(renewed, watched[targets.symbol])

    def on_status(self, status: MarketStatus, watched: Mapping[str, Watched]) -> None:
        """Tell who waits for a target of a symbol that its trading is halted."""
        if HALTED not in status.notes or status.symbol not in watched:
            return
        for targets in self._store.newest_targets():
            if targets.symbol == status.symbol and not targets.obstacle:
                self._tell_of_halt(targets, watched[status.symbol])

    def _tell(self, targets: Targets, watched: Watched) -> None:
        """Store and publish *targets*; who watches is told why there are none, or that trading is halted."""
        self._store.keep_targets(targets)
        self._actor.ports.publish(targets)
        if targets.obstacle:
            for person_id in watched.people:
                self._letters.write(no_target(targets, person_id))
        elif WAS_HALTED in targets.notes:
            self._tell_of_halt(targets, watched)

    def _tell_of_halt(self, targets: Targets, watched: Watched) -> None:
        for person_id in watched.people:
            self._letters.write(trading_halted(targets, person_id))

    async def _base_price(self, need: Need) -> float | None:
        """Return the exchange's own base price for the session, None while it has none yet or nobody tells it.

        Raises:
            TemporaryFailure: the source did not answer.
        """
        if not need.has_base_price(self._actor.clock.now()):
            return None
        told = await self._source.base_price(need.symbol, need.venue)
        return told or self._listed_base_price(need)

    def _listed_base_price(self, need: Need) -> float | None:
        """Return what the master file of the session's morning says, in Korea, None where there is none."""
        if not need.venue.is_korean:
            return None
        morning = datetime.combine(need.session_date, self._actor.config.renewed_at, SEOUL)
        return self._catalogue.base_price(need.symbol, morning)

    async def _read_again(self, need: Need) -> TemporaryFailure | None:
        """Read the whole past again, once for each session: the exchange measures from another close than ours."""
        key = (need.symbol, need.session_date)
        if key in self._read_again_for:
            return None
        self._read_again_for.add(key)
        self.distrust(need.symbol)
        return await self._top_up(need)

    def _log_reset(self, targets: Targets, close: float) -> None:
        self._actor.log.warning(
            "base_price_reset",
            symbol=targets.symbol,
            session_date=targets.session_date.isoformat(),
            close=close,
            base_price=targets.base_price,
        )

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
            highs=self._store.highs(symbol),
            volumes=self._store.volumes(symbol),
            base_prices=self._store.base_prices(symbol),
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
            reason = obstacle_line(targets)
            self._actor.log.warning("targets_impossible", symbol=targets.symbol, name=targets.name, reason=reason)
            return
        self._actor.log.info(
            "targets_computed",
            symbol=targets.symbol,
            name=targets.name,
            session_date=targets.session_date.isoformat(),
            base=price_text(targets.base_price, targets.venue, "ko"),
            sigma=f"{targets.sigma:.3%}",
            first=buy_line(targets, 1),
            second=buy_line(targets, 2),
            returns=targets.returns,
            bars_until=targets.bars_until.isoformat(),
            source=targets.source,
        )
