"""The letters after a market's close and after its week: evaluator is asked for alerts and prices, feed for holes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Engine, select

from actors.analyst.bars.history import Bar
from actors.analyst.config import AnalystConfig
from actors.analyst.day.closing import FiredAlert, LastPrice, Seen, closing_letter, week_letter
from actors.analyst.day.people import find_person, load_people
from actors.analyst.day.person import Person
from actors.analyst.store import AnalystStore
from actors.market.schedule import DayStep, main_venue
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.letters import Letters
from actors.runtime.store import open_reader
from protocol.letters import Letter
from protocol.messages import Market
from protocol.tables import evaluator

__all__ = ["Closings"]

ANSWER_S = 5.0
UNREPAIRED = "unrepaired"
RECENT = timedelta(days=30)
"""Longer than any market stays closed, so that the last close of the week before lies in it."""

Moment = Annotated[datetime, Meta(tz=True)]


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    person: int | str = ""


class _Price(Struct, frozen=True):
    price: float
    traded_at: Moment


class _Gap(Struct, frozen=True):
    start: Moment
    symbols: list[str]
    outcome: str
    unrepaired: list[str] = []


class _Gaps(Struct, frozen=True):
    """feed's answer to `gaps`."""

    gaps: list[_Gap]


class Closings:
    """Reads evaluator's database and ours; who does not answer is left out of what is told."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        store: AnalystStore,
        calendar: Calendar,
        letters: Letters,
        is_ripe: Callable[[Market], bool],
    ) -> None:
        """Take the parts of the actor; *is_ripe* says whether the bars of a market that can be had are here."""
        self._actor = actor
        self._store = store
        self._calendar = calendar
        self._letters = letters
        self._is_ripe = is_ripe

    async def write_day(self, step: DayStep) -> list[Letter]:
        """Return what everybody is told after the close."""
        market, on = step.market, step.session_date
        regular = self._calendar.regular_times(main_venue(market), on)
        alerts = self._alerts(market, on, on)
        if regular is None or alerts is None:
            return []
        seen = Seen(prices=await self._prices(), unseen=await self._unseen(regular.opens_at))
        letters = [
            closing_letter(person, market, regular, _of(person, alerts), seen)
            for person in load_people(self._actor.settings)
        ]
        return [letter for letter in letters if letter]

    async def write_week(self, step: DayStep) -> list[Letter]:
        """Return what everybody is told after the week, once the bars of its last session are here."""
        if not self._is_ripe(step.market):
            return []
        sessions = self._week_of(step.market, step.session_date)
        alerts = self._alerts(step.market, sessions[0], sessions[-1])
        if alerts is None:
            return []
        people = load_people(self._actor.settings)
        bars = self._bars_of(people, step.market, sessions[0])
        letters = [week_letter(person, step.market, sessions, _of(person, alerts), bars) for person in people]
        return [letter for letter in letters if letter]

    async def answer_week(self, arguments: dict[str, object]) -> dict[str, object]:
        """Write one person, by default the operator, what has come of the week up to now.

        Raises:
            CommandRefused: the question is not understood, there is no such person, or evaluator tells nothing yet.
        """
        try:
            asked = msgspec.convert(arguments, _Asked)
        except msgspec.ValidationError as error:
            message = f'expected arguments such as {{"person": 1}}, found {arguments}: {error}'
            raise CommandRefused(message) from None
        person = find_person(load_people(self._actor.settings), asked.person)
        prices = await self._prices()
        letters = [letter for market in Market if (letter := self._week_so_far(person, market, prices))]
        for letter in letters:
            self._letters.write(letter)
        return {"person": person.name, "weeks": [msgspec.to_builtins(letter.matter) for letter in letters]}

    def _week_so_far(self, person: Person, market: Market, prices: dict[str, LastPrice]) -> Letter | None:
        """Return the week of the session that is or was last, in which Monday before the open is still the one before.

        Raises:
            CommandRefused: nobody can read the alerts yet.
        """
        now, venue, calendar = self._actor.clock.now(), main_venue(market), self._calendar
        on = calendar.session_date_at(venue, now)
        regular = calendar.regular_times(venue, on)
        if regular is None or now < regular.opens_at:
            on = calendar.previous_session_date(venue, on)
        sessions = self._week_of(market, on)
        alerts = self._alerts(market, sessions[0], sessions[-1])
        if alerts is None:
            message = "expected evaluator's alerts, found none readable yet"
            raise CommandRefused(message)
        bars = self._bars_of([person], market, sessions[0])
        so_far = not self._is_over(market, on)
        letter = week_letter(person, market, sessions, _of(person, alerts), bars, prices=prices, so_far=so_far)
        return letter and msgspec.structs.replace(letter, id=f"{letter.id}:{self._actor.clock.now_ns()}")

    def _is_over(self, market: Market, last: date) -> bool:
        """Say whether *last*, a session date, has closed and was the last one of its week."""
        venue = main_venue(market)
        regular = self._calendar.regular_times(venue, last)
        following = self._calendar.next_session_date(venue, last)
        is_closed = regular is not None and regular.closes_at <= self._actor.clock.now()
        return is_closed and following.isocalendar()[:2] != last.isocalendar()[:2]

    def _bars_of(self, people: list[Person], market: Market, first: date) -> dict[str, list[Bar]]:
        """Return the bars of what *people* watch in *market*, from before *first* on."""
        symbols = {watch.symbol for person in people for watch in person.watches_in(market)}
        return {symbol: self._store.bars(symbol, first - RECENT) for symbol in symbols}

    def _week_of(self, market: Market, last: date) -> list[date]:
        """Return the session dates of the week that ends with *last*, the earliest first."""
        monday = last - timedelta(days=last.weekday())
        days = (monday + timedelta(days=number) for number in range(last.weekday() + 1))
        return [on for on in days if self._calendar.is_trading_day(main_venue(market), on)]

    def _alerts(self, market: Market, first: date, last: date) -> list[FiredAlert] | None:
        """Return what was alerted; None while evaluator's database is not there: nobody knows, which is not none."""
        reader = open_reader("evaluator", self._actor.settings)
        if reader is None:
            return None
        try:
            return [alert for alert in _read_alerts(reader, first, last) if alert.venue.market is market]
        finally:
            reader.dispose()

    async def _prices(self) -> dict[str, LastPrice]:
        try:
            answer = await self._actor.ports.ask("evaluator", "prices", timeout_s=ANSWER_S)
            found = msgspec.convert(answer, dict[str, _Price])
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return {}
        return {symbol: LastPrice(last.price, last.traded_at) for symbol, last in found.items()}

    async def _unseen(self, since: datetime) -> set[str]:
        """Return of which symbols feed has missed something since then that could not be made good."""
        try:
            answer = await self._actor.ports.ask("feed", "gaps", timeout_s=ANSWER_S)
            gaps = msgspec.convert(answer, _Gaps).gaps
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return set()
        lost = (gap for gap in gaps if gap.outcome == UNREPAIRED and gap.start >= since)
        return {symbol for gap in lost for symbol in gap.unrepaired or gap.symbols}


def _of(person: Person, alerts: list[FiredAlert]) -> list[FiredAlert]:
    return [alert for alert in alerts if alert.person_id == person.id]


def _read_alerts(reader: Engine, first: date, last: date) -> list[FiredAlert]:
    """Return the alerts of these session dates in evaluator's database, in their order."""
    table = evaluator.alerts
    columns = [table.c[name] for name in FiredAlert.__struct_fields__]
    wanted = select(*columns).where(table.c.session_date >= first, table.c.session_date <= last)
    with reader.connect() as connection:
        rows = connection.execute(wanted.order_by(table.c.position)).mappings()
        return [msgspec.convert({str(name): value for name, value in row.items()}, FiredAlert) for row in rows]
