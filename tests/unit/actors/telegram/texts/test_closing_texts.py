"""What is told after a day and after a week, in the reader's words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from actors.telegram.texts.alert_texts import Reader
from actors.telegram.texts.closing_texts import closed_text, closing_text, week_text
from actors.telegram.texts.facts import holiday_name
from protocol.letters import DayClosed, FiredPoint, MarketClosed, WeekClosed, WeekLine
from protocol.messages import Market, Venue
from tests.support.alerts import TRADED_AT
from tests.support.calendar import closed_days
from tests.support.market import DAY

KOREAN, ENGLISH = (Reader(language, ZoneInfo("Asia/Seoul")) for language in ("ko", "en"))
POINT = FiredPoint(
    symbol="122630",
    name="KODEX 레버리지",
    venue=Venue.KRX,
    level=2.0,
    target_price=70_605.67,
    price=70_600.0,
    reached_at=TRADED_AT,
    times=3,
    price_now=71_200.0,
)
QUIET = DayClosed(
    market=Market.KRX,
    session_date=DAY,
    watched=5,
    fired=[],
    last_traded_at=TRADED_AT + timedelta(minutes=58),
    is_whole=True,
    unseen=[],
)
WEEK = WeekClosed(
    market=Market.US,
    first=date(2025, 11, 24),
    last=date(2025, 11, 28),
    lines=[
        WeekLine(symbol="TQQQ", name="<TQQQ>", venue=Venue.NASDAQ, close=53.94, change=0.0123, alerts=2),
        WeekLine(symbol="SOXL", name="SOXL", venue=Venue.AMEX, close=None, change=None, alerts=0),
    ],
)


def closing(reader: Reader = KOREAN, **changes: object) -> list[str]:
    """Return the lines about the quiet day, changed."""
    return closing_text(msgspec.structs.replace(QUIET, **changes), reader).splitlines()


def test_a_closed_day_is_called_by_its_name_where_it_has_one() -> None:
    """Thanksgiving has no Korean name, and a day that KIS closes none at all."""
    chuseok = MarketClosed(
        market=Market.KRX,
        closed_on=date(2026, 9, 25),
        names={"ko": "추석", "en": "Chuseok"},
        next_opens_at=datetime(2026, 9, 28, 0, 0, tzinfo=UTC),
    )

    assert (
        closed_text(chuseok, KOREAN)
        == "🗓 9월 25일 (금) 국내 시장은 휴장이에요 (추석). 다음 장은 9월 28일 (월) 09:00에 열려요."
    )
    assert (
        closed_text(chuseok, ENGLISH)
        == "🗓 Korea is closed on Fri 25 Sep (Chuseok). It opens again on Mon 28 Sep at 09:00."
    )
    nameless = msgspec.structs.replace(chuseok, names={})
    assert closed_text(nameless, KOREAN).startswith("🗓 9월 25일 (금) 국내 시장은 휴장이에요. 다음")


def test_a_closed_day_of_new_york_is_called_by_its_date_there() -> None:
    """It is Thursday there until two in the afternoon of Friday in Seoul, where 'today' is another day."""
    thanksgiving = MarketClosed(
        market=Market.US,
        closed_on=date(2026, 11, 26),
        names={"en": "Thanksgiving Day"},
        next_opens_at=datetime(2026, 11, 27, 14, 30, tzinfo=UTC),
    )

    assert closed_text(thanksgiving, KOREAN) == (
        "🗓 11월 26일 (목) 미국 시장은 휴장이에요 (추수감사절). "
        "다음 장은 11월 27일 (금) 09:30 (뉴욕) · 23:30 (서울)에 열려요."
    )


def test_every_closed_day_of_new_york_to_come_has_a_korean_name() -> None:
    """The library has none of them, and not everybody reads English."""
    names = {name for on, name in closed_days().names["US en"].items() if on >= "2026"}
    unnamed = {name for name in names if holiday_name({"en": name}, KOREAN.words) == name}

    assert unnamed == set()
    assert holiday_name({"en": "Independence Day (observed)"}, KOREAN.words) == "독립기념일"
    # Of a day of mourning nobody knows beforehand; the reader of English needs no help.
    assert holiday_name({"en": "National Day of Mourning"}, KOREAN.words) == "National Day of Mourning"
    assert holiday_name({"en": "Thanksgiving Day"}, ENGLISH.words) == "Thanksgiving Day"
    assert holiday_name({}, KOREAN.words) == ""


def test_what_fired_is_told_with_when_and_where_it_stands() -> None:
    """Who was asleep or at work reads in one line whether it is still cheap."""
    assert closing(fired=[POINT]) == [
        "🔔 11월 28일 (금) 국내 장이 끝났어요",
        "",
        "오늘 닿은 매수 가격이에요.",
        "• KODEX 레버리지 2차 70,606원: 14:32에 70,600원, 지금 71,200원 (3번)",
    ]


def test_a_price_that_nobody_knows_is_left_out_and_one_alert_is_not_counted() -> None:
    """A made-up price would be believed."""
    once = msgspec.structs.replace(POINT, times=1, price_now=None, level=1.5)

    assert closing(fired=[once])[3] == "• KODEX 레버리지 1.5차 70,606원: 14:32에 70,600원"


def test_a_quiet_day_says_that_everything_worked() -> None:
    """Silence all day leaves a family wondering whether it is broken."""
    assert closing()[2:] == [
        "오늘은 조용한 날이었어요. 지켜본 5종목 모두 목표가까지 내려오지 않았어요.",
        "시세도 끝까지 잘 들어왔어요. (마지막 체결 15:30)",
    ]


def test_what_was_not_seen_is_never_called_well() -> None:
    """The line must be true on the one day that matters."""
    nothing, half, unseen = closing(last_traded_at=None), closing(is_whole=False), closing(unseen=["삼성전자"])
    assert [lines[2] for lines in (nothing, half, unseen)] == ["오늘은 알림이 없었어요."] * 3
    assert "체결을 하나도 확인하지 못했어요" in nothing[3]
    assert "마지막으로 본 체결이 15:30이에요" in half[3]
    assert unseen[3:] == ["다만 잠시 못 본 시간이 있었어요: 삼성전자. 그동안의 가격은 증권사 앱에서 확인해 주세요."]
    assert "삼성전자" in closing(fired=[POINT], unseen=["삼성전자"])[-1]


def test_a_week_is_each_symbol_with_its_change_and_its_alerts() -> None:
    """Both markets have their own week, in their own money."""
    assert week_text(WEEK, ENGLISH).splitlines() == [
        "📅 US market, Mon 24 Nov to Fri 28 Nov: the week",
        "2 alerts in this week.",
        "",
        "• <TQQQ> $53.94 (+1.23%) · alerts: 2",
        "• SOXL its close has not come yet",
    ]
    quiet = msgspec.structs.replace(WEEK, lines=WEEK.lines[1:])
    assert week_text(quiet, KOREAN).splitlines()[1] == "이 한 주에는 알림이 없었어요."


def test_a_week_that_goes_on_is_not_called_over() -> None:
    """Its last prices are none to reckon with on Monday."""
    so_far = msgspec.structs.replace(WEEK, so_far=True)

    assert week_text(so_far, KOREAN).splitlines()[1:3] == [
        "아직 끝나지 않은 주라 지금까지예요. 장이 열려 있으면 지금 가격으로 알려 드려요.",
        "이 한 주의 알림은 모두 2번이었어요.",
    ]


def test_a_crash_day_fits_into_a_message() -> None:
    """Forty symbols at two levels, with long names."""
    point = msgspec.structs.replace(POINT, name="가" * 64)
    day = msgspec.structs.replace(QUIET, fired=[point] * 80, unseen=["가" * 64] * 3)
    week = msgspec.structs.replace(WEEK, lines=[msgspec.structs.replace(WEEK.lines[0], name="가" * 64)] * 40)

    assert len(closing_text(day, ENGLISH)) < 4_096
    assert "그 밖에 55개" in closing_text(day, KOREAN)
    assert len(week_text(week, KOREAN)) < 4_096
