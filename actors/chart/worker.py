"""The child process that draws: `python -m actors.chart.worker`, started and ended by the actor.

Here alone matplotlib is loaded. Each kind of picture has a painter, made with the first one and kept: its figure is
drawn anew from picture to picture, whatever their language. A figure for each would cost a family of two 24 MB.
"""

from collections.abc import Callable
from typing import Any, Protocol

from PIL import Image

from actors.chart.backtest import BackTestDrawing
from actors.chart.backtest_painter import BackTestPainter
from actors.chart.day import DayDrawing
from actors.chart.day_painter import DayPainter
from actors.chart.drawing import Drawing
from actors.chart.fonts import register_hangul_font
from actors.chart.orders import Drawn, Order, Paper
from actors.chart.png import encode_png
from actors.chart.render import ChartPainter
from actors.chart.sheet import SheetDrawing
from actors.chart.sheet_painter import SheetPainter
from actors.runtime.worker_child import serve

__all__ = ["Artist"]

BYTES_PER_KB = 1_000


class Painter(Protocol):
    """Draws pictures of one kind."""

    def paint(self, drawing: Any, language: str) -> Image.Image:  # noqa: ANN401 - of that kind
        """Return the picture of *drawing* in *language*."""


PAINTERS: dict[type, Callable[[int, int, str | None], Painter]] = {
    Drawing: ChartPainter,
    DayDrawing: DayPainter,
    SheetDrawing: SheetPainter,
    BackTestDrawing: BackTestPainter,
}


class Artist:
    """Keeps the painters for as long as the paper stays the same."""

    def __init__(self) -> None:
        self._paper: Paper | None = None
        self._painters: dict[type, Painter] = {}
        self._font_family: str | None

    def draw(self, order: Order) -> Drawn:
        """Return the picture that *order* asks for."""
        paper, kind = order.paper, type(order.drawing)
        if paper != self._paper:
            self._font_family = register_hangul_font(paper.font_path)
            self._painters.clear()
            self._paper = paper
        if kind not in self._painters:
            self._painters[kind] = PAINTERS[kind](paper.width_px, paper.height_px, self._font_family)
        image = self._painters[kind].paint(order.drawing, order.language)
        png = encode_png(image, paper.most_kb * BYTES_PER_KB)
        return Drawn(png=png, has_hangul=self._font_family is not None)


if __name__ == "__main__":
    serve(Artist().draw, Order, expected=(ValueError, RuntimeError, ArithmeticError))
