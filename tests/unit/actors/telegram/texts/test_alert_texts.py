"""The alert as it is read."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from actors.telegram.texts.alert_texts import Reader, again_line, alert_caption, alert_text, clean
from protocol.messages import (
    CIRCUIT_BREAKER,
    HALTED,
    LOWER_LIMIT,
    RESUMED,
    VOLATILITY_INTERRUPTION,
    ReachedAgain,
    Venue,
)
from protocol.rules import Direction, RuleKind
from simulator.judgement.alert_text import parse_alert
from tests.support.alerts import TRADED_AT, alert, volume_alert

IN_SEOUL = Reader("ko", ZoneInfo("Asia/Seoul"))
IN_NEW_YORK = Reader("en", ZoneInfo("America/New_York"))

EXAMPLE = """\
🚨 매수 알림! 2차 매수 시점 도달

📊 KODEX 레버리지 (122630)
💰 현재가: 70,600원 (전일대비 -2.84%)
🎯 목표가: 70,606원
📉 하락률: 2.83%

⏰ 2025-11-28 14:32:15

💡 2차 매수 타이밍입니다! (2배 투자)"""

US_ALERT = alert(
    symbol="SOXL",
    name="Direxion Daily Semiconductor Bull 3X",
    venue=Venue.AMEX,
    level=1.0,
    price=1041.274,
    price_now=1041.274,
    base_price=1100.0,
    sigma=0.05,
    target_price=1045.0,
    traded_at=datetime(2025, 11, 28, 15, 32, 15, tzinfo=UTC),
)


def test_the_alert_reads_like_the_example_in_the_readme() -> None:
    """To the letter: it is what the family has learnt to look for."""
    assert alert_text(alert(), IN_SEOUL, repeat=False) == EXAMPLE


def test_what_was_reached_again_is_one_line_with_the_price_and_time_of_its_market() -> None:
    """Whoever looks at the phone meanwhile sees how it stands; nothing rings for it."""
    again = ReachedAgain(alert_id="", times=3, venue=Venue.KRX, price=70_450.0, traded_at=TRADED_AT)
    abroad = ReachedAgain(alert_id="", times=2, venue=Venue.AMEX, price=1041.274, traded_at=US_ALERT.traded_at)

    assert again_line(again, IN_SEOUL) == "↕️ 3번째 닿았어요 · 지금 70,450원 (14:32:15)"
    assert again_line(abroad, IN_SEOUL) == "↕️ 2번째 닿았어요 · 지금 $1,041.27 (10:32:15)"
    assert again_line(again, IN_NEW_YORK) == "↕️ Reached 3 times now · ₩70,450 (14:32:15)"


def test_the_readers_amount_is_told_in_whole_shares() -> None:
    """What a level costs is said beside what it buys; without an amount nothing is."""
    spending = Reader("ko", ZoneInfo("Asia/Seoul"), Decimal(1_000_000))

    text = alert_text(alert(), spending, repeat=False)

    assert text == f"{EXAMPLE}\n💵 2,000,000원이면 70,600원에 28주 살 수 있어요."
    assert parse_alert(text) == parse_alert(EXAMPLE)
    dollars = Reader("en", ZoneInfo("Asia/Seoul"), Decimal(1_500))
    assert alert_text(US_ALERT, dollars, repeat=False).endswith("\n💵 $1,500.00 buys 1 share at $1,041.27.")


def test_a_us_alert_is_in_dollars_and_in_both_times() -> None:
    """New York's morning is Seoul's night: who reads one time alone misreads by a day."""
    text = alert_text(US_ALERT, IN_SEOUL, repeat=False)

    assert "💰 현재가: $1,041.27 (전일대비 -5.34%)" in text
    assert "🎯 목표가: $1,045.00" in text
    assert "⏰ 2025-11-28 10:32:15 (뉴욕) · 2025-11-29 00:32:15 (서울)" in text
    assert "💡 1차 매수 타이밍입니다! (1배 투자)" in text


def test_a_reader_in_the_markets_zone_sees_one_time() -> None:
    """Two equal times would only raise the question which of them counts."""
    text = alert_text(US_ALERT, IN_NEW_YORK, repeat=False)

    assert "⏰ 2025-11-28 10:32:15\n" in text
    assert "buy point 1" in text
    assert "(1× the amount)" in text


def test_a_reader_in_a_third_zone_is_told_its_city() -> None:
    """A time without a place means nothing to somebody who travels."""
    text = alert_text(alert(), Reader("en", ZoneInfo("America/Argentina/Buenos_Aires")), repeat=False)

    assert "2025-11-28 14:32:15 (Seoul) · 2025-11-28 02:32:15 (Buenos Aires)" in text


def test_a_possible_repeat_says_so_first() -> None:
    """Who has bought already must not buy twice."""
    first, _, rest = alert_text(alert(), IN_SEOUL, repeat=True).split("\n", 2)

    assert first.startswith("🔁")
    assert rest == EXAMPLE


def test_a_late_alert_tells_the_price_then_and_now() -> None:
    """What was a price at 14:32 may be none at 14:50."""
    text = alert_text(alert(late=True, price=70_500.0, price_now=71_900.0), IN_SEOUL, repeat=False)

    [late] = [line for line in text.splitlines() if line.startswith("🕰")]
    assert "14:32:15" in late
    assert late.index("70,500원") < late.index("71,900원")
    assert "💰 현재가: 71,900원 (전일대비 -1.05%)" in text


def test_a_level_between_whole_sigmas_has_no_multiple() -> None:
    """Half an order is nobody's plan."""
    text = alert_text(alert(level=1.5), IN_SEOUL, repeat=False)

    assert "🚨 매수 알림! 1.5차 매수 시점 도달" in text
    assert "배 투자" not in text


