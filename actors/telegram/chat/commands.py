"""What people write to the bot, taken apart: which command, and what stands behind it. Pure.

    /add 삼성전자     /ADD@sigmabell_bot 005930     /추가 삼성전자     추가 삼성전자     삼성전자

A command may be addressed to a bot by name, and typed with full-width or small letters. Who speaks to nobody else, or
calls the bot first (`@sigmabell_bot 삼성전자`), may leave out the stroke, and of STOCK the name, too. Which commands
there are stands in `command_table`.
"""

import re
import unicodedata
from collections.abc import Collection

from msgspec import Struct

__all__ = [
    "LONGEST_ARGUMENT",
    "STOCK",
    "Written",
    "parse_called",
    "parse_command",
    "parse_symbol",
    "parse_without_stroke",
]

# Korean codes have six characters, letters allowed since 2024, ETN a Q in front; US tickers may have a class.
SYMBOL = re.compile(r"Q?[0-9A-Z]{6}|[A-Z]{1,5}(?:[./-][A-Z]{1,2})?")
LONGEST_ARGUMENT = 1000
STOCK = "stock"
"""The command that is meant by whoever gives none."""


class Written(Struct, frozen=True):
    """A command as it was written."""

    name: str
    """In small letters, without its stroke."""
    argument: str = ""
    """What stands behind it, without blanks at its ends."""
    bot: str = ""
    """The bot to which it is addressed, in small letters; empty if to none by name."""


def parse_command(text: str) -> Written | None:
    """Return the command in *text*, None if it is none."""
    first, *rest = text.split(maxsplit=1) or [""]
    name, _, bot = unicodedata.normalize("NFKC", first).lower().partition("@")
    if len(name) <= 1 or not name.startswith("/"):
        return None
    return Written(name[1:], rest[0].strip()[:LONGEST_ARGUMENT] if rest else "", bot)


def parse_called(text: str) -> tuple[str, str]:
    """Return who is called by name in front of all else, in small letters and empty if nobody is; and what is said."""
    first, *rest = text.split(maxsplit=1) or [""]
    called = unicodedata.normalize("NFKC", first).lower()
    return (called[1:], "".join(rest)) if called.startswith("@") else ("", text)


def parse_without_stroke(text: str, names: Collection[str]) -> Written | None:
    """Return the command in *text* that is called by one of *names* alone, or else STOCK; None of what has a stroke."""
    said = text.strip()
    if not said or parse_command(said) is not None:
        return None
    written = parse_command(f"/{said}")
    if written is not None and written.name in names and not written.bot:
        return written
    return Written(STOCK, said[:LONGEST_ARGUMENT])


def parse_symbol(text: str) -> str | None:
    """Return the symbol in *text* as its venue writes it, None if no symbol looks like that."""
    symbol = unicodedata.normalize("NFKC", text).strip().upper()
    return symbol if SYMBOL.fullmatch(symbol) else None
