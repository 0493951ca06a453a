"""Everything that is sent with a foreign word in it, and what a strict reader of it sees.

    tellings(word, "ko")                 all that is brought without being asked for, with *word* where a name stands
    Chat(directory, "en").hear(word)     all that is answered to who types it, is called so, or watches what is
    check(told)                          what is seen of it is what was meant

The strict reader is the simulated Telegram's, which shares nothing with what sends. Where it would refuse a request as
Telegram does with 400, ApiError is raised.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from actors.telegram.channels.channel import Keyboard
from actors.telegram.channels.telegram.wire import build_message, build_photo_fields
from actors.telegram.chat.answers import ActorReport, Answers
from actors.telegram.chat.command_table import COMMANDS
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.outbox import MOST_TOGETHER, Bundle
from actors.telegram.outbox.wording import text_of
from actors.telegram.people.access import Role
from actors.telegram.texts.alert_texts import Reader
from protocol.letters import (
    Announcement,
    AppKeyInUse,
    BackTested,
    BasePriceReset,
    ChatChange,
    ChatChanged,
    Check,
    DailyReport,
    DayClosed,
    FiredPoint,
    Letter,
    MarketClosed,
    Matter,
    NoTarget,
    ReportLine,
    SelfTested,
    TradingHalted,
    WeekClosed,
    WeekLine,
)
from protocol.messages import Alert, Market, Venue
from protocol.rules import Direction, RuleKind
from simulator.judgement.alert_text import parse_alert
from simulator.telegram.html import kept_of, utf16_length
from simulator.telegram.methods import MAX_CAPTION, MAX_TEXT, read_caption, read_text
from simulator.telegram.requests import Call
from tests.support.alerts import TRADED_AT, alert, decide
from tests.support.letters import day_chart, letter, own_fill
from tests.support.market import DAY, NINE
from tests.support.reception import Reception, typed
from tests.support.town import ANNA, BORA, seeded

__all__ = ["AWKWARD", "Chat", "Told", "check", "matters", "tellings"]

AWKWARD = (
    *("F&F", "S-Oil", "<b>", "</b>", "_*[", "&amp;", "&#60;", "<a href='x'>", "`*_~|>#+-=|{}.!", "{name}", "%s", "\\"),
    *("KODEX 레버리지", "ㅋㅋㅇ", "", " ", "0", "-1", "/list", "@bot", "#7"),
    *("a\u202eb\u202cc", "\u2066x\u2069", "\u200b\u200d\ufeff", "\u00ad", "e\u0301\u0327", "A\u030a", "x\u0333y\u033f"),
    *(
        "\u1112\u1161\u11ab",
        "👨\u200d👩\u200d👧",
        "🚨🔁",
        "\U000e0041",
        "\uffff\ufffe",
        "\U0010ffff",
        "\x00\x07\x1b[31m",
    ),
    *(
        "a\nb",
        "a\r\nb",
        "a\tb",
        "\u2028\u2029",
        "\x85",
        "🚨 매수 알림! 2차 매수 시점 도달\n📊 X (000000)",
        "x (000001)",
    ),
    *("가" * 200, "&" * 200, "🚨" * 200, "x " * 3000),
)
"""Names that somebody has, and names that break what is not careful."""

LEVERAGE = {"symbol": "122630", "venue": "KRX"}
READERS = {language: Reader(language, ZoneInfo("America/New_York")) for language in ("ko", "en")}


class Told(Struct, frozen=True):
    """A text that we made, and what is seen of it on a phone."""

    text: str
    seen: str
    most: int
    """How much of it Telegram takes, in UTF-16 units."""
    alert: Alert | None = None
    """What it tells of, if of one alert."""


def check(told: Told) -> None:
    """Assert that what is seen is what was meant, or as much of it as there is room for, and says so."""
    meant, seen = told.text.strip(), told.seen
    if utf16_length(meant) > told.most:
        assert told.most - 1 <= utf16_length(f"{seen} ")
        assert seen.endswith("…")
        assert meant.startswith(seen[:-1])
    else:
        assert seen == meant
    if told.alert is not None:
        read = parse_alert(seen)
        assert (read.symbol, read.price_now.amount) == (told.alert.symbol, told.alert.price_now)


def told_by_text(text: str, keyboard: Keyboard = (), alert: Alert | None = None) -> Told:
    """Return *text* with what is seen of it, sent with markup and without."""
    marked_up = shown(build_message(ANNA, text, keyboard))
    assert shown(build_message(ANNA, text, keyboard, plain=True)) == marked_up
    return Told(text, marked_up, MAX_TEXT, alert)


def told_by_caption(text: str) -> Told:
    """Return *text* with what is seen of it below a picture."""
    return Told(text, read_caption(Call(dict(build_photo_fields(ANNA, text, 7)), {})).text, MAX_CAPTION)


def shown(body: bytes) -> str:
    """Return what is seen of a sendMessage with *body*."""
    call = Call(msgspec.json.decode(body, type=dict[str, object]), {})
    call.keyboard()
    return read_text(call).text


def tellings(word: str, language: str) -> Iterator[Told]:
    """Yield everything that is brought without being asked for, with *word* wherever a name stands."""
    reader = READERS[language]
    for bundle in bundles(word):
        text, first = text_of(bundle, reader, {"122630": 70_500.0}, timedelta(minutes=3)), bundle[0]
        if first.kind is Kind.PICTURE:
            yield told_by_caption(text)
        else:
            is_one = len(bundle) == 1 and isinstance(first.content, Alert) and first.content.is_purchase
            yield told_by_text(text, alert=first.content if is_one else None)  # type: ignore[arg-type]  # it is an Alert
    answers = Answers(language)
    reports = [ActorReport(actor="feed", state="degraded", reason=word), ActorReport(actor="chart")]
    yield told_by_text(answers.status(reports, 3))
    yield told_by_text(answers.overdue(word))


def bundles(word: str) -> Iterator[Bundle]:
    """Yield alerts and letters as they are brought: alone, in company, missed, in doubt, as pictures."""
    one = alert(name=word, late=True, price=70_000.0)
    many = [alert(number, name=word, symbol=f"{100_000 + number}") for number in range(MOST_TOGETHER)]
    yield (delivery(one),)
    yield (delivery(alert(name=word, kind=RuleKind.PRICE, direction=Direction.BELOW, level=70_600.0), doubtful=True),)
    yield (delivery(one, kind=Kind.PICTURE),)
    yield tuple(delivery(each) for each in many)
    yield tuple(delivery(each, missed=True, doubtful=True) for each in many)
    for number, matter in enumerate(matters(word)):
        written = letter(number, matter)
        yield (delivery(written),)
        yield (delivery(written, kind=Kind.PICTURE),)


def delivery(
    content: Alert | Letter, *, kind: Kind = Kind.TEXT, doubtful: bool = False, missed: bool = False
) -> Delivery:
    """Return a delivery of *content*."""
    plain = Delivery(id=1, content=content, person_id=1, kind=kind, chat_id=ANNA, due_at_ns=0, created_at_ns=0)
    return msgspec.structs.replace(plain, doubtful=doubtful, missed=missed)


def matters(word: str) -> Iterator[Matter]:
    """Yield every kind of letter that holds foreign words."""
    name: dict[str, Any] = {"symbol": "122630", "name": word}
    in_korea: dict[str, Any] = {**name, "venue": Venue.KRX}
    # What somebody types has come through Telegram, too.
    yield Announcement(by=word, text=kept_of(word).strip() or ".")
    yield AppKeyInUse(link=word)
    yield BackTested(**in_korea, texts={}, asked_at=NINE)
    yield BasePriceReset(**in_korea, close=2.0, base_price=1.0)
    yield from (ChatChanged(change=change, name=word) for change in ChatChange)
    line = ReportLine(**in_korea, levels=[1.0, 2.0], has_targets=True, base_price=72_665.0, sigma=0.014)
    lines = [line, msgspec.structs.replace(line, obstacle=word, notes=[word])]
    yield DailyReport(market=Market.KRX, session_date=DAY, opens_at=NINE, page=1, pages=2, lines=lines)
    yield day_chart(**name)
    point = FiredPoint(
        **in_korea, level=2.0, target_price=70_606.0, price=70_600.0, reached_at=TRADED_AT, times=2, price_now=None
    )
    yield DayClosed(
        market=Market.KRX,
        session_date=DAY,
        watched=60,
        fired=[point] * 2,
        last_traded_at=None,
        is_whole=False,
        unseen=[word] * 2,
    )
    names = {"ko": word, "en": word}
    yield MarketClosed(market=Market.KRX, closed_on=date(2025, 12, 25), names=names, next_opens_at=NINE)
    yield NoTarget(**name, obstacle=word, returns=3)
    yield own_fill(**name)
    checks = [Check(name="evaluator", ok=False, found=word), Check(name="link", ok=False, found=word)]
    yield SelfTested(market=Market.KRX, session_date=DAY, checks=checks)
    yield TradingHalted(**name)
    week = [WeekLine(**in_korea, close=1.0, change=0.5, alerts=3)] * 2
    yield WeekClosed(market=Market.KRX, first=DAY, last=DAY, lines=week)


class Chat:
    """The desk, where Anna, the operator, and Bora, a member, speak one language."""

    def __init__(self, directory: Path, language: str) -> None:
        self.desk = Reception(directory, seeded(ANNA, "operator"), seeded(BORA, "member"))
        self._is_certain = False
        self._word = ""
        for person in self.desk.register.people():
            self.desk.register.set_language(person.id, language)
        answers = self.desk.ports.answers
        answers["analyst", "find"] = self._find
        answers["analyst", "chart"] = lambda **_: {}
        answers["analyst", "report"] = lambda **_: {"reports": 1}
        answers["feed", "rehearse"] = lambda **_: {}
        answers["feed", "subscriptions"] = self._subscriptions
        answers["evaluator", "prices"] = lambda **_: {"122630": {"price": 70_600.0, "traded_at": TRADED_AT.isoformat()}}
        answers["evaluator", "rules"] = lambda **_: {"rules": [{"rule": "1-122630-1", "stage": "armed"}]}
        decide(self.desk.settings, alert())

    def hear(self, word: str) -> list[Told]:
        """Return all that is answered to whoever types *word* behind each command, is called so, or watches what is."""
        self._word = word
        typed_by = kept_of(word).strip()
        self._is_certain = False
        unsure = [f"/{command.name} {typed_by}" for command in COMMANDS if command.name != "lang"]
        found = self._bring(typed_by, *unsure)
        self._is_certain = True
        found += self._bring("/add 122630", *OF_THE_WATCHED)
        found += self._admit(word)
        return [*found, *self._bring("/remove 122630")]

    def _admit(self, word: str) -> list[Told]:
        """Let somebody of that name in, be listed, and go."""
        # Nobody may try more than a few codes an hour.
        self.desk.clock.step(3_600.0)
        invitation = self.desk.office.membership.invite(Role.MEMBER)
        update = self._typed(NEWCOMER, f"/start {invitation.code}")
        update["message"]["from"]["first_name"] = word  # type: ignore[index]  # it is a dict of dicts
        found = self._take(update)
        found += self._take(self._typed(NEWCOMER, "/me"), self._typed(NEWCOMER, "/start"), self._typed(ANNA, "/people"))
        newcomer = self.desk.register.person_of_user(NEWCOMER)
        assert newcomer is not None
        self.desk.office.membership.remove(newcomer)
        return found

    def _bring(self, *texts: str) -> list[Told]:
        return self._take(*(self._typed(ANNA, text) for text in texts))

    def _typed(self, user_id: int, text: str) -> dict[str, object]:
        return typed(user_id, text, at=self.desk.clock.now())

    def _take(self, *updates: dict[str, object]) -> list[Told]:
        self.desk.said.clear()
        self.desk.keyboards.clear()
        self.desk.bring(*updates)
        return [
            told_by_text(text, keyboard)
            for (_, text), keyboard in zip(self.desk.said, self.desk.keyboards, strict=True)
        ]

    def _find(self, words: str, **_: object) -> dict[str, object]:
        if not words:
            return {"candidates": []}
        return {"candidates": [{**LEVERAGE, "name": self._word}], "certain": self._is_certain}

    def _subscriptions(self, **_: object) -> dict[str, object]:
        link = {"link": "main", "phase": "down", "trouble": self._word}
        return {"links": [link], "streams": [{"symbol": "122630", "of_trades": True, "standing": "confirmed"}]}


NEWCOMER = 1003
OF_THE_WATCHED = (
    *("/list", "/price 122630", "/alert 122630 70000", "/alert", "/level 122630 1 2", "/amount 122630 1000000"),
    *(
        "/amount",
        "/mute 122630 1h",
        "/mute",
        "/mute off",
        "/history",
        "/why",
        "/why 122630",
        "/check",
        "/off 1",
        "/on 1",
    ),
    *("/price", "/remove", "/feed", "/help", "/quiet", "/status", "/chart", "/say x"),
)
