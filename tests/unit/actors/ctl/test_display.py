"""Tables and colours of the command line."""

import io
import sys
from typing import IO

import pytest

from actors.ctl.display import color, table, width_of


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("KODEX", 5), ("삼성전자", 8), ("SK하이닉스", 10), ("é", 1), ("e\u0301", 1), ("a\u200bb", 2)],
)
def test_a_hangul_syllable_is_two_columns_wide(text: str, width: int) -> None:
    """Counting letters shifts every column behind a Korean name."""
    assert width_of(text) == width


def test_columns_hold_behind_hangul_and_numbers_stand_to_the_right() -> None:
    """A table is read down its columns."""
    shown = table([{"name": "삼성전자", "price": "103,500"}, {"name": "TQQQ", "price": None}])

    assert shown == "name        price\n삼성전자  103,500\nTQQQ            -\n"


def test_a_column_of_codes_that_are_not_all_numbers_stands_to_the_left() -> None:
    """005930 above TQQQ is a column of names."""
    assert table([{"code": "005930", "x": 1}, {"code": "TQQQ", "x": 22}]) == "code     x\n005930   1\nTQQQ    22\n"


def test_no_rows_are_no_table() -> None:
    """A head over nothing looks like a mistake."""
    assert table([]) == ""


@pytest.mark.parametrize(
    ("stream", "no_color", "shown"),
    [(Terminal(), "", "\x1b[31mx\x1b[0m"), (Terminal(), "1", "x"), (io.StringIO(), "", "x")],
)
def test_colours_are_for_terminals_that_want_them(
    stream: IO[str], no_color: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escape codes in a file or a mail are noise."""
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys, "stdout", stream)

    assert color("x", "red") == shown
