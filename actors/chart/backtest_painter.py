"""Draw a `BackTestDrawing`: the years with every purchase, what became of them, and how often a level was reached."""

from datetime import date
from math import nan

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image

from actors.chart import palette
from actors.chart.backtest import BackTestDrawing
from actors.chart.canvas import AXIS_SIZE, Canvas, add_all, label_prices
from actors.chart.header import LEFT, LINE_TOP, RIGHT, TITLE_SIZE, TITLE_TOP, fit
from actors.chart.labels import title
from actors.market.backtest import HORIZONS, LevelResult
from actors.market.outlook import Outlook

__all__ = ["BackTestPainter"]

PRICES = (0.092, 0.5, 0.978, 0.835)
GAINS = (0.092, 0.105, 0.56, 0.395)
RATES = (0.665, 0.105, 0.978, 0.395)
CAPTION_GAP = 0.017
MOST_LEVELS = len(palette.TARGETS)
DODGE = 0.2
"""How far two series stand apart at one horizon."""
CAP = 0.035
BAR_WIDTH = 0.34
DOTS = (3.4, 5.2, 6.4)


class BackTestPainter:
    """Draws one picture after the other on the same figure."""

    def __init__(self, width_px: int, height_px: int, font_family: str | None) -> None:
        """Make the figure; the arguments are those of `Canvas`."""
        self._canvas = Canvas(width_px, height_px, font_family)
        figure = self._canvas.figure
        self._title = figure.text(LEFT, TITLE_TOP, "", size=TITLE_SIZE, color=palette.INK, va="top")
        self._headline = figure.text(LEFT, LINE_TOP, "", size=13, color=palette.FAINT, va="top")
        self._legend = [
            figure.text(0, LINE_TOP, "", size=12, ha="right", va="top", color=colour)
            for colour in (palette.FAINT, *palette.TARGETS)
        ]
        self._prices = self._canvas.add_axes(*PRICES)
        self._prices.set_yscale("log")
        self._prices.minorticks_off()
        self._line = Line2D([], [], color=palette.EVEN, linewidth=1.0, zorder=2)
        self._dots = [
            Line2D([], [], linestyle="", marker="o", markersize=size, markeredgewidth=0, color=colour, zorder=3 + place)
            for place, (size, colour) in enumerate(zip(DOTS, palette.TARGETS, strict=True))
        ]
        add_all(self._prices, self._line, *self._dots)
        self._gains = _GainPainter(self._canvas)
        self._rates = _RatePainter(self._canvas)

    def paint(self, drawing: BackTestDrawing, language: str) -> Image.Image:
        """Return the picture of *drawing* in *language*."""
        self._canvas.speak(language)
        self._write(drawing)
        self._draw_years(drawing)
        levels = drawing.levels[:MOST_LEVELS]
        self._gains.paint([drawing.any_day, *(level.outlooks for level in levels)])
        self._rates.paint(levels, drawing.sessions)
        return self._canvas.image()

    def _write(self, drawing: BackTestDrawing) -> None:
        self._title.set_text(title(drawing.name, drawing.symbol, hangul=self._canvas.hangul))
        fit(self._title, TITLE_SIZE, RIGHT * self._canvas.figure.bbox.width)
        first, last = drawing.dates[0], drawing.dates[-1]
        words = self._canvas.words
        days = words.say("chart.sessions", count=f"{drawing.sessions:,}")
        self._headline.set_text(f"{first:%Y-%m-%d} – {last:%Y-%m-%d}   {days}")
        names = [words.say("chart.any-day"), *(f"{level.level:g}σ" for level in drawing.levels[:MOST_LEVELS])]
        right = RIGHT - 0.007
        for text, name in reversed(list(zip(self._legend, [*names, "", "", ""], strict=False))):
            text.set_text(f"● {name}" if name else "")
            text.set_x(right)
            if name:
                right -= text.get_window_extent().width / self._canvas.figure.bbox.width + 0.02

    def _draw_years(self, drawing: BackTestDrawing) -> None:
        closes = np.array(drawing.closes)
        place_by_date = {on: place for place, on in enumerate(drawing.dates)}
        bought: list[list[tuple[int, float]]] = [
            [
                (place_by_date[purchase.bought_on], purchase.price)
                for purchase in level.purchases
                if purchase.bought_on in place_by_date
            ]
            for level in drawing.levels[:MOST_LEVELS]
        ]
        low = min([float(closes.min()), *(price for points in bought for _, price in points)])
        self._prices.set_ylim(low * 0.96, float(closes.max()) * 1.04)
        self._prices.set_xlim(-len(closes) * 0.01, len(closes) * 1.01)
        label_prices(self._prices, drawing.venue, bins=5)
        places = _label_places(drawing.dates)
        self._prices.set_xticks(places, [f"{drawing.dates[place]:%Y-%m}" for place in places])
        self._line.set_data(np.arange(len(closes)), closes)
        for dots, points in zip(self._dots, [*bought, [], [], []], strict=False):
            dots.set_data([place for place, _ in points], [price for _, price in points])


