"""What people write of their rules, taken apart. Pure; Korean and English, in any order behind the stock's name.

    /level 삼성전자 1 2 2.5차      /level 1 2          +1 is one σ above; `off` is none
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
from collections.abc import Collection, Sequence
from datetime import date

from msgspec import Struct

from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.rule_amounts import (
    AMOUNT,
    PERCENTS,
    TIMES,
    is_surely_amount,
    number_in,
    parse_price,
    plain_points,
)
from actors.telegram.chat.rule_options import EVERY, POLITE, VOLUME, Options, parse_date
from actors.telegram.people.own_rules import Condition, SigmaLevel
from protocol.rules import Direction, Repetition, RuleKind

__all__ = [
    "HIGHEST_LEVEL",
    "TO_DELETE",
    "Wanted",
    "is_number",
    "is_of_alert",
    "parse_levels",
    "parse_number",
    "parse_until",
    "parse_wanted",
    "without",
    "without_rest",
]

HIGHEST_LEVEL = 10.0
HIGHEST_SHARE = 10.0
HIGHEST_TIMES = 100.0
MOST_LEVELS = 6
LEVEL = re.compile(r"([+-]?)(\d{1,2}(?:\.\d{1,2})?)(?:σ|시그마|차)?")
CODE = re.compile(r"\d{6}")
"""What may be a stock's code as well: in front it is never taken for an amount."""
REST = re.compile(rf" (?:(?:{'|'.join(sorted(EVERY))}) \S+|\S*마다)(?!\S)", re.IGNORECASE)
"""What tells how long a rule rests, anywhere but in front, where the stock stands."""
OF_ALERT = "#"
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:σ|시그마|차)?")
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
    tokens = plain_points(" ".join(_tokens(text))).split()
    if tokens and tokens[-1].lower() in NONE:
        return " ".join(tokens[:-1]), []
    levels: list[SigmaLevel] = []
    while tokens and (level := _level(tokens[-1])):
        levels.append(level)
        tokens.pop()
    if not levels:
        # One word alone is a stock, unless it is a number.
        raise Misused(Expected.LEVEL, *(tokens[1:][-1:] or filter(NUMBER.fullmatch, tokens)))
    if len(levels) > MOST_LEVELS:
        raise Misused(Expected.FEW_LEVELS, " ".join(_tokens(text)[-len(levels) :]))
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
    """Return the number of a rule, or of an alert; raises Misused where *text* is none."""
    found = unicodedata.normalize("NFKC", text).strip().removeprefix(OF_ALERT).removesuffix("번")
    if not (found.isascii() and found.isdecimal() and len(found) <= 6):  # noqa: PLR2004 - nobody has so many
        raise Misused(Expected.NUMBER, text)
    return int(found)


def is_number(text: str) -> bool:
    """Say whether *text* is the number of a rule, or of an alert."""
    try:
        parse_number(text)
    except Misused:
        return False
    return True


def is_of_alert(text: str) -> bool:
    """Say whether the number in *text* is surely an alert's, as in `#13`, and no rule's."""
    return unicodedata.normalize("NFKC", text).strip().startswith(OF_ALERT)


