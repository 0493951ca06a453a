"""Draw a `Drawing`: a year of daily bars.

One figure is kept, and each picture only replaces vertices, colours and texts: a bar is a rectangle of one
PolyCollection and a stroke of one LineCollection, never an artist of its own. The price now stands one place to the
right of the bars.
"""

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from PIL import Image

from actors.chart import palette
from actors.chart.candles import Candles, colours_of, prices_of, rectangles
from actors.chart.canvas import AXIS_SIZE, Canvas, Floats, add_all, label_prices
from actors.chart.drawing import AVERAGE_SESSIONS, Drawing
from actors.chart.header import AverageLegend, Header
from actors.chart.labels import date_labels, volume_label
from actors.chart.tags import Tag, TagRail
from actors.market.money import price_text
from actors.words.points import line_name

__all__ = ["ChartPainter"]

LEFT, RIGHT = 0.092, 0.835
PRICE_BOTTOM, PRICE_TOP = 0.285, 0.835
VOLUME_BOTTOM, VOLUME_TOP = 0.105, 0.245
PLACES_RIGHT = 2.5
FEWEST_PLACES = 30
# Above and below, as part of the price: prices that hardly differ shall look as if they hardly differed.
LEAST_MARGIN = 0.005


class ChartPainter:
    """Draws one picture after the other on the same figure."""

    def __init__(self, width_px: int, height_px: int, font_family: str | None) -> None:
        """Make the figure; the arguments are those of `Canvas`."""
        self._canvas = Canvas(width_px, height_px, font_family)
        figure = self._canvas.figure
        self._prices = self._canvas.add_axes(LEFT, PRICE_BOTTOM, RIGHT, PRICE_TOP)
        self._prices.tick_params(labelbottom=False)
        self._volumes = self._canvas.add_axes(LEFT, VOLUME_BOTTOM, RIGHT, VOLUME_TOP)
        self._volume = figure.text(RIGHT + 0.014, VOLUME_TOP, "", size=AXIS_SIZE, color=palette.FAINT, va="top")
        self._candles = Candles(self._prices)
        self._columns = PolyCollection([], linewidths=0, zorder=2)
        self._averages = [Line2D([], [], color=colour, linewidth=1.3, zorder=4) for colour in palette.AVERAGES]
        self._targets = LineCollection([], linewidths=1.4, zorder=5)
        self._price_line = Line2D([], [], linewidth=0.9, linestyle=(0, (1, 2)), zorder=5)
        self._marker = Line2D([], [], marker="o", markersize=8, markeredgecolor="white", zorder=6)
        add_all(self._prices, *self._averages, self._targets, self._price_line, self._marker)
        add_all(self._volumes, self._columns)
        self._header = Header(self._canvas)
        self._legend = AverageLegend(self._canvas, RIGHT)
        self._rail = TagRail(figure, self._prices)

    def paint(self, drawing: Drawing, language: str) -> Image.Image:
        """Return the picture of *drawing* in *language*."""
        self._volume.set_text(self._canvas.speak(language).say("chart.volume"))
        prices = prices_of(drawing.bars)
        volumes = np.array([bar.volume for bar in drawing.bars], dtype=np.float64)
        self._set_limits(drawing, prices, volumes)
        self._label_axes(drawing)
        self._draw_bars(prices, volumes)
        for line, sessions in zip(self._averages, AVERAGE_SESSIONS, strict=True):
            values = [np.nan if value is None else value for value in drawing.averages[sessions]]
            line.set_data(np.arange(len(values)), np.array(values))
        self._draw_levels(drawing)
        self._header.write(drawing)
        self._legend.show(drawing.averages)
        return self._canvas.image()

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
        label_prices(self._prices, drawing.venue)
        self._volumes.yaxis.set_major_locator(MaxNLocator(nbins=2, integer=True))
        self._volumes.yaxis.set_major_formatter(
            FuncFormatter(lambda volume, _: volume_label(volume, self._canvas.words))
        )
        labels = date_labels([bar.session_date for bar in drawing.bars], self._canvas.words)
        places = [place for place, _ in labels]
        self._prices.set_xticks(places)
        self._volumes.set_xticks(places, [label for _, label in labels])

    def _draw_bars(self, prices: Floats, volumes: Floats) -> None:
        colours = colours_of(prices)
        self._candles.draw(prices, colours)
        places = np.arange(len(prices), dtype=np.float64)
        self._columns.set_verts(list(rectangles(places, np.zeros_like(volumes), volumes)))
        self._columns.set_facecolor(colours)

    def _draw_levels(self, drawing: Drawing) -> None:
        """Draw the target lines, the price now, and their tags on the right."""
        left, right = self._prices.get_xlim()
        target_colours = palette.TARGETS[: len(drawing.targets)]
        self._targets.set_segments([[(left, target.price), (right, target.price)] for target in drawing.targets])
        self._targets.set_color(target_colours)
        self._targets.set_linestyle((0, (6, 3)))
        colour = palette.colour_of_change(drawing.price, drawing.base_price)
        self._price_line.set_data([left, right], [drawing.price, drawing.price])
        self._price_line.set_color(colour)
        self._marker.set_data([len(drawing.bars)], [drawing.price])
        self._marker.set_color(colour)
        words = self._canvas.words
        tags = [self._tag(drawing, drawing.price, words.say("chart.now"), colour, filled=True)]
        tags += [
            self._tag(
                drawing,
                target.price,
                line_name(target.level, words),
                target_colour,
                filled=target.level == drawing.level,
            )
            for target, target_colour in zip(drawing.targets, target_colours, strict=True)
        ]
        self._rail.show(tags)

    def _tag(self, drawing: Drawing, price: float, name: str, colour: str, *, filled: bool) -> Tag:
        return Tag(price, f"{name} {price_text(price, drawing.venue, self._canvas.words.language)}", colour, filled)
