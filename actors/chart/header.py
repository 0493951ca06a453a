"""What stands above the axes: the name, the price now with its change, the moment, and what the averages are."""

from collections.abc import Mapping, Sequence

from matplotlib.text import Text

from actors.chart import palette
from actors.chart.canvas import Canvas
from actors.chart.day import DayDrawing
from actors.chart.drawing import AVERAGE_SESSIONS, Drawing
from actors.chart.labels import title
from actors.market.money import price_text
from actors.market.sessions import zone_of

__all__ = ["LEFT", "LINE_TOP", "RIGHT", "TITLE_SIZE", "TITLE_TOP", "AverageLegend", "Header", "fit"]

TITLE_TOP, LINE_TOP = 0.967, 0.9
LEFT, RIGHT = 0.022, 0.985
TITLE_SIZE = 18.0
TITLE_GAP_PX = 20
LEGEND_GAP = 0.015


class Header:
    """Two lines of text above the axes."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        figure = canvas.figure
        self._title = figure.text(LEFT, TITLE_TOP, "", size=TITLE_SIZE, color=palette.INK, va="top")
        self._headline = figure.text(LEFT, LINE_TOP, "", size=13, va="top")
        self._moment = figure.text(RIGHT, TITLE_TOP - 0.007, "", size=11, color=palette.FAINT, ha="right", va="top")

    def write(self, drawing: Drawing | DayDrawing) -> None:
        """Write the header of *drawing*."""
        self._title.set_text(title(drawing.name, drawing.symbol, hangul=self._canvas.hangul))
        words = self._canvas.words
        price = price_text(drawing.price, drawing.venue, words.language)
        if isinstance(drawing, DayDrawing) and not drawing.has_price:
            self._headline.set_text(f"{words.say('chart.base-price')} {price}")
        else:
            change = f"{drawing.price / drawing.base_price - 1:+.2%}"
            self._headline.set_text(f"{price}   {words.say('chart.since-close')} {change}")
        self._headline.set_color(palette.colour_of_change(drawing.price, drawing.base_price))
        # The zone is set here and not by whoever orders the picture: MessagePack makes UTC of every moment on the way.
        traded_at = drawing.traded_at.astimezone(zone_of(drawing.venue))
        self._moment.set_text(f"{traded_at:%Y-%m-%d %H:%M:%S} {drawing.venue.value}")
        fit(self._title, TITLE_SIZE, self._moment.get_window_extent().x0 - TITLE_GAP_PX)


class AverageLegend:
    """The names of the averages, side by side, which end at *right* (a fraction of the figure's width)."""

    def __init__(self, canvas: Canvas, right: float) -> None:
        self._canvas = canvas
        self._right = right
        self._texts = [
            canvas.figure.text(0, LINE_TOP, "", size=11, color=colour, ha="right", va="top")
            for colour in palette.AVERAGES
        ]
        self._widths: dict[str, list[float]] = {}

    def show(self, averages: Mapping[int, Sequence[float | None]]) -> None:
        """Name those of *averages* that are drawn."""
        words, right = self._canvas.words, self._right
        for text, sessions in zip(self._texts, AVERAGE_SESSIONS, strict=True):
            text.set_text(f"━ {words.say('chart.average', sessions=sessions)}")
        # Measured once for each language: that costs as much as drawing them.
        widths = self._widths.setdefault(words.language, [])
        if not widths:
            widths += [text.get_window_extent().width / self._canvas.figure.bbox.width for text in self._texts]
        for text, width, sessions in reversed(list(zip(self._texts, widths, AVERAGE_SESSIONS, strict=True))):
            text.set_visible(any(value is not None for value in averages[sessions]))
            if text.get_visible():
                text.set_x(right)
                right -= width + LEGEND_GAP


def fit(text: Text, size: float, right_px: float) -> None:
    """Write *text* in *size*, or so much smaller that it ends before *right_px*."""
    text.set_fontsize(size)
    end = text.get_window_extent().x1
    if end > right_px:
        left = text.get_window_extent().x0
        text.set_fontsize(size * (right_px - left) / (end - left))
