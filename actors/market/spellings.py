"""Names as they are spoken and as they are listed: 엘지화학 is LG화학, 네이버 is NAVER, 코덱스 200 is KODEX 200. Pure.

Whoever types Hangul writes Latin letters by their names. What was typed is looked for first; only what is found nowhere
letter by letter is looked for as it may be listed.
"""

import re
import unicodedata

__all__ = ["spellings_of"]

LETTERS = {
    "에이": "A",
    "비": "B",
    "씨": "C",
    "시": "C",
    "디": "D",
    "이": "E",
    "에프": "F",
    "지": "G",
    "쥐": "G",
    "에이치": "H",
    "에치": "H",
    "아이": "I",
    "제이": "J",
    "케이": "K",
    "엘": "L",
    "엠": "M",
    "엔": "N",
    "오": "O",
    "피": "P",
    "큐": "Q",
    "알": "R",
    "아르": "R",
    "에스": "S",
    "티": "T",
    "유": "U",
    "브이": "V",
    "더블유": "W",
    "엑스": "X",
    "와이": "Y",
    "제트": "Z",
    "앤": "&",
}
WORDS = {
    "네이버": "NAVER",
    "포스코": "POSCO",
    "코덱스": "KODEX",
    "타이거": "TIGER",
    "오일": "OIL",
    "엔터": "ENT",
}
"""Words that an exchange lists in Latin letters, and people say as words."""

NAMES = {**LETTERS, **WORDS}
ONE = "|".join(sorted(NAMES, key=len, reverse=True))
NAME = re.compile(ONE)
SPELLED = (
    re.compile(rf"\A(?:{ONE})+"),
    re.compile(rf"(?:{ONE}){{2,}}"),
    re.compile("|".join(WORDS)),
)
"""What is taken for spoken letters: all that the name begins with, or two and more anywhere; or a whole word."""


def spellings_of(text: str) -> list[str]:
    """Return how else *text* may be listed, the likeliest first; nothing where it holds no letter's name."""
    syllables = unicodedata.normalize("NFKC", text).strip()
    written = (pattern.sub(_spell, syllables) for pattern in SPELLED)
    return [spelling for spelling in dict.fromkeys(written) if spelling != syllables]


def _spell(spoken: re.Match[str]) -> str:
    return NAME.sub(lambda name: NAMES[name[0]], spoken[0])
