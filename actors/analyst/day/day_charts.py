"""The picture of a day that somebody asks for: analyst says which day, from what and to whom; chart draws it."""

import msgspec
from msgspec import Struct

from actors.analyst.config import AnalystConfig
from actors.analyst.core import Watched
from actors.analyst.store import AnalystStore
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused
from actors.runtime.letters import Letters
from protocol.letters import DayChart, Letter, PersonNumber
from protocol.moments import to_ns

__all__ = ["DayCharts"]


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    person: PersonNumber
    symbol: str


class DayCharts:
    """Made of the targets and bars on disk."""

    def __init__(self, actor: Actor[AnalystConfig], store: AnalystStore, calendar: Calendar, letters: Letters) -> None:
        self._actor = actor
        self._store = store
        self._calendar = calendar
        self._letters = letters

    def answer(self, arguments: dict[str, object], watched: dict[str, Watched]) -> dict[str, object]:
        """Write a person the letter with the picture of today, or while nothing trades yet of the last session.

        Raises:
            CommandRefused: the question is not understood, nobody watches the symbol, or nothing is known of that day.
        """
        try:
            asked = msgspec.convert(arguments, _Asked)
        except msgspec.ValidationError as error:
            message = f'expected arguments such as {{"person": 1, "symbol": "005930"}}, found {arguments}: {error}'
            raise CommandRefused(message) from None
        symbol = watched.get(asked.symbol)
        day = None if symbol is None else self._day_of(symbol)
        if day is None:
            message = f"expected a watched symbol whose last close is known, found {asked.symbol}"
            raise CommandRefused(message)
        letter_id = f"analyst:day_chart:{day.symbol}:{asked.person}:{to_ns(day.asked_at)}"
        self._letters.write(Letter(id=letter_id, person_id=asked.person, matter=day))
        return {"session_date": day.session_date.isoformat()}

    def _day_of(self, symbol: Watched) -> DayChart | None:
        now, venue, calendar = self._actor.clock.now(), symbol.venue, self._calendar
        on = calendar.session_date_at(venue, now)
        regular = calendar.regular_times(venue, on)
        if regular is None or now < regular.opens_at:
            on = calendar.previous_session_date(venue, on)
            regular = calendar.regular_times(venue, on)
        targets = self._store.targets_on(symbol.symbol, on)
        before = calendar.previous_session_date(venue, on)
        base_price = targets.base_price if targets else self._store.close_on(symbol.symbol, before)
        if regular is None or not base_price:
            return None
        return DayChart(
            symbol=symbol.symbol,
            name=targets.name if targets else symbol.name,
            venue=venue,
            session_date=on,
            opens_at=regular.opens_at,
            base_price=base_price,
            sigma=targets.sigma if targets else 0.0,
            asked_at=now,
        )
