"""What people write of their rules, taken apart. Pure; Korean and English, in any order behind the stock's name.

    /level 삼성전자 1 2 2.5        /level 1 2          +1 is one σ above; `off` is none
    /alert 삼성전자 70000          /alert 삼성전자 7만 이하
    /alert TQQQ -5%                /alert TQQQ +5%     from the previous close
    /alert 삼성전자 매수가 65000 -3%  (paid 65000 -3%)
    /alert 삼성전자 고점 -10%      (high -10%) from the highest price of the year; since 2026-01-02, 2026-01-02부터
    /alert 삼성전자 거래량 2배      (volume 2x) the shares of a usual day; once a session date, or once
    once 한번 | daily 매일 | every 30m 30분마다 | cross 돌파      until 2026-12-31   2026-12-31까지

A name may have numbers in it (KODEX 200), and a code may be one (005930): the amount is what stands last, and of the
levels those that can be σ. An amount may stand in front, too, unless it has six digits, as codes have; a code behind it
must be one that is watched, or begin with 0.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date
from typing import NoReturn

from msgspec import Struct

from actors.telegram.chat.misused import Misused
from actors.telegram.people.own_rules import Condition, SigmaLevel
from protocol.rules import Direction, Repetition, RuleKind

__all__ = ["TO_DELETE", "Wanted", "parse_levels", "parse_number", "parse_wanted", "without", "without_rest"]

HIGHEST_LEVEL = 10.0
HIGHEST_SHARE = 10.0
MOST_LEVELS = 6
HIGHEST_PRICE = 1e9
LONGEST_REST_S = 86_400.0
SHORTEST_REST_S = 60.0
LEVEL = re.compile(r"([+-]?)(\d{1,2}(?:\.\d{1,2})?)(?:σ|시그마)?")
AMOUNT = re.compile(r"([+-]?)[$₩]?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(만)?(원|달러|\$|%|퍼센트|프로)?")
PERCENTS = frozenset({"%", "퍼센트", "프로"})
CODE = re.compile(r"\d{6}")
"""What may be a stock's code as well: in front it is never taken for an amount."""
MINUTES = re.compile(r"(\d{1,4})(m|min|분|h|시간)?(마다)?")
DAY = re.compile(r"~?(\d{4}-\d{2}-\d{2})(?:까지|부터)?")
DIRECTIONS = dict.fromkeys(("이하", "아래", "하락", "하향", "below", "<="), Direction.BELOW) | dict.fromkeys(
    ("이상", "위", "상승", "상향", "above", ">="), Direction.ABOVE
)
REPETITIONS = (
    dict.fromkeys(("once", "한번", "한번만", "1회"), Repetition.ONCE)
    | dict.fromkeys(("daily", "매일", "하루한번", "하루에한번"), Repetition.SESSION)
    | dict.fromkeys(("cross", "돌파", "돌파할때만"), Repetition.CROSSING)
)
UPWARDS = frozenset({"돌파", "돌파할때만"})
"""Of a price they tell the direction, too, unless another word does: so they are used in Korean."""
EVERY = frozenset({"every", "매"})
REST = re.compile(rf" (?:(?:{'|'.join(sorted(EVERY))}) \S+|\S*마다)(?!\S)", re.IGNORECASE)
"""What tells how long a rule rests, anywhere but in front, where the stock stands."""
UNTIL = frozenset({"until"})
SINCE = frozenset({"since"})
VOLUME = frozenset({"volume", "거래량"})
TIMES = re.compile(r"\+?(\d{1,3}(?:\.\d{1,2})?)(?:배|x|×)?")
HIGHEST_TIMES = 100.0
USUAL = frozenset({"평소", "평소의", "usual", "배", "x", "times"})
"""What may stand around so many times, and says nothing more."""
HIGH = frozenset({"high", "고점", "최고가", "52주고점"})
PAID = frozenset({"paid", "매수가", "산값", "평단", "평단가"})
NONE = frozenset({"off", "없음", "끄기"})
TO_DELETE = frozenset({"삭제", "지우기", "delete", "remove"})
"""What stands behind /alert, before the number of a rule that is to be deleted."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A rule that somebody wants of the stock that *words* mean."""

    words: str
    condition: Condition


