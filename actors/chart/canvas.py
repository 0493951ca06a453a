"""What every painter stands on: one kept figure, its axes in the same dress, and the way from it to an image.

No pyplot: it keeps figures alive in a global. matplotlib's canvas leaves its methods unannotated.
"""

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray
from PIL import Image

from actors.chart import palette
from actors.chart.labels import axis_label, words_for
from actors.words.catalogue import Words
from protocol.messages import Venue

__all__ = ["AXIS_SIZE", "DPI", "Canvas", "Floats", "add_all", "label_prices"]

DPI = 100
AXIS_SIZE = 11
LONGEST_AXIS_LABEL = 10

Floats = NDArray[np.float64]


class Canvas:
    """A figure that is drawn again and again, for readers of whatever language."""

    def __init__(self, width_px: int, height_px: int, font_family: str | None) -> None:
        """Make the figure.

        Args:
            width_px: of every picture.
            height_px: of every picture.
            font_family: one with Hangul; None writes figures and Latin letters only.
        """
        families = [font_family, "DejaVu Sans"] if font_family else ["DejaVu Sans"]
        # NanumGothic has no U+2212; a name may hold dollar signs, between which a formula would be seen.
        rcParams.update({"font.family": families, "axes.unicode_minus": False, "text.parse_math": False})
        self.hangul = font_family is not None
        self.words = words_for("ko", hangul=self.hangul)
        self.figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor="white")
        self._canvas = FigureCanvasAgg(self.figure)

    def speak(self, language: str) -> Words:
        """Return the words of the next picture, which is for whoever reads *language*; they stand in `words`, too."""
        self.words = words_for(language, hangul=self.hangul)
        return self.words

    def add_axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Return axes between these fractions of the figure."""
        axes = self.figure.add_axes((left, bottom, right - left, top - bottom))
        axes.grid(color=palette.GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[:].set_color(palette.GRID)
        axes.tick_params(length=0, labelsize=AXIS_SIZE, labelcolor=palette.FAINT)
        return axes

    def image(self) -> Image.Image:
        """Draw, and return the picture, a copy: the next one is drawn over what it was made from."""
        self._canvas.draw()  # type: ignore[no-untyped-call]
        return Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]


def add_all(axes: Axes, *artists: Artist) -> None:
    """Put *artists* on *axes*, whose limits are set by hand."""
    for artist in artists:
        if isinstance(artist, Line2D):
            axes.add_line(artist)
        elif isinstance(artist, Collection):
            axes.add_collection(artist, autolim=False)
        else:
            axes.add_artist(artist)


def label_prices(axes: Axes, venue: Venue, bins: int = 6) -> None:
    """Label the prices beside *axes*, whose limits are set, as *venue* writes them."""
    longest = len(axis_label(axes.get_ylim()[1], venue))
    # A price of a hundred million still has to fit beside the bars.
    axes.tick_params(axis="y", labelsize=AXIS_SIZE * min(1.0, LONGEST_AXIS_LABEL / longest))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=bins))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda price, _: axis_label(price, venue)))
