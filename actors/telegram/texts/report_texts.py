"""The daily report, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    ☀️ 11월 28일 (금) 국내 매수 가격
    장은 09:00에 열려요.

    • KODEX 레버리지 (122630)
      11/27 종가 72,665원 (+0.52%) · σ 1.42%
      1차 71,635원 (-1.42%) · 2차 70,605원 (-2.83%)

The prices are those that may be ordered, the targets rounded down to a tick, and so are their distances.
"""

from datetime import date

from actors.market.amounts import shares_for
from actors.market.money import price_text
from actors.market.prices import Instrument, is_out_of_reach, orderable_price
from actors.market.schedule import main_venue
from actors.market.sigma import target_price
from actors.telegram.texts.alert_texts import Reader, clean, time_text
from actors.telegram.texts.facts import market_name, note_lines, obstacle_text
from actors.words.catalogue import Words
from actors.words.points import point_name
from protocol.letters import DailyReport, ReportLine
from protocol.messages import Market

__all__ = ["change_text", "day_text", "report_text"]

RESET = 1e-3
"""A base price that differs from the last close by more is told."""
SIGNS = {Market.KRX: "☀️", Market.US: "🌙"}


def report_text(report: DailyReport, reader: Reader) -> str:
    """Return the text of one page."""
    words, market = reader.words, report.market
    title = words.say(
        "report.title",
        sign=SIGNS[market],
        day=day_text(report.session_date, reader),
        market=market_name(market, words),
        page=f" {report.page}/{report.pages}" if report.pages > 1 else "",
    )
    at = time_text(report.opens_at, main_venue(market), reader, "%H:%M")
    if report.has_closed:
        opens = words.say("report.closed")
    else:
        opens = words.say("report.opened" if report.has_opened else "report.opens", at=at)
    return "\n".join([title, opens, *(_block(line, words) for line in report.lines)])


def day_text(on: date, reader: Reader) -> str:
    """Return a date as people say it."""
    weekday = reader.words.say("fact.weekdays").split()[on.weekday()]
    month = reader.words.say("fact.months").split()[on.month - 1]
    return reader.words.say("fact.day", month=month, day=on.day, weekday=weekday)


def change_text(fraction: float) -> str:
    """Return a change in per cent with its sign; adding zero turns a rounded -0.0 into 0.0."""
    return f"{round(fraction * 100, 2) + 0.0:+.2f}%"


def _block(line: ReportLine, words: Words) -> str:
    symbol = clean(line.symbol)
    facts = [_close(line, words)]
    if line.sigma:
        facts.append(f"σ {line.sigma:.2%}")
    if line.close and line.base_price and abs(line.base_price / line.close - 1) > RESET:
        base = price_text(line.base_price, line.venue, words.language)
        facts.append(words.say("report.base-price", price=base))
    notes = [f"  {note}" for note in note_lines(line.notes, words)]
    title = f"\n• {clean(line.name) or symbol} ({symbol})"
    # Who waits for other prices than σ's has no points here.
    points = [f"  {text}"] if (text := _points(line, words)) else []
    return "\n".join([title, f"  {' · '.join(facts)}", *points, *notes])


def _close(line: ReportLine, words: Words) -> str:
    if line.closed_on is None:
        return words.say("report.no-close")
    change = f" ({change_text(line.change)})" if line.change is not None else ""
    on = f"{line.closed_on.month}/{line.closed_on.day}"
    price = price_text(line.close, line.venue, words.language)
    return words.say("report.close", on=on, price=price, change=change)


def _points(line: ReportLine, words: Words) -> str:
    if line.obstacle:
        return obstacle_text(line.obstacle, line.returns, words)
    if not line.has_targets:
        return words.say("fact.no-target")
    return " · ".join(_point(line, level, words) for level in line.levels)


def _point(line: ReportLine, level: float, words: Words) -> str:
    exact = target_price(line.base_price, line.sigma, level)
    order = orderable_price(exact, line.venue, Instrument.of_kind(line.kind))
    details = [change_text(order / line.base_price - 1)]
    if is_out_of_reach(exact, line.base_price, line.venue, line.kind):
        details.append(words.say("fact.out-of-reach"))
    price = price_text(order, line.venue, words.language)
    text = words.say("report.point", point=point_name(level, words), price=price, fall=", ".join(details))
    if line.amount is None:
        return text
    return f"{text} {words.say_count('report.shares', shares_for(line.amount, level, order))}"
