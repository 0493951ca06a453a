"""One message that tells of several alerts: those that piled up, and those that were held. Pure; plain text.

    📢 알림 2건이 한꺼번에 왔어요.

    🚨 2차 · 📊 KODEX 레버리지 (122630)
    💰 70,600원 (-2.84%) · 🎯 70,606원 · 📉 2.83%
    ⏰ 2025-11-28 14:32:15

    🔁 🚨 1차 ⚡ · 📊 삼성전자 (005930)
    …

The deepest fall comes first; what is no point to buy at begins with 🔔, as in `texts`, and of shares 📶 tells how many
there were. 🔁 stands before what may have arrived already; 🕰 with its time and price below what happened unseen. A
digest begins with 📬, tells in the order in which it happened, and says what each price was and what it is now.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from actors.market.money import price_text
from actors.market.sessions import zone_of
from actors.telegram.people.hush import depth_of
from actors.telegram.texts.alert_texts import Reader, change_text, clean, repeat_line, time_text
from actors.telegram.texts.conditions import reached_text, threshold_text
from actors.telegram.texts.facts import market_name, note_lines
from protocol.messages import CIRCUIT_BREAKER, Alert, Market
from protocol.rules import RuleKind

__all__ = ["Told", "digest_text", "group_text"]

LONGEST_NAME = 24
INDEX_WIDE_FROM = 5


class Told(Struct, frozen=True):
    """An alert in company."""

    alert: Alert
    doubtful: bool
    """Whether it may have arrived already."""


def group_text(told: Sequence[Told], reader: Reader) -> str:
    """Return the message that tells of alerts which piled up."""
    head = _head(told, reader, reader.words.say("group.piled", count=len(told)))
    entries = [_entry(each, reader, _price_part(each.alert, reader.language)) for each in _deepest_first(told)]
    return "\n\n".join(["\n".join([*head, *_market_lines(told, reader)]), *entries])


def digest_text(told: Sequence[Told], reader: Reader, prices: Mapping[str, float]) -> str:
    """Return the message that tells of alerts which were held; *prices* are those of now, as far as they are known."""
    head = _head(told, reader, reader.words.say_count("group.digest", len(told)))
    entries = [_entry(each, reader, _prices_part(each.alert, prices, reader)) for each in _as_it_happened(told)]
    return "\n\n".join(["\n".join(head), *entries])


def _deepest_first(told: Sequence[Told]) -> list[Told]:
    return sorted(told, key=lambda each: -depth_of(each.alert))


def _as_it_happened(told: Sequence[Told]) -> list[Told]:
    """Return what was held as a night is read; of one moment the deepest fall first."""
    return sorted(_deepest_first(told), key=lambda each: each.alert.traded_at)


def _head(told: Sequence[Told], reader: Reader, title: str) -> list[str]:
    doubtful = sum(each.doubtful for each in told)
    if doubtful == len(told):
        return [repeat_line(reader), title]
    return [title, reader.words.say("group.some-repeats")] if doubtful else [title]


def _market_lines(told: Sequence[Told], reader: Reader) -> list[str]:
    """Say in one line what a reader would otherwise gather from many."""
    lines = []
    for market in Market:
        falls = (each.alert for each in told if each.alert.is_purchase and each.alert.venue.market is market)
        symbols = {alert.symbol for alert in falls}
        if len(symbols) >= INDEX_WIDE_FROM:
            name = market_name(market, reader.words)
            lines.append(reader.words.say("group.index-wide", market=name, count=len(symbols)))
    if any(CIRCUIT_BREAKER in each.alert.notes for each in told):
        lines += note_lines([CIRCUIT_BREAKER], reader.words)
    return lines


def _entry(told: Told, reader: Reader, price: str) -> str:
    alert = told.alert
    name = clean(alert.name)[:LONGEST_NAME] or alert.symbol
    sign = "🚨" if alert.is_purchase else "🔔"
    first = [f"🔁 {sign}" if told.doubtful else sign, reached_text(alert, reader.words), *_signs(alert, reader)]
    parts = [" ".join(first), f"📊 {name} ({clean(alert.symbol)})"]
    fall = f" · 📉 {alert.level * alert.sigma:.2%}" if alert.is_purchase else ""
    mark, reached = ("📶", float(alert.volume)) if alert.kind is RuleKind.VOLUME else ("🎯", alert.target_price)
    target = f"{mark} {threshold_text(alert.kind, reached, alert.venue, reader.words)}{fall}"
    lines = [" · ".join(parts), f"{price} · {target}", f"⏰ {time_text(alert.traded_at, alert.venue, reader)}"]
    if alert.late:
        at = f"{alert.traded_at.astimezone(zone_of(alert.venue)):%H:%M:%S}"
        lines.append(f"🕰 {at} {price_text(alert.price, alert.venue, reader.language)}")
    return "\n".join(lines)


def _price_part(alert: Alert, language: str) -> str:
    price = price_text(alert.price_now, alert.venue, language)
    return f"💰 {price} ({change_text(alert.price_now, alert.base_price)})"


def _prices_part(alert: Alert, prices: Mapping[str, float], reader: Reader) -> str:
    now, then = prices.get(alert.symbol), _price_part(alert, reader.language).removeprefix("💰 ")
    if now is None:
        return reader.words.say("group.then-alone", then=then)
    return reader.words.say("group.then-and-now", then=then, now=price_text(now, alert.venue, reader.language))


def _signs(alert: Alert, reader: Reader) -> list[str]:
    """Return the signs of what was the matter with trading: there is no room for the words."""
    lines = note_lines([note for note in alert.notes if note != CIRCUIT_BREAKER], reader.words)
    return ["".join(line.partition(" ")[0] for line in lines)] if lines else []
