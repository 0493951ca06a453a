"""The ruler of a picture: the same one drawn on a kept figure, with nothing measured, fitted or kept apart."""

import io

import numpy as np
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray
from PIL import Image

from actors.chart.drawing import Drawing

__all__ = ["FloorPainter"]

Floats = NDArray[np.float64]

UP, DOWN, INK, FAINT, GRID = "#d6303a", "#2461c4", "#1c1f24", "#6b7280", "#e7e9ed"
AVERAGES = {20: "#e08a00", 60: "#2f9e5b", 120: "#8a63c7"}
TARGETS = ("#0f8a8a", "#b0307a")
TAG = "square,pad=0.28"


class FloorPainter:
    """Knows one kind of alert: Korean, in the figure's own time zone, with 1σ and 2σ far enough apart."""

    def __init__(self, width_px: int, height_px: int, font_family: str) -> None:
        rcParams.update({"font.family": [font_family, "DejaVu Sans"], "axes.unicode_minus": False})
        self._figure = figure = Figure(figsize=(width_px / 100, height_px / 100), dpi=100)
        self._canvas = FigureCanvasAgg(figure)
        self._prices, self._volumes = (
            figure.add_axes((0.092, bottom, 0.743, height)) for bottom, height in ((0.285, 0.55), (0.105, 0.14))
        )
        for axes in (self._prices, self._volumes):
            axes.grid(color=GRID, linewidth=0.8)
            axes.set_axisbelow(True)
            axes.spines[:].set_color(GRID)
            axes.tick_params(length=0, labelsize=11, labelcolor=FAINT)
        self._prices.tick_params(labelbottom=False)
        self._wicks, self._targets = LineCollection([], linewidths=0.9), LineCollection([], linewidths=1.4, zorder=5)
        self._bodies, self._columns = (PolyCollection([], linewidths=0, zorder=3) for _ in range(2))
        for collection in (self._wicks, self._bodies, self._targets):
            self._prices.add_collection(collection, autolim=False)
        self._volumes.add_collection(self._columns, autolim=False)
        self._averages = {
            sessions: self._prices.add_line(Line2D([], [], color=colour, linewidth=1.3, zorder=4))
            for sessions, colour in AVERAGES.items()
        }
        self._line = self._prices.add_line(Line2D([], [], color=DOWN, linewidth=0.9, linestyle=(0, (1, 2)), zorder=5))
        self._marker = self._prices.add_line(
            Line2D([], [], marker="o", markersize=8, markeredgecolor="white", color=DOWN, zorder=6)
        )
        self._title = figure.text(0.022, 0.967, "", size=18, color=INK, va="top")
        self._headline = figure.text(0.022, 0.9, "", size=13, color=DOWN, va="top")
        self._moment = figure.text(0.985, 0.96, "", size=11, color=FAINT, ha="right", va="top")
        figure.text(0.849, 0.245, "거래량", size=11, color=FAINT, va="top")
        for right, (sessions, colour) in zip((0.667, 0.747, 0.835), AVERAGES.items(), strict=True):
            figure.text(right, 0.9, f"━ {sessions}일선", size=11, color=colour, ha="right", va="top")
        self._tags = [figure.text(854, 0, "", size=12, va="center", transform=IdentityTransform()) for _ in range(3)]
        for text, colour, filled in zip(self._tags, (DOWN, *TARGETS), (True, False, True), strict=True):
            text.set_color("white" if filled else colour)
            text.set_bbox({"boxstyle": TAG, "facecolor": colour if filled else "white", "edgecolor": colour})
        self._strokes = LineCollection([], linewidths=1.2, colors=(DOWN, *TARGETS), transform=IdentityTransform())
        figure.add_artist(self._strokes)

    def paint(self, drawing: Drawing) -> bytes:
        """Return *drawing* as PNG."""
        bars = np.array([(bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in drawing.bars])
        opened, high, low, close, volume = bars.T
        places = np.arange(len(bars), dtype=np.float64)
        lines = [drawing.price, *(target.price for target in drawing.targets)]
        bottom, top = min(low.min(), *lines), max(high.max(), *lines)
        margin = (top - bottom) * 0.05
        self._prices.set_ylim(bottom - margin, top + margin)
        self._volumes.set_ylim(0, volume.max() * 1.08)
        for axes in (self._prices, self._volumes):
            axes.set_xlim(-1, len(bars) + 2.5)
        self._prices.yaxis.set_major_locator(MaxNLocator(nbins=6))
        self._prices.yaxis.set_major_formatter(FuncFormatter(lambda price, _: f"{price:,.0f}"))
        self._volumes.yaxis.set_major_locator(MaxNLocator(nbins=2, integer=True))
        self._volumes.yaxis.set_major_formatter(FuncFormatter(lambda shares, _: f"{shares / 1e4:,.0f}만"))
        months = [place for place in range(1, len(bars)) if _month(drawing, place) != _month(drawing, place - 1)]
        self._prices.set_xticks(months)
        self._volumes.set_xticks(months, [f"{_month(drawing, place)}월" for place in months])
        colours = [UP if rose else DOWN for rose in close >= opened]
        self._wicks.set_segments([((x, a), (x, b)) for x, a, b in zip(places, low, high, strict=True)])
        self._wicks.set_color(colours)
        self._bodies.set_verts(_boxes(places, np.minimum(opened, close), np.maximum(opened, close)))
        self._columns.set_verts(_boxes(places, np.zeros(len(bars)), volume))
        self._bodies.set_facecolor(colours)
        self._columns.set_facecolor(colours)
        for sessions, line in self._averages.items():
            line.set_data(places, np.array(drawing.averages[sessions], dtype=float))
        right = len(bars) + 2.5
        self._targets.set_segments([[(-1, target.price), (right, target.price)] for target in drawing.targets])
        self._targets.set_color(TARGETS)
        self._targets.set_linestyle((0, (6, 3)))
        self._line.set_data([-1, right], [drawing.price, drawing.price])
        self._marker.set_data([len(bars)], [drawing.price])
        self._write(drawing, lines)
        self._canvas.draw()  # type: ignore[no-untyped-call]
        pixels = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        file = io.BytesIO()
        Image.fromarray(pixels).convert("RGB").save(file, "PNG", compress_level=1)
        return file.getvalue()

    def _write(self, drawing: Drawing, lines: list[float]) -> None:
        self._title.set_text(f"{drawing.name} ({drawing.symbol})")
        self._headline.set_text(f"{drawing.price:,.0f}원   전일대비 {drawing.price / drawing.base_price - 1:+.2%}")
        self._moment.set_text(f"{drawing.traded_at:%Y-%m-%d %H:%M:%S} KRX")
        low, high = self._prices.get_ylim()
        ends = [171 + (price - low) / (high - low) * 330 for price in lines]
        heights = [ends[0] - 30, ends[0] + 30, ends[0]]
        names = ["현재", *(f"{target.level:g}σ" for target in drawing.targets)]
        for text, name, price, height in zip(self._tags, names, lines, heights, strict=True):
            text.set_y(height)
            text.set_text(f"{name} {price:,.0f}원")
        self._strokes.set_segments([[(835, end), (849, height)] for end, height in zip(ends, heights, strict=True)])


def _month(drawing: Drawing, place: int) -> int:
    return drawing.bars[place].session_date.month


def _boxes(places: Floats, low: Floats, high: Floats) -> list[Floats]:
    left, right = places - 0.36, places + 0.36
    corners = [(left, low), (left, high), (right, high), (right, low)]
    return list(np.stack([np.column_stack(corner) for corner in corners], axis=1))
