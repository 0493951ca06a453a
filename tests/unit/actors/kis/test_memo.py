"""Texts read once and looked up after that."""

import pytest

from actors.kis.memo import Memo


def test_a_text_is_read_once() -> None:
    """The looking up is the point of it."""
    read: list[str] = []

    def length(text: str) -> int:
        read.append(text)
        return len(text)

    memo = Memo(length, size=4)

    assert [memo["114827"], memo["114827"], memo["9"]] == [6, 6, 1]
    assert read == ["114827", "9"]


def test_what_cannot_be_read_is_not_remembered() -> None:
    """An error must be told each time, and garbage must not fill the memory."""
    memo = Memo(int, size=4)

    for _ in range(2):
        with pytest.raises(ValueError, match="garbage"):
            memo["garbage"]
    assert memo == {}


def test_it_never_grows_beyond_its_size() -> None:
    """The feed lives for months."""
    memo = Memo(int, size=3)

    assert [memo[str(number)] for number in range(100)] == list(range(100))
    assert len(memo) <= 3
