"""The tags to the right of the prices: each names the line that a stroke leads to, and none covers another."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

__all__ = ["Tag", "TagRail", "spread"]

GAP_PX = 29.0
STROKE_PX = 14.0
SIZE = 12.0
LONGEST_LABEL = 13


class Tag(NamedTuple):
    """A label for the line at *price*."""

    price: float
    label: str
    colour: str
    filled: bool


class TagRail:
    """The column of tags beside *axes*."""

    def __init__(self, figure: Figure, axes: Axes) -> None:
        self._figure = figure
        self._axes = axes
        self._texts: list[Text] = []
        self._strokes = LineCollection([], linewidths=1.2, transform=IdentityTransform())
        figure.add_artist(self._strokes)

    def show(self, tags: Sequence[Tag]) -> None:
        """Put up *tags* in place of those before; the axes' limits must be set."""
        box = self._axes.get_window_extent()
        low, high = self._axes.get_ylim()
        ends = [box.y0 + (tag.price - low) / (high - low) * box.height for tag in tags]
        heights = spread(ends, GAP_PX, box.y0 + GAP_PX / 2, box.y1 - GAP_PX / 2)
        while len(self._texts) < len(tags):
            self._texts.append(self._figure.text(0, 0, "", va="center", transform=IdentityTransform()))
        for text in self._texts:
            text.set_visible(False)
        for text, tag, height in zip(self._texts, tags, heights, strict=False):
            _write(text, tag, box.x1 + STROKE_PX, height)
        self._strokes.set_segments(
            [[(box.x1, end), (box.x1 + STROKE_PX, height)] for end, height in zip(ends, heights, strict=True)]
        )
        self._strokes.set_color([tag.colour for tag in tags])


def _write(text: Text, tag: Tag, x: float, y: float) -> None:
    text.set_visible(True)
    text.set_position((x + 5, y))
    text.set_text(tag.label)
    # A price of a hundred million still has to fit beside the bars.
    text.set_fontsize(SIZE * min(1.0, LONGEST_LABEL / len(tag.label)))
    text.set_color("white" if tag.filled else tag.colour)
    text.set_bbox(
        {
            "boxstyle": "square,pad=0.28",
            "facecolor": tag.colour if tag.filled else "white",
            "edgecolor": tag.colour,
            "linewidth": 1.0,
        }
    )


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return *places* moved as little as needs be to lie *gap* apart, in the same order, between *low* and *high*.

    Places that are too many for the room keep their order and their gap, and go beyond *low*.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    # Neighbours that touch move as one group, about the middle of where they want to be.
    groups: list[tuple[list[int], float]] = []
    for index in order:
        members, middle = [index], min(max(places[index], low), high)
        while groups and middle - _half(members, gap) < groups[-1][1] + _half(groups[-1][0], gap) + gap:
            members = groups.pop()[0] + members
            wanted = sum(places[member] for member in members) / len(members)
            room_low, room_high = low + _half(members, gap), high - _half(members, gap)
            middle = min(max(wanted, room_low), room_high)
        groups.append((members, middle))
    for members, middle in groups:
        for rank, member in enumerate(members):
            moved[member] = middle - _half(members, gap) + rank * gap
    return moved


def _half(members: Sequence[int], gap: float) -> float:
    return (len(members) - 1) * gap / 2
