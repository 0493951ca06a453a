"""Draw a `Drawing` with matplotlib.

One figure is kept, and each picture only replaces vertices, colours and texts: a bar is a rectangle of one
PolyCollection and a stroke of one LineCollection, never an artist of its own. No pyplot: it keeps figures alive in a
global. Positions on the x axis are the numbers of the bars, so that closed days leave no holes; the price now stands
one place to their right.
"""

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection, LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray
from PIL import Image

from actors.chart import palette
from actors.chart.drawing import AVERAGE_SESSIONS, Drawing
from actors.chart.header import Header
from actors.chart.labels import axis_label, date_labels, price_label, volume_label
from actors.chart.tags import Tag, TagRail

__all__ = ["ChartPainter"]

DPI = 100
AXIS_SIZE = 11
LEFT, RIGHT = 0.092, 0.835
PRICE_BOTTOM, PRICE_TOP = 0.285, 0.835
VOLUME_BOTTOM, VOLUME_TOP = 0.105, 0.245
BODY_WIDTH = 0.72
PLACES_RIGHT = 2.5
FEWEST_PLACES = 30
# Above and below, as part of the price: prices that hardly differ shall look as if they hardly differed.
LEAST_MARGIN = 0.005
LONGEST_AXIS_LABEL = 10

Floats = NDArray[np.float64]


