"""What is wrong with a table of the configuration, in our own words: key, what was expected, what was found. Pure.

    people[0].watches[1]: expected one of symbol, name, venue, found symbl
    read_timeout_s: expected a number above 0, found "fast"

msgspec names the place and its own types: "Expected `float`, got `str` - at `$.read_timeout_s`".
"""

import enum
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct, inspect

__all__ = ["complaint_of", "complaint_of_numbers"]

PLACE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?", re.DOTALL)
TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date such as 2026-12-31",
    "time": "a time such as 08:50:00",
    "null": "nothing",
}
BOUNDS = {">": "above", ">=": "of at least", "<": "below", "<=": "of at most"}
CHOICE = re.compile(r"\^\((?P<words>[\w|-]+)\)\\Z")
ENDS = r"\Z"
EXPECTED = re.compile(r"Expected `(?P<types>[^`]+)`(?P<rest>.*)", re.DOTALL)
BOUND = re.compile(r" (?P<sign>[<>]=?) (?P<number>\S+)")
LENGTH = re.compile(r" of length (?P<sign>[<>]=?) (?P<number>\d+)")
REGEX = re.compile(r" matching regex '(?P<regex>.*)'", re.DOTALL)
UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>[^`]*)`")
MISSING = re.compile(r"Object missing required field `(?P<key>[^`]*)`")
LONGEST_FOUND = 60
LARGEST = {float: 1e9, int: 2**53}
"""What is reckoned with is below: so many seconds from now, in nanoseconds, find room in a database, and so does the
number of any chat."""


class _Place(NamedTuple):
    """Where something is wrong: the type that is wanted there, and what stands there."""

    wanted: object
    found: object


def complaint_of(
    error: msgspec.ValidationError, table_type: type[Struct], table: object, *, is_secret: bool = False
) -> str:
    """Return what *error* says of *table*, which was to be a *table_type*; what a secret one holds is not shown."""
    text = str(error)
    match = PLACE.fullmatch(text)
    what, path = (match["what"], match["path"] or "") if match else (text, "")
    place = _place(path, table_type, table)
    key = f"{path.lstrip('.')}: " if path else ""
    if isinstance(error.__cause__, ValueError):
        # Said by the table itself, in our words already.
        return f"{key}{error.__cause__}"
    if unknown := UNKNOWN.fullmatch(what):
        known = ", ".join(field.encode_name for field in getattr(place.wanted, "fields", ()))
        return f"{key}expected one of {known}, found {unknown['key']}"
    if missing := MISSING.fullmatch(what):
        return f"{key}expected the key {missing['key']}, found none"
    found = "another" if is_secret else _shown(place.found)
    return f"{key}expected {_expected(what, place.wanted)}, found {found}"


def complaint_of_numbers(value: object, key: str = "") -> str:
    """Return what is wrong with the first number in *value* that is too large to reckon with; empty if none is."""
    most = LARGEST.get(type(value))
    if most is not None and isinstance(value, int | float) and abs(value) > most:
        return f"{key}: expected a number of at most {most:g}, found {value:g}"
    complaints = (complaint_of_numbers(part, place) for place, part in _parts(value, key))
    return next(filter(None, complaints), "")


def _parts(value: object, key: str) -> Iterator[tuple[str, object]]:
    """Yield what *value*, which stands at *key*, is made of, each with its own place."""
    match value:
        case Struct():
            for name in value.__struct_fields__:
                yield f"{key}.{name}".lstrip("."), getattr(value, name)
        case dict():
            for name, part in value.items():
                yield f"{key}.{name}".lstrip("."), part
        case list() | tuple():
            for number, part in enumerate(value):
                yield f"{key}[{number}]", part


def _expected(what: str, wanted: object) -> str:
    match = EXPECTED.fullmatch(what)
    if match is None:
        return _one_of(wanted) or "another value"
    types = [TYPES.get(each, each) for each in match["types"].split(" | ")]
    text, rest = " or ".join(types), match["rest"]
    if bound := BOUND.fullmatch(rest):
        return f"{text} {BOUNDS[bound['sign']]} {bound['number'].removesuffix('.0')}"
    if length := LENGTH.fullmatch(rest):
        unit = "letters" if "str" in match["types"] else "entries"
        return f"{text} {BOUNDS[length['sign']]} {length['number']} {unit}"
    if regex := REGEX.fullmatch(rest):
        # msgspec quotes it as Python does. An operator knows `$` for its end, which would let a line end pass.
        pattern = regex["regex"].replace("\\\\", "\\")
        if choice := CHOICE.fullmatch(pattern):
            return f"one of {choice['words'].replace('|', ', ')}"
        return f"a text like {pattern.replace(ENDS, '$')}"
    return text


def _one_of(wanted: object) -> str:
    """Return what may stand where one of an enumeration's values is *wanted*; else what kind of value is."""
    if isinstance(wanted, inspect.EnumType):
        members: type[enum.Enum] = wanted.cls
        return "one of " + ", ".join(str(member.value) for member in members)
    return TYPES.get(type(wanted).__name__.removesuffix("Type").lower(), "")


def _shown(found: object) -> str:
    try:
        text = msgspec.json.encode(found).decode()
    except TypeError:
        text = str(found)
    return text if len(text) <= LONGEST_FOUND else f"{text[:LONGEST_FOUND]}…"


def _place(path: str, table_type: type[Struct], table: object) -> _Place:
    """Follow *path*, such as `.people[0].watches`, through the type and what was found; as far as it leads."""
    wanted: object = inspect.type_info(table_type)
    found = table
    for name, index in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path):
        if name:
            fields = {field.encode_name: field.type for field in getattr(wanted, "fields", ())}
            wanted = fields.get(name)
            found = found.get(name) if isinstance(found, dict) else None
        else:
            wanted = getattr(wanted, "item_type", None) or getattr(wanted, "value_type", None)
            is_there = isinstance(found, list) and index.isdecimal() and int(index) < len(found)
            found = found[int(index)] if is_there and isinstance(found, list) else found
    return _Place(wanted, found)
