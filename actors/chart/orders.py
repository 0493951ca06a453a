"""What the chart actor and its child process say to each other. Pure."""

from msgspec import Struct

from actors.chart.backtest import BackTestDrawing
from actors.chart.day import DayDrawing
from actors.chart.drawing import Drawing
from actors.chart.sheet import SheetDrawing

__all__ = ["AnyDrawing", "Drawn", "Order", "Paper"]

AnyDrawing = Drawing | DayDrawing | SheetDrawing | BackTestDrawing


class Paper(Struct, frozen=True, kw_only=True):
    """What a picture is drawn on; the meaning of the fields is that of `ChartConfig`."""

    width_px: int
    height_px: int
    most_kb: int
    font_path: str


class Order(Struct, frozen=True, kw_only=True):
    """A picture to be drawn."""

    drawing: AnyDrawing
    paper: Paper
    language: str = "ko"
    """Of whoever will look at it; where there is no font with Hangul it is English anyway."""


class Drawn(Struct, frozen=True, kw_only=True):
    """A picture that was drawn."""

    png: bytes
    has_hangul: bool
    """Whether a font with Hangul was found; without one a name in Hangul is left out."""
