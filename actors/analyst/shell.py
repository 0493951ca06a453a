"""Keep everybody's targets right: follow the watch list, do what the agenda says is due, one symbol at a time.

The work loop only receives and looks at the agenda (once a second at least, so the market's time may run at any speed);
what takes long is one task beside it. A source that is down makes this actor degraded, never dead.
"""

from datetime import date, timedelta
from functools import partial

from actors.analyst.bars.checked_history import CheckedHistory
from actors.analyst.bars.csv_history import CsvHistory
from actors.analyst.bars.fdr_history import FdrHistory
from actors.analyst.bars.history import HistorySource, Instrument
from actors.analyst.bars.kis_history import KisHistory
from actors.analyst.bars.minutes import FetchMinutes, answer_minutes
from actors.analyst.config import AnalystConfig
from actors.analyst.core import Agenda, Need, Watched
from actors.analyst.day.closed_days import ClosedDayLines
from actors.analyst.day.closings import Closings
from actors.analyst.day.day import Day
from actors.analyst.day.day_charts import DayCharts
from actors.analyst.day.logbook import Logbook
from actors.analyst.day.open_days import OpenDays, OpenDaysSource
from actors.analyst.day.reports import Reports
from actors.analyst.day.self_tests import SelfTests
from actors.analyst.guide import bar_row, obstacle_line, targets_row
from actors.analyst.instruments.catalogue import Catalogue
from actors.analyst.instruments.directory import Directory
from actors.analyst.instruments.nxt_listings import NxtListings, NxtSource
from actors.analyst.instruments.renewal import Downloads, Renewal
from actors.analyst.letters import open_days_differ
from actors.analyst.payoff.aftermath import Aftermath
from actors.analyst.payoff.backtests import YEARS, BackTests
from actors.analyst.store import AnalystStore, read_watches
from actors.analyst.workshop import Workshop
from actors.fdr.client import FdrClient
from actors.kis.client import KisClient
from actors.kis.clock_offset import read_offset_s
from actors.kis.config import KisConfig
from actors.kis.downloads import MasterDownloads
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.market.obstacles import Obstacle
from actors.market.schedule import Schedule, Step
from actors.market.sessions import REGULAR
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.letters import Letters
from actors.runtime.mirror import Mirror
from actors.runtime.ports import Received
from actors.runtime.store import open_store, read_store
from actors.runtime.tasks import Errand
from protocol.messages import Market, MarketStatus
from protocol.tables import analyst

__all__ = ["run", "run_with"]

PENDING = "its daily bars are being fetched"
FEWEST_YEARS, MOST_YEARS = 0.1, 15.0
"""Of a back test: KIS tells sixteen years at most within our page limit, one of which σ takes."""


async def run(actor: Actor[AnalystConfig]) -> None:
    """Turn daily bars into targets until told to stop."""
    config = actor.config
    kis = actor.settings.table("kis", KisConfig)
    downloads = MasterDownloads(kis, actor.stopping.is_set) if kis.masters_url else None
    if config.source == "kis":
        client = KisClient(actor)
        await run_with(actor, KisHistory(client), downloads, client, client.minutes, nxt=client)
    elif config.source == "csv":
        await run_with(actor, CsvHistory(actor.settings.data_dir / config.csv_dir), downloads)
    else:
        await run_with(actor, FdrHistory(FdrClient(config.worker_deadline_s, config.worker_idle_s)), downloads)


async def run_with(
    actor: Actor[AnalystConfig],
    source: HistorySource,
    downloads: Downloads | None = None,
    open_days: OpenDaysSource | None = None,
    minutes: FetchMinutes | None = None,
    *,
    nxt: NxtSource | None = None,
) -> None:
    """Turn the bars of *source* into targets until told to stop.

    Args:
        actor: who we are.
        source: of bars, base prices and names.
        downloads: where the master files come from, None for none.
        open_days: who knows on which days Korea trades better than the calendar, None for nobody.
        minutes: where the minutes of a day come from, None for nowhere.
        nxt: who knows what NXT lists, None for nobody.
    """
    shell = _Shell(actor, source, downloads, open_days, minutes, nxt=nxt)
    try:
        await actor.ports.serve(shell.on_batch)
    finally:
        await shell.close()


