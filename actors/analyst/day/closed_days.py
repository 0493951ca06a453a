"""The line on a day on which a market stays closed though it is none of a weekend, for who wants it."""

from actors.analyst.config import AnalystConfig
from actors.analyst.day.people import load_people
from actors.market.closed_days import load_closed_days
from actors.market.schedule import DayStep, main_venue
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from protocol.letters import Letter, MarketClosed

__all__ = ["ClosedDayLines"]


class ClosedDayLines:
    """Made of the calendar, and of what telegram's database says of people."""

    def __init__(self, actor: Actor[AnalystConfig], calendar: Calendar) -> None:
        self._actor = actor
        self._calendar = calendar

    async def write(self, step: DayStep) -> list[Letter]:
        """Return what those are told who want it and watch something there."""
        venue = main_venue(step.market)
        following = self._calendar.next_session_date(venue, step.session_date)
        regular = self._calendar.regular_times(venue, following)
        people = [person for person in load_people(self._actor.settings) if person.wants_closed_days]
        if regular is None or not people:
            return []
        names = load_closed_days(self._actor.settings.data_dir).names_of(step.market, step.session_date)
        matter = MarketClosed(
            market=step.market, closed_on=step.session_date, names=names, next_opens_at=regular.opens_at
        )
        return [
            Letter(
                id=f"analyst:closed:{step.market.value}:{step.session_date}:{person.id}",
                person_id=person.id,
                matter=matter,
            )
            for person in people
            if person.watches_in(step.market)
        ]
