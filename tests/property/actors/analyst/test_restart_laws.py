"""Whenever it is started, analyst comes to the same targets."""

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.analyst.core import Agenda, Basis, Watched, make_targets
from actors.market.sessions import zone_of
from protocol.messages import Targets, Venue
from tests.support.calendar import calendar
from tests.support.history import random_walk

WALK = random_walk(Venue.KRX, date(2023, 1, 2), date(2026, 12, 30)) | random_walk(
    Venue.NYSE, date(2023, 1, 3), date(2026, 12, 31)
)
NOBODY_ASKS = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2025, 1, 2), datetime(2026, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001


def targets_at(venue: Venue, at: datetime, chance: random.Random) -> Targets:
    """Return the targets that a start at *at* makes, of which today's bar then has a price of its own."""
    watched = Watched(symbol="X", name="X", venue=venue)
    plan = Agenda(calendar(), timedelta(minutes=40))
    plan.watch([watched])
    (need,) = plan.due(at, monotonic=0.0)
    today = at.astimezone(zone_of(venue)).date()
    known = {on: close for on, close in WALK.items() if on <= today}
    if calendar().sessions_on(venue, today) and at < calendar().sessions_on(venue, today)[-1].prints_until:
        known[today] = 1_000 * chance.uniform(50, 150)
    return make_targets(need, Basis(name="X", closes=known, base_price=None, source=""), NOBODY_ASKS)


@given(st.sampled_from([Venue.KRX, Venue.NASDAQ]), MOMENTS, st.floats(0, 1), st.randoms(use_true_random=False))
def test_a_restart_at_any_minute_of_a_session_date_gives_the_same_targets(
    venue: Venue, at: datetime, part: float, chance: random.Random
) -> None:
    """Others let their targets slide with today's unfinished bar, so that no two looks agree."""
    session_date = calendar().session_date_at(venue, at)
    end = calendar().sessions_on(venue, session_date)[-1].prints_until
    later = at + part * (end - at - timedelta(microseconds=1))

    assert targets_at(venue, at, chance) == targets_at(venue, later, chance)
