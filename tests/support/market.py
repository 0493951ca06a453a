"""Trades, targets and rules for tests, with plain defaults: a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from actors.evaluator.rules import Rule
from protocol.messages import Session, Targets, Trade, Venue
from protocol.moments import to_ns

__all__ = ["DAY", "NINE", "rule", "targets", "trade"]

DAY = date(2025, 11, 28)
NINE = datetime(2025, 11, 28, 9, 0, tzinfo=ZoneInfo("Asia/Seoul")).astimezone(UTC)
"""The open of that day in Seoul."""


def trade(price: float, at: datetime = NINE, **changes: object) -> Trade:
    """Return a trade of 122630 at *price* (base price 100,000), with *changes* to the rest."""
    plain = Trade(
        symbol="122630",
        venue=Venue.KRX,
        session_date=DAY,
        session=Session.REGULAR,
        price=price,
        change=price - 100_000,
        volume=1,
        cumulative_volume=1,
        day_low=price,
        day_low_at_ns=to_ns(at),
        traded_at_ns=to_ns(at),
        received_at_ns=to_ns(at + timedelta(milliseconds=80)),
    )
    return msgspec.structs.replace(plain, **changes)


def targets(**changes: object) -> Targets:
    """Return targets whose σ is 1 % of 100,000: 1σ is 99,000 and 2σ is 98,000."""
    plain = Targets(
        symbol="122630",
        name="KODEX 레버리지",
        venue=Venue.KRX,
        session_date=DAY,
        base_price=100_000.0,
        sigma=0.01,
        returns=240,
        bars_until=date(2025, 11, 27),
        source="test",
        computed_at=NINE - timedelta(minutes=10),
    )
    return msgspec.structs.replace(plain, **changes)


def rule(level: float = 1.0, **changes: object) -> Rule:
    """Return the rule of person 1 for that level of 122630, armed since the day before."""
    plain = Rule(
        id=f"1-122630-{level:g}",
        version=1,
        person_id=1,
        symbol="122630",
        level=level,
        since_ns=to_ns(NINE - timedelta(days=1)),
    )
    return msgspec.structs.replace(plain, **changes)
