"""What a person wants to be spared, alert by alert, and which alerts make a sound."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from actors.market.config import MarketConfig
from actors.telegram.people.hush import Hush, Mute, day_ends_at
from actors.telegram.people.quiet import QuietHours
from protocol.messages import Market, Venue
from protocol.moments import from_ns, to_ns
from protocol.rules import RuleKind
from tests.support.alerts import alert

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
NIGHT = QuietHours(begins=time(23), ends=time(7), wakes_from=2.0)


def at(moment: str, zone: ZoneInfo = SEOUL) -> int:
    """Return a moment by the clock of *zone*, UTC epoch nanoseconds."""
    return to_ns(datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC))


def test_only_the_deep_fall_wakes_who_said_so() -> None:
    """2σ may wake me: the shallow one is read in the morning."""
    hush = Hush(quiet=NIGHT)
    night, day = at("2025-11-29T02:00"), at("2025-11-29T12:00")

    held = [level for level in (1.0, 1.5, 2.0, 2.5) if hush.holds(alert(level=level), night, SEOUL)]
    assert held == [1.0, 1.5]
    assert not hush.holds(alert(level=1.0), day, SEOUL)


def test_nothing_wakes_who_did_not_say_so() -> None:
    """Without a level that may, the night is a night."""
    hush = Hush(quiet=QuietHours(begins=time(23), ends=time(7)))

    assert hush.holds(alert(level=9.0), at("2025-11-29T02:00"), SEOUL)


def test_the_night_is_that_of_the_persons_own_zone() -> None:
    """Who moves to New York sleeps there."""
    hush = Hush(quiet=NIGHT)

    assert hush.holds(alert(level=1.0), at("2025-11-29T02:00", NEW_YORK), NEW_YORK)
    assert not hush.holds(alert(level=1.0), at("2025-11-29T02:00", NEW_YORK), SEOUL)


@pytest.mark.parametrize(
    ("mute", "held"),
    [
        ({}, ["122630", "SOXL"]),
        ({"symbol": "122630"}, ["122630"]),
        ({"market": Market.US}, ["SOXL"]),
        ({"market": Market.KRX, "symbol": "SOXL"}, []),
    ],
)
def test_a_mute_silences_what_it_is_for_as_long_as_it_lasts(mute: dict[str, object], held: list[str]) -> None:
    """Of everything, of a market, of one stock; it ends by itself."""
    hush = Hush(mutes=(Mute(since_ns=10, until_ns=20, **mute),))  # type: ignore[arg-type]  # a test names any field
    alerts = [alert(), alert(symbol="SOXL", venue=Venue.AMEX)]

    assert [each.symbol for each in alerts if hush.holds(each, 10, SEOUL)] == held
    assert not any(hush.holds(each, moment, SEOUL) for each in alerts for moment in (9, 20))


def test_a_price_that_somebody_named_counts_as_deep() -> None:
    """Who asked for that price in so many words wants to hear of it; its level is no number of σ."""
    named = alert(kind=RuleKind.PRICE, level=70_000.0), alert(kind=RuleKind.CHANGE, level=0.05)

    for each in named:
        assert not Hush(quiet=NIGHT).holds(each, at("2025-11-29T02:00"), SEOUL)
        assert Hush().rings([each])
        assert not Hush(rings_from=3.0).rings([each])


def test_a_message_rings_if_one_of_its_alerts_does() -> None:
    """1σ is read when one looks, 2σ at once, unless its person wants it otherwise."""
    shallow, deep = alert(level=1.0), alert(level=2.0)

    assert [Hush().rings(alerts) for alerts in ([shallow], [deep], [shallow, deep], [])] == [False, True, True, False]
    assert Hush(rings_from=1.0).rings([shallow])


@pytest.mark.parametrize(
    ("now", "reader", "korean", "american"),
    [
        # On a winter's noon in Seoul both markets' 28th is still to come or under way.
        ("2025-11-28T12:00", SEOUL, "2025-11-28T20:00", "2025-11-29T10:00"),
        # At night Seoul's day is over and New York's is under way.
        ("2025-11-28T23:40", SEOUL, None, "2025-11-29T10:00"),
        ("2025-11-29T03:00", SEOUL, "2025-11-29T20:00", "2025-11-29T10:00"),
        # On a morning in Seoul New York's day before is over: today's American session is the coming night's.
        ("2025-11-28T09:04", SEOUL, "2025-11-28T20:00", "2025-11-29T10:00"),
        ("2025-12-01T09:04", SEOUL, "2025-12-01T20:00", "2025-12-02T10:00"),
        ("2025-12-01T03:00", SEOUL, "2025-12-01T20:00", "2025-12-02T10:00"),
        # In New York's evening of the 27th its own day is over, and Seoul is at its next one.
        ("2025-11-28T10:30", NEW_YORK, "2025-11-28T20:00", None),
    ],
)
def test_today_ends_with_the_session_date_of_each_market(
    now: str, reader: ZoneInfo, korean: str | None, american: str | None
) -> None:
    """Saturday 03:00 in Seoul is Friday's session in New York: who says enough then means Friday."""
    ends = [day_ends_at(market, at(now), reader, MarketConfig()) for market in Market]

    assert ends == [None if end is None else at(end) for end in (korean, american)]


def test_the_day_of_a_market_follows_its_hours_as_they_were() -> None:
    """KRX traded until 18:00 before it had an after-market, but NXT until 20:00: the later counts."""
    hours = MarketConfig(nxt_hours=MarketConfig().krx_hours)
    end = day_ends_at(Market.KRX, at("2026-09-11T12:00"), SEOUL, hours)

    assert end is not None
    assert from_ns(end).astimezone(SEOUL).replace(tzinfo=None) == datetime.combine(date(2026, 9, 11), time(18))
