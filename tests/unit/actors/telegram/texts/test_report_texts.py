"""What the daily report says, in the reader's words."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from actors.telegram.texts.alert_texts import Reader
from actors.telegram.texts.report_texts import report_text
from protocol.letters import DailyReport, ReportLine
from protocol.messages import Market, Venue
from tests.support.market import DAY, NINE

KOREAN, ENGLISH = (Reader(language, ZoneInfo("Asia/Seoul")) for language in ("ko", "en"))
LEVERAGE = ReportLine(
    symbol="122630",
    name="KODEX 레버리지",
    venue=Venue.KRX,
    levels=[1.0, 2.0],
    close=72_665.0,
    closed_on=date(2025, 11, 27),
    change=0.0052,
    has_targets=True,
    base_price=72_665.0,
    sigma=0.01417,
    kind="etf",
)
TQQQ = ReportLine(
    symbol="TQQQ",
    name="ProShares <QQQ>",
    venue=Venue.NASDAQ,
    levels=[1.0, 2.5],
    close=53.94,
    closed_on=date(2025, 11, 26),
    change=-0.00001,
    has_targets=True,
    base_price=53.94,
    sigma=0.03864,
    kind="etf",
)


def report(*lines: ReportLine, market: Market = Market.KRX, page: int = 1, pages: int = 1) -> DailyReport:
    """Return a report of the example's day."""
    return DailyReport(market=market, session_date=DAY, opens_at=NINE, page=page, pages=pages, lines=list(lines))


def block(reader: Reader = KOREAN, **changes: object) -> list[str]:
    """Return the lines about the example's symbol, changed."""
    return report_text(report(msgspec.structs.replace(LEVERAGE, **changes)), reader).splitlines()[3:]


def test_a_report_says_what_it_closed_at_and_what_to_buy_at() -> None:
    """The customer's example: base 72,665 and σ 1.417 %, on the five won steps of an ETF."""
    assert report_text(report(LEVERAGE), KOREAN) == (
        "☀️ 11월 28일 (금) 국내 매수 가격\n"
        "장은 09:00에 열려요.\n"
        "\n"
        "• KODEX 레버리지 (122630)\n"
        "  11/27 종가 72,665원 (+0.52%) · σ 1.42%\n"
        "  1차 71,635원 (-1.42%) · 2차 70,605원 (-2.83%)"
    )


def test_a_report_after_the_open_does_not_announce_it() -> None:
    """Who asks at noon knows that it has opened."""
    late = msgspec.structs.replace(report(LEVERAGE), has_opened=True)

    assert report_text(late, KOREAN).splitlines()[1] == "장은 09:00에 열렸어요."
    assert report_text(late, ENGLISH).splitlines()[1] == "The market opened at 09:00."


def test_a_report_after_the_close_says_that_it_was_for_that_day() -> None:
    """In Seoul in the morning New York's day is over, and its report is still the newest."""
    over = msgspec.structs.replace(report(LEVERAGE), has_opened=True, has_closed=True)

    assert report_text(over, KOREAN).splitlines()[1] == "장이 끝났어요. 이 날의 매수 가격이었어요."
    assert report_text(over, ENGLISH).splitlines()[1] == "The market has closed; these were that day's prices."


def test_an_amount_is_told_in_whole_shares_at_each_price() -> None:
    """Twice as much is spent on the second level, as its alert will say."""
    assert block(amount=Decimal(1_000_000))[2] == "  1차 71,635원 (-1.42%) 13주 · 2차 70,605원 (-2.83%) 28주"
    assert block(ENGLISH, amount=Decimal(72_000))[2].split(" · ")[0].endswith("(-1.42%) 1 share")


def test_a_price_to_order_has_its_own_distance() -> None:
    """526,000 won beside the fall of 526,991 looks like a mistake in the sum."""
    lines = block(base_price=544_000.0, close=544_000.0, sigma=0.031267, kind="share")

    assert lines[2].strip() == "1차 526,000원 (-3.31%) · 2차 509,000원 (-6.43%)"


def test_the_us_report_has_dollars_and_both_clocks() -> None:
    """Somebody in Seoul reads when New York opens by his own clock, too."""
    assert report_text(report(TQQQ, market=Market.US, page=2, pages=3), ENGLISH) == (
        "🌙 US, Fri 28 Nov: prices to buy at 2/3\n"
        "The market opens at 19:00 (New York) · 09:00 (Seoul).\n"
        "\n"
        "• ProShares <QQQ> (TQQQ)\n"
        "  closed at $53.94 (+0.00%) on 11/26 · σ 3.86%\n"
        "  buy point 1 $51.85 (-3.87%) · buy point 2.5 $48.72 (-9.68%)"
    )


def test_a_base_price_that_is_not_the_last_close_is_told() -> None:
    """After a split the prices would else look like a mistake."""
    assert block(base_price=36_330.0)[1] == "  11/27 종가 72,665원 (+0.52%) · σ 1.42% · 기준가 36,330원"
    assert "기준가" not in block(base_price=72_700.0)[1]


def test_why_there_is_no_target_is_told() -> None:
    """Never silence."""
    assert block(has_targets=False, sigma=0.0)[1:] == [
        "  11/27 종가 72,665원 (+0.52%)",
        "  목표가를 준비하고 있어요",
    ]
    obstacle = block(obstacle="short_history", returns=4, sigma=0.0)
    assert obstacle[2] == "  거래된 날이 아직 적어서(4일) 목표가를 만들 수 없어요"
    without_past = block(obstacle="short_history", returns=0, sigma=0.0)
    assert without_past[2] == "  지난 시세가 하나도 없어서 목표가를 만들 수 없어요"
    assert block(close=0.0, closed_on=None, change=None)[1].startswith("  종가를 아직 받지 못했어요 · ")


def test_notes_of_the_day_and_targets_out_of_reach_are_told() -> None:
    """An ex-dividend day opens lower by itself; a price below the lower limit is waited for in vain."""
    lines = block(kind="share", sigma=0.16, notes=["ex-dividend", "a newer version's"])

    assert lines[2] == "  1차 61,000원 (-16.05%) · 2차 49,400원 (-32.02%, 오늘 하한가보다 낮아서 닿지 않아요)"
    assert lines[3:] == ["  ✂️ 오늘은 배당락일이에요. 배당만큼 내려 시작할 수 있어요"]


def test_ten_symbols_with_long_names_fit_into_a_message() -> None:
    """Telegram takes 4,096 characters."""
    longest = msgspec.structs.replace(LEVERAGE, name="가" * 64, levels=[1.0, 1.5, 2.0, 3.0], notes=["ex-dividend"])

    assert len(report_text(report(*[longest] * 10), KOREAN)) < 4_096
    assert len(report_text(report(*[longest] * 10), ENGLISH)) < 4_096
