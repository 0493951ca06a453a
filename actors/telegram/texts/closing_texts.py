"""What came of a day and of a week, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    🔔 11월 28일 (금) 국내 장이 끝났어요

    오늘 닿은 매수 가격이에요.
    • KODEX 레버리지 2차 70,606원: 14:32에 70,600원, 지금 71,200원 (3번)

A quiet day says that everything worked, where that is known, and what was not seen where it did not.
"""

from collections.abc import Sequence

from actors.market.money import price_text
from actors.market.schedule import main_venue
from actors.market.sessions import zone_of
from actors.telegram.texts.alert_texts import Reader, clean, time_text
from actors.telegram.texts.conditions import reached_text, threshold_text
from actors.telegram.texts.facts import holiday_name, market_name
from actors.telegram.texts.report_texts import change_text, day_text
from actors.words.catalogue import Words
from protocol.letters import DayClosed, FiredPoint, MarketClosed, WeekClosed, WeekLine

__all__ = ["closed_text", "closing_text", "week_text"]

MOST_LINES = 25
"""More do not fit into a message on a crash day."""


def closed_text(closed: MarketClosed, reader: Reader) -> str:
    """Return the line on a day on which a market stays closed."""
    words, venue = reader.words, main_venue(closed.market)
    name = holiday_name(closed.names, words)
    return words.say(
        "closing.stays-closed",
        on=day_text(closed.closed_on, reader),
        market=market_name(closed.market, words),
        name=f" ({clean(name)})" if name else "",
        day=day_text(closed.next_opens_at.astimezone(zone_of(venue)).date(), reader),
        at=time_text(closed.next_opens_at, venue, reader, "%H:%M"),
    )


def closing_text(closed: DayClosed, reader: Reader) -> str:
    """Return what is told after the close."""
    words = reader.words
    market = market_name(closed.market, words)
    title = words.say("closing.closed", day=day_text(closed.session_date, reader), market=market)
    if closed.fired:
        lines = [words.say("closing.fired"), *_some([_point(point, reader) for point in closed.fired], words)]
    else:
        lines = _without_alerts(closed, reader)
    if closed.unseen:
        lines.append(
            words.say("closing.unseen", names=", ".join(_some([clean(name) for name in closed.unseen], words)))
        )
    return "\n".join([title, "", *lines])


def week_text(week: WeekClosed, reader: Reader) -> str:
    """Return what is told after the week."""
    words = reader.words
    first, last = day_text(week.first, reader), day_text(week.last, reader)
    count = sum(line.alerts for line in week.lines)
    return "\n".join(
        [
            words.say("closing.week", first=first, last=last, market=market_name(week.market, words)),
            *([words.say("closing.week-so-far")] if week.so_far else []),
            words.say_count("closing.week-alerts", count) if count else words.say("closing.week-quiet"),
            "",
            *_some([_week_line(line, words) for line in week.lines], words),
        ]
    )


def _point(point: FiredPoint, reader: Reader) -> str:
    words, venue = reader.words, point.venue
    return words.say(
        "closing.point",
        name=clean(point.name) or clean(point.symbol),
        level=reached_text(point, words),
        target=threshold_text(point.kind, point.target_price, venue, words),
        at=time_text(point.reached_at, venue, reader, "%H:%M"),
        price=price_text(point.price, venue, reader.language),
        now=_now(point, reader),
        times=words.say("closing.times", times=point.times) if point.times > 1 else "",
    )


def _now(point: FiredPoint, reader: Reader) -> str:
    if point.price_now is None:
        return ""
    return reader.words.say("closing.now", price=price_text(point.price_now, point.venue, reader.language))


def _without_alerts(closed: DayClosed, reader: Reader) -> list[str]:
    """Return what is said of a day without alerts; it was a quiet one only where we have seen it."""
    words = reader.words
    if closed.last_traded_at is None:
        return [words.say("closing.no-alert"), words.say("closing.no-trade")]
    at = time_text(closed.last_traded_at, main_venue(closed.market), reader, "%H:%M")
    if not closed.is_whole:
        return [words.say("closing.no-alert"), words.say("closing.last-trade", at=at)]
    if closed.unseen:
        return [words.say("closing.no-alert")]
    return [words.say("closing.quiet", count=closed.watched), words.say("closing.all-well", at=at)]


def _week_line(line: WeekLine, words: Words) -> str:
    name = clean(line.name) or clean(line.symbol)
    close = words.say("closing.no-close")
    if line.close is not None:
        close = price_text(line.close, line.venue, words.language)
    change = "" if line.change is None else f" ({change_text(line.change)})"
    alerts = words.say("closing.alerts", count=line.alerts) if line.alerts else ""
    return f"• {name} {close}{change}{alerts}"


def _some(lines: Sequence[str], words: Words) -> list[str]:
    """Return as many *lines* as fit, and how many more there are."""
    left = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], words.say("closing.more", count=left)] if left > 0 else list(lines)
