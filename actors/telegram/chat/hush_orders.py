"""What somebody writes behind /quiet and /mute, taken apart. Pure.

/quiet 23:00-07:00        /quiet 23시~7시 2차        /quiet off        /quiet 소리 1차
/mute 1h        /mute 오늘        /mute 삼성전자 2시간        /mute 삼성전자        /mute off
"""

import re
import unicodedata
from datetime import time, timedelta

from msgspec import Struct

from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.people.quiet import QuietHours

__all__ = ["SILENT", "MuteOrder", "Sound", "parse_mute", "parse_quiet"]

OFF = frozenset({"off", "해제", "끄기", "풀기", "그만"})
TODAY = frozenset({"today", "오늘", "오늘그만", "오늘하루", "하루종일", "온종일", "종일", "allday"})
ALL = frozenset({"all", "전체", "모두", "전부"})
SOUND = frozenset({"sound", "loud", "소리"})
UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "분": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "시간": timedelta(hours=1),
    "d": timedelta(days=1),
    "일": timedelta(days=1),
    "w": timedelta(days=7),
    "주": timedelta(days=7),
    "주일": timedelta(days=7),
}
LONGEST = timedelta(days=30)
SILENT = 99.0
"""So many σ that none is as deep: nothing rings."""

CLOCK = r"(\d{1,2})(?::(\d{2})|시(?:\s*(\d{1,2})분)?)?"
HOURS = re.compile(rf"{CLOCK}(?:\s*(?:[-~–—]|부터|에서|to)\s*|\s+){CLOCK}(?:까지)?")
LEVEL = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*(?:σ|ς|시그마|sigma|차|s)?")
NO_LENGTH = re.compile(rf"\d{{1,4}}|[+-]\d+|[+-]?\d+(?:\.\d+)?(?:s|sec|초|달|개월|월|년|{'|'.join(UNITS)})")
"""What may be meant for a length, and is none of ours; a stock may be called so only behind another word."""
LENGTH = re.compile(rf"(\d{{1,4}})\s*({'|'.join(sorted(UNITS, key=len, reverse=True))})")


class Sound(Struct, frozen=True):
    """Let alerts ring that are so many σ deep."""

    rings_from: float


class MuteOrder(Struct, frozen=True, kw_only=True):
    """Spare me something: for a *length*, or without one until the end of today; or no longer, if it is *over*."""

    stock: str = ""
    """The words for one stock; empty: all."""
    length: timedelta | None = None
    over: bool = False


def parse_quiet(text: str) -> QuietHours | Sound | None:
    """Return the quiet hours or the loudness in *text*, None where there shall be no quiet hours any more.

    Raises:
        Misused: it is none of these.
    """
    words = _normal(text)
    if words in OFF:
        return None
    first, _, rest = words.partition(" ")
    if first in SOUND:
        return Sound(SILENT if rest in OFF else _level(rest))
    found = HOURS.match(words)
    if found is None:
        raise Misused(Expected.HOURS, text)
    clocks = found.groups()
    begins, ends = _clock(text, *clocks[:3]), _clock(text, *clocks[3:])
    if begins == ends:
        raise Misused(Expected.HOURS, text)
    level = words[found.end() :].strip()
    return QuietHours(begins=begins, ends=ends, wakes_from=_level(level) if level else 0.0)


def parse_mute(text: str) -> MuteOrder:
    """Return the order in *text*; whatever is no length stands for a stock.

    Raises:
        Misused: it is too long a time, or none.
    """
    words = _normal(text).split()
    for place in (-1, 0):
        if not words:
            break
        word, others = words[place], words[:-1] if place else words[1:]
        stock = " ".join(other for other in others if other not in ALL)
        if word in OFF:
            return MuteOrder(stock=stock, over=True)
        if word in TODAY:
            return MuteOrder(stock=stock)
        if found := LENGTH.fullmatch(word):
            return MuteOrder(stock=stock, length=_length(found))
        if NO_LENGTH.fullmatch(word) and not (stock and word.isdigit()):
            raise Misused(Expected.LENGTH, word)
    return MuteOrder(stock=" ".join(words))


def _normal(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    # `2 시간` and `1 h` are written, too.
    return re.sub(rf"\b(\d+) ({'|'.join(UNITS)})\b", r"\1\2", words)


def _clock(text: str, hour: str, minute: str | None, korean_minute: str | None) -> time:
    """Return a time of the day that stands in *text*; 24:00 is midnight. Raises Misused where there is no such time."""
    minutes = int(minute or korean_minute or 0)
    try:
        return time(0 if (int(hour), minutes) == (24, 0) else int(hour), minutes)
    except ValueError as error:
        raise Misused(Expected.HOURS, text) from error


def _level(text: str) -> float:
    found = LEVEL.fullmatch(text)
    level = float(found[1]) if found else 0.0
    if not 0 < level <= SILENT:
        raise Misused(Expected.LOUDNESS, text)
    return level


def _length(found: re.Match[str]) -> timedelta:
    length = int(found[1]) * UNITS[found[2]]
    if not timedelta() < length <= LONGEST:
        raise Misused(Expected.LENGTH, found[0])
    return length
