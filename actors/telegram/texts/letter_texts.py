"""The text of a letter, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    ✅ 체결되었습니다

    📊 삼성전자 (005930)
    🛒 매수 10주 · 70,600원

A text that may be a repeat begins with a line of 🔁. None begins with 🚨, which is an alert's.
"""

from collections.abc import Iterable
from datetime import date

from actors.market.money import price_text
from actors.telegram.texts.alert_texts import Reader, clean, repeat_line
from actors.telegram.texts.chart_texts import back_test_text, day_chart_text
from actors.telegram.texts.closing_texts import closed_text, closing_text, week_text
from actors.telegram.texts.facts import obstacle_text
from actors.telegram.texts.report_texts import report_text
from actors.telegram.texts.self_test_texts import self_test_text
from actors.words.catalogue import Words
from protocol.letters import (
    Announcement,
    AppKeyInUse,
    BackTested,
    BasePriceReset,
    ChatChanged,
    DailyReport,
    DayChart,
    DayClosed,
    Letter,
    MarketClosed,
    NoTarget,
    OpenDaysDiffer,
    OwnFill,
    SelfTested,
    TradingHalted,
    WeekClosed,
)

__all__ = ["letter_caption", "letter_text"]


def letter_text(letter: Letter, reader: Reader, *, repeat: bool) -> str:
    """Return the text of *letter*; *repeat* says that it may have arrived already."""
    words = reader.words
    match letter.matter:
        case Announcement(by=by, text=said):
            text = words.say("letter.announcement", by=clean(by), text=said)
        case AppKeyInUse(link=link):
            of_link = words.say("letter.of-link", link=clean(link)) if link else ""
            text = words.say("letter.app-key-in-use", link=of_link)
        case BasePriceReset(venue=venue) as reset:
            close, base = (price_text(each, venue, reader.language) for each in (reset.close, reset.base_price))
            name, symbol = _names(reset)
            text = words.say("letter.base-price-reset", name=name, symbol=symbol, close=close, base=base)
        case ChatChanged(change=change, name=name):
            text = words.say(f"letter.chat.{change.value}", name=clean(name))
        case (
            BackTested() | DailyReport() | DayChart() | DayClosed() | MarketClosed() | SelfTested() | WeekClosed()
        ) as matter:
            text = _longer_text(matter, reader)
        case NoTarget(obstacle=obstacle, returns=returns) as without:
            reason = obstacle_text(obstacle, returns, words)
            name, symbol = _names(without)
            text = f"⚠️ {name} ({symbol}): {reason}"
        case TradingHalted() as halted:
            name, symbol = _names(halted)
            text = words.say("letter.trading-halted", name=name, symbol=symbol)
        case OpenDaysDiffer() as days:
            text = _days_text(days, words)
        case OwnFill() as fill:
            text = _fill_text(fill, words)
    return f"{repeat_line(reader)}\n\n{text}" if repeat else text


def _longer_text(
    matter: BackTested | DailyReport | DayChart | DayClosed | MarketClosed | SelfTested | WeekClosed, reader: Reader
) -> str:
    """Return what has a module of its own."""
    match matter:
        case BackTested():
            text = back_test_text(matter, reader)
        case DailyReport():
            text = report_text(matter, reader)
        case DayChart():
            text = day_chart_text(matter, reader)
        case DayClosed():
            text = closing_text(matter, reader)
        case MarketClosed():
            text = closed_text(matter, reader)
        case SelfTested():
            text = self_test_text(matter, reader)
        case WeekClosed():
            text = week_text(matter, reader)
    return text


def letter_caption(letter: Letter, reader: Reader, *, repeat: bool) -> str:
    """Return the line below the picture of *letter*: the first one of its text."""
    caption = letter_text(letter, reader, repeat=False).partition("\n")[0]
    return f"{repeat_line(reader)}\n{caption}" if repeat else caption


def _names(matter: BasePriceReset | NoTarget | TradingHalted) -> tuple[str, str]:
    """Return the name and the symbol of what *matter* is about."""
    symbol = clean(matter.symbol)
    return clean(matter.name) or symbol, symbol


def _days_text(days: OpenDaysDiffer, words: Words) -> str:
    lines = [words.say("letter.days-differ"), ""]
    if days.closed:
        lines.append(words.say("letter.closed-days", days=_dates(days.closed)))
    if days.open:
        lines.append(words.say("letter.open-days", days=_dates(days.open)))
    return "\n".join(lines)


def _dates(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in days)


def _fill_text(fill: OwnFill, words: Words) -> str:
    title = f"📊 {clean(fill.name) or fill.symbol} ({clean(fill.symbol)})"
    price = price_text(fill.price, fill.venue, words.language)
    deed = words.say("letter.bought" if fill.is_buy else "letter.sold", quantity=fill.quantity, price=price)
    return "\n".join([words.say("letter.filled"), "", title, deed])