def test_no_change_is_not_minus_nothing() -> None:
    """-0.00 % looks like a fault."""
    text = alert_text(alert(price=72_664.9, price_now=72_664.9), IN_SEOUL, repeat=False)

    assert "(전일대비 +0.00%)" in text


def test_without_a_base_price_no_change_is_made_up() -> None:
    """A source that does not tell the base price must not end the message."""
    assert "(전일대비 -)" in alert_text(alert(base_price=0.0), IN_SEOUL, repeat=False)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("F&F", "F&F"),
        ("S-Oil <우>", "S-Oil <우>"),
        ("a\u202eb\u2066c\u200bd\ufeffe\x07f", "abcdef"),
        ("two\nlines\u2028and\tmore", "two lines and more"),
        ("x" * 100, "x" * 64),
        ("\u200b", ""),
        ("A\u030a \u1109\u1161\u11b7", "Å 삼"),
        ("x\u030ay\u0333z\u033f", "xyz"),
        ("\u200b" * 1_000 + "x", ""),
    ],
)
def test_a_name_keeps_what_can_be_seen_and_loses_what_deceives(name: str, shown: str) -> None:
    """A name with a right-to-left override could turn a price round."""
    assert clean(name) == shown


def test_a_name_of_nothing_visible_gives_way_to_the_symbol() -> None:
    """An alert about nobody knows what cannot be acted on."""
    assert "📊 122630 (122630)" in alert_text(alert(name="\u200b"), IN_SEOUL, repeat=False)


def test_a_captions_repeat_is_marked_too() -> None:
    """A picture that comes twice is as confusing as a text."""
    plain = alert_caption(alert(), IN_SEOUL, repeat=False)

    assert plain == "📈 KODEX 레버리지 (122630) · 2차"
    assert alert_caption(alert(), IN_SEOUL, repeat=True).endswith("\n" + plain)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("note", [VOLATILITY_INTERRUPTION, HALTED, CIRCUIT_BREAKER, RESUMED, LOWER_LIMIT])
def test_what_is_the_matter_with_trading_has_a_plain_line(note: str, language: str) -> None:
    """A grandmother must know that she cannot buy now, and the checker must still read the rest."""
    reader = Reader(language, ZoneInfo("Asia/Seoul"))
    plain = alert_text(alert(), reader, repeat=False)
    noted = alert_text(alert(notes=[note, "unheard of"]), reader, repeat=False)

    added = [line for line in noted.splitlines() if line not in plain.splitlines()]
    assert len(added) == 1
    assert parse_alert(noted) == parse_alert(plain)


