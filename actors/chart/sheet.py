"""What is to be seen on the daily sheet: a small chart for each symbol, with its targets of the day. Pure."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from actors.chart.drawing import Bar, TargetLine, is_sound, target_lines
from actors.market.prices import Instrument, orderable_price
from protocol.messages import Venue

__all__ = ["MOST_CELLS", "SheetCell", "SheetDrawing", "TargetsTold", "plan_cell"]

MOST_CELLS = 10
"""More do not fit on one picture; whoever has more asks for another."""
SESSIONS = 60


class TargetsTold(Struct, frozen=True):
    """analyst's answer to `targets`, for one symbol."""

    symbol: str
    name: str
    venue: Venue
    session_date: date
    base_price: float
    sigma: float
    kind: str = ""


class SheetCell(Struct, frozen=True, kw_only=True):
    """One symbol on the sheet."""

    symbol: str
    name: str
    venue: Venue
    bars: list[Bar]
    """Of the last three months, oldest first; may be empty."""
    base_price: float
    change: float | None
    """Of the last close, a fraction; None where there is no close before it."""
    sigma: float
    targets: list[TargetLine]
    """At the prices that may be ordered, as in the report; shallowest first."""


class SheetDrawing(Struct, frozen=True, kw_only=True, tag="sheet"):
    """All that a sheet shows, in numbers."""

    session_date: date
    """For which the targets are; of the first cell where markets differ."""
    cells: list[SheetCell]
    """At least one, `MOST_CELLS` at most."""


def plan_cell(told: TargetsTold, bars: Sequence[Bar]) -> SheetCell:
    """Return what to draw of the symbol of *told* from *bars*, oldest first."""
    shown = [bar for bar in bars if bar.session_date < told.session_date and is_sound(bar)][-SESSIONS:]
    instrument = Instrument.of_kind(told.kind)
    targets = [
        TargetLine(level=line.level, price=orderable_price(line.price, told.venue, instrument))
        for line in target_lines(told.base_price, told.sigma)
    ]
    return SheetCell(
        symbol=told.symbol,
        name=told.name,
        venue=told.venue,
        bars=shown,
        base_price=told.base_price,
        change=shown[-1].close / shown[-2].close - 1 if len(shown) > 1 else None,
        sigma=told.sigma,
        targets=targets,
    )
