"""What people write to the bot: text in, one frozen Struct a command out. Pure.

    /start CODE   /list   /today   /add SYMBOL or NAME   /remove SYMBOL   /status   /help

A command may be addressed (`/list@sigmabell_bot`) and typed with full-width or small letters. What is no command, or
lacks what it needs, is a `Misused`, which is answered with an example.
"""

import re
import unicodedata

from msgspec import Struct

__all__ = [
    "Add",
    "Command",
    "Help",
    "ListWatches",
    "Misused",
    "Remove",
    "Start",
    "Status",
    "Today",
    "parse_command",
    "parse_symbol",
]

# Korean codes have six characters, letters allowed since 2024, ETN a Q in front; US tickers may have a class.
SYMBOL = re.compile(r"Q?[0-9A-Z]{6}|[A-Z]{1,5}(?:[./-][A-Z]{1,2})?")
LONGEST_CODE = 64
LONGEST_WORDS = 64


class Start(Struct, frozen=True):
    """Come in with an invitation's code; empty from somebody who only opened the chat."""

    code: str


class ListWatches(Struct, frozen=True):
    """Show what I watch."""


class Today(Struct, frozen=True):
    """Show what I wait for today, as the daily report does."""


class Add(Struct, frozen=True):
    """Watch for me what these words mean: a symbol as its venue writes it, or a name."""

    words: str


class Remove(Struct, frozen=True):
    """Watch this symbol for me no longer."""

    symbol: str


class Status(Struct, frozen=True):
    """Say whether everything works."""


class Help(Struct, frozen=True):
    """Say what there is."""


class Misused(Struct, frozen=True):
    """*name* is the command that was written wrongly, without its stroke; empty if it was none."""

    name: str


Command = Start | ListWatches | Today | Add | Remove | Status | Help | Misused

ALONE: dict[str, Command] = {"list": ListWatches(), "today": Today(), "status": Status(), "help": Help()}


def parse_command(text: str) -> Command:
    """Return the command in *text*."""
    name, *rest = text.split(maxsplit=1) or [""]
    name = unicodedata.normalize("NFKC", name).lower().partition("@")[0]
    argument = rest[0].strip() if rest else ""
    if name == "/start":
        return Start(argument[:LONGEST_CODE])
    if name == "/add":
        words = parse_symbol(argument) or " ".join(argument.split())[:LONGEST_WORDS]
        return Add(words) if words else Misused("add")
    if name == "/remove":
        symbol = parse_symbol(argument)
        return Misused("remove") if symbol is None else Remove(symbol)
    return ALONE.get(name[1:], Misused("")) if name.startswith("/") else Misused("")


def parse_symbol(text: str) -> str | None:
    """Return the symbol in *text* as its venue writes it, None if no symbol looks like that."""
    symbol = unicodedata.normalize("NFKC", text).strip().upper()
    return symbol if SYMBOL.fullmatch(symbol) else None
