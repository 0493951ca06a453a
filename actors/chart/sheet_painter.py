"""Draw a `SheetDrawing`: small charts in two columns, each with its symbol's targets of the day.

The figure has room for as many rows as there can be; what is not used is hidden, and cut off the picture.
"""

from matplotlib.collections import LineCollection
from PIL import Image

from actors.chart import palette
from actors.chart.candles import Candles, colours_of, prices_of
from actors.chart.canvas import AXIS_SIZE, Canvas, add_all
from actors.chart.drawing import TargetLine
from actors.chart.header import fit
from actors.chart.labels import date_labels, title
from actors.chart.sheet import MOST_CELLS, SheetCell, SheetDrawing
from actors.chart.tags import Tag, TagRail
from actors.market.money import price_text
from actors.words.points import point_name

__all__ = ["SheetPainter"]

COLUMNS = 2
ROWS = MOST_CELLS // COLUMNS
HEADER_PX, ROW_PX = 62, 262
MARGIN_PX, RAIL_PX = 20, 132
TEXT_PX, LABELS_PX = 58, 36
TITLE_SIZE, NAME_SIZE = 17.0, 13.5
LEAST_MARGIN = 0.005
FEWEST_PLACES = 20


class SheetPainter:
    """Draws one sheet after the other on the same figure."""

    def __init__(self, width_px: int, _height_px: int, font_family: str | None) -> None:
        """Make the figure; the height follows from the rows, the other arguments are those of `Canvas`."""
        self._height_px = HEADER_PX + ROWS * ROW_PX
        self._canvas = Canvas(width_px, self._height_px, font_family)
        self._width_px = width_px
        self._title = self._canvas.figure.text(
            MARGIN_PX / width_px, 1 - 18 / self._height_px, "", size=TITLE_SIZE, color=palette.INK, va="top"
        )
        self._cells = [_CellPainter(self._canvas, place, width_px, self._height_px) for place in range(MOST_CELLS)]

    def paint(self, drawing: SheetDrawing, language: str) -> Image.Image:
        """Return the picture of *drawing* in *language*."""
        words = self._canvas.speak(language)
        day = drawing.session_date
        self._title.set_text(words.say("chart.sheet", day=f"{day:%Y-%m-%d}"))
        for painter, cell in zip(self._cells, drawing.cells, strict=False):
            painter.paint(cell)
        for painter in self._cells[len(drawing.cells) :]:
            painter.hide()
        rows = -(-len(drawing.cells) // COLUMNS)
        width_px = self._width_px * min(len(drawing.cells), COLUMNS) // COLUMNS
        return self._canvas.image().crop((0, 0, width_px, HEADER_PX + rows * ROW_PX))


class _CellPainter:
    """The cell at *place*, counted row by row."""

    def __init__(self, canvas: Canvas, place: int, width_px: int, height_px: int) -> None:
        self._canvas = canvas
        cell_px = width_px / COLUMNS
        left_px = place % COLUMNS * cell_px + MARGIN_PX
        self._right_px = left_px - MARGIN_PX + cell_px - 8
        top_px = height_px - HEADER_PX - place // COLUMNS * ROW_PX
        left, top = left_px / width_px, top_px / height_px
        self._name = canvas.figure.text(left, top, "", size=NAME_SIZE, color=palette.INK, va="top")
        self._price = canvas.figure.text(left, (top_px - 27) / height_px, "", size=12, va="top")
        self._axes = canvas.add_axes(
            left,
            (top_px - ROW_PX + LABELS_PX) / height_px,
            (self._right_px - RAIL_PX) / width_px,
            (top_px - TEXT_PX) / height_px,
        )
        self._axes.tick_params(labelleft=False, labelsize=AXIS_SIZE - 1.5)
        self._candles = Candles(self._axes)
        self._targets = LineCollection([], linewidths=1.3, zorder=5)
        add_all(self._axes, self._targets)
        self._rail = TagRail(canvas.figure, self._axes)

    def paint(self, cell: SheetCell) -> None:
        """Show *cell*."""
        self._show(visible=True)
        self._name.set_text(title(cell.name, cell.symbol, hangul=self._canvas.hangul))
        fit(self._name, NAME_SIZE, self._right_px)
        change = "" if cell.change is None else f"   {cell.change:+.2%}"
        base = price_text(cell.base_price, cell.venue, self._canvas.words.language)
        self._price.set_text(f"{base}{change}   σ {cell.sigma:.2%}")
        self._price.set_color(palette.colour_of_change(cell.change or 0.0, 0.0))
        self._set_limits(cell)
        labels = date_labels([bar.session_date for bar in cell.bars], self._canvas.words)
        self._axes.set_xticks([place for place, _ in labels], [label.partition("\n")[0] for _, label in labels])
        prices = prices_of(cell.bars)
        self._candles.draw(prices, colours_of(prices))
        left, right = self._axes.get_xlim()
        colours = palette.TARGETS[: len(cell.targets)]
        self._targets.set_segments([[(left, target.price), (right, target.price)] for target in cell.targets])
        self._targets.set_color(colours)
        self._targets.set_linestyle((0, (6, 3)))
        self._rail.show([self._tag(cell, target, colour) for target, colour in zip(cell.targets, colours, strict=True)])

    def _tag(self, cell: SheetCell, target: TargetLine, colour: str) -> Tag:
        price = price_text(target.price, cell.venue, self._canvas.words.language)
        return Tag(target.price, f"{point_name(target.level, self._canvas.words)} {price}", colour, filled=False)

    def hide(self) -> None:
        """Show nothing."""
        self._show(visible=False)
        self._rail.show([])

    def _show(self, *, visible: bool) -> None:
        for artist in (self._name, self._price, self._axes):
            artist.set_visible(visible)

    def _set_limits(self, cell: SheetCell) -> None:
        lines = [cell.base_price, *(target.price for target in cell.targets)]
        low = min([*lines, *(bar.low for bar in cell.bars)])
        high = max([*lines, *(bar.high for bar in cell.bars)])
        margin = max((high - low) * 0.06, high * LEAST_MARGIN)
        self._axes.set_ylim(low - margin, high + margin)
        count = len(cell.bars)
        self._axes.set_xlim(min(-1.0, count - FEWEST_PLACES), count + 0.5)