class ChartPainter:
    """Draws one picture after the other on the same figure."""

    def __init__(self, width_px: int, height_px: int, font_family: str | None) -> None:
        """Make the figure.

        Args:
            width_px: of every picture.
            height_px: of every picture.
            font_family: one with Hangul; None writes figures and Latin letters only.
        """
        self._hangul = font_family is not None
        _set_fonts(font_family)
        self._figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor="white")
        self._canvas = FigureCanvasAgg(self._figure)
        self._prices = self._add_axes(PRICE_BOTTOM, PRICE_TOP)
        self._prices.tick_params(labelbottom=False)
        self._volumes = self._add_axes(VOLUME_BOTTOM, VOLUME_TOP)
        volume = "거래량" if self._hangul else "volume"
        self._figure.text(RIGHT + 0.014, VOLUME_TOP, volume, size=AXIS_SIZE, color=palette.FAINT, va="top")
        self._wicks = LineCollection([], linewidths=0.9, zorder=2)
        self._bodies = PolyCollection([], linewidths=0, zorder=3)
        self._columns = PolyCollection([], linewidths=0, zorder=2)
        self._averages = [Line2D([], [], color=colour, linewidth=1.3, zorder=4) for colour in palette.AVERAGES]
        self._targets = LineCollection([], linewidths=1.4, zorder=5)
        self._price_line = Line2D([], [], linewidth=0.9, linestyle=(0, (1, 2)), zorder=5)
        self._marker = Line2D([], [], marker="o", markersize=8, markeredgecolor="white", zorder=6)
        _add_all(
            self._prices, self._wicks, self._bodies, *self._averages, self._targets, self._price_line, self._marker
        )
        _add_all(self._volumes, self._columns)
        self._header = Header(self._figure, RIGHT, hangul=self._hangul)
        self._rail = TagRail(self._figure, self._prices)

    def paint(self, drawing: Drawing) -> Image.Image:
        """Return the picture of *drawing*, a copy: the next one is drawn over what it was made from."""
        prices, volumes = _columns_of(drawing)
        self._set_limits(drawing, prices, volumes)
        self._label_axes(drawing)
        self._draw_bars(prices, volumes)
        for line, sessions in zip(self._averages, AVERAGE_SESSIONS, strict=True):
            values = [np.nan if value is None else value for value in drawing.averages[sessions]]
            line.set_data(np.arange(len(values)), np.array(values))
        self._draw_levels(drawing)
        self._header.write(drawing)
        self._canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib leaves it unannotated
        pixels = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
        return Image.fromarray(pixels).convert("RGB")

    def _add_axes(self, bottom: float, top: float) -> Axes:
        axes = self._figure.add_axes((LEFT, bottom, RIGHT - LEFT, top - bottom))
        axes.grid(color=palette.GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[:].set_color(palette.GRID)
        axes.tick_params(length=0, labelsize=AXIS_SIZE, labelcolor=palette.FAINT)
        return axes

    def _set_limits(self, drawing: Drawing, prices: Floats, volumes: Floats) -> None:
        """Set both axes so that all of it is seen, whatever the numbers."""
        lines = [drawing.price, *(target.price for target in drawing.targets)]
        low, high = float(min(prices.min(), *lines)), float(max(prices.max(), *lines))
        margin = max((high - low) * 0.05, high * LEAST_MARGIN)
        count = len(drawing.bars)
        for axes in (self._prices, self._volumes):
            axes.set_xlim(min(-1.0, count - FEWEST_PLACES), count + PLACES_RIGHT)
        self._prices.set_ylim(low - margin, high + margin)
        self._volumes.set_ylim(0, float(volumes.max()) * 1.08 or 1.0)

    def _label_axes(self, drawing: Drawing) -> None:
        longest = len(axis_label(self._prices.get_ylim()[1], drawing.venue))
        # A price of a hundred million still has to fit beside the bars.
        self._prices.tick_params(axis="y", labelsize=AXIS_SIZE * min(1.0, LONGEST_AXIS_LABEL / longest))
        self._prices.yaxis.set_major_locator(MaxNLocator(nbins=6))
        self._prices.yaxis.set_major_formatter(FuncFormatter(lambda price, _: axis_label(price, drawing.venue)))
        self._volumes.yaxis.set_major_locator(MaxNLocator(nbins=2, integer=True))
        self._volumes.yaxis.set_major_formatter(
            FuncFormatter(lambda volume, _: volume_label(volume, hangul=self._hangul))
        )
        labels = date_labels([bar.session_date for bar in drawing.bars], hangul=self._hangul)
        places = [place for place, _ in labels]
        self._prices.set_xticks(places)
        self._volumes.set_xticks(places, [label for _, label in labels])

    def _draw_bars(self, prices: Floats, volumes: Floats) -> None:
        opened, high, low, close = prices.T
        # A day that closed where it opened counts as a rise.
        colours = [palette.UP if rose else palette.DOWN for rose in close >= opened]
        low_y, high_y = self._prices.get_ylim()
        a_pixel = (high_y - low_y) / self._prices.get_window_extent().height
        top = np.maximum(opened, close)
        # And it is a stroke, not nothing.
        bottom = np.minimum(np.minimum(opened, close), top - a_pixel)
        places = np.arange(len(prices), dtype=np.float64)
        wicks = np.stack([np.column_stack([places, low]), np.column_stack([places, high])], axis=1)
        self._wicks.set_segments(list(wicks))
        self._wicks.set_color(colours)
        self._bodies.set_verts(list(_rectangles(places, bottom, top)))
        self._bodies.set_facecolor(colours)
        self._columns.set_verts(list(_rectangles(places, np.zeros_like(volumes), volumes)))
        self._columns.set_facecolor(colours)

    def _draw_levels(self, drawing: Drawing) -> None:
        """Draw the target lines, the price now, and their tags on the right."""
        left, right = self._prices.get_xlim()
        target_colours = palette.TARGETS[: len(drawing.targets)]
        self._targets.set_segments([[(left, target.price), (right, target.price)] for target in drawing.targets])
        self._targets.set_color(target_colours)
        self._targets.set_linestyle((0, (6, 3)))
        colour = palette.colour_of_change(drawing)
        self._price_line.set_data([left, right], [drawing.price, drawing.price])
        self._price_line.set_color(colour)
        self._marker.set_data([len(drawing.bars)], [drawing.price])
        self._marker.set_color(colour)
        tags = [self._tag(drawing, drawing.price, "현재" if self._hangul else "now", colour, filled=True)]
        tags += [
            self._tag(drawing, target.price, f"{target.level:g}σ", target_colour, filled=target.level == drawing.level)
            for target, target_colour in zip(drawing.targets, target_colours, strict=True)
        ]
        self._rail.show(tags)

    def _tag(self, drawing: Drawing, price: float, name: str, colour: str, *, filled: bool) -> Tag:
        return Tag(price, f"{name} {price_label(price, drawing.venue, hangul=self._hangul)}", colour, filled)


def _set_fonts(font_family: str | None) -> None:
    """Let matplotlib write with *font_family*, and with DejaVu Sans what that lacks."""
    families = [font_family, "DejaVu Sans"] if font_family else ["DejaVu Sans"]
    # NanumGothic has no U+2212; a name may hold dollar signs, between which a formula would be seen.
    rcParams.update({"font.family": families, "axes.unicode_minus": False, "text.parse_math": False})


def _add_all(axes: Axes, *artists: Collection | Line2D) -> None:
    for artist in artists:
        if isinstance(artist, Line2D):
            axes.add_line(artist)
        else:
            axes.add_collection(artist, autolim=False)


def _columns_of(drawing: Drawing) -> tuple[Floats, Floats]:
    """Return open, high, low, close by bar, and the volumes; high and low enclose the rest whatever the source says."""
    prices = np.array([(bar.open, bar.high, bar.low, bar.close) for bar in drawing.bars], dtype=np.float64)
    prices[:, 1], prices[:, 2] = prices.max(axis=1), prices.min(axis=1)
    return prices, np.array([bar.volume for bar in drawing.bars], dtype=np.float64)


def _rectangles(places: Floats, bottom: Floats, top: Floats) -> Floats:
    """Return four corners for each place."""
    left, right = places - BODY_WIDTH / 2, places + BODY_WIDTH / 2
    corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
    return np.stack([np.column_stack(corner) for corner in corners], axis=1)
