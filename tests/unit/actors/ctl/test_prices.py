"""Prices and moments as people read them."""

import pytest

from actors.ctl.prices import amount, money, percent, wall_clock
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
    ],
)
def test_won_have_no_decimals_and_dollars_two(price: float, venue: Venue, sign: str, shown: str) -> None:
    """The most frequent complaint of families about such systems."""
    assert money(price, venue, sign) == shown


def test_what_is_not_known_stays_unknown() -> None:
    """A zero would be taken for a price."""
    assert (amount(None, Venue.KRX), percent(None), wall_clock(None)) == (None, None, None)


def test_moments_are_shown_by_a_korean_wall_clock() -> None:
    """The family's clock, whatever zone the machine is in."""
    assert wall_clock("2025-11-28T00:00:10.123456+00:00") == "11-28 09:00:10.123"
    assert wall_clock("yesterday") == "yesterday"


def test_a_fall_is_shown_with_its_sign_and_two_decimals() -> None:
    """전일대비 needs its sign, 하락률 its second decimal."""
    assert (percent(-0.02842), percent(0.01417), percent(0.0142, "+")) == ("-2.84%", "1.42%", "+1.42%")
