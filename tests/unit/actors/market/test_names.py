"""Names as they are searched."""

import pytest

from actors.market.names import has_bare_consonant, initials_of, search_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("삼성전자", " 삼성 전자 "),
        ("KODEX 200", "kodex200"),
        ("KT&G", "ktg"),
        ("BRK/B", "brk.b"),
        ("\uff2b\uff2f\uff24\uff25\uff38", "Kodex"),
        ("\u1109\u1161\u11b7\u1109\u1165\u11bc", "삼성"),
    ],
)
def test_case_blanks_marks_and_widths_make_no_difference(one: str, other: str) -> None:
    """A phone writes them as it likes, and some send syllables in their parts."""
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize("typed", ["ㅅ", "사", "삼", "삼ㅅ", "삼서", "삼성ㅈ", "삼성저", "삼성전"])
def test_what_is_typed_so_far_begins_the_key(typed: str) -> None:
    """In the middle of a syllable, too."""
    assert search_key("삼성전자").startswith(search_key(typed))


@pytest.mark.parametrize(
    ("name", "typed"),
    [("삼성전자", "ㅅㅅㅈㅈ"), ("삼성SDI", "ㅅㅅsdi"), ("강원랜드", "ㄱㅇㄹㄷ"), ("국순당", "ㄳㄷ"), ("부산", "ㅄ")],
)
def test_initial_consonants_are_the_keys_initials(name: str, typed: str) -> None:
    """Some keyboards make one letter of two consonants in a row."""
    assert initials_of(search_key(name)) == search_key(typed)


@pytest.mark.parametrize(
    ("typed", "is_bare"),
    [("ㅅㅅㅈㅈ", True), ("삼성ㅈㅈ", True), ("ㅅㅅ전자", True), ("삼성전자", False), ("kodex", False), ("", False)],
)
def test_a_consonant_alone_is_told_from_one_of_a_syllable(typed: str, *, is_bare: bool) -> None:
    """Only the former may stand for a whole syllable."""
    assert has_bare_consonant(search_key(typed)) is is_bare


@pytest.mark.parametrize("text", ["", " ", "🚀", "%_", "\x00"])
def test_what_holds_no_letter_has_an_empty_key(text: str) -> None:
    """And a search for nothing would find everything."""
    assert search_key(text) == ""
