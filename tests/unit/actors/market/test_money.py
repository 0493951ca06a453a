"""Prices as people write them."""

import pytest

from actors.market.money import price_text
from protocol.messages import Venue


@pytest.mark.parametrize(
    ("price", "venue", "sign", "shown"),
    [
        (70_600.0, Venue.KRX, "-", "70,600원"),
        (-2_065.0, Venue.NXT, "+", "-2,065원"),
        (2_065.0, Venue.KRX, "+", "+2,065원"),
        (41.27, Venue.AMEX, "-", "$41.27"),
        (-0.5, Venue.NASDAQ, "+", "-$0.50"),
        (0.5, Venue.NYSE, "+", "+$0.50"),
        (70_605.67, Venue.KRX, "-", "70,606원"),
        (999.5, Venue.NXT, "-", "1,000원"),
        (0.125, Venue.NASDAQ, "-", "$0.12"),
        (1_234.5, Venue.NYSE, "-", "$1,234.50"),
    ],
)
def test_won_have_no_decimals_and_dollars_two(price: float, venue: Venue, sign: str, shown: str) -> None:
    """The most frequent complaint of families about such systems."""
    assert price_text(price, venue, sign) == shown
