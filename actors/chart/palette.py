"""The colours of a picture. Korean markets show a rise in red and a fall in blue."""

from actors.chart.drawing import Drawing

__all__ = ["AVERAGES", "DOWN", "EVEN", "FAINT", "GRID", "INK", "TARGETS", "UP", "colour_of_change"]

UP, DOWN, EVEN = "#d6303a", "#2461c4", "#555555"
INK, FAINT, GRID = "#1c1f24", "#6b7280", "#e7e9ed"
AVERAGES = ("#e08a00", "#2f9e5b", "#8a63c7")
"""One for each of `drawing.AVERAGE_SESSIONS`."""
TARGETS = ("#0f8a8a", "#b0307a", "#7a5c00")
"""Shallowest level first; a third where the level that was reached is neither 1σ nor 2σ."""


def colour_of_change(drawing: Drawing) -> str:
    """Return the colour of the price now, by what it is to the base price."""
    if drawing.price == drawing.base_price:
        return EVEN
    return UP if drawing.price > drawing.base_price else DOWN
