"""Names as they are searched: Hangul taken apart, so that half a syllable, a typo or initial consonants compare. Pure.

A key is the text without case, blanks and marks, its syllables in their parts (Unicode's NFD): 삼성 is ㅅㅏㅁㅅㅓㅇ. So
what is typed so far is the beginning of the key, and one wrong vowel is one wrong letter instead of a wrong syllable.

Source: Unicode 15, section 3.12, conjoining jamo behaviour.
"""

import re
import unicodedata

__all__ = ["has_bare_consonant", "initials_of", "search_key"]

# A keyboard makes one letter of two consonants that are typed in a row; no syllable begins with it.
_CLUSTERS = str.maketrans(
    {
        "ㄳ": "ㄱㅅ",
        "ㄵ": "ㄴㅈ",
        "ㄶ": "ㄴㅎ",
        "ㄺ": "ㄹㄱ",
        "ㄻ": "ㄹㅁ",
        "ㄼ": "ㄹㅂ",
        "ㄽ": "ㄹㅅ",
        "ㄾ": "ㄹㅌ",
        "ㄿ": "ㄹㅍ",
        "ㅀ": "ㄹㅎ",
        "ㅄ": "ㅂㅅ",
    }
)
# Vowels and final consonants: what a syllable has beside its initial consonant.
_REST_OF_SYLLABLE = re.compile("[\u1161-\u11ff]")
_BARE_CONSONANT = re.compile("[\u1100-\u1112](?![\u1161-\u11a7])")


def search_key(text: str) -> str:
    """Return the key of *text*; of what holds neither letter nor digit, an empty one."""
    folded = unicodedata.normalize("NFKC", text.translate(_CLUSTERS)).casefold()
    return "".join(letter for letter in unicodedata.normalize("NFD", folded) if letter.isalnum())


def initials_of(key: str) -> str:
    """Return *key* with each syllable shortened to its initial consonant: 삼성SDI is ㅅㅅsdi."""
    return _REST_OF_SYLLABLE.sub("", key)


def has_bare_consonant(key: str) -> bool:
    """Say whether a consonant of *key* is followed by no vowel, so that it may stand for a syllable."""
    return _BARE_CONSONANT.search(key) is not None