def test_an_interruption_is_explained_in_korean() -> None:
    """The words of the exchange mean nothing to a family."""
    text = alert_text(alert(notes=[VOLATILITY_INTERRUPTION]), Reader("ko", ZoneInfo("Asia/Seoul")), repeat=False)

    assert "⚡ VI 발동 중: 2분간 단일가로 모아서 체결돼요." in text.splitlines()


def test_an_ex_dividend_day_is_named_below_the_fall() -> None:
    """A price that fell by its dividend is no bargain."""
    text = alert_text(alert(notes=["ex-dividend"]), Reader("ko", ZoneInfo("Asia/Seoul")), repeat=False)

    assert text.splitlines()[6:8] == ["✂️ 오늘은 배당락일이에요. 배당만큼 내려 시작할 수 있어요", ""]


def test_a_price_that_somebody_waited_for_is_told_without_advice() -> None:
    """Nobody said that it is time to buy; the headline says what was waited for."""
    reached = alert(
        level=71_000.0, kind=RuleKind.PRICE, reference=71_000.0, target_price=71_000.0, price=70_950, price_now=70_950
    )

    assert alert_text(reached, IN_SEOUL, repeat=False).splitlines() == [
        "🔔 가격 알림! 71,000원 이하",
        "",
        "📊 KODEX 레버리지 (122630)",
        "💰 현재가: 70,950원 (전일대비 -2.36%)",
        "🎯 목표가: 71,000원",
        "",
        "⏰ 2025-11-28 14:32:15",
    ]
    assert alert_caption(reached, IN_SEOUL, repeat=False) == "📈 KODEX 레버리지 (122630) · 71,000원 이하"


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"level": 0.05, "kind": RuleKind.CHANGE}, "🔔 가격 알림! 전일대비 5% 이상 하락"),
        (
            {"level": 0.035, "kind": RuleKind.PAID, "direction": Direction.ABOVE},
            "🔔 가격 알림! 산 값 65,000원보다 3.5% 이상 상승",
        ),
        ({"level": 1.0, "direction": Direction.ABOVE}, "🔔 가격 알림! 기준가보다 1σ 위"),
    ],
)
def test_every_kind_says_what_was_waited_for(changes: dict[str, object], headline: str) -> None:
    """Who has several must know which one it was."""
    assert alert_text(alert(1, reference=65_000.0, **changes), IN_SEOUL, repeat=False).splitlines()[0] == headline


VOLUME = """\
🔔 거래량 알림! 평소 하루 거래량의 2배 이상

📊 KODEX 레버리지 (122630)
💰 현재가: 70,600원 (전일대비 -2.84%)
📶 오늘 거래량: 지금까지 24,130,000주 (평소 하루 12,000,000주)

⏰ 2025-11-28 14:32:15"""


def test_an_alert_of_a_days_shares_says_how_many_there_are_and_how_many_are_usual() -> None:
    """A number of shares is no price, and nothing is advised."""
    assert alert_text(volume_alert(), IN_SEOUL, repeat=False) == VOLUME
    english = alert_text(volume_alert(level=0.5), IN_NEW_YORK, repeat=False)
    assert "🔔 Volume alert! 0.5× the volume of a usual day" in english
    assert "📶 Traded today: 24,130,000 shares so far (a usual day: 12,000,000 shares)" in english
    assert alert_caption(volume_alert(), IN_SEOUL, repeat=False).endswith("· 평소 하루 거래량의 2배 이상")


@pytest.mark.parametrize("reader", [IN_SEOUL, IN_NEW_YORK])
def test_the_checker_reads_shares_back(reader: Reader) -> None:
    """In every language: how many times, how many there were, and how many are usual."""
    shown = parse_alert(alert_text(volume_alert(level=0.5), reader, repeat=True))

    assert (shown.kind, shown.direction, shown.level) == (RuleKind.VOLUME, Direction.ABOVE, 0.5)
    assert shown.reference is not None
    assert (shown.target.amount, shown.reference.amount, shown.price.amount) == (24_130_000, 12_000_000, 70_600)
    assert shown.is_repeat
