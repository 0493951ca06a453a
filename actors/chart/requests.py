"""Pictures that somebody asks for on the control socket: the daily sheet, a back test. The PNG comes as base64.

{"picture": "sheet", "symbols": ["122630", "TQQQ"]}
{"picture": "backtest", "symbol": "122630", "years": 5}     {"unfinished": …} while analyst is still at it: ask again

Both take a "language", and speak Korean without one.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from actors.chart.backtest import BackTestDrawing, plan_back_test
from actors.chart.client import AnalystClient
from actors.chart.orders import AnyDrawing
from actors.chart.sheet import MOST_CELLS, SheetDrawing, plan_cell
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.words.catalogue import LANGUAGES

__all__ = ["Requests", "plan_sheet", "plan_test"]

EXAMPLE = '{"picture": "sheet", "symbols": ["122630"]} or {"picture": "backtest", "symbol": "122630", "years": 5}'
QUARTER = timedelta(days=120)
BACK_TEST_YEARS = 5.0

Unfinished = str
"""What is being done before there is something to draw."""


class _SheetAsked(Struct, frozen=True, tag_field="picture", tag="sheet"):
    symbols: Annotated[list[str], Meta(min_length=1, max_length=MOST_CELLS)]
    language: str = "ko"


class _BackTestAsked(Struct, frozen=True, tag_field="picture", tag="backtest"):
    symbol: str
    years: float = BACK_TEST_YEARS
    language: str = "ko"


async def plan_sheet(analyst: AnalystClient, symbols: Sequence[str]) -> SheetDrawing:
    """Return what to draw on a sheet of *symbols*, at least one and `MOST_CELLS` at most.

    Raises:
        CommandRefused: one of them has no targets.
        TemporaryFailure: analyst did not do its part.
    """
    targets = {told.symbol: told for told in await analyst.targets()}
    missing = [symbol for symbol in symbols if symbol not in targets]
    if missing:
        message = f"expected symbols with targets, found none of {', '.join(missing)}"
        raise CommandRefused(message)
    cells = [
        plan_cell(told, await analyst.daily_bars(told.symbol, told.session_date - QUARTER))
        for told in (targets[symbol] for symbol in symbols)
    ]
    return SheetDrawing(session_date=targets[symbols[0]].session_date, cells=cells)


async def plan_test(
    analyst: AnalystClient, symbol: str, years: float = BACK_TEST_YEARS
) -> BackTestDrawing | Unfinished:
    """Return what to draw of a back test, or what is being done about it first.

    Raises:
        CommandRefused: there is no such symbol, or too little history.
        TemporaryFailure: analyst did not do its part.
    """
    told = await analyst.back_test(symbol, years)
    if isinstance(told, str):
        return told
    drawing = plan_back_test(told, await analyst.daily_bars(told.symbol, told.first)) if told.first else None
    if drawing is None:
        message = f"expected daily bars of {told.symbol} since {told.first}, found none"
        raise TemporaryFailure(message)
    return drawing


class Requests:
    """Answers the command `draw`."""

    def __init__(self, analyst: AnalystClient, make_png: Callable[[AnyDrawing, str], Awaitable[bytes]]) -> None:
        self._analyst = analyst
        self._make_png = make_png

    async def answer(self, arguments: dict[str, object]) -> dict[str, object]:
        """Draw what is asked for.

        Raises:
            CommandRefused: it is not to be understood, or there is nothing to draw it from.
            TemporaryFailure: analyst, or the child that draws, did not do its part.
        """
        try:
            asked = msgspec.convert(arguments, _SheetAsked | _BackTestAsked)
        except msgspec.ValidationError as error:
            message = f"expected arguments such as {EXAMPLE}, found {arguments}: {error}"
            raise CommandRefused(message) from None
        if asked.language not in LANGUAGES:
            message = f"expected a language of {', '.join(LANGUAGES)}, found {asked.language!r}"
            raise CommandRefused(message)
        drawing: AnyDrawing | Unfinished
        if isinstance(asked, _SheetAsked):
            drawing = await plan_sheet(self._analyst, asked.symbols)
        else:
            drawing = await plan_test(self._analyst, asked.symbol, asked.years)
        if isinstance(drawing, Unfinished):
            return {"unfinished": drawing}
        return {"png": await self._make_png(drawing, asked.language)}
