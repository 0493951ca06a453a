"""The message of an alert, in the words of the person who reads it. Pure; plain text, which `wire` escapes.

    🚨 매수 알림! 2차 매수 시점 도달

    📊 KODEX 레버리지 (122630)
    💰 현재가: 70,600원 (전일대비 -2.84%)
    🎯 목표가: 70,606원
    📉 하락률: 2.83%

    ⏰ 2025-11-28 14:32:15

    💡 2차 매수 타이밍입니다! (2배 투자)

So it is of so many σ below the base price; of another rule it begins with 🔔 and what was waited for, and advises
nothing. What was waited for of a day's shares has a line of 📶 with their number in place of 🎯. 하락률 is the level's
k·σ. A message that may be a repeat begins with a line of 🔁. An alert of a trade that nobody saw when it happened has a
line of 🕰 with that moment and its price, and 현재가 is the price that revealed it. What is the matter with trading (an
interruption, a halt, the day's lower limit) has a line of its own below 하락률. Where the target is reached again while
the rule rests, the message is edited: one line stands below it.

    ↕️ 3번째 닿았어요 · 지금 70,450원 (14:33:05)
"""

import unicodedata
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct

from actors.market.amounts import shares_for, spent_on
from actors.market.money import price_text
from actors.market.sessions import zone_of
from actors.telegram.people.amounts import amount_text
from actors.telegram.texts.conditions import reached_text, threshold_text
from actors.telegram.texts.facts import note_lines
from actors.words.catalogue import Words, words_in
from protocol.messages import Alert, ReachedAgain, Venue
from protocol.rules import RuleKind

__all__ = [
    "Reader",
    "again_line",
    "alert_caption",
    "alert_text",
    "bare_alert_text",
    "change_text",
    "clean",
    "rehearsal_text",
    "repeat_line",
    "time_text",
]

LONGEST_NAME = 64
MOST_READ = 256
"""No more of a name is looked at: an alert waits for it."""
# Control, format (zero-width, bidirectional), surrogate; line and paragraph separators.
UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
TAKEN_OUT = frozenset("\u030a\u0333\u033f")
"""Marks that Telegram takes out of a text, since they draw lines over others."""


class Reader(Struct, frozen=True):
    """Who reads: a language (ko or en) and a time zone."""

    language: str
    zone: ZoneInfo
    amount: Decimal | None = None
    """What the reader spends on the first level of what an alert is about, None if that was not said."""

    @property
    def words(self) -> Words:
        """The messages in the reader's language."""
        return words_in(self.language)


def alert_text(alert: Alert, reader: Reader, *, repeat: bool) -> str:
    """Return the message of *alert*; *repeat* says that it may have arrived already."""
    words = reader.words
    point = reached_text(alert, words)
    price_now = price_text(alert.price_now, alert.venue, reader.language)
    lines = [
        _headline(alert, point, words),
        "",
        f"📊 {clean(alert.name) or alert.symbol} ({clean(alert.symbol)})",
        words.say("alert.price", price=price_now, change=change_text(alert.price_now, alert.base_price)),
        _target_line(alert, words),
        *([words.say("alert.fall", fall=f"{alert.level * alert.sigma:.2%}")] if alert.is_purchase else []),
        *note_lines(alert.notes, words),
        "",
        f"⏰ {time_text(alert.traded_at, alert.venue, reader)}",
        *(_purchase_lines(alert, point, reader) if alert.is_purchase else []),
    ]
    if alert.late:
        at = f"{alert.traded_at.astimezone(zone_of(alert.venue)):%H:%M:%S}"
        price_then = price_text(alert.price, alert.venue, reader.language)
        late = words.say("alert.late", at=at, price=price_then, now=price_now)
        lines[1:1] = ["", late]
    return "\n".join([repeat_line(reader), "", *lines] if repeat else lines)


def _headline(alert: Alert, point: str, words: Words) -> str:
    if alert.kind is RuleKind.VOLUME:
        return words.say("alert.volume-headline", point=point)
    return words.say("alert.headline" if alert.is_purchase else "alert.other-headline", point=point)


def _target_line(alert: Alert, words: Words) -> str:
    """Say what was to be reached; of shares, how many there are."""
    if alert.kind is not RuleKind.VOLUME:
        return words.say("alert.target", target=price_text(alert.target_price, alert.venue, words.language))
    volume, usual = (
        threshold_text(alert.kind, shares, alert.venue, words) for shares in (alert.volume, alert.reference)
    )
    return words.say("alert.volume", volume=volume, usual=usual)


