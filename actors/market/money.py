"""Prices as people write them, in the currency of their venue; the same in every language. Pure."""

from protocol.messages import Venue

__all__ = ["price_text"]


def price_text(price: float, venue: Venue, sign: str = "-") -> str:
    """Return *price* with its currency: won with commas and no decimals, dollars with two.

    Args:
        price: or a change of one.
        venue: decides on the currency.
        sign: `+` where a plus is to be shown, too.
    """
    if venue.is_korean:
        return f"{price:{sign},.0f}원"
    direction = "-" if price < 0 else "+" if sign == "+" else ""
    return f"{direction}${abs(price):,.2f}"
