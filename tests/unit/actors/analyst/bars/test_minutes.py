"""Which minutes a picture of a day is made of."""

import asyncio
from datetime import UTC, datetime

import pytest

from actors.analyst.bars.minutes import FetchMinutes, answer_minutes
from actors.kis.minute_bars import MINUTE_NS, MinuteBar, MinuteBars
from actors.runtime.errors import CommandRefused, TemporaryFailure
from protocol.messages import Venue
from protocol.moments import to_ns
from tests.support.calendar import calendar

TEN, NOON, EVENING = (datetime(2025, 11, 28, hour, tzinfo=UTC) for hour in (1, 3, 9))
OPEN, CLOSE = datetime(2025, 11, 28, 0, tzinfo=UTC), datetime(2025, 11, 28, 6, 30, tzinfo=UTC)


class Source:
    """Has one bar at the end of whatever it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, datetime]] = []

    async def minutes(self, _symbol: str, _venue: Venue, first: datetime, last: datetime) -> MinuteBars:
        """Return it."""
        self.asked.append((first, last))
        begins_ns = to_ns(last) - to_ns(last) % MINUTE_NS
        return MinuteBars(100.0, [MinuteBar(begins_ns=begins_ns, open=1.0, high=4.0, low=0.5, close=2.0, volume=7)])


def ask(fetch: FetchMinutes | None, now: datetime, **arguments: object) -> dict[str, object]:
    """Return the answer to a question about 005930 on KRX at ten."""
    question = {"symbol": "005930", "venue": "KRX", "at": TEN.isoformat(), **arguments}
    return asyncio.run(answer_minutes(question, calendar(), now, fetch))


def test_the_day_is_the_regular_session_as_far_as_it_has_come() -> None:
    """The rest of the axis stays empty until the close, so that pictures of a day can be compared."""
    source = Source()

    answer = ask(source.minutes, NOON)

    assert source.asked == [(OPEN, NOON)]
    assert answer == {
        "opens_at": OPEN.isoformat(),
        "closes_at": CLOSE.isoformat(),
        "minutes": [[NOON.isoformat(), 0.5, 4.0, 2.0]],
    }


def test_behind_the_close_the_whole_session_is_asked_for_and_no_more() -> None:
    """KIS fills an hour in the future with the current price."""
    source = Source()

    ask(source.minutes, EVENING)

    assert source.asked == [(OPEN, CLOSE)]


def test_an_alert_of_the_evening_has_the_evening_in_it() -> None:
    """The moment of the alert must lie within its own picture."""
    source = Source()

    answer = ask(source.minutes, EVENING, at=datetime(2025, 11, 28, 8, tzinfo=UTC).isoformat())

    assert (answer["opens_at"], answer["closes_at"]) == (OPEN.isoformat(), EVENING.isoformat())


def test_before_the_open_nobody_is_asked() -> None:
    """There is nothing yet, and the source would answer with yesterday."""
    source = Source()

    assert ask(source.minutes, datetime(2025, 11, 27, 22, tzinfo=UTC))["minutes"] == []
    assert source.asked == []


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"at": "2025-11-29T10:00:00+09:00"}, "found 2025-11-29"),
        ({"at": "2025-11-28T10:00:00"}, "timezone"),
        ({"at": "9999-12-31T23:59:59+00:00"}, "out of range"),
        ({"at": "9999-12-31T10:00:00+09:00"}, "found 9999-12-31"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "out of range"),
        ({"at": "0001-01-01T10:00:00+09:00"}, "found 0001-01-01"),
        ({"venue": "LSE"}, "LSE"),
        ({"symbol": ""}, "length"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(arguments: dict[str, object], found: str) -> None:
    """One clear error: what was expected, what was found."""
    with pytest.raises(CommandRefused, match=found):
        ask(Source().minutes, NOON, **arguments)


def test_a_source_of_daily_bars_has_no_minutes() -> None:
    """Who has no KIS account has the year's picture alone."""
    with pytest.raises(TemporaryFailure, match="daily bars only"):
        ask(None, NOON)