def _purchase_lines(alert: Alert, point: str, reader: Reader) -> list[str]:
    """Return the advice to buy, and what one's amount buys."""
    words = reader.words
    times = words.say("alert.times", times=f"{alert.level:g}") if alert.level.is_integer() else ""
    return ["", words.say("alert.advice", point=point, times=times), *_shares_lines(alert, reader)]


def alert_caption(alert: Alert, reader: Reader, *, repeat: bool) -> str:
    """Return the line below the picture of *alert*."""
    point = reached_text(alert, reader.words)
    name = clean(alert.name) or alert.symbol
    caption = reader.words.say("alert.caption", name=name, symbol=clean(alert.symbol), point=point)
    return f"{repeat_line(reader)}\n{caption}" if repeat else caption


def again_line(again: ReachedAgain, reader: Reader) -> str:
    """Return the line that stands below the message of an alert once its target was reached *again*."""
    price = price_text(again.price, again.venue, reader.language)
    at = f"{again.traded_at.astimezone(zone_of(again.venue)):%H:%M:%S}"
    return reader.words.say("alert.again", times=again.times, price=price, at=at)


def bare_alert_text(alert: Alert, *, repeat: bool) -> str:
    """Return *alert* without words, for one that cannot be put into them: symbol, level, price, moment, id."""
    mark = "🔁 🚨" if repeat else "🚨"
    level = f"{alert.level}σ" if alert.kind is RuleKind.SIGMA else f"{alert.kind.value} {alert.level:.12g}"
    return f"{mark} {alert.symbol} · {level} · {alert.price}\n⏰ {alert.traded_at}\n{alert.id}"


def rehearsal_text(alert: Alert, reader: Reader, *, repeat: bool) -> str:
    """Return the message of a rehearsal's alert, which nobody can take for a real one."""
    at = time_text(alert.traded_at, alert.venue, reader)
    text = reader.words.say("alert.rehearsal", at=at)
    return f"{repeat_line(reader)}\n\n{text}" if repeat else text


def repeat_line(reader: Reader) -> str:
    """Return what stands at the top of a message that may have arrived already."""
    return reader.words.say("fact.repeat")


def time_text(moment: datetime, venue: Venue, reader: Reader, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return *moment* by the clock of *venue* and, where the reader's is another, by both."""
    market = moment.astimezone(zone_of(venue))
    own = moment.astimezone(reader.zone)
    if market.utcoffset() == own.utcoffset():
        return f"{market:{pattern}}"
    return f"{_place_time(market, reader, pattern)} · {_place_time(own, reader, pattern)}"


def clean(name: str) -> str:
    """Return *name* without what cannot be seen or turns the reading order round, on one line, not too long."""
    # Composed, Å is a letter of its own and keeps its ring, and a syllable is one and not three.
    name = unicodedata.normalize("NFC", name[:MOST_READ])
    if not name.isprintable() or not TAKEN_OUT.isdisjoint(name):
        name = "".join(map(_as_shown, name))
    return " ".join(name.split())[:LONGEST_NAME]


def _as_shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in UNSHOWN or character in TAKEN_OUT else character


def _shares_lines(alert: Alert, reader: Reader) -> list[str]:
    """Return how many whole shares the reader's amount buys at the price now; nothing where no amount is known."""
    if reader.amount is None:
        return []
    market = alert.venue.market
    count = shares_for(reader.amount, alert.level, alert.price_now)
    spent = amount_text(spent_on(reader.amount, alert.level), market, reader.language)
    price = price_text(alert.price_now, alert.venue, reader.language)
    return [reader.words.say_count("alert.shares", count, amount=spent, price=price)]


def change_text(price: float, base_price: float) -> str:
    """Return by how much *price* differs from *base_price*, in percent."""
    if base_price <= 0:
        return "-"
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{round((price / base_price - 1) * 100, 2) + 0.0:+.2f}%"


def _place_time(moment: datetime, reader: Reader, pattern: str) -> str:
    key = str(moment.tzinfo)
    city = reader.words.say_if_known(f"fact.city.{key}") or key.rpartition("/")[2].replace("_", " ")
    return f"{moment:{pattern}} ({city})"
