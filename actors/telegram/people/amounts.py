"""Amounts of money as people write them: `1,000,000`, `100만원`, `$500`, `500달러`. Pure.

How currencies and large numbers are called stands in the catalogues, all words in every language: who reads English
may have learnt to count in Korean.
"""

import re
import unicodedata
from decimal import Decimal

from msgspec import Struct

from actors.market.money import price_text
from actors.market.schedule import main_venue
from actors.words.catalogue import Words
from protocol.messages import Market

__all__ = ["WrittenAmount", "amount_text", "is_off", "parse_amount"]

NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
UNITS = (10_000, 100_000_000)
"""What the words for large numbers stand for, in the order of the catalogue."""
MOST = Decimal(10) ** 12


class WrittenAmount(Struct, frozen=True):
    """What somebody wrote."""

    value: Decimal
    market: Market | None
    """Whose currency it was said to be in; None if nothing was said."""


def is_off(text: str, words: Words) -> bool:
    """Say whether *text* says that no amount is to be told any more."""
    return text.lower() in words.say("answer.amount-off").split()


def parse_amount(text: str, words: Words) -> WrittenAmount | None:
    """Return the amount in *text*, None if it is none that can be spent."""
    rest = unicodedata.normalize("NFKC", text).replace(",", "").lower()
    said: list[Market] = []
    for market in Market:
        for name in words.say(f"answer.amount-currency.{market.value}").split():
            plain = rest.removeprefix(name).removesuffix(name)
            if plain != rest:
                rest = plain
                said.append(market)
    unit = 1
    for name, value in zip(words.say("answer.amount-units").split(), UNITS, strict=True):
        if rest.endswith(name):
            rest, unit = rest.removesuffix(name), value
            break
    if len(said) > 1 or not NUMBER.fullmatch(rest):
        return None
    amount = Decimal(rest) * unit
    return WrittenAmount(amount, said[0] if said else None) if 0 < amount <= MOST else None


def amount_text(amount: Decimal, market: Market, language: str) -> str:
    """Return *amount* as prices of *market* are written in *language*."""
    return price_text(float(amount), main_venue(market), language)
