"""What an amount buys."""

from decimal import Decimal

import pytest

from actors.market.amounts import amount_for, shares_for, whole_market
from protocol.messages import Market

MILLION = Decimal(1_000_000)


@pytest.mark.parametrize(
    ("amount", "level", "price", "shares"),
    [
        (MILLION, 1.0, 71_635.0, 13),
        (MILLION, 2.0, 70_605.0, 28),
        (MILLION, 1.5, 71_120.0, 14),
        (MILLION, 0.5, 72_150.0, 13),
        (Decimal(71_635), 1.0, 71_635.0, 1),
        (Decimal(71_634), 1.0, 71_635.0, 0),
        (Decimal(500), 1.0, 53.94, 9),
        (Decimal("0.3"), 1.0, 0.1, 3),
        (MILLION, 1.0, 0.0, 0),
    ],
)
def test_shares_are_whole_and_a_level_costs_so_many_times_as_much(
    amount: Decimal, level: float, price: float, shares: int
) -> None:
    """The alert says to spend twice as much at 2σ; nobody can order half a share."""
    assert shares_for(amount, level, price) == shares


def test_a_stocks_own_amount_goes_before_its_markets() -> None:
    """Who spends less on one stock has said so; dollars are not won."""
    amounts = {whole_market(Market.KRX): MILLION, "005930": Decimal(500_000)}

    assert amount_for(amounts, "005930", Market.KRX) == Decimal(500_000)
    assert amount_for(amounts, "122630", Market.KRX) == MILLION
    assert amount_for(amounts, "SOXL", Market.US) is None
