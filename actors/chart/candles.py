"""Daily bars as matplotlib draws them quickly: all wicks are one collection, all bodies another."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from actors.chart import palette
from actors.chart.canvas import Floats, add_all
from actors.chart.drawing import Bar

__all__ = ["Candles", "colours_of", "prices_of", "rectangles"]

BODY_WIDTH = 0.72


class Candles:
    """The bars on *axes*, at the places 0, 1, 2 … of its x axis, so that closed days leave no holes."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._wicks = LineCollection([], linewidths=0.9, zorder=2)
        self._bodies = PolyCollection([], linewidths=0, zorder=3)
        add_all(axes, self._wicks, self._bodies)

    def draw(self, prices: Floats, colours: list[str]) -> None:
        """Draw *prices* in *colours*, in place of those before; the axes' limits must be set."""
        opened, high, low, close = prices.T
        low_y, high_y = self._axes.get_ylim()
        a_pixel = (high_y - low_y) / self._axes.get_window_extent().height
        top = np.maximum(opened, close)
        # A day that closed where it opened is a stroke, not nothing.
        bottom = np.minimum(np.minimum(opened, close), top - a_pixel)
        places = np.arange(len(prices), dtype=np.float64)
        wicks = np.stack([np.column_stack([places, low]), np.column_stack([places, high])], axis=1)
        self._wicks.set_segments(list(wicks))
        self._wicks.set_color(colours)
        self._bodies.set_verts(list(rectangles(places, bottom, top)))
        self._bodies.set_facecolor(colours)


def prices_of(bars: Sequence[Bar]) -> Floats:
    """Return open, high, low, close by bar; high and low enclose the rest whatever the source says."""
    prices = np.array([(bar.open, bar.high, bar.low, bar.close) for bar in bars], dtype=np.float64).reshape(-1, 4)
    prices[:, 1], prices[:, 2] = prices.max(axis=1), prices.min(axis=1)
    return prices


def colours_of(prices: Floats) -> list[str]:
    """Return a colour for each bar: one that closed where it opened counts as a rise."""
    return [palette.UP if rose else palette.DOWN for rose in prices[:, 3] >= prices[:, 0]]


def rectangles(places: Floats, bottom: Floats, top: Floats) -> Floats:
    """Return four corners for each place."""
    left, right = places - BODY_WIDTH / 2, places + BODY_WIDTH / 2
    corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
    return np.stack([np.column_stack(corner) for corner in corners], axis=1)
