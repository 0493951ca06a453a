"""When trades must flow on KRX, and when a stream is worth a connection."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actors.feed.demand.hours import Hours
from actors.kis.frames import KRX_TRADES, NXT_TRADES, US_TRADES
from actors.market.choices import REGULAR_ONLY, SessionChoice
from protocol.messages import Session, Venue
from tests.support.calendar import calendar


def at(text: str) -> datetime:
    """Return a moment by Seoul's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Seoul"))


def hours() -> Hours:
    """Return the hours with a closing auction of ten minutes, and as much time to connect."""
    return Hours(calendar(), timedelta(minutes=10), timedelta(minutes=10))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-11-28 08:59:59", False),
        ("2025-11-28 09:00:00", True),
        ("2025-11-28 15:19:59", True),
        ("2025-11-28 15:20:00", False),
        ("2025-11-28 15:35:00", False),
        ("2025-11-29 10:00:00", False),
        ("2025-12-25 10:00:00", False),
        ("2025-11-13 09:30:00", False),
        ("2025-11-13 10:00:00", True),
        ("2025-11-13 16:19:59", True),
        ("1999-11-12 10:00:00", False),
    ],
)
def test_trades_are_expected_in_the_continuous_session_alone(moment: str, *, expected: bool) -> None:
    """A false alarm costs a connect: none at night, at Christmas, before a late open, in the closing auction."""
    assert hours().trades_expected(at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-11-28 08:45:00", True),
        ("2025-11-28 12:00:00", True),
        ("2025-11-28 16:30:00", True),
        ("2025-11-28 23:00:00", False),
        ("2025-11-30 12:00:00", False),
        ("1999-11-12 10:00:00", False),
    ],
)
def test_the_market_is_open_in_every_session_of_its_day(moment: str, *, expected: bool) -> None:
    """Without a connection the feed is degraded then, and only then."""
    assert hours().is_open(at(moment)) is expected


@pytest.mark.parametrize(
    ("tr_id", "moment", "needed"),
    [
        (KRX_TRADES, "2025-11-28 08:49:59", False),
        (KRX_TRADES, "2025-11-28 08:50:00", True),
        (KRX_TRADES, "2025-11-28 15:32:59", True),
        (KRX_TRADES, "2025-11-28 15:33:00", False),
        (KRX_TRADES, "2025-11-29 10:00:00", False),
        (US_TRADES, "2025-11-28 23:19:59", False),
        (US_TRADES, "2025-11-28 23:20:00", True),
        (US_TRADES, "2025-11-29 02:59:59", True),
        (US_TRADES, "2025-11-29 03:00:00", False),
        (NXT_TRADES, "2025-11-28 10:00:00", False),
        (KRX_TRADES, "1999-11-12 10:00:00", True),
    ],
)
def test_a_stream_is_worth_a_connection_from_shortly_before_its_session_to_its_end(
    tr_id: str, moment: str, *, needed: bool
) -> None:
    """A connection held overnight serves nobody, and KIS cuts it; on that Friday New York has a half day."""
    assert hours().is_needed(tr_id, REGULAR_ONLY, at(moment)) is needed


@pytest.mark.parametrize(
    ("venue", "moment", "session"),
    [
        (Venue.KRX, "2025-11-28 08:59:59", None),
        (Venue.KRX, "2025-11-28 09:00:00", Session.REGULAR),
        (Venue.KRX, "2025-11-28 15:20:00", None),
        (Venue.KRX, "2025-11-28 15:30:00", None),
        (Venue.KRX, "2026-09-14 15:50:00", None),
        (Venue.NXT, "2025-11-28 08:30:00", None),
        (Venue.NXT, "2025-11-28 08:55:00", None),
        (Venue.NXT, "2025-11-28 15:19:00", Session.REGULAR),
    ],
)
def test_a_stream_is_judged_by_its_silence_only_while_its_venue_trades_continuously(
    venue: Venue, moment: str, session: Session | None
) -> None:
    """A volume that moves without a print would make every stream a deaf one."""
    place = hours().continuous(venue, at(moment))

    assert (place.session if place else None) is session


@pytest.mark.parametrize(
    ("choice", "tr_id", "moment"),
    [
        (SessionChoice.KRX_AFTER, KRX_TRADES, "2026-09-14 19:59:59"),
        (SessionChoice.NXT, NXT_TRADES, "2025-11-28 07:50:00"),
        (SessionChoice.US_PRE, US_TRADES, "2025-11-28 18:00:00"),
    ],
)
def test_the_sessions_that_somebody_has_chosen_count(choice: SessionChoice, tr_id: str, moment: str) -> None:
    """One person of the family wants to hear of the evening."""
    assert hours().is_needed(tr_id, {choice}, at(moment))
    assert not hours().is_needed(tr_id, REGULAR_ONLY, at(moment))
