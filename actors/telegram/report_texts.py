"""The daily report, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    ☀️ 11월 28일 (금) 국내 매수 가격
    장은 09:00에 열려요.

    • KODEX 레버리지 (122630)
      11/27 종가 72,665원 (+0.52%) · σ 1.42%
      1차 71,635원 (-1.42%) · 2차 70,605원 (-2.83%)

The prices are those that may be ordered, the targets rounded down to a tick, and so are their distances.
"""

from datetime import date

from msgspec import Struct

from actors.market.prices import Instrument, is_out_of_reach, orderable_price
from actors.market.schedule import main_venue
from actors.market.sigma import target_price
from actors.telegram.facts import note_lines, obstacle_text
from actors.telegram.texts import Reader, clean, price_text, time_text
from actors.words.catalogue import words_in
from protocol.letters import DailyReport, ReportLine
from protocol.messages import Market

__all__ = ["MARKETS", "change_text", "day_text", "report_text"]

RESET = 1e-3
"""A base price that differs from the last close by more is told."""
WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
DAYS = {"ko": "{month}월 {day}일 ({weekday})", "en": "{weekday} {day}/{month}"}
MARKETS = {"ko": {Market.KRX: "국내", Market.US: "미국"}, "en": {Market.KRX: "Korea", Market.US: "US"}}
SIGNS = {Market.KRX: "☀️", Market.US: "🌙"}


class _Words(Struct, frozen=True, kw_only=True):
    """One language's report."""

    title: str
    opens: str
    close: str
    no_close: str
    base_price: str
    point: str
    odd_point: str


WORDS = {
    "ko": _Words(
        title="{sign} {day} {market} 매수 가격{page}",
        opens="장은 {at}에 열려요.",
        close="{on} 종가 {price}{change}",
        no_close="종가를 아직 받지 못했어요",
        base_price="기준가 {price}",
        point="{level}차 {price} ({fall})",
        odd_point="{level}σ {price} ({fall})",
    ),
    "en": _Words(
        title="{sign} {market}, {day}: prices to buy at{page}",
        opens="The market opens at {at}.",
        close="closed at {price}{change} on {on}",
        no_close="its last close has not come yet",
        base_price="measured from {price}",
        point="no. {level} {price} ({fall})",
        odd_point="{level}σ {price} ({fall})",
    ),
}


def report_text(report: DailyReport, reader: Reader) -> str:
    """Return the text of one page."""
    words, market = WORDS[reader.language], report.market
    title = words.title.format(
        sign=SIGNS[market],
        day=day_text(report.session_date, reader),
        market=MARKETS[reader.language][market],
        page=f" {report.page}/{report.pages}" if report.pages > 1 else "",
    )
    opens = words.opens.format(at=time_text(report.opens_at, main_venue(market), reader, "%H:%M"))
    return "\n".join([title, opens, *(_block(line, reader) for line in report.lines)])


def day_text(on: date, reader: Reader) -> str:
    """Return a date as people say it."""
    weekday = WEEKDAYS[reader.language][on.weekday()]
    return DAYS[reader.language].format(month=on.month, day=on.day, weekday=weekday)


def change_text(fraction: float) -> str:
    """Return a change in per cent with its sign; adding zero turns a rounded -0.0 into 0.0."""
    return f"{round(fraction * 100, 2) + 0.0:+.2f}%"


def _block(line: ReportLine, reader: Reader) -> str:
    words = WORDS[reader.language]
    symbol = clean(line.symbol)
    facts = [_close(line, words)]
    if line.sigma:
        facts.append(f"σ {line.sigma:.2%}")
    if line.close and line.base_price and abs(line.base_price / line.close - 1) > RESET:
        facts.append(words.base_price.format(price=price_text(line.base_price, line.venue)))
    notes = [f"  {note}" for note in note_lines(line.notes, words_in(reader.language))]
    title = f"\n• {clean(line.name) or symbol} ({symbol})"
    return "\n".join([title, f"  {' · '.join(facts)}", f"  {_points(line, reader)}", *notes])


def _close(line: ReportLine, words: _Words) -> str:
    if line.closed_on is None:
        return words.no_close
    change = f" ({change_text(line.change)})" if line.change is not None else ""
    on = f"{line.closed_on.month}/{line.closed_on.day}"
    return words.close.format(on=on, price=price_text(line.close, line.venue), change=change)


def _points(line: ReportLine, reader: Reader) -> str:
    words = words_in(reader.language)
    if line.obstacle:
        return obstacle_text(line.obstacle, line.returns, words)
    if not line.has_targets:
        return words.say("fact.no-target")
    return " · ".join(_point(line, level, reader) for level in line.levels)


def _point(line: ReportLine, level: float, reader: Reader) -> str:
    words = WORDS[reader.language]
    exact = target_price(line.base_price, line.sigma, level)
    order = orderable_price(exact, line.venue, Instrument.of_kind(line.kind))
    details = [change_text(order / line.base_price - 1)]
    if is_out_of_reach(exact, line.base_price, line.venue, line.kind):
        details.append(words_in(reader.language).say("fact.out-of-reach"))
    pattern = words.point if level.is_integer() else words.odd_point
    return pattern.format(level=f"{level:g}", price=price_text(order, line.venue), fall=", ".join(details))
