"""Prices, percentages and so many times, as people write them in rules. Pure."""

import re

from actors.telegram.chat.misused import Expected, Misused

__all__ = ["AMOUNT", "PERCENTS", "TIMES", "is_surely_amount", "number_in", "parse_price", "plain_points"]

HIGHEST_PRICE = 1e9
LONGEST_OF_NAME = 10_000
"""No name ends in such a number: KODEX 200, but not KODEX 20000."""
AMOUNT = re.compile(r"([+-]?)[$₩]?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(만)?(원|달러|\$|%|퍼센트|프로)?")
PERCENTS = frozenset({"%", "퍼센트", "프로"})
POINT = re.compile(r"\bbuy point (?=\d)|(?<=차) ?매수(?:,|(?!\S))|(?<=[\d차σ])\s*,(?=\s*[+-]?\d)", re.IGNORECASE)
"""What stands around the number of a buying point, as we call it ourselves, and between two of them."""
TIMES = re.compile(r"\+?(\d{1,3}(?:\.\d{1,2})?)(배|x|×)?", re.IGNORECASE)


def plain_points(text: str) -> str:
    """Return *text* with buying points as bare numbers, or with 차: `1차 매수, buy point 2` is `1차 2`."""
    return " ".join(POINT.sub(" ", text).split())


def number_in(match: re.Match[str]) -> float:
    """Return the number that `AMOUNT` has found."""
    return float(match[2].replace(",", "")) * (10_000 if match[3] else 1)


def parse_price(token: str) -> float:
    """Return the price in *token*; raises Misused."""
    match = AMOUNT.fullmatch(token)
    if match is None or match[1] or match[4] in PERCENTS or not 0 < number_in(match) <= HIGHEST_PRICE:
        raise Misused(Expected.PRICE, token)
    return number_in(match)


def is_surely_amount(token: str, *, is_of_volume: bool) -> bool:
    """Say whether *token* can be nothing but an amount: with its unit, or too large for the number in a name.

    Where nobody speaks of volume, `3x` and `2배` belong to the name: so leveraged ETFs are called.
    """
    match = AMOUNT.fullmatch(token)
    if match is None:
        times = TIMES.fullmatch(token)
        return is_of_volume and times is not None and bool(times[2])
    return not token.isdecimal() or number_in(match) >= LONGEST_OF_NAME
