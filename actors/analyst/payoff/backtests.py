"""Back tests on demand: the bars fetched where too few are stored, the play in a process of its own.

A fetch of five years takes seconds, so a question is answered within two of them either way: with the result, or with
what is being done. Whoever asks again joins the work that is under way; a result that is known is answered at once.
Who is not at a shell gets the result in a letter, when it is there.
"""

import asyncio
from collections import OrderedDict
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from actors.analyst.bars.history import Bar, HistorySource, Instrument
from actors.analyst.config import AnalystConfig
from actors.analyst.core import first_bar_date
from actors.analyst.instruments.directory import Directory
from actors.analyst.payoff.verdict import verdict_text
from actors.analyst.store import AnalystStore
from actors.analyst.worker import BackTestOrder
from actors.market import backtest, prices
from actors.market.sessions import Calendar
from actors.market.sigma import first_day_of_look_back
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.letters import Letters
from actors.runtime.worker import Worker
from actors.words.catalogue import LANGUAGES, words_in
from protocol.letters import BackTested, Letter, PersonNumber
from protocol.messages import Venue
from protocol.moments import to_ns

__all__ = ["YEARS", "BackTests"]

MODULE = "actors.analyst.worker"
YEARS = 5.0
ANSWER_S = 2.0
KEPT_RESULTS = 4
HOLIDAYS = timedelta(days=14)
"""Longer than any market stays closed."""
FUNDS = frozenset({"etf", "etn"})
PERCENT = 100.0


class _Question(Struct, frozen=True):
    symbol: str
    years: float
    until: date


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    person: PersonNumber
    symbol: str


class _Job(Struct):
    """A back test under way, and what is being done."""

    task: "asyncio.Task[dict[str, object]]"
    step: str = ""


