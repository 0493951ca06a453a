"""The colours of a picture. Korean markets show a rise in red and a fall in blue."""

__all__ = [
    "AVERAGES",
    "DOWN",
    "EVEN",
    "FAINT",
    "GRID",
    "INK",
    "PALE_TARGETS",
    "RANGE",
    "TARGETS",
    "UP",
    "colour_of_change",
]

UP, DOWN, EVEN = "#d6303a", "#2461c4", "#555555"
INK, FAINT, GRID, RANGE = "#1c1f24", "#6b7280", "#e7e9ed", "#b9c0cb"
AVERAGES = ("#e08a00", "#2f9e5b", "#8a63c7")
"""One for each of `drawing.AVERAGE_SESSIONS`."""
TARGETS = ("#0f8a8a", "#b0307a", "#7a5c00")
"""Shallowest level first; a third where the level that was reached is neither 1σ nor 2σ."""
PALE_TARGETS = ("#b2dada", "#e6bed6", "#d6cdb0")
"""The same where they stand for what might have been."""


def colour_of_change(price: float, base_price: float) -> str:
    """Return the colour of a price by what it is to the base price."""
    if price == base_price:
        return EVEN
    return UP if price > base_price else DOWN
