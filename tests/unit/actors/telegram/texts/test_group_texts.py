"""Several alerts in one message, as they are read by people and by the checker."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from actors.telegram.outbox.outbox import MOST_TOGETHER
from actors.telegram.texts.alert_texts import Reader, alert_text
from actors.telegram.texts.group_texts import Told, digest_text, group_text
from protocol.messages import CIRCUIT_BREAKER, HALTED, RESUMED, VOLATILITY_INTERRUPTION, Alert, Venue
from protocol.rules import Direction, RuleKind
from simulator.judgement.alert_text import is_alert, parse_alert, parse_alerts
from tests.support.alerts import TRADED_AT, alert, volume_alert

IN_SEOUL = Reader("ko", ZoneInfo("Asia/Seoul"))
IN_NEW_YORK = Reader("en", ZoneInfo("America/New_York"))
LONGEST_MESSAGE = 4096

GROUP = """\
📢 알림 3건이 한꺼번에 왔어요.
🔁 표시가 있는 것은 이미 받으셨을 수도 있어요.

🚨 2차 · 📊 KODEX 레버리지 (122630)
💰 70,600원 (-2.84%) · 🎯 70,606원 · 📉 2.83%
⏰ 2025-11-28 14:32:15

🔁 🚨 1차 ⚡ · 📊 삼성전자 (005930)
💰 70,600원 (-2.84%) · 🎯 70,606원 · 📉 1.42%
⏰ 2025-11-28 14:32:15

