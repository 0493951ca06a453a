"""What is wrong with a table, in words that its owner wrote himself."""

import enum
from datetime import date
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta, Struct

from actors.runtime.complaints import complaint_of


class Colour(enum.Enum):
    """What may be chosen."""

    RED = "red"
    BLUE = "blue"


class Row(Struct, forbid_unknown_fields=True):
    """A table in a list."""

    symbol: str
    rest_s: float = 1.0


class Table(Struct, forbid_unknown_fields=True):
    """A table with one of everything."""

    count: Annotated[int, Meta(ge=1, le=5)] = 1
    rate: Annotated[float, Meta(gt=0)] = 1.0
    language: Annotated[str, Meta(pattern=r"^(ko|en)\Z")] = "ko"
    code: Annotated[str, Meta(pattern=r"^[^\s]\d\Z")] = "a1"
    url: Annotated[str, Meta(pattern="^https?://.*")] = "http://a"
    name: Annotated[str, Meta(min_length=1)] = "a"
    levels: Annotated[tuple[float, ...], Meta(min_length=1)] = (1.0,)
    colour: Colour = Colour.RED
    rows: tuple[Row, ...] = ()
    is_on: bool = True
    numbers: dict[str, int] = {}
    limit: int | None = None
    on: date = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"count": "x"}, 'count: expected a whole number, found "x"'),
        ({"count": 1.5}, "count: expected a whole number, found 1.5"),
        ({"count": 0}, "count: expected a whole number of at least 1, found 0"),
        ({"count": 9}, "count: expected a whole number of at most 5, found 9"),
        ({"rate": 0}, "rate: expected a number above 0, found 0"),
        ({"language": "fr"}, 'language: expected one of ko, en, found "fr"'),
        ({"language": "en\n"}, r'language: expected one of ko, en, found "en\n"'),
        ({"code": "a1\n"}, r'code: expected a text like ^[^\s]\d$, found "a1\n"'),
        ({"url": "ftp:"}, 'url: expected a text like ^https?://.*, found "ftp:"'),
        ({"name": ""}, 'name: expected a text of at least 1 letters, found ""'),
        ({"levels": []}, "levels: expected a list of at least 1 entries, found []"),
        ({"levels": [1.0, "x"]}, 'levels[1]: expected a number, found "x"'),
        ({"colour": "green"}, 'colour: expected one of red, blue, found "green"'),
        ({"rows": [{"symbol": "A"}, {"symbl": "B"}]}, "rows[1]: expected one of symbol, rest_s, found symbl"),
        ({"rows": [{}]}, "rows[0]: expected the key symbol, found none"),
        ({"rows": [{"symbol": "A", "rest_s": "x"}]}, 'rows[0].rest_s: expected a number, found "x"'),
        ({"is_on": 1}, "is_on: expected true or false, found 1"),
        ({"numbers": {"a": "x"}}, 'numbers[...]: expected a whole number, found {"a":"x"}'),
        ({"limit": "x"}, 'limit: expected a whole number or nothing, found "x"'),
        ({"on": "tomorrow"}, 'on: expected a date such as 2026-12-31, found "tomorrow"'),
        ({"countt": 1}, f"expected one of {', '.join(Table.__struct_fields__)}, found countt"),
        ({"count": "x" * 100}, f'count: expected a whole number, found "{"x" * 59}…'),
    ],
)  # fmt: skip
def test_a_complaint_names_the_key_and_what_was_expected_and_found(table: dict[str, object], complaint: str) -> None:
    """The operator has never heard of the library that reads his file."""
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.convert(table, Table)

    assert complaint_of(refusal.value, Table, table) == complaint


def test_of_a_secret_only_the_place_is_told() -> None:
    """The line that is wrong may hold the key."""
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.convert({"count": "SECRET"}, Table)

    assert complaint_of(refusal.value, Table, None, is_secret=True) == "count: expected a whole number, found another"


def test_what_the_library_says_in_new_words_is_still_a_complaint() -> None:
    """It may be brought up to date."""
    assert (
        complaint_of(msgspec.ValidationError("Nope - at `$.name`"), Table, {"name": 3})
        == "name: expected a text, found 3"
    )
