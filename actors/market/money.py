"""Prices as people write them, in the currency of their venue and as their language writes it. Pure."""

from protocol.messages import Venue

__all__ = ["price_text"]


def price_text(price: float, venue: Venue, language: str, sign: str = "-") -> str:
    """Return *price* with its currency: won with commas and no decimals, dollars with two.

    Args:
        price: or a change of one.
        venue: decides on the currency.
        language: of whoever reads it; in Korean won stand behind the figure, `70,600원`, elsewhere in front, `₩70,600`.
        sign: `+` where a plus is to be shown, too.
    """
    if venue.is_korean and language == "ko":
        return f"{price:{sign},.0f}원"
    direction = "-" if price < 0 else "+" if sign == "+" else ""
    return f"{direction}₩{abs(price):,.0f}" if venue.is_korean else f"{direction}${abs(price):,.2f}"
