"""What a symbol looks like."""

import pytest

from actors.market.symbols import as_code, code_in, possible_venues
from protocol.messages import Venue

US = (Venue.NASDAQ, Venue.NYSE, Venue.AMEX)


@pytest.mark.parametrize(
    ("symbol", "venues"),
    [
        ("005930", (Venue.KRX,)),
        ("0126Z0", (Venue.KRX,)),
        ("00593K", (Venue.KRX,)),
        ("Q500001", (Venue.KRX,)),
        ("TQQQ", US),
        ("F", US),
        ("BRK.B", US),
        ("", ()),
        ("5930", ()),
        ("0059300", ()),
        ("ABCDEF", ()),
        ("A005930", ()),
        ("삼성전자", ()),
        ("٠٠٥٩٣٠", ()),
        ("005930\n", ()),
    ],
)
def test_the_form_of_a_symbol_tells_where_it_may_be_listed(symbol: str, venues: tuple[Venue, ...]) -> None:
    """What cannot be a symbol must not cost a call, and a code with letters in it is one since 2024."""
    assert possible_venues(symbol) == venues


@pytest.mark.parametrize(
    ("words", "code"), [("code:GS", "GS"), (" Code: gs ", "GS"), ("GS", ""), ("code:", ""), ("", ""), ("코드:GS", "")]
)
def test_what_is_to_be_a_code_and_no_name_says_so(words: str, code: str) -> None:
    """A stock's code may be another one's name."""
    assert code_in(words) == code


def test_a_symbol_is_said_to_be_one_only_where_it_could_be_a_name() -> None:
    """And is found again in what was said."""
    assert [as_code(symbol) for symbol in ("005930", "0126Z0", "GS")] == ["005930", "0126Z0", "code:GS"]
    assert code_in(as_code("BRK/B")) == "BRK/B"
