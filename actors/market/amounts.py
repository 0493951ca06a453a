"""What somebody spends on a purchase, and how many whole shares that buys. Pure.

An amount is for one symbol, or else for all of a market's that have none of their own; it is in the market's currency.
It is what the first level costs: at a level of a whole number of σ, so many times as much is spent, as the alert says
(2배 투자).
"""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from protocol.messages import Market

__all__ = ["amount_for", "shares_for", "spent_on", "whole_market"]


def whole_market(market: Market) -> str:
    """Return for what an amount stands that is for all symbols of *market*; no symbol is written like that."""
    return f"*{market.value}"


def amount_for(amounts: Mapping[str, Decimal], symbol: str, market: Market) -> Decimal | None:
    """Return which of somebody's *amounts* is spent on *symbol*, None if none is."""
    return amounts.get(symbol, amounts.get(whole_market(market)))


def shares_for(amount: Decimal, level: float, price: float) -> int:
    """Return how many whole shares are bought at *price* when *level* is reached, 0 where there is no price."""
    if price <= 0:
        return 0
    return int((spent_on(amount, level) / Decimal(str(price))).to_integral_value(ROUND_DOWN))


def spent_on(amount: Decimal, level: float) -> Decimal:
    """Return what is spent on *level*, which is so many σ."""
    return amount * int(level) if level.is_integer() and level >= 1 else amount