class _Shell:
    """The agenda, and the one task that works on it."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        source: HistorySource,
        downloads: Downloads | None,
        open_days: OpenDaysSource | None,
        minutes: FetchMinutes | None,
        *,
        nxt: NxtSource | None,
    ) -> None:
        self._actor = actor
        self._minutes = minutes
        self._almanac = almanac = Almanac(actor.settings.table("market", MarketConfig), actor.settings.data_dir)
        self._open_days = OpenDays(actor, almanac, open_days, self._on_surprise)
        self._agenda = Agenda(almanac.calendar, timedelta(minutes=actor.config.settle_before_open_min))
        engine = open_store("analyst", actor.settings)
        catalogue = Catalogue(engine)
        source = self._source = CheckedHistory(source, almanac.calendar, catalogue.kind_of, actor.log)
        self._store = AnalystStore(engine)
        self._letters = Letters(actor, engine, analyst.letters)
        self._workshop = Workshop(
            actor, self._store, catalogue, source, calendar=almanac.calendar, letters=self._letters
        )
        self._directory = Directory(actor.settings, catalogue, source, actor.clock)
        self._aftermath = Aftermath(actor, self._store)
        self._back_tests = BackTests(
            actor, self._store, self._directory, source, almanac.calendar, letters=self._letters
        )
        self._nxt_listings = NxtListings(actor, catalogue, nxt)
        self._renewal = Renewal(actor, catalogue, downloads, self._on_renewed)
        self._watches = Mirror("telegram", "watches", partial(read_store, "telegram", actor.settings, read_watches))
        reports = Reports(actor, self._store, almanac.calendar, self._letters, self._is_ripe)
        closings = Closings(actor, self._store, almanac.calendar, self._letters, self._is_ripe)
        self._day = Day(
            actor,
            Schedule(almanac.calendar, actor.config.day),
            Logbook(engine, self._letters),
            {
                Step.REPORT: reports.write,
                Step.SELF_TEST: SelfTests(actor, self._store, almanac.calendar, partial(_offset_s, actor)).write,
                Step.CLOSING: closings.write_day,
                Step.WEEK: closings.write_week,
                Step.CLOSED: ClosedDayLines(actor, almanac.calendar).write,
            },
        )
        self._work = Errand()
        self._pauses: dict[str, Backoff] = {}
        self._failures: dict[str, str] = {}
        """Why the last try at a symbol failed, by symbol."""
        actor.on_command("find", self._answer_find)
        actor.on_command("targets", self._answer_targets)
        actor.on_command("bars", self._answer_bars)
        actor.on_command("recompute", self._answer_recompute)
        actor.on_command("reload", self._answer_reload)
        actor.on_command("backtest", self._answer_backtest)
        actor.on_command("verdict", self._back_tests.answer_letter)
        actor.on_command("minutes", self._answer_minutes)
        actor.on_command("report", reports.answer)
        actor.on_command("week", closings.answer_week)
        self._day_charts = DayCharts(actor, self._store, almanac.calendar, self._letters)
        actor.on_command("chart", self._answer_chart)

    def on_batch(self, batch: list[Received]) -> None:
        """Take what arrived, then see to it that what is due is being worked on."""
        for received in batch:
            self._watches.hear(received)
            if isinstance(received.message, MarketStatus):
                self._workshop.on_status(received.message, self._agenda.watched)
        watched = self._watches.look()
        if watched is not None:
            self._watch(watched)
        is_free = self._work.is_over()
        due = self._agenda.due(self._actor.clock.now(), self._actor.clock.monotonic())
        self._actor.queue = len(due)
        if due and is_free:
            self._work.begin(self._work_on(due[0]))
        self._letters.try_again()
        self._renewal.look()
        self._open_days.look()
        self._nxt_listings.look(self._agenda.watched.values())
        self._day.look()
        self._tell_state()

    async def close(self) -> None:
        """Stop working and let go of the source."""
        await self._work.close()
        await self._day.close()
        await self._open_days.close()
        await self._nxt_listings.close()
        await self._renewal.close()
        await self._back_tests.close()
        self._aftermath.close()
        await self._source.close()

    def _is_ripe(self, market: Market) -> bool:
        """Say whether the targets of *market* are made, but for what cannot be had now."""
        clock = self._actor.clock
        due = self._agenda.due(clock.now(), clock.monotonic())
        return self._watches.is_current and not any(need.venue.market is market for need in due)

    def _on_surprise(self, is_open: dict[date, bool]) -> None:
        """Tell that KIS, which wins, knows Korean days otherwise than the calendar."""
        for on, told in is_open.items():
            self._actor.log.warning("open_days_disagree", on=on.isoformat(), kis="open" if told else "closed")
        self._letters.write(open_days_differ(is_open))

    def _on_renewed(self) -> None:
        """Tell the targets of what is watched once more, where the master files say otherwise of it."""
        self._workshop.relist(self._agenda.watched)

    def _watch(self, watched: list[Watched]) -> None:
        """Watch these from now on; what is on disk for a new one is taken up where it was left."""
        new = self._agenda.watch(watched)
        for targets in self._store.newest_targets():
            if targets.symbol in new:
                self._agenda.resume(targets)

    async def _work_on(self, need: Need) -> None:
        """Meet *need*, or note when to try again."""
        symbol = need.symbol
        now = self._actor.clock.monotonic
        self._agenda.on_begun(need)
        try:
            targets = await self._workshop.make(need, self._agenda.watched[symbol])
        except TemporaryFailure as failure:
            self._on_failure(need, failure)
        else:
            self._on_success(symbol)
            # What has not traded may trade again; what has too short a past has it until the next session.
            is_final = targets.obstacle and targets.obstacle != Obstacle.NO_RECENT_TRADES.value
            if targets.bars_until == need.bars_until or is_final:
                self._agenda.on_done(need)
            else:
                self._agenda.on_unfinished(need, now() + self._actor.config.look_again_s)
        self._aftermath.write(symbol)
        self._actor.ports.wake()

    def _on_success(self, symbol: str) -> None:
        self._pauses.pop(symbol, None)
        self._failures.pop(symbol, None)

    def _on_failure(self, need: Need, failure: TemporaryFailure) -> None:
        config, symbol = self._actor.config, need.symbol
        pause = self._pauses.setdefault(symbol, Backoff(config.retry_first_s, config.retry_most_s, self._actor.random))
        wait_s = max(pause.next(), failure.retry_after_s or 0.0)
        self._agenda.on_unfinished(need, self._actor.clock.monotonic() + wait_s)
        if symbol not in self._failures:
            self._actor.log.warning("targets_delayed", symbol=symbol, reason=str(failure))
        self._failures[symbol] = str(failure)

    def _tell_state(self) -> None:
        failing = [symbol for symbol in self._failures if symbol in self._agenda.watched]
        if failing:
            symbols = ", ".join(failing)
            self._actor.degraded(f"no bars of {symbols} from {self._source.name}: {self._failures[failing[0]]}")
        elif self._watches.trouble:
            self._actor.degraded(self._watches.trouble)
        elif self._watches.is_current:
            self._actor.running()

    async def _answer_find(self, arguments: dict[str, object]) -> dict[str, object]:
        """Answer what a symbol is, or what is meant by words; or with `unreachable` alone: why nobody can tell now."""
        try:
            if "words" not in arguments:
                return _described(await self._directory.find(_text(arguments, "symbol")))
            found = await self._directory.search(_text(arguments, "words"), self._agenda.watched)
        except TemporaryFailure as failure:
            return {"unreachable": str(failure)}
        return {"candidates": [_described(each) for each in found.candidates], "certain": found.is_certain}

    async def _answer_targets(self, _arguments: dict[str, object]) -> dict[str, object]:
        """Answer the newest targets of each watched symbol, for which session they are to be, what trades, and when."""
        watched, clock = self._agenda.watched, self._actor.clock
        calendar = self._almanac.calendar
        newest = [each for each in self._store.newest_targets() if each.symbol in watched]
        missing = dict.fromkeys(watched.keys() - {each.symbol for each in newest}, PENDING)
        obstacles = {each.symbol: obstacle_line(each) for each in newest if each.obstacle}
        reasons = {**missing, **obstacles, **self._failures}
        return {
            "targets": [targets_row(each) for each in newest if not each.obstacle],
            "sessions": {
                symbol: self._agenda.need(each, clock.now()).session_date.isoformat()
                for symbol, each in watched.items()
            },
            "open": [symbol for symbol, each in watched.items() if calendar.is_open(each.venue, clock.now(), REGULAR)],
            "opens": {symbol: calendar.next_open(each.venue, clock.now()) for symbol, each in watched.items()},
            "pending": [need.symbol for need in self._agenda.due(clock.now(), clock.monotonic())],
            "reasons": {symbol: reasons[symbol] for symbol in watched if symbol in reasons},
        }

    async def _answer_bars(self, arguments: dict[str, object]) -> dict[str, object]:
        """Answer the daily bars of a symbol that are on disk, from a date on, oldest first; each is a row."""
        symbol, since = _text(arguments, "symbol"), _date(arguments, "since")
        return {"bars": [bar_row(bar) for bar in self._store.bars(symbol, since)]}

    async def _answer_backtest(self, arguments: dict[str, object]) -> dict[str, object]:
        """Answer what the rule would have brought over some years, or `unfinished`: what is being done; ask again."""
        years = arguments.get("years", YEARS)
        if not isinstance(years, int | float) or not FEWEST_YEARS <= years <= MOST_YEARS:
            message = f"expected years from {FEWEST_YEARS:g} to {MOST_YEARS:g}, found {years!r}"
            raise CommandRefused(message)
        return await self._back_tests.answer(_text(arguments, "symbol"), float(years))

    async def _answer_minutes(self, arguments: dict[str, object]) -> dict[str, object]:
        """Answer the minutes of a day of a symbol, as far as it has come."""
        return await answer_minutes(arguments, self._almanac.calendar, self._actor.clock.now(), self._minutes)

    async def _answer_chart(self, arguments: dict[str, object]) -> dict[str, object]:
        """Write a person the letter with the picture of a symbol's day."""
        return self._day_charts.answer(arguments, self._agenda.watched)

    async def _answer_recompute(self, arguments: dict[str, object]) -> dict[str, object]:
        """Have bars fetched and targets made anew, for one symbol or for all that are watched."""
        watched = list(self._agenda.watched)
        symbols = [_text(arguments, "symbol")] if "symbol" in arguments else watched
        for symbol in symbols:
            if symbol not in watched:
                message = f"expected a symbol that somebody watches ({', '.join(watched)}), found {symbol}"
                raise CommandRefused(message)
            self._workshop.distrust(symbol)
            self._agenda.forget(symbol)
        self._actor.ports.wake()
        return {"symbols": symbols}

    async def _answer_reload(self, arguments: dict[str, object]) -> dict[str, object]:
        """Have the master files read again and all targets made anew, from bars that are fetched anew."""
        if arguments:
            message = f"expected no arguments, found {arguments}"
            raise CommandRefused(message)
        return {"files": self._renewal.renew(), **await self._answer_recompute({})}


def _offset_s(actor: Actor[AnalystConfig]) -> float | None:
    """Return how far our clock is ahead of KIS's; the simulated world has a time of its own."""
    if actor.settings.shared.clock == "world":
        return None
    return read_offset_s(actor.settings.table("kis", KisConfig), actor.clock)


def _described(found: Instrument) -> dict[str, object]:
    """Return *found* in what JSON knows; what no master file has told is left out."""
    row: dict[str, object] = {"symbol": found.symbol, "name": found.name, "venue": found.venue.value}
    if found.kind:
        row |= {"english_name": found.english_name, "kind": found.kind, "key": found.key}
        row |= {"base_price": found.base_price, "marks": list(found.marks)}
    return row


def _text(arguments: dict[str, object], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        message = f'expected arguments such as {{"{name}": "005930"}}, found {arguments}'
        raise CommandRefused(message)
    return value


def _date(arguments: dict[str, object], name: str) -> date:
    try:
        return date.fromisoformat(_text(arguments, name))
    except (CommandRefused, ValueError):
        message = f'expected arguments such as {{"{name}": "2025-11-28"}}, found {arguments}'
        raise CommandRefused(message) from None
