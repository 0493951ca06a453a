"""Prices as people write them."""

import pytest

from actors.market.money import price_text
from protocol.messages import Venue


@pytest.mark.parametrize(
    ("price", "venue", "language", "sign", "shown"),
    [
        (70_600.0, Venue.KRX, "ko", "-", "70,600원"),
        (-2_065.0, Venue.NXT, "ko", "+", "-2,065원"),
        (2_065.0, Venue.KRX, "ko", "+", "+2,065원"),
        (41.27, Venue.AMEX, "ko", "-", "$41.27"),
        (-0.5, Venue.NASDAQ, "ko", "+", "-$0.50"),
        (0.5, Venue.NYSE, "ko", "+", "+$0.50"),
        (70_605.67, Venue.KRX, "ko", "-", "70,606원"),
        (999.5, Venue.NXT, "ko", "-", "1,000원"),
        (70_605.67, Venue.KRX, "en", "-", "₩70,606"),
        (-2_065.0, Venue.NXT, "en", "+", "-₩2,065"),
        (2_065.0, Venue.KRX, "en", "+", "+₩2,065"),
        (41.27, Venue.AMEX, "en", "-", "$41.27"),
        (0.125, Venue.NASDAQ, "ko", "-", "$0.12"),
        (1_234.5, Venue.NYSE, "ko", "-", "$1,234.50"),
    ],
)
def test_won_have_no_decimals_and_dollars_two(price: float, venue: Venue, language: str, sign: str, shown: str) -> None:
    """The most frequent complaint of families about such systems."""
    assert price_text(price, venue, language, sign) == shown