class _GainPainter:
    """The mean gain after each horizon with its interval: any day, then level by level."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._axes = canvas.add_axes(*GAINS)
        self._caption = _add_caption(canvas, GAINS)
        self._axes.set_xlim(-0.5, len(HORIZONS) - 0.5)
        self._axes.grid(visible=False, axis="x")
        self._axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        self._axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
        colours = (palette.FAINT, *palette.TARGETS)
        self._whiskers = [LineCollection([], linewidths=1.6, colors=colour, zorder=3) for colour in colours]
        self._points = [
            Line2D([], [], linestyle="", marker="o", markersize=8, markeredgecolor="white", color=colour, zorder=4)
            for colour in colours
        ]
        self._zero = Line2D([-0.5, len(HORIZONS) - 0.5], [0, 0], color=palette.EVEN, linewidth=0.9, zorder=1)
        add_all(self._axes, *self._whiskers, *self._points, self._zero)

    def paint(self, series: list[list[Outlook]]) -> None:
        """Draw *series*, in place of those before."""
        words = self._canvas.words
        self._caption.set_text(words.say("chart.gains"))
        self._axes.set_xticks(range(len(HORIZONS)), [words.say_count("chart.after", sessions) for sessions in HORIZONS])
        seen = [0.0]
        for order, (whiskers, points) in enumerate(zip(self._whiskers, self._points, strict=True)):
            outlooks = series[order] if order < len(series) else []
            shift = (order - (len(series) - 1) / 2) * DODGE
            segments: list[list[tuple[float, float]]] = []
            for place, outlook in enumerate(outlooks):
                if outlook.mean_range is not None:
                    low, high = outlook.mean_range.low, outlook.mean_range.high
                    segments += _whisker(place + shift, low, high)
                    seen += [low, high]
            means = [nan if outlook.mean is None else outlook.mean for outlook in outlooks]
            seen += [mean for mean in means if mean == mean]  # noqa: PLR0124 - all but NaN
            whiskers.set_segments(segments)
            points.set_data([place + shift for place in range(len(means))], means)
        margin = (max(seen) - min(seen)) * 0.1 or 0.01
        self._axes.set_ylim(min(seen) - margin, max(seen) + margin)


class _RatePainter:
    """How often each level was touched, beside what a normal curve would give."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._axes = canvas.add_axes(*RATES)
        self._caption = _add_caption(canvas, RATES)
        self._axes.grid(visible=False, axis="x")
        self._axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        self._bars = PolyCollection([], linewidths=0, zorder=3)
        self._labels: list[Text] = [
            self._axes.text(0, 0, "", size=AXIS_SIZE, color=palette.INK, ha="center", va="bottom", zorder=4)
            for _ in range(2 * MOST_LEVELS)
        ]
        add_all(self._axes, self._bars)

    def paint(self, levels: list[LevelResult], sessions: int) -> None:
        """Draw *levels*, in place of those before."""
        self._caption.set_text(self._canvas.words.say("chart.touched"))
        heights = [rate for level in levels for rate in (level.touched / sessions, level.touched_normal)]
        places = [place + side * BAR_WIDTH / 2 for place in range(len(levels)) for side in (-1, 1)]
        pairs = zip(palette.TARGETS, palette.PALE_TARGETS, strict=True)
        colours = [colour for pair in list(pairs)[: len(levels)] for colour in pair]
        half = BAR_WIDTH / 2 - 0.01
        self._bars.set_verts(
            [
                [(place - half, 0), (place - half, height), (place + half, height), (place + half, 0)]
                for place, height in zip(places, heights, strict=True)
            ]
        )
        self._bars.set_facecolor(colours)
        top = max([*heights, 0.01])
        for text in self._labels:
            text.set_text("")
        for text, place, height in zip(self._labels, places, heights, strict=False):
            text.set_text(f"{height:.1%}")
            text.set_position((place, height + top * 0.015))
        self._axes.set_xlim(-0.6, len(levels) - 0.4)
        self._axes.set_ylim(0, top * 1.18)
        self._axes.set_xticks(range(len(levels)), [f"{level.level:g}σ" for level in levels])


def _add_caption(canvas: Canvas, box: tuple[float, float, float, float]) -> Text:
    return canvas.figure.text(box[0], box[3] + CAPTION_GAP, "", size=AXIS_SIZE, color=palette.FAINT, va="bottom")


def _whisker(place: float, low: float, high: float) -> list[list[tuple[float, float]]]:
    """Return the strokes of an interval: a line with a cap at either end."""
    caps = [[(place - CAP, end), (place + CAP, end)] for end in (low, high)]
    return [[(place, low), (place, high)], *caps]


def _label_places(dates: list[date], most: int = 8) -> list[int]:
    """Return the first sessions of some months, evenly spread."""
    firsts = [place for place in range(1, len(dates)) if dates[place].month != dates[place - 1].month] or [0]
    return firsts[:: -(-len(firsts) // most)]
