"""What a letter says, in the reader's words."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from actors.telegram.texts.alert_texts import Reader
from actors.telegram.texts.letter_texts import letter_caption, letter_text
from protocol.letters import (
    Announcement,
    AppKeyInUse,
    BasePriceReset,
    ChatChange,
    ChatChanged,
    DailyReport,
    DayClosed,
    Matter,
    NoTarget,
    OpenDaysDiffer,
    SelfTested,
    TradingHalted,
    WeekClosed,
)
from protocol.messages import Market, Venue
from simulator.judgement.alert_text import is_alert
from tests.support.letters import back_tested, day_chart, letter, own_fill
from tests.support.market import DAY, NINE

KOREAN, ENGLISH = (Reader(language, ZoneInfo("Asia/Seoul")) for language in ("ko", "en"))
DAYS = OpenDaysDiffer(closed=[date(2026, 5, 4)], open=[date(2026, 5, 1), date(2026, 5, 5)])
RESET = BasePriceReset(symbol="005930", name="삼성전자", venue=Venue.KRX, close=2_650_000.0, base_price=53_000.0)
WITHOUT = NoTarget(symbol="0126Z0", name="삼성에피스홀딩스", obstacle="short_history", returns=4)
REPORT = DailyReport(market=Market.KRX, session_date=DAY, opens_at=NINE, page=1, pages=1, lines=[])
STANDING = TradingHalted(symbol="005930", name="삼성전자")
CLOSED = DayClosed(
    market=Market.KRX, session_date=DAY, watched=1, fired=[], last_traded_at=NINE, is_whole=True, unseen=[]
)
TESTED = SelfTested(market=Market.KRX, session_date=DAY, checks=[])
WEEK = WeekClosed(market=Market.KRX, first=DAY, last=DAY, lines=[])
CHATS = [ChatChanged(change=change, name="<엄마>") for change in ChatChange]
MATTERS: list[Matter] = [
    Announcement(by="Anna", text="오늘 밤 점검해요"),
    AppKeyInUse(),
    *CHATS,
    back_tested(),
    day_chart(),
    RESET,
    WITHOUT,
    STANDING,
    DAYS,
    REPORT,
    CLOSED,
    WEEK,
    TESTED,
    own_fill(),
]


def test_a_fill_is_told_with_side_name_quantity_and_price() -> None:
    """The owner must see at a glance which order it was."""
    text = letter_text(letter(matter=own_fill()), KOREAN, repeat=False)

    assert text == "✅ 체결되었습니다\n\n📊 삼성전자 (005930)\n🛒 매수 10주 · 70,600원"


def test_a_sale_in_dollars_is_told_in_dollars() -> None:
    """Side and currency are what a reader would get wrong."""
    sold = own_fill(symbol="TQQQ", name="<TQQQ>", venue=Venue.NASDAQ, is_buy=False, quantity=1200, price=81.5)

    assert letter_text(letter(matter=sold), ENGLISH, repeat=False).splitlines()[2:] == [
        "📊 <TQQQ> (TQQQ)",
        "💵 Sold 1,200 at $81.50",
    ]


def test_the_operator_learns_which_key_is_taken_and_what_to_do() -> None:
    """Of two app keys, only one has a stranger on it."""
    text = letter_text(letter(matter=AppKeyInUse(link="second")), KOREAN, repeat=False)

    assert "앱키(second)를" in text
    assert "다른 프로그램을 꺼 주세요" in text
    assert "앱키를 쓰고" in letter_text(letter(), KOREAN, repeat=False)


def test_a_split_is_told_in_one_line_with_both_prices() -> None:
    """Fifty to one is no crash, and nobody should have to guess."""
    assert letter_text(letter(matter=RESET), KOREAN, repeat=False) == (
        "✂️ 오늘 삼성전자 (005930)의 기준가가 바뀌었어요: 2,650,000원 → 53,000원. "
        "액면분할이나 권리락 같은 일이라 값이 오르내린 것이 아니에요. 목표가를 다시 계산해요."
    )


@pytest.mark.parametrize("reader", [KOREAN, ENGLISH], ids=["ko", "en"])
@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.change.value)
def test_the_operator_learns_whose_chat_it_is(chat: ChatChanged, reader: Reader) -> None:
    """In a family of six, that somebody is lost says nothing."""
    assert "<엄마>" in letter_text(letter(matter=chat), reader, repeat=False)


def test_why_a_stock_has_no_target_is_told() -> None:
    """Who watches a new listing waits for an alert that cannot come yet."""
    later = NoTarget(symbol="A", name="", obstacle="a newer version's", returns=0)

    assert letter_text(letter(matter=WITHOUT), KOREAN, repeat=False) == (
        "⚠️ 삼성에피스홀딩스 (0126Z0): 거래된 날이 아직 적어서(4일) 목표가를 만들 수 없어요"
    )
    assert letter_text(letter(matter=later), ENGLISH, repeat=False) == "⚠️ A (A): target in preparation"


def test_the_operator_learns_on_which_days_kis_disagrees() -> None:
    """Both ways; what is as the calendar says is not mentioned."""
    both = letter_text(letter(matter=DAYS), KOREAN, repeat=False)
    closed = letter_text(letter(matter=OpenDaysDiffer(closed=[date(2026, 5, 4)], open=[])), KOREAN, repeat=False)

    assert both.splitlines()[2:] == ["쉬는 날: 2026-05-04", "열리는 날: 2026-05-01, 2026-05-05"]
    assert closed.splitlines()[2:] == ["쉬는 날: 2026-05-04"]


@pytest.mark.parametrize("reader", [KOREAN, ENGLISH], ids=["ko", "en"])
@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: type(matter).__name__)
def test_a_possible_repeat_says_so_and_no_letter_looks_like_an_alert(matter: Matter, reader: Reader) -> None:
    """Who counts alerts must not count letters."""
    written = letter(matter=matter)
    plain, marked = (letter_text(written, reader, repeat=repeat) for repeat in (False, True))

    assert marked.startswith("🔁")
    assert marked.endswith(plain)
    assert not is_alert(marked)


def test_a_chart_that_was_asked_for_is_announced_and_captioned() -> None:
    """The drawing takes a few seconds; the picture says again of what it is."""
    asked = letter(matter=day_chart())

    assert letter_text(asked, KOREAN, repeat=False) == (
        "📈 삼성전자 (005930) · 11월 28일 (금)\n그림은 바로 이어서 보내 드릴게요."
    )
    assert letter_caption(asked, KOREAN, repeat=False) == "📈 삼성전자 (005930) · 11월 28일 (금)"


def test_a_picture_is_captioned_with_the_first_line() -> None:
    """The text stands above it already."""
    assert letter_caption(letter(matter=own_fill()), KOREAN, repeat=False) == "✅ 체결되었습니다"
    assert letter_caption(letter(matter=own_fill()), KOREAN, repeat=True).splitlines()[0].startswith("🔁")


def test_a_back_test_is_told_in_the_readers_language_under_a_safe_title() -> None:
    """A name may hide letters that turn the line round; who reads neither language reads English."""
    tested = back_tested(name="삼성\u202e전자")

    assert letter_text(letter(matter=tested), KOREAN, repeat=False) == "📊 삼성전자 (005930)\n돌려 봤어요."
    assert letter_text(letter(matter=tested), ENGLISH, repeat=False) == "📊 삼성전자 (005930)\nPlayed."
    assert letter_caption(letter(matter=tested), KOREAN, repeat=False) == "📊 삼성전자 (005930)"
    none = letter_text(letter(matter=back_tested(texts={})), KOREAN, repeat=False)
    assert none.startswith("📊 삼성전자 (005930)\n지난 일봉이 모자라거나")
