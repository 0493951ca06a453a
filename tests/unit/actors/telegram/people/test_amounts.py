"""Amounts as people write them."""

from decimal import Decimal

import pytest

from actors.telegram.people.amounts import WrittenAmount, amount_text, parse_amount
from actors.words.catalogue import words_in
from protocol.messages import Market

WORDS = words_in("ko")


@pytest.mark.parametrize(
    ("text", "value", "market"),
    [
        ("1000000", 1_000_000, None),
        ("1,000,000", 1_000_000, None),
        ("100만", 1_000_000, None),
        ("100만원", 1_000_000, Market.KRX),
        ("1.5억원", 150_000_000, Market.KRX),
        ("₩500000", 500_000, Market.KRX),
        ("$500", 500, Market.US),
        ("500달러", 500, Market.US),
        ("500USD", 500, Market.US),
        ("\uff11\uff10\uff10만", 1_000_000, None),
    ],
)
def test_an_amount_is_understood_as_people_write_it(text: str, value: int, market: Market | None) -> None:
    """Nobody counts zeros on a phone."""
    assert parse_amount(text, WORDS) == WrittenAmount(Decimal(value), market)


@pytest.mark.parametrize("text", ["", "0", "-5", "1.234", "$500원", "삼성전자", "9999999999999", "1e6", "\u0663"])
def test_what_is_no_amount_is_none(text: str) -> None:
    """A misread amount would tell somebody to buy ten times too much."""
    assert parse_amount(text, WORDS) is None


def test_an_amount_is_written_in_its_currency() -> None:
    """As prices are."""
    assert amount_text(Decimal(1_000_000), Market.KRX, "ko") == "1,000,000원"
    assert amount_text(Decimal(1_000_000), Market.KRX, "en") == "₩1,000,000"
    assert amount_text(Decimal(500), Market.US, "ko") == "$500.00"
    assert amount_text(Decimal("500.5"), Market.US, "ko") == "$500.50"
