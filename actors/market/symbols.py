"""What a symbol looks like, and how one is told from a name that reads alike. Pure."""

import re

from protocol.messages import Venue

__all__ = ["CODE", "as_code", "code_in", "possible_venues"]

# Six letters and digits, a digit among them (new listings hold letters: 0126Z0); an ETN has a Q before them.
_KOREAN = re.compile("Q?(?=[A-Z]*[0-9])[0-9A-Z]{6}")
_US = re.compile("[A-Z]{1,5}([./][A-Z])?")
CODE = "code:"
"""Stands before a symbol that is to be nothing else: GS is the code of one stock, and the name of another."""


def possible_venues(symbol: str) -> tuple[Venue, ...]:
    """Return where *symbol*, by its form, may be listed: the likeliest first, none if it is no symbol."""
    if _KOREAN.fullmatch(symbol):
        return (Venue.KRX,)
    if _US.fullmatch(symbol):
        return (Venue.NASDAQ, Venue.NYSE, Venue.AMEX)
    return ()


def as_code(symbol: str) -> str:
    """Return *symbol* so that nobody takes it for a name; a Korean code looks like none."""
    return symbol if Venue.KRX in possible_venues(symbol) else f"{CODE}{symbol}"


def code_in(words: str) -> str:
    """Return the symbol in `code:GS`, empty where *words* do not begin so."""
    said = words.strip()
    return said[len(CODE) :].strip().upper() if said.lower().startswith(CODE) else ""
