"""`sigmactl backtest`: would it have paid to buy at the targets?"""

import argparse
import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import msgspec

from actors.ctl.control import meant_symbol
from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.installation import find_address, find_settings
from actors.ctl.prices import percent
from actors.market.backtest import BackTest, LevelResult
from actors.market.bootstrap import Interval
from actors.market.outlook import Outlook
from actors.runtime.clock import SystemClock
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.visitor import Visitor

__all__ = ["show_back_test"]

PATIENCE_S = 300.0
ANSWER_S = 90.0
"""Chart's worker may be busy, and takes up to a minute for a picture."""
SLACK = timedelta(days=14)
"""Holidays may lie at the beginning of what was asked for."""
LANGUAGE = "en"
"""As all that sigmactl says."""
FOOTNOTES = """
Bought at the target rounded down to a tick when the day's low came that far, at the open if that was lower.
Costs: {buy:.3%} to buy, {sell:.3%} to sell. In brackets: 95 % of 1,000 draws of 20-session blocks.
fall: how deep it went until then, on average. any day: bought at the open of every session, at the same costs.
normal: how often a random walk with this σ would touch the target, and close there.
"""


class _Told(BackTest, frozen=True, kw_only=True):
    """analyst's answer when it has one."""

    symbol: str
    name: str
    source: str
    asked_since: date
    buy_cost: float
    sell_cost: float
    texts: dict[str, str]
    """The verdict by language."""


def show_back_test(arguments: argparse.Namespace) -> int:
    """Print what the rule would have brought, and say so where there is less history than was asked for.

    Raises:
        CommandRefused, Unanswered: as `meant_symbol`, and as the actors say.
    """
    symbol = meant_symbol(arguments)
    told = _ask_until_done(arguments, "analyst", "backtest", symbol=symbol, years=arguments.years)
    result = msgspec.convert(told, _Told)
    put_json(told) if "json" in arguments else put(_page(result))
    if result.first is not None and result.first > result.asked_since + SLACK:
        found = f"enough history before a session only from {result.first} on"
        sys.stderr.write(f"sigmactl: expected sessions since {result.asked_since}, found {found}\n")
    if arguments.plot:
        _plot(arguments, symbol)
    return 0


def _ask_until_done(arguments: argparse.Namespace, actor: str, command: str, **question: object) -> dict[str, object]:
    """Return the result of *actor*, however long it takes, and show on a terminal what it is doing.

    Raises:
        CommandRefused: there is no such symbol, or its history cannot be had.
        Unanswered: it does not answer, or is not done after five minutes.
    """
    settings = find_settings(arguments)
    address = find_address(actor)
    clock = SystemClock()
    began = clock.monotonic()
    with Visitor(settings) as visitor, _progress() as tell:
        # A picture may take a minute; that nobody is there shall not.
        visitor.ask(address, "ping")
        while (spent_s := clock.monotonic() - began) < PATIENCE_S:
            try:
                answer = visitor.ask(address, command, question, ANSWER_S)
            except CommandRefused as error:
                message = f"{address.actor}: {error}"
                raise CommandRefused(message) from None
            if "unfinished" not in answer:
                return answer
            tell(f"{answer['unfinished']} … {spent_s:.0f} s")
    message = f"expected a back test of {arguments.code} within {PATIENCE_S:g} s, found none yet: ask again"
    raise Unanswered(message)


def _plot(arguments: argparse.Namespace, symbol: str) -> None:
    """Let chart draw the result into the file that was named.

    Raises:
        CommandRefused: there is no picture, or it cannot be written there.
    """
    question = {"picture": "backtest", "symbol": symbol, "years": arguments.years, "language": LANGUAGE}
    answer = _ask_until_done(arguments, "chart", "draw", **question)
    path = Path(arguments.plot)
    try:
        path.write_bytes(base64.b64decode(str(answer["png"])))
    except OSError as error:
        message = f"expected a file that can be written, found {error}"
        raise CommandRefused(message) from None
    sys.stderr.write(f"written: {path}\n")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows, on a terminal alone, what is being done; it is wiped away in the end."""
    is_shown = sys.stderr.isatty()

    def tell(text: str) -> None:
        if is_shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        tell("")


def _page(result: _Told) -> str:
    head = f"{result.symbol} {result.name}: {result.sessions:,} sessions from {result.first} to {result.last}"
    outlooks = [("any day", outlook) for outlook in result.any_day]
    outlooks += [(_level_name(level), outlook) for level in result.levels for outlook in level.outlooks]
    return "\n".join(
        [
            f"{head}, bars from {result.source}\n",
            table([_frequency_line(level, result.sessions) for level in result.levels]),
            table([_outlook_line(name, outlook) for name, outlook in outlooks]).rstrip(),
            FOOTNOTES.format(buy=result.buy_cost, sell=result.sell_cost),
            f"{result.texts[LANGUAGE]}\n",
        ]
    )


def _level_name(level: LevelResult) -> str:
    return f"{level.level:g}σ"


def _frequency_line(level: LevelResult, sessions: int) -> dict[str, Cell]:
    return {
        "level": _level_name(level),
        "touched": percent(level.touched / sessions, decimals=1),
        "normal": percent(level.touched_normal, decimals=1),
        "closed there": percent(level.closed_below / sessions, decimals=1),
        "normal ": percent(level.closed_normal, decimals=1),
        "bought": len(level.purchases),
        "at open": sum(purchase.at_open for purchase in level.purchases),
    }


def _outlook_line(name: str, outlook: Outlook) -> dict[str, Cell]:
    return {
        "bought": name,
        "after": f"{outlook.sessions} sessions" if outlook.sessions > 1 else "1 session",
        "cases": outlook.cases,
        "gained": _with_range(outlook.hit_rate, outlook.hit_rate_range, "-", 0),
        "mean": _with_range(outlook.mean, outlook.mean_range, "+", 2),
        "median": _with_range(outlook.median, outlook.median_range, "+", 2),
        "worst": percent(outlook.worst, "+", 1),
        "fall": percent(outlook.fall, "+", 1),
        "worst fall": percent(outlook.worst_fall, "+", 1),
        "than any day": _with_range(outlook.excess, outlook.excess_range, "+", 2),
    }


def _with_range(fraction: float | None, interval: Interval | None, sign: str, decimals: int) -> str | None:
    if fraction is None or interval is None:
        return percent(fraction, sign, decimals)
    low, high = percent(interval.low, sign, decimals), percent(interval.high, sign, decimals)
    return f"{percent(fraction, sign, decimals)} [{low} {high}]"
