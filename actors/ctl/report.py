"""`sigmactl report`: what somebody waits for today, as the daily report tells it. Analyst makes it."""

import argparse

import msgspec

from actors.ctl.control import ask_actor
from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.prices import amount, market_time, percent
from actors.market.amounts import shares_for
from actors.market.prices import Instrument, orderable_price
from actors.market.schedule import main_venue
from actors.market.sigma import target_price
from actors.words.catalogue import words_in
from protocol.letters import DailyReport, ReportLine

__all__ = ["show_report"]

PENDING = "not made yet: sigmactl targets"


def show_report(arguments: argparse.Namespace) -> int:
    """Print the report of one person, and have it sent if that is wanted; 1 if there is nothing to report."""
    question = {"person": arguments.person, "send": arguments.send}
    result = ask_actor(arguments, "analyst", "report", question)
    reports = msgspec.convert(result["reports"], list[DailyReport])
    if "json" in arguments:
        put_json(result)
    else:
        put("\n".join(_page(report) for report in reports) or f"{result['person']} watches nothing\n")
        if reports and result["sent"]:
            put(f"\non its way to {result['person']}\n")
    return 0 if reports else 1


def _page(report: DailyReport) -> str:
    verb = "over since it opened" if report.has_closed else "opened" if report.has_opened else "opens"
    opens = market_time(report.opens_at, main_venue(report.market))
    return f"{report.market.value} {report.session_date}, {verb} {opens}\n" + table(
        [_line(line) for line in report.lines]
    )


def _line(line: ReportLine) -> dict[str, Cell]:
    return {
        "symbol": line.symbol,
        "name": line.name,
        "closed on": line.closed_on.isoformat() if line.closed_on else None,
        "close": amount(line.close or None, line.venue),
        "change": percent(line.change, "+"),
        "σ": percent(line.sigma or None),
        "buy at": _prices(line),
    }


def _prices(line: ReportLine) -> str:
    if line.obstacle:
        words = words_in("en", "fact")
        return words.say_if_known(f"fact.obstacle.{line.obstacle}", returns=line.returns) or line.obstacle
    return "  ".join(f"{level:g}σ {_order(line, level)}" for level in line.levels) if line.has_targets else PENDING


def _order(line: ReportLine, level: float) -> str:
    exact = target_price(line.base_price, line.sigma, level)
    order = orderable_price(exact, line.venue, Instrument.of_kind(line.kind))
    shares = f" × {shares_for(line.amount, level, order)}" if line.amount is not None else ""
    return f"{amount(order, line.venue)}{shares}"
