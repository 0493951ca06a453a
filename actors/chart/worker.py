"""The child process that draws: `python -m actors.chart.worker`, started and ended by the actor.

Here alone matplotlib is loaded. The figure is kept from picture to picture.
"""

from actors.chart.drawing import Drawn, Order, Paper
from actors.chart.fonts import register_hangul_font
from actors.chart.png import encode_png
from actors.chart.render import ChartPainter
from actors.runtime.serving import serve

__all__ = ["Artist"]

BYTES_PER_KB = 1_000


class Artist:
    """Keeps the figure for as long as the paper stays the same."""

    def __init__(self) -> None:
        self._paper: Paper | None = None
        self._painter: ChartPainter
        self._font_family: str | None

    def draw(self, order: Order) -> Drawn:
        """Return the picture that *order* asks for."""
        if order.paper != self._paper:
            self._font_family = register_hangul_font(order.paper.font_path)
            self._painter = ChartPainter(order.paper.width_px, order.paper.height_px, self._font_family)
            self._paper = order.paper
        png = encode_png(self._painter.paint(order.drawing), order.paper.most_kb * BYTES_PER_KB)
        return Drawn(png=png, has_hangul=self._font_family is not None)


if __name__ == "__main__":
    serve(Artist().draw, Order, expected=(ValueError, RuntimeError, ArithmeticError))
