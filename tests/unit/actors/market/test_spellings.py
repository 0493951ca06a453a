"""Names as they are spoken, and as they are listed."""

import pytest

from actors.market.names import search_key
from actors.market.spellings import LETTERS, WORDS, spellings_of


@pytest.mark.parametrize(
    ("spoken", "listed"),
    [
        ("네이버", "NAVER"),
        ("엘지", "LG"),
        ("엘지화학", "LG화학"),
        ("엘지 에너지솔루션", "LG 에너지솔루션"),
        ("에스케이하이닉스", "SK하이닉스"),
        ("에스케이 텔레콤", "SK텔레콤"),
        ("삼성에스디아이", "삼성SDI"),
        ("케이티앤지", "KT&G"),
        ("케이비금융", "KB금융"),
        ("에이치엘비", "HLB"),
        ("제이와이피", "JYP"),
        ("에스오일", "S-Oil"),
        ("에프앤에프", "F&F"),
        ("포스코홀딩스", "POSCO홀딩스"),
        ("코덱스 200", "KODEX 200"),
        ("씨제이", "CJ"),
        ("지에스", "GS"),
        ("이월드", "E월드"),
        ("엔에이치투자증권", "NH투자증권"),
        ("\u110b\u1166\u11af\u110c\u1175", "LG"),
    ],
)
def test_what_is_spoken_may_be_listed_in_latin_letters(spoken: str, listed: str) -> None:
    """Half of Seoul's great names are, and nobody changes the keyboard for two letters."""
    assert search_key(listed) in map(search_key, spellings_of(spoken))


@pytest.mark.parametrize("text", ["삼성전자", "카카오", "현대차", "tqqq", "005930", "ㅅㅅㅈㅈ", ""])
def test_what_holds_no_letters_name_has_no_other_spelling(text: str) -> None:
    """Every other spelling is another search through all names; one letter within a word is none."""
    assert spellings_of(text) == []


def test_each_letter_has_a_name() -> None:
    """And what a word stands for is what an exchange writes."""
    assert {letter for letter in LETTERS.values() if letter.isalpha()} == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert all(word.isascii() and word.isupper() for word in WORDS.values())
