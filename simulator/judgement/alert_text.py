"""Read alerts back from the text that reached a chat: mostly one, or several in company.

The text is the README's example; each line is known by the sign that it begins with, whatever its language:

    🔁 …                                              only on a message that may be a repeat
    🚨 매수 알림! 2차 매수 시점 도달                     the level: `2차`, `1.5차` or `buy point 2`
    🕰 늦은 알림: 14:32:15에 … 그때 70,600원, …        only on a late alert: the first price is the one of that moment
    📊 KODEX 레버리지 (122630)                         the symbol: the last parentheses
    💰 현재가: 70,600원 (전일대비 -2.84%)                the price now, and its change from the base price
    🎯 목표가: 70,606원
    📉 하락률: 2.83%                                   the level's k x σ
    ⚡ …  ⛔ …  🛑 …  🔓 …  ⬇️ …  ✂️ …  ⚠️ …          what was the matter with trading, if anything: not looked at
    ⏰ 2025-11-28 14:32:15                            the trade's time, in the market's zone; another zone may follow
    ↕️ …                                              what has happened since, in an edit: see `edits`

An alert of any other rule begins with 🔔 and what was waited for, and has no 📉:

    🔔 가격 알림! 산 값 65,000원보다 7% 이상 하락      the kind by its words, its level, what it is measured from
    📶 오늘 거래량: 지금까지 24,130,000주 (평소 …)      in place of 🎯 where shares were waited for; how many are usual

Won are written `70,600원` or, in English, `₩70,600` and belong to Seoul, dollars `$41.27` and belong to New York.

Several that piled up are a message with a line of 📢, those that were held for a while one with a line of 📬. Behind an
empty line each of them follows, the same signs closer together; 🔁 stands before the one that may be a repeat, and 🕰
is followed by the time and the price of then. The first price of a 💰 is that of the alert; a digest adds today's.

    🔁 🚨 2차 · 📊 KODEX 레버리지 (122630)
    💰 70,600원 (-2.84%) · 🎯 70,606원 · 📉 2.83%
    ⏰ 2025-11-28 14:32:15
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from protocol.rules import Direction, RuleKind

__all__ = ["PRICE", "ShownAlert", "ShownPrice", "is_alert", "parse_alert", "parse_alerts", "price_in"]

PURCHASE_SIGN, OTHER_SIGN = "🚨", "🔔"
REPEAT_SIGN = "🔁"
LATE_SIGN = "🕰"
GROUP_SIGN, DIGEST_SIGN = "📢", "📬"
SYMBOL_SIGN, PRICE_SIGN, TARGET_SIGN, FALL_SIGN, TIME_SIGN = "📊", "💰", "🎯", "📉", "⏰"
SHARES_SIGN = "📶"

LEVEL = re.compile(r"(\d+(?:\.\d+)?)차|buy point (\d+(?:\.\d+)?)")
SYMBOL = re.compile(r"\(([0-9A-Z.]+)\)\Z")
PRICE = re.compile(r"\$(\d[\d,]*\.\d{2})|(\d[\d,]*)원|₩(\d[\d,]*)")
SHARES = re.compile(r"(\d[\d,]*)(?:주| shares)")
KINDS = (
    (RuleKind.VOLUME, re.compile("거래량|usual day")),
    (RuleKind.PAID, re.compile("산 값|you paid")),
    (RuleKind.YEAR_HIGH, re.compile("1년 최고가|year's high")),
    (RuleKind.HIGH_SINCE, re.compile("정한 날|since your day")),
    (RuleKind.CHANGE, re.compile("전일대비|previous close")),
    (RuleKind.SIGMA, re.compile("σ")),
    (RuleKind.PRICE, re.compile("")),
)
"""By which words what was waited for is known, the first that are there."""
BELOW = re.compile("아래|이하|하락|below")
AMOUNT = re.compile(r"(\d+(?:\.\d+)?)(?:σ|%|배|×)")
PLAIN = {RuleKind.SIGMA, RuleKind.VOLUME}
"""Of these the amount is no percentage."""
MEASURED_FROM = {RuleKind.PAID, RuleKind.YEAR_HIGH, RuleKind.HIGH_SINCE}
CHANGE = re.compile(r"([+-]?\d+\.\d{2})%")
PART = re.compile(r"\n| · (?=[📊🎯📶📉])|(?<=🔁) (?=[🚨🔔])")
TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")

_SEOUL, _NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
_ROUNDING_ERROR = 1e-6
_SHARE_ROUNDING = 5e-5 + 1e-9


class ShownPrice(Struct, frozen=True):
    """A price as it was written: rounded to whole won or to cents."""

    amount: float
    is_won: bool

    def is_rounded(self, exact: float) -> bool:
        """Say whether *exact* may be written like this."""
        return abs(self.amount - exact) <= (0.5 if self.is_won else 0.005) + _ROUNDING_ERROR


class ShownAlert(Struct, frozen=True, kw_only=True):
    """What a reader learns from an alert; percents as written, `traded_at_ns` in whole seconds."""

    symbol: str
    level: float
    """How many σ or usual days, which price as written, or which fraction."""
    price: ShownPrice
    """The price that reached the target; of a late alert, that of then."""
    price_now: ShownPrice
    target: ShownPrice
    """Where shares were waited for, how many there were."""
    change_percent: float
    fall_percent: float | None
    """Of a point to buy at alone."""
    traded_at_ns: int
    is_repeat: bool
    is_late: bool
    was_held: bool = False
    """Whether it was told in a digest: later than it happened, because its reader wanted that."""
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction = Direction.BELOW
    reference: ShownPrice | None = None
    """What the level is measured from, where that is told."""

    def tells_of(self, kind: RuleKind, direction: Direction, level: float) -> bool:
        """Say whether it is about a rule that waits for this."""
        if (kind, direction) != (self.kind, self.direction):
            return False
        if kind in PLAIN:
            return f"{level:g}" == f"{self.level:g}"
        if kind is RuleKind.PRICE:
            return ShownPrice(self.level, self.target.is_won).is_rounded(level)
        return abs(level - self.level) <= _SHARE_ROUNDING


def is_alert(text: str) -> bool:
    """Say whether a message is an alert, readable or not; answers to commands are none.

    🔔 begins other messages, too: an alert's goes on with a price and a time.
    """
    starts = {line.removeprefix(f"{REPEAT_SIGN} ")[:1] for line in text.splitlines()}
    return PURCHASE_SIGN in starts or {OTHER_SIGN, PRICE_SIGN, TIME_SIGN} <= starts


def parse_alerts(text: str) -> list[ShownAlert]:
    """Return what each alert in a message says, in order of time, of one moment the deepest below first.

    Raises:
        ValueError: a part of one is missing or not written as above.
    """
    head, *entries = text.split("\n\n")
    signs = [line[:1] for line in head.splitlines()]
    if not {GROUP_SIGN, DIGEST_SIGN} & set(signs):
        return [parse_alert(text)]
    shown = [_shown(PART.split(entry), was_held=DIGEST_SIGN in signs) for entry in entries if is_alert(entry)]
    return sorted(shown, key=_turn)


def _turn(alert: ShownAlert) -> tuple[int, bool, bool, float]:
    is_below, is_of_shares = alert.direction is Direction.BELOW, alert.kind is RuleKind.VOLUME
    return alert.traded_at_ns, not is_below, is_of_shares, alert.target.amount if is_below else -alert.target.amount


def parse_alert(text: str) -> ShownAlert:
    """Return what a message of one alert says.

    Raises:
        ValueError: a part is missing or not written as above.
    """
    return _shown(text.splitlines(), was_held=False)


def price_in(line: str) -> ShownPrice:
    """Return the first price in a line.

    Raises:
        ValueError: there is none.
    """
    dollars, korean, english = _found(PRICE, line).groups()
    won = korean or english
    return ShownPrice(float((won or dollars).replace(",", "")), is_won=won is not None)


def _shown(lines: list[str], *, was_held: bool) -> ShownAlert:
    price_line = _line(lines, PRICE_SIGN)
    price_now = price_in(price_line)
    late_line = next((line for line in lines if line.startswith(LATE_SIGN)), "")
    shown_time = _found(TIME, _line(lines, TIME_SIGN)).group()
    zone = _SEOUL if price_now.is_won else _NEW_YORK
    traded_at = datetime.strptime(shown_time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    headline = _line(lines, PURCHASE_SIGN, OTHER_SIGN)
    is_purchase = headline.startswith(PURCHASE_SIGN)
    kind, direction, level, reference = _bought_at(headline) if is_purchase else _waited_for(headline)
    if kind is RuleKind.VOLUME:
        target, *usual = map(_shares, SHARES.findall(_line(lines, SHARES_SIGN)))
        reference = usual[0] if usual else None
    else:
        target = price_in(_line(lines, TARGET_SIGN))
    return ShownAlert(
        symbol=_found(SYMBOL, _line(lines, SYMBOL_SIGN)).group(1),
        level=level,
        price=price_in(late_line) if late_line else price_now,
        price_now=price_now,
        target=target,
        change_percent=float(_found(CHANGE, price_line).group(1)),
        fall_percent=float(_found(CHANGE, _line(lines, FALL_SIGN)).group(1)) if is_purchase else None,
        traded_at_ns=int(traded_at.timestamp()) * 1_000_000_000,
        is_repeat=any(line.startswith(REPEAT_SIGN) for line in lines),
        is_late=bool(late_line),
        was_held=was_held,
        kind=kind,
        direction=direction,
        reference=reference,
    )


Condition = tuple[RuleKind, Direction, float, ShownPrice | None]


def _bought_at(headline: str) -> Condition:
    level = _found(LEVEL, headline)
    return RuleKind.SIGMA, Direction.BELOW, float(level[1] or level[2]), None


def _waited_for(headline: str) -> Condition:
    kind = next(kind for kind, words in KINDS if words.search(headline))
    direction = Direction.BELOW if BELOW.search(headline) else Direction.ABOVE
    if kind is RuleKind.PRICE:
        return kind, direction, price_in(headline).amount, None
    amount = float(_found(AMOUNT, headline).group(1))
    reference = price_in(headline) if kind in MEASURED_FROM else None
    return kind, direction, amount if kind in PLAIN else amount / 100, reference


def _line(lines: list[str], *signs: str) -> str:
    found = next((line for line in lines if line.startswith(signs)), None)
    if found is None:
        message = f"expected a line that begins with {' or '.join(signs)}, found {lines}"
        raise ValueError(message)
    return found


def _found(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    found = pattern.search(line)
    if found is None:
        message = f"expected {pattern.pattern}, found {line!r}"
        raise ValueError(message)
    return found


def _shares(number: str) -> ShownPrice:
    return ShownPrice(float(number.replace(",", "")), is_won=True)