def parse_levels(text: str) -> tuple[str, list[SigmaLevel]]:
    """Return the words for a stock, empty for all, and the levels behind them; none where they are to be off.

    Raises:
        Misused: there is no level, or one that cannot be.
    """
    tokens = _tokens(text)
    if tokens and tokens[-1].lower() in NONE:
        return " ".join(tokens[:-1]), []
    levels: list[SigmaLevel] = []
    while tokens and (level := _level(tokens[-1])):
        levels.append(level)
        tokens.pop()
    if not levels or len(levels) > MOST_LEVELS:
        message = f"expected one to {MOST_LEVELS} levels behind the stock, found {text!r}"
        raise Misused(message)
    return " ".join(tokens), sorted(set(levels), key=lambda each: (each.direction.value, each.level))


def parse_wanted(text: str, watched: Collection[str] = ()) -> Wanted:
    """Return the rule that *text* asks for; what is in *watched* is a code where it could be an amount, too.

    Raises:
        Misused: it asks for none that can be.
    """
    return _Reading(_tokens(text), watched).wanted()


def without(text: str, words: str) -> str:
    """Return what *text* says beside the *words* that were read in it for a stock, wherever they stand."""
    tokens = _tokens(text)
    for word in words.split():
        tokens.remove(word)
    return " ".join(tokens)


def without_rest(text: str) -> str:
    """Return what *text* asks for without how long the rule rests, as in `every 30m` or `30분마다`."""
    return REST.sub("", " ".join(_tokens(text)))


def parse_number(text: str) -> int:
    """Return the number of a rule; raises Misused where *text* is none."""
    found = unicodedata.normalize("NFKC", text).strip().removeprefix("#").removesuffix("번")
    if not (found.isascii() and found.isdecimal() and len(found) <= 6):  # noqa: PLR2004 - nobody has so many
        message = f"expected the number of a rule, found {text!r}"
        raise Misused(message)
    return int(found)


def _tokens(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).split()


def _level(token: str) -> SigmaLevel | None:
    match = LEVEL.fullmatch(token)
    if match is None or not 0 < float(match[2]) <= HIGHEST_LEVEL:
        return None
    return SigmaLevel(float(match[2]), Direction.ABOVE if match[1] == "+" else Direction.BELOW)


