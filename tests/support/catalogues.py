"""Read the catalogues, and the code that speaks by them, without running either."""

import ast
import re
import string
from collections.abc import Iterator

import polib
from msgspec import Struct

from actors.words.catalogue import FOLDER
from tests.support.house import Module

__all__ = ["Saying", "entries", "forms", "gaps_in", "is_named", "sayings"]

VOICES = {"say": 1, "say_count": 2, "say_if_known": 1}
"""What says a message, and with how many arguments before those that fill its gaps."""


class Saying(Struct, frozen=True):
    """One place in the code that says a message."""

    place: str
    key: str
    """With `*` where a code stands; empty where it cannot be read from the source."""
    gaps: frozenset[str]
    by_count: bool = False


def entries(language: str) -> dict[str, polib.POEntry]:
    """Return the messages of *language* by their keys, and hold each to be in the file of its subject, once."""
    found: dict[str, polib.POEntry] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        for entry in polib.pofile(str(path), check_for_duplicates=True):
            assert entry.msgid.startswith(f"{path.stem}."), f"{path.name} has {entry.msgid}"
            assert entry.msgid not in found
            found[entry.msgid] = entry
    return found


def forms(entry: polib.POEntry) -> list[str]:
    """Return the texts of a message: one, or one for each form of its number."""
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def gaps_in(text: str) -> frozenset[str]:
    """Return the names of what is filled in."""
    return frozenset(gap for _, gap, _, _ in string.Formatter().parse(text) if gap is not None)


def sayings(module: Module) -> Iterator[Saying]:
    """Return each place where *module* says a message of a catalogue, once for each key that it may say there."""
    for call in ast.walk(module.tree):
        match call:
            case ast.Call(func=ast.Attribute(attr=voice) | ast.Name(id=voice), args=[key, *_] as given) if len(
                given
            ) == VOICES.get(voice):
                gaps = frozenset(keyword.arg for keyword in call.keywords if keyword.arg is not None)
                by_count = voice == "say_count"
                for name in _keys(key):
                    yield Saying(
                        f"{module.name}:{call.lineno}",
                        name,
                        gaps | {"count"} if by_count else gaps,
                        by_count=by_count,
                    )
            case _:
                pass


def is_named(pattern: str, key: str) -> bool:
    """Tell whether *pattern*, in which `*` is a code, names *key*."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", r"[^.]+"), key) is not None


def _keys(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(key)):
            return [key]
        case ast.IfExp(body=one, orelse=other):
            return [*_keys(one), *_keys(other)]
        case ast.JoinedStr(values=parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)]
        case _:
            return [""]
