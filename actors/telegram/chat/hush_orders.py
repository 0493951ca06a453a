"""What somebody writes behind /quiet and /mute, taken apart. Pure.

/quiet 23:00-07:00        /quiet 밤 11시~아침 7시 2차        /quiet off        /quiet 소리 1차
/mute 1h        /mute 오늘        /mute 삼성전자 2시간        /mute 삼성전자        /mute off
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import time, timedelta

from msgspec import Struct

from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.rule_amounts import plain_points
from actors.telegram.chat.rule_words import HIGHEST_LEVEL
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

MORNING = frozenset({"오전", "새벽", "아침", "am"})
AFTERNOON = frozenset({"오후", "낮", "저녁", "pm"})
NIGHT = "밤"
"""It goes on beyond midnight: 밤 11시 is 23:00, 밤 1시 is 01:00."""
NIGHT_BEGINS = 6
NOON = 12
HALF = rf"(?:({'|'.join(sorted(MORNING | AFTERNOON | {NIGHT}))})\s*)?"
CLOCK = rf"{HALF}(\d{{1,2}})(?::(\d{{2}})|시(?:\s*(\d{{1,2}})분)?)?(?:\s*(am|pm)(?![a-z]))?"
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
    words = plain_points(_normal(text))
    if words in OFF:
        return None
    first, _, rest = words.partition(" ")
    if first in SOUND:
        return Sound(SILENT if rest in OFF else _level(rest))
    found = HOURS.match(words)
    if found is None:
        raise Misused(Expected.HOURS, text)
    clocks = found.groups()
    begins, ends = _clock(text, clocks[:5]), _clock(text, clocks[5:])
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


def _clock(text: str, said: Sequence[str | None]) -> time:
    """Return the time that is *said* in *text*, as in CLOCK; 24:00 is midnight. Raises Misused where there is none."""
    half, hour, minute, korean_minute, english_half = said
    minutes, hours = int(minute or korean_minute or 0), _hours(int(hour or 0), half or english_half)
    try:
        return time(0 if (hours, minutes) == (24, 0) else hours, minutes)
    except ValueError as error:
        raise Misused(Expected.HOURS, text) from error


def _hours(hours: int, half: str | None) -> int:
    """Return *hours* since midnight, where they count from the beginning of that *half* of the day."""
    if half is None or hours > NOON:
        return hours
    is_late = half in AFTERNOON or (half == NIGHT and NIGHT_BEGINS <= hours < NOON)
    return hours % NOON + (NOON if is_late else 0)


def _level(text: str) -> float:
    found = LEVEL.fullmatch(text)
    level = float(found[1]) if found else 0.0
    if not 0 < level <= HIGHEST_LEVEL:
        raise Misused(Expected.LOUDNESS, text)
    return level


def _length(found: re.Match[str]) -> timedelta:
    length = int(found[1]) * UNITS[found[2]]
    if not timedelta() < length <= LONGEST:
        raise Misused(Expected.LENGTH, found[0])
    return length
