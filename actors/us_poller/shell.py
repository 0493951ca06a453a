"""Poll US prices that no stream carries: ask for whoever is due, publish the trades that the answers tell of.

The work loop only receives and looks who is due; asking is one task beside it, a symbol at a time, since the source's
calls are paced anyway. A source that is down makes this actor degraded, never dead.
"""

from datetime import timedelta
from functools import partial

from actors.fdr.client import FdrClient
from actors.kis.client import KisClient
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.runtime.mirror import Mirror
from actors.runtime.plain_reader import read_plain
from actors.runtime.ports import Received
from actors.runtime.recorder import Recorder, announce
from actors.runtime.recordings import open_recording
from actors.runtime.tasks import Errand
from actors.us_poller.config import UsPollerConfig
from actors.us_poller.core import Poller, Watched
from actors.us_poller.coverage import Coverage
from actors.us_poller.fdr_prices import FdrPrices
from actors.us_poller.kis_prices import KisPrices
from actors.us_poller.prices import PriceSource
from actors.us_poller.spare_prices import PricesWithSpare
from actors.us_poller.store import read_watches
from protocol.messages import Carried, Trades
from protocol.recording import Published

__all__ = ["run", "run_with"]


async def run(actor: Actor[UsPollerConfig]) -> None:
    """Turn US prices into trades until told to stop."""
    config = actor.config
    fdr = FdrPrices(FdrClient(config.worker_deadline_s, config.worker_idle_s))
    if config.source == "kis":
        kis = KisPrices(KisClient(actor), actor.clock)
        source = PricesWithSpare(kis, fdr, actor.clock, config.fall_back_s, config.fdr_interval_s)
        await run_with(actor, source, config.interval_s)
    else:
        await run_with(actor, fdr, config.fdr_interval_s)


async def run_with(actor: Actor[UsPollerConfig], source: PriceSource, interval_s: float) -> None:
    """Turn the prices of *source*, asked every *interval_s* seconds, into trades until told to stop."""
    shell = _Shell(actor, source, interval_s)
    try:
        await actor.ports.serve(shell.on_batch)
    finally:
        await shell.close()


class _Shell:
    """The poller, and the one task that asks for it."""

    def __init__(self, actor: Actor[UsPollerConfig], source: PriceSource, interval_s: float) -> None:
        self._actor = actor
        self._source = source
        self._almanac = Almanac(actor.settings.table("market", MarketConfig), actor.settings.data_dir)
        self._poller = Poller(self._almanac.calendar, timedelta(seconds=interval_s), source.sessions)
        self._recorder = Recorder(open_recording(actor.settings, actor.address, actor.ports.epoch))
        self._watches = Mirror("telegram", "watches", partial(read_plain, "telegram", actor.settings, read_watches))
        self._coverage = Coverage(actor.clock.monotonic())
        self._asking = Errand()
        self._failures: dict[str, str] = {}
        """Why the last question failed, by symbol."""

    def on_batch(self, batch: list[Received]) -> None:
        """Take what arrived, then see to it that whoever is due is being asked for."""
        self._almanac.look()
        now = self._actor.clock.monotonic()
        for received in batch:
            self._watches.hear(received)
            if isinstance(received.message, Carried):
                self._coverage.hear(received.message, now)
        watched = self._watches.look()
        if watched is not None:
            self._watch(watched)
        is_free = self._asking.is_over()
        carried = self._coverage.carried(now)
        if carried is not None:
            left = self._poller.carry(carried)
            if left:
                self._actor.log.info("symbols_taken_over", symbols=" ".join(sorted(left)))
        due = [] if carried is None else self._poller.due(self._actor.clock.now(), now)
        self._actor.queue = len(due)
        if due and is_free:
            self._asking.begin(self._ask(due[0]))
        if self._poller.is_idle(self._actor.clock.now()):
            self._failures.clear()
        announce(self._actor, self._recorder.look(self._actor.clock.monotonic()))
        self._tell_state()

    async def close(self) -> None:
        """Stop asking and let go of the source."""
        await self._asking.close()
        await self._source.close()
        self._recorder.close()

    def _watch(self, watched: list[Watched]) -> None:
        """Ask for these from now on."""
        self._poller.watch(watched)
        self._failures = {symbol: why for symbol, why in self._failures.items() if symbol in self._poller.symbols}

    async def _ask(self, watched: Watched) -> None:
        """Ask for one price and publish the trades that it tells of."""
        clock = self._actor.clock
        self._poller.on_asked(watched, clock.monotonic())
        session = self._poller.session(watched, clock.now())
        if session is None:
            return
        try:
            quotation = await self._source.price(watched.symbol, watched.venue, session)
        except TemporaryFailure as failure:
            if watched.symbol not in self._failures:
                self._actor.log.warning("price_missed", symbol=watched.symbol, reason=str(failure))
            self._failures[watched.symbol] = str(failure)
        else:
            self._failures.pop(watched.symbol, None)
            self._actor.progressed()
            trades = self._poller.on_price(watched, quotation, clock.now(), clock.now_ns())
            if trades:
                number = self._actor.ports.publish(Trades(trades=trades))
                self._recorder.take_published(trades[-1].received_at_ns, Published(number=number, trades=trades))
        self._actor.ports.wake()

    def _tell_state(self) -> None:
        if self._failures:
            symbol, why = next(iter(self._failures.items()))
            symbols = ", ".join(sorted(self._failures))
            self._actor.degraded(f"no price of {symbols} from {self._source.name}; {symbol}: {why}")
        elif self._watches.trouble:
            self._actor.degraded(self._watches.trouble)
        elif self._watches.is_current:
            self._actor.running()
