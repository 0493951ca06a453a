"""What stands above the bars: the name, the price now with its change, the moment, and what the averages are."""

from matplotlib.figure import Figure

from actors.chart import palette
from actors.chart.drawing import AVERAGE_SESSIONS, Drawing
from actors.chart.labels import average_label, price_label, title
from actors.market.sessions import zone_of

__all__ = ["Header"]

TITLE_TOP, LINE_TOP = 0.967, 0.9
LEFT, RIGHT = 0.022, 0.985
TITLE_SIZE = 18.0
TITLE_GAP_PX = 20
LEGEND_GAP = 0.015


class Header:
    """Two lines of text above the axes, which end at *legend_right* (a fraction of the figure's width)."""

    def __init__(self, figure: Figure, legend_right: float, *, hangul: bool) -> None:
        self._figure = figure
        self._legend_right = legend_right
        self._hangul = hangul
        self._title = figure.text(LEFT, TITLE_TOP, "", size=TITLE_SIZE, color=palette.INK, va="top")
        self._headline = figure.text(LEFT, LINE_TOP, "", size=13, va="top")
        self._moment = figure.text(RIGHT, TITLE_TOP - 0.007, "", size=11, color=palette.FAINT, ha="right", va="top")
        self._averages = [
            figure.text(0, LINE_TOP, f"━ {average_label(sessions, hangul=hangul)}", size=11, ha="right", va="top")
            for sessions in AVERAGE_SESSIONS
        ]
        for text, colour in zip(self._averages, palette.AVERAGES, strict=True):
            text.set_color(colour)

    def write(self, drawing: Drawing) -> None:
        """Write the header of *drawing*."""
        self._title.set_text(title(drawing.name, drawing.symbol, hangul=self._hangul))
        price = price_label(drawing.price, drawing.venue, hangul=self._hangul)
        since_close = "전일대비" if self._hangul else "change"
        self._headline.set_text(f"{price}   {since_close} {drawing.price / drawing.base_price - 1:+.2%}")
        self._headline.set_color(palette.colour_of_change(drawing))
        # The zone is set here and not by whoever orders the picture: MessagePack makes UTC of every moment on the way.
        traded_at = drawing.traded_at.astimezone(zone_of(drawing.venue))
        self._moment.set_text(f"{traded_at:%Y-%m-%d %H:%M:%S} {drawing.venue.value}")
        self._fit_title()
        self._place_averages(drawing)

    def _fit_title(self) -> None:
        """Make a long name smaller until it ends before the moment on its right."""
        self._title.set_fontsize(TITLE_SIZE)
        room = self._moment.get_window_extent().x0 - TITLE_GAP_PX
        end = self._title.get_window_extent().x1
        if end > room:
            self._title.set_fontsize(TITLE_SIZE * room / end)

    def _place_averages(self, drawing: Drawing) -> None:
        """Put the averages that are drawn side by side."""
        right = self._legend_right
        for text, sessions in reversed(list(zip(self._averages, AVERAGE_SESSIONS, strict=True))):
            text.set_visible(any(value is not None for value in drawing.averages[sessions]))
            if text.get_visible():
                text.set_x(right)
                right -= text.get_window_extent().width / self._figure.bbox.width + LEGEND_GAP
