"""Prices and moments as people read them."""

from actors.ctl.prices import amount, percent, wall_clock
from protocol.messages import Venue


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