🚨 1차 · 📊 SOXL (SOXL)
💰 $41.27 (-5.33%) · 🎯 $41.30 · 📉 5.00%
⏰ 2025-11-28 00:32:15 (뉴욕) · 2025-11-28 14:32:15 (서울)
🕰 00:32:15 $41.20"""

SAMSUNG = alert(symbol="005930", name="삼성전자", level=1.0, notes=[VOLATILITY_INTERRUPTION])
SOXL = alert(
    symbol="SOXL",
    name="SOXL",
    venue=Venue.AMEX,
    level=1.0,
    price=41.2,
    price_now=41.274,
    base_price=43.6,
    sigma=0.05,
    target_price=41.3,
    late=True,
)


def told(*alerts: Alert, doubtful: bool = False) -> list[Told]:
    """Return alerts in company, none or all of them in doubt."""
    return [Told(each, doubtful) for each in alerts]


def test_a_group_has_the_deepest_fall_first_and_each_with_its_short_facts() -> None:
    """So that nothing is lost but the length."""
    company = [Told(SAMSUNG, doubtful=True), *told(SOXL, alert())]

    assert group_text(company, IN_SEOUL) == GROUP


def test_a_group_that_goes_again_begins_with_the_mark_of_a_repeat() -> None:
    """As a message of one does."""
    text = group_text(told(SAMSUNG, alert(), doubtful=True), IN_SEOUL)

    assert text.startswith("🔁 이미 받으셨을 수도 있는 알림이에요.")
    assert all(shown.is_repeat for shown in parse_alerts(text))


def test_what_is_no_point_to_buy_at_says_so_and_is_no_fall_of_the_market() -> None:
    """Somebody waits for a price of her own."""
    others = [alert(symbol=f"00000{number}", kind=RuleKind.PRICE, level=70_000.0) for number in range(5)]
    text = group_text(told(*others, alert()), IN_SEOUL)

    assert text.count("\n\n🔔 ") == len(others)
    assert "🌊" not in text
    assert [shown.kind for shown in parse_alerts(text)].count(RuleKind.PRICE) == len(others)


def test_a_fall_of_the_whole_market_is_said_in_one_line() -> None:
    """Five stocks at once are one piece of news; one stock in both its levels is not."""
    whole = [alert(symbol=f"00000{number}", level=1.0) for number in range(5)]
    twice = [alert(symbol="005930", level=level) for level in (1.0, 2.0, 3.0, 1.5, 2.5)]

    assert "🌊 국내 시장이 함께 내려가고 있어요: 5종목이 매수 가격에 닿았어요." in group_text(told(*whole), IN_SEOUL)
    assert "🌊" not in group_text(told(*twice), IN_SEOUL)
    assert "🌊 Korea: the whole market is falling, 5 stocks" in group_text(told(*whole), IN_NEW_YORK)


def test_what_holds_for_the_whole_market_is_said_in_words_and_the_rest_by_its_signs() -> None:
    """A circuit breaker is everybody's; a sign in an alert's line is what there is room for."""
    text = group_text(told(alert(notes=[CIRCUIT_BREAKER, RESUMED]), alert(notes=[HALTED])), IN_SEOUL)

    assert "🛑 서킷브레이커 발동: 시장 전체가 잠시 멈췄어요." in text
    assert "🚨 2차 🔓 · 📊 KODEX 레버리지 (122630)" in text
    assert "🚨 2차 ⛔ · 📊 KODEX 레버리지 (122630)" in text


def test_a_digest_says_the_price_then_and_the_price_now_or_that_nobody_knows_it_yet() -> None:
    """Who has slept wants to know whether it is still worth getting up for; after a restart nothing was traded yet."""
    company = told(SAMSUNG, alert())
    text = digest_text(company, IN_SEOUL, {"122630": 71_200.0})

    assert text.startswith("📬 조용히 해 드린 동안 알림 2건이 있었어요.\n\n🚨 2차")
    assert "💰 그때 70,600원 (-2.84%) → 지금 71,200원 · 🎯 70,606원" in text
    assert "💰 그때 70,600원 (-2.84%) → 지금 가격은 아직 몰라요 · 🎯 70,606원 · 📉 1.42%" in text
    assert "💰 then ₩70,600 (-2.84%) → price now not known yet · 🎯" in digest_text(company, IN_NEW_YORK, {})


def test_a_digest_is_told_in_the_order_in_which_it_happened() -> None:
    """A night is read from top to bottom, and what was found late has its place in it; of one moment the deepest."""
    minute = timedelta(minutes=1)
    earlier = alert(symbol="000660", level=1.0, traded_at=TRADED_AT - minute, decided_at=TRADED_AT + minute, late=True)
    later = alert(symbol="005930", level=3.0, traded_at=TRADED_AT + minute)
    first, second = alert(symbol="122630", level=2.0), alert(symbol="114800", level=1.0)

    text = digest_text(told(later, second, first, earlier), IN_SEOUL, {})

    assert re.findall(r"\((\d{6})\)", text) == ["000660", "122630", "114800", "005930"]


@pytest.mark.parametrize("reader", [IN_SEOUL, IN_NEW_YORK])
@pytest.mark.parametrize("doubtful", [False, True])
def test_the_checker_reads_from_a_group_what_it_reads_from_single_messages(reader: Reader, *, doubtful: bool) -> None:
    """Otherwise it would call lost what was told in company."""
    later = alert(symbol="000660", name="SK · 하이닉스", traded_at=TRADED_AT + timedelta(seconds=3), level=1.5)
    alerts = [later, alert(level=1.0), alert(), SAMSUNG, SOXL]
    text = group_text(told(*alerts, doubtful=doubtful), reader)
    shown = parse_alerts(text)

    alone = [parse_alert(alert_text(each, reader, repeat=doubtful)) for each in alerts]
    assert is_alert(text)
    assert sorted(shown, key=str) == sorted(alone, key=str)
    times = [each.traded_at_ns for each in shown]
    assert times == sorted(times)


@pytest.mark.parametrize("reader", [IN_SEOUL, IN_NEW_YORK])
@pytest.mark.parametrize("prices", [{"122630": 99_999.0}, {}])
def test_the_checker_knows_a_digest_and_takes_the_price_of_then(reader: Reader, prices: dict[str, float]) -> None:
    """The price of now is news, and no part of what was decided."""
    [shown] = parse_alerts(digest_text(told(alert()), reader, prices))

    assert (shown.price.amount, shown.price_now.amount, shown.was_held) == (70_600.0, 70_600.0, True)


def test_in_company_shares_have_their_own_sign() -> None:
    """Twenty-four million won would be another thing."""
    text = group_text(told(volume_alert(), alert()), IN_SEOUL)

    [sigma, volume] = parse_alerts(text)

    assert (volume.kind, volume.level, volume.target.amount) == (RuleKind.VOLUME, 2.0, 24_130_000)
    assert sigma.kind is RuleKind.SIGMA
    assert "🔔 평소 하루 거래량의 2배 이상 · 📊 KODEX 레버리지 (122630)\n" in text
    assert "💰 70,600원 (-2.84%) · 📶 24,130,000주\n⏰" in text


@pytest.mark.parametrize("kind", [RuleKind.SIGMA, RuleKind.PAID, RuleKind.VOLUME])
@pytest.mark.parametrize("reader", [IN_SEOUL, IN_NEW_YORK, Reader("ko", ZoneInfo("America/Argentina/ComodRivadavia"))])
def test_the_longest_company_fits_into_a_message(reader: Reader, kind: RuleKind) -> None:
    """Telegram takes 4,096 units of UTF-16; what is cut off would be lost."""
    notes = [VOLATILITY_INTERRUPTION, HALTED, CIRCUIT_BREAKER, RESUMED]
    widest = alert(
        symbol="BRK.BB",
        name="🏦" * 64,
        venue=Venue.NYSE,
        level=0.1234,
        kind=kind,
        direction=Direction.ABOVE if kind is RuleKind.VOLUME else Direction.BELOW,
        volume=987_654_321_098,
        reference=9_876_543.21,
        late=True,
        notes=notes,
        price=1_234_567.89,
        price_now=1_234_567.89,
        base_price=9_876_543.21,
        target_price=1_234_567.89,
        sigma=0.5,
    )
    company = told(*[widest] * MOST_TOGETHER, doubtful=True)
    digests = [digest_text(company, reader, prices) for prices in ({"BRK.BB": 1_234_567.89}, {})]
    texts = [group_text(company, reader), *digests]

    late_line = "\n\n" + reader.words.say("group.late-by", count=1_000_000)
    assert all(len(f"{text}{late_line}".encode("utf-16-le")) // 2 <= LONGEST_MESSAGE for text in texts)
