"""What came of a day and of a week, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    🔔 11월 28일 (금) 국내 장이 끝났어요

    오늘 닿은 매수 가격이에요.
    • KODEX 레버리지 2차 70,606원: 14:32에 70,600원, 지금 71,200원 (3번)

A quiet day says that everything worked, where that is known, and what was not seen where it did not.
"""

from collections.abc import Sequence

from msgspec import Struct

from actors.market.schedule import main_venue
from actors.telegram.report_texts import MARKETS, change_text, day_text
from actors.telegram.texts import Reader, clean, price_text, time_text
from protocol.letters import DayClosed, FiredPoint, WeekClosed, WeekLine

__all__ = ["closing_text", "week_text"]

MOST_LINES = 25
"""More do not fit into a message on a crash day."""


class _Words(Struct, frozen=True, kw_only=True):
    """One language's words."""

    closed: str
    fired: str
    point: str
    level: str
    odd_level: str
    now: str
    times: str
    quiet: str
    no_alert: str
    all_well: str
    last_trade: str
    no_trade: str
    unseen: str
    week: str
    week_alerts: str
    week_quiet: str
    alerts: str
    no_close: str
    more: str


WORDS = {
    "ko": _Words(
        closed="🔔 {day} {market} 장이 끝났어요",
        fired="오늘 닿은 매수 가격이에요.",
        point="• {name} {level} {target}: {at}에 {price}{now}{times}",
        level="{level}차",
        odd_level="{level}σ",
        now=", 지금 {price}",
        times=" ({times}번)",
        quiet="오늘은 조용한 날이었어요. 지켜본 {count}종목 모두 목표가까지 내려오지 않았어요.",
        no_alert="오늘은 알림이 없었어요.",
        all_well="시세도 끝까지 잘 들어왔어요. (마지막 체결 {at})",
        last_trade="다만 마지막으로 본 체결이 {at}이에요. 그 뒤의 가격은 증권사 앱에서 확인해 주세요.",
        no_trade="다만 오늘 체결을 하나도 확인하지 못했어요. /status 로 한번 봐 주세요.",
        unseen="다만 잠시 못 본 시간이 있었어요: {names}. 그동안의 가격은 증권사 앱에서 확인해 주세요.",
        week="📅 {first} ~ {last} {market} 한 주",
        week_alerts="이번 주 알림은 모두 {count}번이었어요.",
        week_quiet="이번 주에는 알림이 없었어요.",
        alerts=" · 알림 {count}번",
        no_close="종가를 아직 받지 못했어요",
        more="… 그 밖에 {count}개 더 있어요.",
    ),
    "en": _Words(
        closed="🔔 {market}, {day}: the market has closed",
        fired="These buying prices were reached today.",
        point="• {name} {level} {target}: {price} at {at}{now}{times}",
        level="no. {level}",
        odd_level="{level}σ",
        now=", now {price}",
        times=" ({times} times)",
        quiet="A quiet day: none of the {count} you watch came down to its target.",
        no_alert="There was no alert today.",
        all_well="Prices came in until the end. (last trade {at})",
        last_trade="But the last trade that we saw was at {at}. Please check later prices with your broker.",
        no_trade="But we have not seen any trade today. Please look at /status.",
        unseen="But for a while we did not see everything: {names}. Please check its prices with your broker.",
        week="📅 {market}, {first} to {last}: the week",
        week_alerts="{count} alerts this week.",
        week_quiet="No alerts this week.",
        alerts=" · alerts: {count}",
        no_close="its close has not come yet",
        more="… and {count} more.",
    ),
}


def closing_text(closed: DayClosed, reader: Reader) -> str:
    """Return what is told after the close."""
    words = WORDS[reader.language]
    market = MARKETS[reader.language][closed.market]
    title = words.closed.format(day=day_text(closed.session_date, reader), market=market)
    if closed.fired:
        lines = [words.fired, *_some([_point(point, reader) for point in closed.fired], words)]
    else:
        lines = _without_alerts(closed, reader)
    if closed.unseen:
        lines.append(words.unseen.format(names=", ".join(_some([clean(name) for name in closed.unseen], words))))
    return "\n".join([title, "", *lines])


def week_text(week: WeekClosed, reader: Reader) -> str:
    """Return what is told after the week."""
    words = WORDS[reader.language]
    first, last = day_text(week.first, reader), day_text(week.last, reader)
    count = sum(line.alerts for line in week.lines)
    return "\n".join(
        [
            words.week.format(first=first, last=last, market=MARKETS[reader.language][week.market]),
            words.week_alerts.format(count=count) if count else words.week_quiet,
            "",
            *_some([_week_line(line, words) for line in week.lines], words),
        ]
    )


def _point(point: FiredPoint, reader: Reader) -> str:
    words, venue = WORDS[reader.language], point.venue
    level = words.level if point.level.is_integer() else words.odd_level
    return words.point.format(
        name=clean(point.name) or clean(point.symbol),
        level=level.format(level=f"{point.level:g}"),
        target=price_text(point.target_price, venue),
        at=time_text(point.reached_at, venue, reader, "%H:%M"),
        price=price_text(point.price, venue),
        now="" if point.price_now is None else words.now.format(price=price_text(point.price_now, venue)),
        times=words.times.format(times=point.times) if point.times > 1 else "",
    )


def _without_alerts(closed: DayClosed, reader: Reader) -> list[str]:
    """Return what is said of a day without alerts; it was a quiet one only where we have seen it."""
    words = WORDS[reader.language]
    if closed.last_traded_at is None:
        return [words.no_alert, words.no_trade]
    at = time_text(closed.last_traded_at, main_venue(closed.market), reader, "%H:%M")
    if not closed.is_whole:
        return [words.no_alert, words.last_trade.format(at=at)]
    if closed.unseen:
        return [words.no_alert]
    return [words.quiet.format(count=closed.watched), words.all_well.format(at=at)]


def _week_line(line: WeekLine, words: _Words) -> str:
    name = clean(line.name) or clean(line.symbol)
    close = words.no_close if line.close is None else price_text(line.close, line.venue)
    change = "" if line.change is None else f" ({change_text(line.change)})"
    alerts = words.alerts.format(count=line.alerts) if line.alerts else ""
    return f"• {name} {close}{change}{alerts}"


def _some(lines: Sequence[str], words: _Words) -> list[str]:
    """Return as many *lines* as fit, and how many more there are."""
    left = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], words.more.format(count=left)] if left > 0 else list(lines)
