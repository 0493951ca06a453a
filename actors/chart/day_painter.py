"""Draw a `DayDrawing`: the line of today's minutes, the target lines, and the moment of an alert."""

from datetime import datetime, timedelta

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from PIL import Image

from actors.chart import palette
from actors.chart.canvas import AXIS_SIZE, Canvas, add_all, label_prices
from actors.chart.day import DayDrawing
from actors.chart.header import Header
from actors.chart.tags import Tag, TagRail
from actors.market.money import price_text
from actors.market.sessions import zone_of
from actors.words.points import line_name

__all__ = ["DayPainter"]

LEFT, RIGHT, BOTTOM, TOP = 0.092, 0.835, 0.095, 0.835
LEAST_MARGIN = 0.002
MOST_HOURS = 9
MINUTE = timedelta(minutes=1)


class DayPainter:
    """Draws one picture after the other on the same figure; the x axis counts minutes from the open."""

    def __init__(self, width_px: int, height_px: int, font_family: str | None) -> None:
        """Make the figure; the arguments are those of `Canvas`."""
        self._canvas = Canvas(width_px, height_px, font_family)
        figure = self._canvas.figure
        self._axes = self._canvas.add_axes(LEFT, BOTTOM, RIGHT, TOP)
        self._ranges = LineCollection([], linewidths=2.0, colors=palette.RANGE, zorder=2)
        self._line = Line2D([], [], color=palette.INK, linewidth=1.3, zorder=4)
        self._base = Line2D([], [], color=palette.FAINT, linewidth=1.0, linestyle=(0, (1, 2)), zorder=3)
        self._targets = LineCollection([], linewidths=1.4, zorder=5)
        self._moment = Line2D([], [], color=palette.FAINT, linewidth=0.9, zorder=3)
        self._marker = Line2D([], [], marker="o", markersize=9, markeredgecolor="white", zorder=7)
        self._time = self._axes.text(0, 0, "", size=AXIS_SIZE, color=palette.INK, va="top", zorder=6)
        add_all(self._axes, self._ranges, self._line, self._base, self._targets, self._moment, self._marker)
        self._header = Header(self._canvas)
        self._rail = TagRail(figure, self._axes)

    def paint(self, drawing: DayDrawing, language: str) -> Image.Image:
        """Return the picture of *drawing* in *language*."""
        self._canvas.speak(language)
        self._set_limits(drawing)
        self._label_axes(drawing)
        places = [_minutes(minute.begins_at - drawing.opens_at) for minute in drawing.minutes]
        self._ranges.set_segments(
            [[(x, minute.low), (x, minute.high)] for x, minute in zip(places, drawing.minutes, strict=True)]
        )
        # A minute without a trade has no bar: the price stood still.
        self._line.set_data(np.array(places), np.array([minute.close for minute in drawing.minutes]))
        self._line.set_drawstyle("steps-post")
        self._draw_levels(drawing)
        self._draw_moment(drawing)
        self._header.write(drawing)
        return self._canvas.image()

    def _set_limits(self, drawing: DayDrawing) -> None:
        lines = [drawing.price, drawing.base_price, *(target.price for target in drawing.targets)]
        low = min([*lines, *(minute.low for minute in drawing.minutes)])
        high = max([*lines, *(minute.high for minute in drawing.minutes)])
        margin = max((high - low) * 0.06, high * LEAST_MARGIN)
        self._axes.set_ylim(low - margin, high + margin)
        length = _minutes(drawing.closes_at - drawing.opens_at) or 1.0
        self._axes.set_xlim(-length * 0.01, length * 1.01)

    def _label_axes(self, drawing: DayDrawing) -> None:
        label_prices(self._axes, drawing.venue)
        moments = _full_hours(drawing)
        places = [_minutes(moment - drawing.opens_at) for moment in moments]
        self._axes.set_xticks(places, [f"{moment:%H:%M}" for moment in moments])

    def _draw_levels(self, drawing: DayDrawing) -> None:
        """Draw the target lines and the base price, and their tags on the right."""
        left, right = self._axes.get_xlim()
        colours = palette.TARGETS[: len(drawing.targets)]
        self._targets.set_segments([[(left, target.price), (right, target.price)] for target in drawing.targets])
        self._targets.set_color(colours)
        self._targets.set_linestyle((0, (6, 3)))
        self._base.set_data([left, right], [drawing.base_price, drawing.base_price])
        words = self._canvas.words
        price_name = words.say("chart.alert") if drawing.is_alert else words.say("chart.now")
        colour = palette.colour_of_change(drawing.price, drawing.base_price)
        tags = [self._tag(drawing, drawing.base_price, words.say("chart.base-price"), palette.FAINT, filled=False)]
        if drawing.has_price:
            tags.insert(0, self._tag(drawing, drawing.price, price_name, colour, filled=True))
        tags += [
            self._tag(
                drawing,
                target.price,
                line_name(target.level, words),
                shade,
                filled=drawing.is_alert and target.level == drawing.level,
            )
            for target, shade in zip(drawing.targets, colours, strict=True)
        ]
        self._rail.show(tags)

    def _draw_moment(self, drawing: DayDrawing) -> None:
        """Mark when the alert's trade was, with the time beside it; without an alert, only where the price is."""
        place = _minutes(drawing.traded_at - drawing.opens_at)
        low, high = self._axes.get_ylim()
        left, right = self._axes.get_xlim()
        self._moment.set_data([place, place], [low, high])
        self._marker.set_data([place], [drawing.price])
        self._marker.set_visible(drawing.has_price)
        self._marker.set_color(palette.colour_of_change(drawing.price, drawing.base_price))
        is_late = place > (left + right) / 2
        gap = (right - left) * 0.008
        self._time.set_position((place - gap if is_late else place + gap, high - (high - low) * 0.02))
        self._time.set_horizontalalignment("right" if is_late else "left")
        for mark in (self._moment, self._time):
            mark.set_visible(drawing.is_alert)
        self._time.set_text(f"{drawing.traded_at.astimezone(zone_of(drawing.venue)):%H:%M:%S}")

    def _tag(self, drawing: DayDrawing, price: float, name: str, colour: str, *, filled: bool) -> Tag:
        return Tag(price, f"{name} {price_text(price, drawing.venue, self._canvas.words.language)}", colour, filled)


def _minutes(length: timedelta) -> float:
    return length / MINUTE


def _full_hours(drawing: DayDrawing) -> list[datetime]:
    """Return the full hours of the venue's wall clock within the day, not too many of them."""
    opens_at = drawing.opens_at.astimezone(zone_of(drawing.venue))
    first = opens_at.replace(minute=0, second=0, microsecond=0)
    hours = int((drawing.closes_at - first) / timedelta(hours=1)) + 1
    step = max(1, -(-hours // MOST_HOURS))
    moments = [first + timedelta(hours=hour) for hour in range(0, hours + 1, step)]
    return [moment for moment in moments if opens_at <= moment <= drawing.closes_at]
