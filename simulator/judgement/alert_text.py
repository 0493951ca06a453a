"""Read alerts back from the text that reached a chat: mostly one, or several in company.

The text is the README's example; each line is known by the sign that it begins with, whatever its language:

    🔁 …                                              only on a message that may be a repeat
    🚨 매수 알림! 2차 매수 시점 도달                     the level: `2차`, `1.5σ` or `no. 2`
    🕰 늦은 알림: 14:32:15에 … 그때 70,600원, …        only on a late alert: the first price is the one of that moment
    📊 KODEX 레버리지 (122630)                         the symbol: the last parentheses
    💰 현재가: 70,600원 (전일대비 -2.84%)                the price now, and its change from the base price
    🎯 목표가: 70,606원
    📉 하락률: 2.83%                                   the level's k x σ
    ⚡ …  ⛔ …  🛑 …  🔓 …  ⬇️ …  ✂️ …  ⚠️ …          what was the matter with trading, if anything: not looked at
    ⏰ 2025-11-28 14:32:15                            the trade's time, in the market's zone; another zone may follow

Won are written `70,600원` and belong to Seoul, dollars `$41.27` and belong to New York.

Several that piled up are a message with a line of 📢, those that were held for a while one with a line of 📬. Behind an
empty line each of them follows, the same signs closer together; 🔁 stands before the one that may be a repeat, and 🕰
is followed by the time and the price of then. The first price of a 💰 is that of the alert; a digest adds today's.

    🔁 🚨 2차 · 📊 KODEX 레버리지 (122630)
    💰 70,600원 (-2.84%) · 🎯 70,606원 · 📉 2.83%
    ⏰ 2025-11-28 14:32:15

Entries that do not begin with 🚨 tell of other rules than those that the oracle knows, and are left out.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

__all__ = ["ShownAlert", "ShownPrice", "is_alert", "parse_alert", "parse_alerts"]

ALERT_SIGN = "🚨"
REPEAT_SIGN = "🔁"
LATE_SIGN = "🕰"
GROUP_SIGN, DIGEST_SIGN = "📢", "📬"
SYMBOL_SIGN, PRICE_SIGN, TARGET_SIGN, FALL_SIGN, TIME_SIGN = "📊", "💰", "🎯", "📉", "⏰"

LEVEL = re.compile(r"(\d+(?:\.\d+)?)(?:차|σ)|no\. (\d+(?:\.\d+)?)")
SYMBOL = re.compile(r"\(([0-9A-Z.]+)\)$")
PRICE = re.compile(r"\$(\d[\d,]*\.\d{2})|(\d[\d,]*)원")
CHANGE = re.compile(r"([+-]?\d+\.\d{2})%")
PART = re.compile(r"\n| · (?=[📊🎯📉])|(?<=🔁) (?=🚨)")
TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")

_SEOUL, _NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
_ROUNDING_ERROR = 1e-6


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
    price: ShownPrice
    """The price that reached the target; of a late alert, that of then."""
    price_now: ShownPrice
    target: ShownPrice
    change_percent: float
    fall_percent: float
    traded_at_ns: int
    is_repeat: bool
    is_late: bool
    was_held: bool = False
    """Whether it was told in a digest: later than it happened, because its reader wanted that."""


def is_alert(text: str) -> bool:
    """Say whether a message is an alert, readable or not; answers to commands are none."""
    return any(line.removeprefix(f"{REPEAT_SIGN} ").startswith(ALERT_SIGN) for line in text.splitlines())


def parse_alerts(text: str) -> list[ShownAlert]:
    """Return what each alert in a message says, in order of time, of one moment the deepest first.

    Raises:
        ValueError: a part of one is missing or not written as above.
    """
    head, *entries = text.split("\n\n")
    signs = [line[:1] for line in head.splitlines()]
    if not {GROUP_SIGN, DIGEST_SIGN} & set(signs):
        return [parse_alert(text)]
    shown = [_shown(PART.split(entry), was_held=DIGEST_SIGN in signs) for entry in entries if is_alert(entry)]
    return sorted(shown, key=lambda alert: (alert.traded_at_ns, -alert.level))


def parse_alert(text: str) -> ShownAlert:
    """Return what a message of one alert says.

    Raises:
        ValueError: a part is missing or not written as above.
    """
    return _shown(text.splitlines(), was_held=False)


def _shown(lines: list[str], *, was_held: bool) -> ShownAlert:
    price_line = _line(lines, PRICE_SIGN)
    price_now = _price(price_line)
    late_line = next((line for line in lines if line.startswith(LATE_SIGN)), "")
    shown_time = _found(TIME, _line(lines, TIME_SIGN)).group()
    zone = _SEOUL if price_now.is_won else _NEW_YORK
    traded_at = datetime.strptime(shown_time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    level = _found(LEVEL, _line(lines, ALERT_SIGN))
    return ShownAlert(
        symbol=_found(SYMBOL, _line(lines, SYMBOL_SIGN)).group(1),
        level=float(level[1] or level[2]),
        price=_price(late_line) if late_line else price_now,
        price_now=price_now,
        target=_price(_line(lines, TARGET_SIGN)),
        change_percent=float(_found(CHANGE, price_line).group(1)),
        fall_percent=float(_found(CHANGE, _line(lines, FALL_SIGN)).group(1)),
        traded_at_ns=int(traded_at.timestamp()) * 1_000_000_000,
        is_repeat=any(line.startswith(REPEAT_SIGN) for line in lines),
        is_late=bool(late_line),
        was_held=was_held,
    )


def _line(lines: list[str], sign: str) -> str:
    found = next((line for line in lines if line.startswith(sign)), None)
    if found is None:
        message = f"expected a line that begins with {sign}, found {lines}"
        raise ValueError(message)
    return found


def _found(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    found = pattern.search(line)
    if found is None:
        message = f"expected {pattern.pattern}, found {line!r}"
        raise ValueError(message)
    return found


def _price(line: str) -> ShownPrice:
    dollars, won = _found(PRICE, line).groups()
    return ShownPrice(float((won or dollars).replace(",", "")), is_won=won is not None)