def parse_until(text: str) -> date:
    """Return the last day in *text*; raises Misused where it is none."""
    return parse_date(" ".join(_tokens(text)))


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
        self._options = Options()

    def wanted(self) -> Wanted:
        """Return what was asked for; raises Misused."""
        rest: list[str] = []
        self._take_volume_in_front()
        while self._tokens:
            token = self._tokens.pop(0)
            # What stands first is the stock, whatever it is called.
            if not rest or not (token in POLITE or self._options.take(token, self._tokens)):
                rest.append(token)
        if len(rest) <= 1:
            raise Misused(self._missing_beside(*rest))
        if self._is_amount(rest[0]) and not CODE.fullmatch(rest[0]) and self._is_of_stock(rest[-1]):
            rest.append(rest.pop(0))
        *stock, amount = rest
        condition = self._condition(amount)
        if others := _amounts_among(stock, is_of_volume=self._options.is_of_volume):
            raise Misused(Expected.ONE_OF_THESE, *others, amount)
        return Wanted(words=" ".join(stock), condition=condition)

    def _missing_beside(self, only: str = "") -> Expected:
        """Return what is missing where *only* one word is left."""
        if self._is_amount(only) and not CODE.fullmatch(only):
            return Expected.STOCK
        return Expected.TIMES if self._options.is_of_volume else Expected.AMOUNT

    def _take_volume_in_front(self) -> None:
        """Take `거래량` out of `거래량 2배 삼성전자`: in front of so many times it is no stock."""
        first, second = (*self._tokens, "", "")[:2]
        if first.lower() in VOLUME and TIMES.fullmatch(second):
            self._options.take(self._tokens.pop(0), self._tokens)

    def _is_amount(self, token: str) -> bool:
        return (TIMES if self._options.is_of_volume else AMOUNT).fullmatch(token) is not None

    def _is_of_stock(self, token: str) -> bool:
        """Say whether *token*, which stands last, is no amount but belongs to the stock."""
        is_code = CODE.fullmatch(token) and (token.startswith("0") or token in self._watched)
        return bool(is_code) or not self._is_amount(token)

    def _condition(self, amount: str) -> Condition:
        said = self._options
        if said.is_of_volume:
            return self._of_volume(amount)
        match = AMOUNT.fullmatch(amount)
        if match is None:
            raise Misused(Expected.AMOUNT, amount)
        kind, level, direction = self._share(match) if match[4] in PERCENTS else self._fixed(amount)
        return Condition(
            kind=kind,
            level=level,
            direction=direction,
            paid=said.paid,
            high_since=said.high_since,
            repetition=said.repetition,
            rest_s=said.rest_s,
            expires_on=said.expires_on,
        )

    def _of_volume(self, amount: str) -> Condition:
        """Return what is waited for of the shares of a day, which only grow: once a day they reach so many."""
        said = self._options
        match = TIMES.fullmatch(amount)
        level = float(match[1]) if match else 0.0
        if not 0 < level <= HIGHEST_TIMES:
            raise Misused(Expected.TIMES, amount)
        if said.paid or said.is_of_high or said.high_since or said.direction is Direction.BELOW:
            raise Misused(Expected.ONE_OF_THESE, *said.words_of("paid", "high", "since", "direction"), amount)
        if said.rest_s or said.repetition is Repetition.CROSSING:
            raise Misused(Expected.ONE_OF_THESE, amount, *said.words_of("repetition", "crossing"))
        is_once = said.repetition is Repetition.ONCE
        return Condition(
            kind=RuleKind.VOLUME,
            level=level,
            direction=Direction.ABOVE,
            repetition=Repetition.ONCE if is_once else Repetition.SESSION,
            expires_on=said.expires_on,
        )

    def _share(self, match: re.Match[str]) -> tuple[RuleKind, float, Direction]:
        """Return what a percentage means: its sign tells the direction, unless a word does."""
        kind, level = self._kind_of_share(), number_in(match) / 100
        signed = {"-": Direction.BELOW, "+": Direction.ABOVE}.get(match[1])
        direction = self._options.direction or signed or Direction.ABOVE
        if signed not in (None, direction):
            raise Misused(Expected.ONE_OF_THESE, match[0], *self._options.words_of("direction"))
        # At 0 % from what was paid one is out again; from the close it is every trade.
        if (
            level > HIGHEST_SHARE
            or (kind is RuleKind.CHANGE and not level)
            or (level >= 1 and direction is Direction.BELOW)
        ):
            raise Misused(Expected.PERCENT, match[0])
        return kind, level, direction

    def _kind_of_share(self) -> RuleKind:
        said = self._options
        if said.paid and (said.is_of_high or said.high_since):
            raise Misused(Expected.ONE_OF_THESE, *said.words_of("paid", "high", "since"))
        if said.high_since:
            return RuleKind.HIGH_SINCE
        if said.is_of_high:
            return RuleKind.YEAR_HIGH
        return RuleKind.PAID if said.paid else RuleKind.CHANGE

    def _fixed(self, amount: str) -> tuple[RuleKind, float, Direction | None]:
        said = self._options
        if said.paid or said.is_of_high or said.high_since:
            raise Misused(Expected.ONE_OF_THESE, *said.words_of("paid", "high", "since"), amount)
        direction = said.direction or (Direction.ABOVE if said.is_upwards else None)
        return RuleKind.PRICE, parse_price(amount), direction


def _amounts_among(stock: Sequence[str], *, is_of_volume: bool) -> list[str]:
    """Return what of the words for a *stock* can only be amounts; one word alone is its name, and a code in front."""
    beside = stock[1:] if len(stock) == 1 or CODE.fullmatch(stock[0]) else stock
    return [word for word in beside if is_surely_amount(word, is_of_volume=is_of_volume)]
