"""What the checker reads in alerts of every kind, as telegram writes them in each language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from actors.telegram.texts.alert_texts import Reader, alert_text
from actors.telegram.texts.group_texts import Told, group_text
from protocol.messages import Alert, Venue
from protocol.rules import Direction, RuleKind
from simulator.judgement.alert_text import ShownPrice, is_alert, parse_alert, parse_alerts
from tests.support.falling_market import SESSION

LEVELS = {
    RuleKind.SIGMA: 1.5,
    RuleKind.PRICE: 70_550.0,
    RuleKind.CHANGE: 0.075,
    RuleKind.PAID: 0.1,
    RuleKind.YEAR_HIGH: 0.1234,
    RuleKind.HIGH_SINCE: 0.05,
}


def alert(kind: RuleKind, direction: Direction, venue: Venue = Venue.KRX) -> Alert:
    """Return an alert of that kind at 70,600."""
    return Alert(
        id=f"1-122630-n1:1:{SESSION}:1",
        rule_id="1-122630-n1",
        rule_version=1,
        firing=1,
        person_id=1,
        symbol="122630",
        name="KODEX 레버리지",
        venue=venue,
        session_date=SESSION,
        level=LEVELS[kind],
        price=70_600.0,
        price_now=70_600.0,
        base_price=72_665.0,
        sigma=0.01417,
        target_price=70_606.0,
        traded_at=datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC),
        decided_at=datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC),
        late=False,
        kind=kind,
        direction=direction,
        reference=81_000.0,
    )


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("venue", [Venue.KRX, Venue.NASDAQ])
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("kind", list(LEVELS))
def test_what_was_waited_for_is_read_back(kind: RuleKind, direction: Direction, venue: Venue, language: str) -> None:
    """Alone and in company: of two rules of a chat the checker must know which has told."""
    told, reader = alert(kind, direction, venue), Reader(language, ZoneInfo("Asia/Seoul"))
    shown = parse_alert(alert_text(told, reader, repeat=False))
    company = group_text([Told(told, doubtful=False), Told(told, doubtful=True)], reader)

    assert is_alert(company)
    assert [each.is_repeat for each in parse_alerts(company)] == [False, True]
    assert parse_alerts(company)[0] == shown
    assert [each for each in LEVELS if shown.tells_of(each, direction, LEVELS[each])] == [kind]
    assert not shown.tells_of(kind, direction, LEVELS[kind] * 1.01)
    assert shown.direction is direction
    measured_from_a_price = kind in {RuleKind.PAID, RuleKind.YEAR_HIGH, RuleKind.HIGH_SINCE}
    assert shown.reference == (ShownPrice(81_000.0, venue is Venue.KRX) if measured_from_a_price else None)
    assert (shown.fall_percent is not None) is (kind is RuleKind.SIGMA and direction is Direction.BELOW)


@pytest.mark.parametrize(
    "text", ["🔔 알림을 걸었어요.\n\nKODEX 레버리지", "🔔 11월 28일 (금) 국내 장이 끝났어요\n💰 1,000원"]
)
def test_what_only_begins_like_an_alert_is_none(text: str) -> None:
    """An answer to a command, and the close of a market."""
    assert not is_alert(text)
