"""What people say of a rule beside its stock and its amount: which way, how often, until when, from what. Pure.

Each may be said once, or again in the same sense: 이상 위. What contradicts is refused with both words. Of a price that
is crossed people say 돌파, and of one that is merely reached as well: it gives way to whatever else tells how often.
"""

import re
from datetime import date
from typing import cast

from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.rule_amounts import parse_price
from protocol.rules import Direction, Repetition

__all__ = ["EVERY", "POLITE", "VOLUME", "Options", "parse_date"]

LONGEST_REST_S = 86_400.0
SHORTEST_REST_S = 60.0
MINUTES = re.compile(r"(\d{1,4})(m|min|분|h|시간)?(마다)?")
DAY = re.compile(r"~?(\d{4}-\d{2}-\d{2})(?:까지|부터)?")
DIRECTIONS = dict.fromkeys(
    ("이하", "아래", "하락", "하향", "떨어지면", "내리면", "내려가면", "내려오면", "below", "<="), Direction.BELOW
) | dict.fromkeys(("이상", "위", "상승", "상향", "오르면", "올라가면", "넘으면", "above", ">="), Direction.ABOVE)
REPETITIONS = (
    dict.fromkeys(("once", "한번", "한번만", "1회"), Repetition.ONCE)
    | dict.fromkeys(("daily", "매일", "하루한번", "하루에한번"), Repetition.SESSION)
    | dict.fromkeys(("cross",), Repetition.CROSSING)
)
UPWARDS = frozenset({"돌파", "돌파할때만"})
"""Of a price they tell the direction, too, unless another word does: so they are used in Korean."""
POLITE = frozenset({"되면", "알려줘", "알려줘요", "알려주세요", "알려", "주세요", "줘", "please"})
"""What is said to a person, and asks for nothing more."""
EVERY = frozenset({"every", "매"})
UNTIL = frozenset({"until"})
SINCE = frozenset({"since"})
VOLUME = frozenset({"volume", "거래량"})
USUAL = frozenset({"평소", "평소의", "usual", "배", "x", "times"})
"""What may stand around so many times, and says nothing more."""
HIGH = frozenset({"high", "고점", "최고가", "52주고점"})
PAID = frozenset({"paid", "매수가", "산값", "평단", "평단가"})


class Options:
    """What has been said so far."""

    def __init__(self) -> None:
        self.is_of_volume = False
        self._said: dict[str, tuple[str, object]] = {}
        """By what it is about: the word, and what it means."""

    def take(self, token: str, behind: list[str]) -> bool:
        """Take *token*, and what belongs to it out of the words *behind* it, and say whether it was an option.

        Raises:
            Misused: it contradicts what was said before, or what belongs to it cannot be.
        """
        word = token.lower()
        if word in UPWARDS:
            self._note("crossing", word, meaning=True)
        elif word in REPETITIONS:
            self._note("repetition", word, REPETITIONS[word])
        elif word in DIRECTIONS:
            self._note("direction", word, DIRECTIONS[word])
        elif word in HIGH:
            self._note("high", word, meaning=True)
        elif word in VOLUME:
            self.is_of_volume = True
        else:
            return (self.is_of_volume and word in USUAL) or self._take_with_value(word, behind)
        return True

    @property
    def is_of_high(self) -> bool:
        """Whether the highest price of the year was named."""
        return "high" in self._said

    @property
    def is_upwards(self) -> bool:
        """Whether a price that is crossed was spoken of."""
        return "crossing" in self._said

    @property
    def direction(self) -> Direction | None:
        """The side that was named, None if none was."""
        return cast("Direction | None", self._meaning("direction"))

    @property
    def repetition(self) -> Repetition:
        """When it may fire again; after a rest unless something was said."""
        said = self._meaning("repetition")
        if said is None and self.is_upwards:
            return Repetition.CROSSING
        return said if isinstance(said, Repetition) else Repetition.REST

    @property
    def rest_s(self) -> float:
        """How long it rests, 0.0 if nothing was said."""
        said = self._meaning("repetition")
        return said if isinstance(said, float) else 0.0

    @property
    def paid(self) -> float:
        """The price that was paid, 0.0 if none was named."""
        return cast("float | None", self._meaning("paid")) or 0.0

    @property
    def high_since(self) -> date | None:
        """The day since which a high counts, None if none was named."""
        return cast("date | None", self._meaning("since"))

    @property
    def expires_on(self) -> date | None:
        """The last day, None if none was named."""
        return cast("date | None", self._meaning("until"))

    def words_of(self, *about: str) -> list[str]:
        """Return the words that told of each, such as `direction`; nothing of what was not spoken of."""
        return [self._said[each][0] for each in about if each in self._said]

    def _take_with_value(self, word: str, behind: list[str]) -> bool:
        """Take a *word* that tells a price, a time or a day, or is followed by one."""
        if word in PAID:
            price = _next(behind)
            self._note("paid", f"{word} {price}", parse_price(price))
        elif word in EVERY or word.endswith("마다"):
            rest = _next(behind) if word in EVERY else word
            self._note("repetition", rest, _parse_minutes(rest))
        elif word in SINCE or word.endswith("부터"):
            day = _next(behind) if word in SINCE else word
            self._note("since", day, parse_date(day))
        elif word in UNTIL or word.startswith("~") or word.endswith("까지"):
            day = _next(behind) if word in UNTIL else word
            self._note("until", day, parse_date(day))
        else:
            return False
        return True

    def _note(self, about: str, word: str, meaning: object) -> None:
        before, known = self._said.setdefault(about, (word, meaning))
        if known != meaning:
            raise Misused(Expected.ONE_OF_THESE, before, word)

    def _meaning(self, about: str) -> object:
        return self._said.get(about, ("", None))[1]


def _next(behind: list[str]) -> str:
    return behind.pop(0) if behind else ""


def _parse_minutes(token: str) -> float:
    match = MINUTES.fullmatch(token.lower())
    rest_s = float(match[1]) * (3600 if match[2] in {"h", "시간"} else 60) if match else 0.0
    if not SHORTEST_REST_S <= rest_s <= LONGEST_REST_S:
        raise Misused(Expected.REST, token)
    return rest_s


def parse_date(token: str) -> date:
    """Return the day in *token*, as in `2026-12-31까지`; raises Misused where it is none."""
    match = DAY.fullmatch(token)
    try:
        return date.fromisoformat(match[1] if match else token)
    except ValueError as error:
        raise Misused(Expected.DATE, token) from error