class BackTests:
    """The back tests that somebody asked for."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        store: AnalystStore,
        directory: Directory,
        source: HistorySource,
        calendar: Calendar,
        *,
        letters: Letters,
    ) -> None:
        self._actor = actor
        self._store = store
        self._directory = directory
        self._source = source
        self._calendar = calendar
        self._letters = letters
        self._worker = Worker(MODULE, backtest.BackTest, actor.config.worker_idle_s)
        self._jobs: OrderedDict[_Question, _Job] = OrderedDict()
        self._promised: dict[tuple[int, _Question], asyncio.Task[None]] = {}
        """The letters that wait for a result, by who gets them."""

    async def answer(self, symbol: str, years: float) -> dict[str, object]:
        """Return the result, or `unfinished`: what is being done.

        Raises:
            CommandRefused: there is no such symbol, or too little history.
            TemporaryFailure: the source did not do its part.
        """
        instrument = await self._directory.find(symbol)
        question = self._question(instrument, years)
        job = self._jobs.get(question) or self._begin(question, instrument)
        await asyncio.wait([job.task], timeout=ANSWER_S)
        return {"unfinished": job.step} if not job.task.done() else self._result(question, job)

    async def answer_letter(self, arguments: dict[str, object]) -> dict[str, object]:
        """Promise a person a letter with the verdict; `unfinished` says what is done first, empty if it is written.

        Raises:
            CommandRefused: the question is not understood, or there is no such symbol.
            TemporaryFailure: the source could not be asked for it.
        """
        try:
            asked = msgspec.convert(arguments, _Asked)
        except msgspec.ValidationError as error:
            message = f'expected arguments such as {{"person": 1, "symbol": "005930"}}, found {arguments}: {error}'
            raise CommandRefused(message) from None
        instrument = await self._directory.find(asked.symbol)
        question = self._question(instrument, YEARS)
        job = self._jobs.get(question) or self._begin(question, instrument)
        promise = asked.person, question
        task = self._promised.get(promise)
        if task is None:
            task = self._promised[promise] = asyncio.create_task(self._write(asked.person, instrument, question, job))
            task.add_done_callback(lambda _: self._promised.pop(promise))
        await asyncio.wait([task], timeout=ANSWER_S)
        return {"symbol": instrument.symbol, "unfinished": "" if task.done() else job.step or "waiting"}

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = [*(job.task for job in self._jobs.values()), *self._promised.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._worker.close()

    async def _write(self, person_id: int, instrument: Instrument, question: _Question, job: _Job) -> None:
        """Write the letter when the result is there, or when there will be none."""
        asked_at = self._actor.clock.now()
        await asyncio.wait([job.task])
        texts: dict[str, str] = {}
        try:
            texts = msgspec.convert(self._result(question, job)["texts"], dict[str, str])
        except (CommandRefused, TemporaryFailure) as lack:
            self._actor.log.warning("back_test_failed", symbol=question.symbol, reason=str(lack))
        matter = BackTested(
            symbol=instrument.symbol, name=instrument.name, venue=instrument.venue, texts=texts, asked_at=asked_at
        )
        letter_id = f"analyst:back_test:{instrument.symbol}:{person_id}:{to_ns(asked_at)}"
        self._letters.write(Letter(id=letter_id, person_id=person_id, matter=matter))

    def _question(self, instrument: Instrument, years: float) -> _Question:
        return _Question(instrument.symbol, years, self._last_session(instrument.venue))

    def _result(self, question: _Question, job: _Job) -> dict[str, object]:
        """Return what came of a job that is over, or raise what ended it."""
        if job.task.cancelled() or job.task.exception():
            # Whoever asks again shall have another try.
            self._jobs.pop(question, None)
        return job.task.result()

    def _last_session(self, venue: Venue) -> date:
        """Return the last session of *venue* that is over."""
        return self._calendar.previous_session_date(
            venue, self._calendar.session_date_at(venue, self._actor.clock.now())
        )

    def _begin(self, question: _Question, instrument: Instrument) -> _Job:
        while len(self._jobs) >= KEPT_RESULTS and (over := self._oldest_over()):
            del self._jobs[over]
        job = self._jobs[question] = _Job(asyncio.create_task(self._work_on(question, instrument)))
        return job

    def _oldest_over(self) -> _Question | None:
        return next((question for question, job in self._jobs.items() if job.task.done()), None)

    async def _work_on(self, question: _Question, instrument: Instrument) -> dict[str, object]:
        since = first_bar_date(question.until, question.years)
        bars = await self._bars(question, instrument, since)
        self._jobs[question].step = f"playing the rule over {len(bars):,} daily bars"
        terms = self._terms(instrument)
        played = [backtest.Bar(**{name: getattr(bar, name) for name in bar.__struct_fields__}) for bar in bars]
        order = BackTestOrder(bars=played, since=since, terms=terms)
        result = await self._worker.call(order, self._actor.config.worker_deadline_s)
        if not result.sessions:
            message = (
                f"expected more than {terms.rule.minimum_returns} daily bars of {question.symbol}, found {len(bars)}"
            )
            raise CommandRefused(message)
        self._actor.log.info("back_test_played", symbol=question.symbol, years=question.years, sessions=result.sessions)
        return {
            "symbol": instrument.symbol,
            "name": instrument.name,
            "venue": instrument.venue.value,
            "source": self._source.name,
            "asked_since": since.isoformat(),
            "buy_cost": terms.buy_cost,
            "sell_cost": terms.sell_cost,
            "texts": {
                language: verdict_text(instrument, result, since, words_in(language, "verdict"))
                for language in LANGUAGES
            },
            **msgspec.to_builtins(result),
        }

    async def _bars(self, question: _Question, instrument: Instrument, since: date) -> list[Bar]:
        """Return the stored bars if they reach from before *since* to the last session, else fetch all of them."""
        config = self._actor.config
        look_back_begins = first_day_of_look_back(since, config.sigma_rule.look_back_months)
        # What is fetched takes the place of what is stored, so it is never less than the targets and the chart need.
        first = min(look_back_begins - HOLIDAYS, first_bar_date(question.until, config.history_years))
        stored = self._store.bars(question.symbol, first)
        if stored and stored[0].session_date <= look_back_begins and stored[-1].session_date == question.until:
            return stored
        self._jobs[question].step = f"fetching daily bars since {first} from {self._source.name}"
        bars = await self._source.daily_bars(question.symbol, instrument.venue, first, question.until)
        self._store.keep_bars(question.symbol, bars, self._source.name)
        return bars

    def _terms(self, instrument: Instrument) -> backtest.Terms:
        config = self._actor.config
        kind = prices.Instrument.FUND if instrument.kind in FUNDS else prices.Instrument.SHARE
        is_korean = instrument.venue.is_korean
        fee = (config.korean_fee_percent if is_korean else config.us_fee_percent) / PERCENT
        is_taxed = is_korean and kind is prices.Instrument.SHARE
        return backtest.Terms(
            venue=instrument.venue,
            instrument=kind,
            rule=config.sigma_rule,
            buy_cost=fee,
            sell_cost=fee + (config.korean_sale_tax_percent / PERCENT if is_taxed else 0.0),
        )
