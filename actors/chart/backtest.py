"""What is to be seen of a back test: the purchases along the years, what came of them, how many there were. Pure."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from actors.chart.drawing import Bar, is_sound
from actors.market.backtest import BackTest, LevelResult
from actors.market.outlook import Outlook
from protocol.messages import Venue

__all__ = ["BackTestDrawing", "BackTestTold", "plan_back_test"]


class BackTestTold(BackTest, frozen=True, kw_only=True):
    """analyst's answer to `backtest`, when it has one."""

    symbol: str
    name: str
    venue: Venue


class BackTestDrawing(Struct, frozen=True, kw_only=True, tag="backtest"):
    """All that a picture of a back test shows, in numbers."""

    symbol: str
    name: str
    venue: Venue
    sessions: int
    dates: list[date]
    """Of the closes, oldest first, at least one."""
    closes: list[float]
    any_day: list[Outlook]
    levels: list[LevelResult]
    """Shallowest first."""


def plan_back_test(told: BackTestTold, bars: Sequence[Bar]) -> BackTestDrawing | None:
    """Return what to draw of *told* beside the closes of *bars*, oldest first; None where none is of its days."""
    first, last = told.first or date.max, told.last or date.min
    shown = [bar for bar in bars if first <= bar.session_date <= last and is_sound(bar)]
    if not shown:
        return None
    return BackTestDrawing(
        symbol=told.symbol,
        name=told.name,
        venue=told.venue,
        sessions=told.sessions,
        dates=[bar.session_date for bar in shown],
        closes=[bar.close for bar in shown],
        any_day=told.any_day,
        levels=told.levels,
    )