class _Reading:
    """What is left of the words while options are taken out of them."""

    def __init__(self, tokens: list[str], watched: Collection[str]) -> None:
        self._tokens = tokens
        self._watched = watched
        self._direction: Direction | None = None
        self._is_upwards = False
        self._paid = 0.0
        self._is_of_high = False
        self._is_of_volume = False
        self._high_since: date | None = None
        self._repetition = Repetition.REST
        self._rest_s = 0.0
        self._expires_on: date | None = None

    def wanted(self) -> Wanted:
        """Return what was asked for; raises Misused."""
        rest: list[str] = []
        self._take_volume_in_front()
        while self._tokens:
            token = self._tokens.pop(0)
            # What stands first is the stock, whatever it is called.
            if not rest or not self._take_option(token.lower()):
                rest.append(token)
        if len(rest) <= 1:
            _refuse("a stock and an amount", " ".join(rest))
        if self._is_amount(rest[0]) and not CODE.fullmatch(rest[0]) and self._is_of_stock(rest[-1]):
            rest.append(rest.pop(0))
        return Wanted(words=" ".join(rest[:-1]), condition=self._condition(rest[-1]))

    def _take_volume_in_front(self) -> None:
        """Take `거래량` out of `거래량 2배 삼성전자`: in front of so many times it is no stock."""
        first, second = (*self._tokens, "", "")[:2]
        if first.lower() in VOLUME and TIMES.fullmatch(second):
            self._tokens.pop(0)
            self._is_of_volume = True

    def _is_amount(self, token: str) -> bool:
        return (TIMES if self._is_of_volume else AMOUNT).fullmatch(token) is not None

    def _is_of_stock(self, token: str) -> bool:
        """Say whether *token*, which stands last, is no amount but belongs to the stock."""
        is_code = CODE.fullmatch(token) and (token.startswith("0") or token in self._watched)
        return bool(is_code) or not self._is_amount(token)

    def _take_option(self, token: str) -> bool:
        """Take *token* and what belongs to it out of the words, and say whether it was an option."""
        if token in REPETITIONS:
            self._repetition = REPETITIONS[token]
            self._is_upwards |= token in UPWARDS
        elif token in DIRECTIONS:
            self._direction = DIRECTIONS[token]
        elif token in HIGH:
            self._is_of_high = True
        elif token in VOLUME:
            self._is_of_volume = True
        elif self._is_of_volume and token in USUAL:
            pass
        elif token in PAID:
            self._paid = self._price(self._next())
        elif token in EVERY or token.endswith("마다"):
            self._rest_s = self._minutes(self._next() if token in EVERY else token)
        elif token in SINCE or token.endswith("부터"):
            self._high_since = self._date(self._next() if token in SINCE else token)
        elif token in UNTIL or token.startswith("~") or token.endswith("까지"):
            self._expires_on = self._date(self._next() if token in UNTIL else token)
        else:
            return False
        return True

    def _next(self) -> str:
        return self._tokens.pop(0) if self._tokens else ""

    def _condition(self, amount: str) -> Condition:
        if self._is_of_volume:
            return self._of_volume(amount)
        match = AMOUNT.fullmatch(amount)
        if match is None:
            _refuse("an amount such as 70000 or -5%", amount)
        kind, level, direction = self._share(match) if match[4] in PERCENTS else self._fixed(amount)
        return Condition(
            kind=kind,
            level=level,
            direction=direction,
            paid=self._paid,
            high_since=self._high_since,
            repetition=self._repetition,
            rest_s=self._rest_s,
            expires_on=self._expires_on,
        )

    def _of_volume(self, amount: str) -> Condition:
        """Return what is waited for of the shares of a day, which only grow: once a day they reach so many."""
        match = TIMES.fullmatch(amount)
        level = float(match[1]) if match else 0.0
        if not 0 < level <= HIGHEST_TIMES:
            _refuse("so many times a usual day, such as 2x", amount)
        if self._paid or self._is_of_high or self._high_since or self._direction is Direction.BELOW:
            _refuse("the volume alone, from above", amount)
        if self._rest_s or self._repetition is Repetition.CROSSING:
            _refuse("a volume once a day, or once", amount)
        is_once = self._repetition is Repetition.ONCE
        return Condition(
            kind=RuleKind.VOLUME,
            level=level,
            direction=Direction.ABOVE,
            repetition=Repetition.ONCE if is_once else Repetition.SESSION,
            expires_on=self._expires_on,
        )

    def _share(self, match: re.Match[str]) -> tuple[RuleKind, float, Direction]:
        """Return what a percentage means: its sign tells the direction, unless a word does."""
        kind, level = self._kind_of_share(match[0]), _number(match) / 100
        signed = {"-": Direction.BELOW, "+": Direction.ABOVE}.get(match[1])
        direction = self._direction or signed or Direction.ABOVE
        if signed not in (None, direction):
            _refuse("one direction", match[0])
        # At 0 % from what was paid one is out again; from the close it is every trade.
        if (
            level > HIGHEST_SHARE
            or (kind is RuleKind.CHANGE and not level)
            or (level >= 1 and direction is Direction.BELOW)
        ):
            _refuse("a percentage that can be", match[0])
        return kind, level, direction

    def _kind_of_share(self, amount: str) -> RuleKind:
        if self._paid and (self._is_of_high or self._high_since):
            _refuse("one price to measure from", amount)
        if self._high_since:
            return RuleKind.HIGH_SINCE
        if self._is_of_high:
            return RuleKind.YEAR_HIGH
        return RuleKind.PAID if self._paid else RuleKind.CHANGE

    def _fixed(self, amount: str) -> tuple[RuleKind, float, Direction | None]:
        if self._paid or self._is_of_high or self._high_since:
            _refuse("a percentage", amount)
        direction = self._direction or (Direction.ABOVE if self._is_upwards else None)
        return RuleKind.PRICE, self._price(amount), direction

    def _price(self, token: str) -> float:
        match = AMOUNT.fullmatch(token)
        if match is None or match[1] or match[4] in PERCENTS or not 0 < _number(match) <= HIGHEST_PRICE:
            _refuse("a price", token)
        return _number(match)

    def _minutes(self, token: str) -> float:
        match = MINUTES.fullmatch(token.lower())
        rest_s = float(match[1]) * (3600 if match[2] in {"h", "시간"} else 60) if match else 0.0
        if not SHORTEST_REST_S <= rest_s <= LONGEST_REST_S:
            _refuse("minutes, a day at most", token)
        return rest_s

    def _date(self, token: str) -> date:
        match = DAY.fullmatch(token)
        try:
            return date.fromisoformat(match[1] if match else token)
        except ValueError:
            _refuse("a date such as 2026-12-31", token)


def _number(match: re.Match[str]) -> float:
    return float(match[2].replace(",", "")) * (10_000 if match[3] else 1)


def _refuse(expected: str, found: str) -> NoReturn:
    message = f"expected {expected}, found {found!r}"
    raise Misused(message)
