"""The text of a letter, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    ✅ 체결되었습니다

    📊 삼성전자 (005930)
    🛒 매수 10주 · 70,600원

A text that may be a repeat begins with a line of 🔁. None begins with 🚨, which is an alert's.
"""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from actors.telegram.closing_texts import closing_text, week_text
from actors.telegram.facts import obstacle_text
from actors.telegram.report_texts import report_text
from actors.telegram.self_test_texts import self_test_text
from actors.telegram.texts import Reader, clean, price_text, repeat_line
from actors.words.catalogue import words_in
from protocol.letters import (
    AppKeyInUse,
    BasePriceReset,
    DailyReport,
    DayClosed,
    Letter,
    NoTarget,
    OpenDaysDiffer,
    OwnFill,
    SelfTested,
    TradingHalted,
    WeekClosed,
)

__all__ = ["letter_caption", "letter_text"]


class _Words(Struct, frozen=True, kw_only=True):
    """One language's letters."""

    app_key_in_use: str
    of_link: str
    base_price_reset: str
    trading_halted: str
    days_differ: str
    closed_days: str
    open_days: str
    filled: str
    bought: str
    sold: str


WORDS = {
    "ko": _Words(
        app_key_in_use=(
            "🔌 다른 프로그램이 우리 KIS 앱키{link}를 쓰고 있어요.\n\n"
            "KIS는 앱키 하나에 연결을 하나만 허락해서, 그동안 시세가 늦어질 수 있어요. "
            "같은 앱키를 쓰는 다른 프로그램을 꺼 주세요. 그러면 저절로 다시 이어져요."
        ),
        of_link="({link})",
        base_price_reset=(
            "✂️ 오늘 {name} ({symbol})의 기준가가 바뀌었어요: {close} → {base}. "
            "액면분할이나 권리락 같은 일이라 값이 오르내린 것이 아니에요. 목표가를 다시 계산해요."
        ),
        trading_halted="⛔ {name} ({symbol})의 거래가 멈춰 있어요(거래정지). 다시 열리면 이어서 지켜볼게요.",
        days_differ="🗓 KIS가 알려 준 국내 거래일이 우리 달력과 달라요. KIS를 따를게요.",
        closed_days="쉬는 날: {days}",
        open_days="열리는 날: {days}",
        filled="✅ 체결되었습니다",
        bought="🛒 매수 {quantity:,}주 · {price}",
        sold="💵 매도 {quantity:,}주 · {price}",
    ),
    "en": _Words(
        app_key_in_use=(
            "🔌 Another program uses our KIS app key{link}.\n\n"
            "KIS allows one connection for each app key, so prices may be late meanwhile. "
            "Please stop the other program; we then connect again by ourselves."
        ),
        of_link=" ({link})",
        base_price_reset=(
            "✂️ Today {name} ({symbol}) is measured from {base} instead of its last close of {close}: "
            "a split, rights or the like, and neither a fall nor a rise. Its targets are made anew."
        ),
        trading_halted="⛔ Trading in {name} ({symbol}) is halted. We go on watching once it resumes.",
        days_differ="🗓 KIS knows Korean trading days otherwise than our calendar. We follow KIS.",
        closed_days="Closed: {days}",
        open_days="Open: {days}",
        filled="✅ Your order was filled",
        bought="🛒 Bought {quantity:,} at {price}",
        sold="💵 Sold {quantity:,} at {price}",
    ),
}


def letter_text(letter: Letter, reader: Reader, *, repeat: bool) -> str:
    """Return the text of *letter*; *repeat* says that it may have arrived already."""
    words = WORDS[reader.language]
    match letter.matter:
        case AppKeyInUse(link=link):
            text = words.app_key_in_use.format(link=words.of_link.format(link=clean(link)) if link else "")
        case BasePriceReset(venue=venue) as reset:
            close, base = price_text(reset.close, venue), price_text(reset.base_price, venue)
            text = words.base_price_reset.format(**_called(reset), close=close, base=base)
        case DailyReport() | DayClosed() | SelfTested() | WeekClosed() as matter:
            text = _text_of_the_day(matter, reader)
        case NoTarget(obstacle=obstacle, returns=returns) as without:
            reason = obstacle_text(obstacle, returns, words_in(reader.language))
            text = "🎯 {name} ({symbol}): {reason}".format(**_called(without), reason=reason)
        case TradingHalted() as halted:
            text = words.trading_halted.format(**_called(halted))
        case OpenDaysDiffer() as days:
            text = _days_text(days, words)
        case OwnFill() as fill:
            text = _fill_text(fill, words)
    return f"{repeat_line(reader)}\n\n{text}" if repeat else text


def _text_of_the_day(matter: DailyReport | DayClosed | SelfTested | WeekClosed, reader: Reader) -> str:
    match matter:
        case DailyReport():
            return report_text(matter, reader)
        case DayClosed():
            return closing_text(matter, reader)
        case SelfTested():
            return self_test_text(matter, reader)
        case WeekClosed():
            return week_text(matter, reader)


def letter_caption(letter: Letter, reader: Reader, *, repeat: bool) -> str:
    """Return the line below the picture of *letter*: the first one of its text."""
    caption = letter_text(letter, reader, repeat=False).partition("\n")[0]
    return f"{repeat_line(reader)}\n{caption}" if repeat else caption


def _called(matter: BasePriceReset | NoTarget | TradingHalted) -> dict[str, str]:
    symbol = clean(matter.symbol)
    return {"name": clean(matter.name) or symbol, "symbol": symbol}


def _days_text(days: OpenDaysDiffer, words: _Words) -> str:
    lines = [words.days_differ, ""]
    if days.closed:
        lines.append(words.closed_days.format(days=_dates(days.closed)))
    if days.open:
        lines.append(words.open_days.format(days=_dates(days.open)))
    return "\n".join(lines)


def _dates(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in days)


def _fill_text(fill: OwnFill, words: _Words) -> str:
    deed = words.bought if fill.is_buy else words.sold
    title = f"📊 {clean(fill.name) or fill.symbol} ({clean(fill.symbol)})"
    price = price_text(fill.price, fill.venue)
    return "\n".join([words.filled, "", title, deed.format(quantity=fill.quantity, price=price)])
