"""How things look on a terminal: tables whose columns hold with Hangul, which is two wide, and colours only there."""

import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import IO

import msgspec

__all__ = ["Cell", "color", "put", "put_json", "table", "width_of"]

Cell = str | int | float | None

COLORS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "grey": "90"}
NUMBER = re.compile(r"[+-]?[\d,]+(\.\d+)?%?")
WIDE = frozenset({"W", "F"})


def width_of(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in WIDE else 1 for letter in text if _takes_room(letter))


def table(rows: Sequence[Mapping[str, Cell]]) -> str:
    """Return *rows* under the names of their keys, numbers to the right, None as `-`; nothing for no rows."""
    if not rows:
        return ""
    columns = list(rows[0])
    is_number = [all(_is_number(row[column]) for row in rows) for column in columns]
    lines = [columns, *([_text_of(row[column]) for column in columns] for row in rows)]
    widths = [max(width_of(line[index]) for line in lines) for index in range(len(columns))]
    return "".join(_join(line, widths, is_number) for line in lines)


def color(text: str, name: str, stream: IO[str] | None = None) -> str:
    """Return *text* in a colour if *stream*, by default stdout, is a terminal and NO_COLOR is not set."""
    if not (stream or sys.stdout).isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{COLORS[name]}m{text}\x1b[0m"


def put(text: str) -> None:
    """Write *text* for people, as it is."""
    sys.stdout.write(text)


def put_json(value: object) -> None:
    """Write *value* as one line of JSON, at once: a program may be reading along."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def _takes_room(letter: str) -> bool:
    return not unicodedata.combining(letter) and unicodedata.category(letter) not in {"Cf", "Me", "Mn"}


def _is_number(cell: Cell) -> bool:
    return not isinstance(cell, str) or NUMBER.fullmatch(cell) is not None


def _text_of(cell: Cell) -> str:
    return "-" if cell is None else str(cell)


def _join(line: Sequence[str], widths: Sequence[int], is_number: Sequence[bool]) -> str:
    cells = []
    for text, width, to_the_right in zip(line, widths, is_number, strict=True):
        room = " " * (width - width_of(text))
        cells.append(room + text if to_the_right else text + room)
    return "  ".join(cells).rstrip() + "\n"
