"""What cannot be put into words: an alert goes without them, a letter not at all, and neither ends the process."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
import structlog
from structlog.testing import capture_logs

from actors.telegram.channels.channel import Keyboard
from actors.telegram.channels.outcomes import Outcome, Rejected, Sent
from actors.telegram.channels.telegram.channel import open_telegram
from actors.telegram.channels.telegram.client import Bot
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.deliveries import Content, Delivery, Kind
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.wording import Unwordable, bare_text_of, cut_to, text_of
from actors.telegram.texts.alert_texts import Reader, alert_text
from protocol.letters import DailyReport
from protocol.messages import Alert, Market, ReachedAgain, Venue
from simulator.judgement.alert_text import parse_alerts
from tests.support.alerts import TRADED_AT, alert
from tests.support.letters import letter
from tests.support.market import DAY

SEOUL = Reader("ko", ZoneInfo("Asia/Seoul"))
NO_MOMENT = datetime.max.replace(tzinfo=UTC)
"""No moment of Seoul's: there it would be in the year 10000."""
ODD_ALERT = alert(traded_at=NO_MOMENT)
ODD_LETTER = letter(
    matter=DailyReport(market=Market.KRX, session_date=DAY, opens_at=NO_MOMENT, page=1, pages=1, lines=[])
)


class Notepad:
    """A bot that notes what it is to send."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send_text(self, _chat_id: int, text: str, _keyboard: Keyboard, **_how: bool) -> Outcome:
        """Note *text*."""
        self.texts.append(text)
        return Sent(1)


def delivery(content: Content, kind: Kind = Kind.TEXT, *, doubtful: bool = False) -> Delivery:
    """Return the delivery of *content* to chat 7."""
    return Delivery(
        id=1, content=content, kind=kind, person_id=1, chat_id=7, doubtful=doubtful, due_at_ns=0, created_at_ns=0
    )


@pytest.mark.parametrize("content", [ODD_ALERT, ODD_LETTER])
def test_what_does_not_fit_our_words_is_said_to_be_so(content: Content) -> None:
    """One error, whatever it was that did not fit."""
    with pytest.raises(Unwordable, match="OverflowError"):
        text_of((delivery(content),), SEOUL)


def test_what_waited_long_to_be_brought_says_so() -> None:
    """Who reads it an hour later must not take it for news; seconds are nobody's business."""
    bundle, prompt = (delivery(alert()),), alert_text(alert(), SEOUL, repeat=False)

    assert text_of(bundle, SEOUL, late_by=timedelta(seconds=59)) == prompt
    assert text_of(bundle, SEOUL, late_by=timedelta(minutes=63.5)) == (
        f"{prompt}\n\n⌛ 연락이 잘 닿지 않아 63분 늦게 전해 드려요."
    )


def test_an_edit_says_all_that_the_message_said_and_one_line_more() -> None:
    """The price that was told stays what it was, and so does that it was late."""
    bundle = (delivery(alert(), doubtful=True),)
    again = ReachedAgain(alert_id=alert().id, times=3, venue=Venue.KRX, price=70_450.0, traded_at=TRADED_AT)
    waited = timedelta(minutes=5)

    before = text_of(bundle, SEOUL, late_by=waited)
    assert text_of(bundle, SEOUL, late_by=waited, again=again) == (
        f"{before}\n\n↕️ 3번째 닿았어요 · 지금 70,450원 (14:32:15)"
    )
    with pytest.raises(Unwordable):
        text_of(bundle, SEOUL, again=msgspec.structs.replace(again, traded_at=NO_MOMENT))


def test_a_group_that_waited_long_says_so_of_its_first() -> None:
    """And is still read alert by alert."""
    text = text_of((delivery(alert()), delivery(alert(2))), SEOUL, late_by=timedelta(minutes=5))

    assert text.endswith("\n\n⌛ 연락이 잘 닿지 않아 5분 늦게 전해 드려요.")
    assert len(parse_alerts(text)) == 2


@pytest.mark.parametrize(("doubtful", "mark"), [(False, "🚨"), (True, "🔁 🚨")])
def test_an_alert_goes_without_words(mark: str, *, doubtful: bool) -> None:
    """Symbol, level, price, moment and id are enough to act on, and a repeat still says so."""
    assert bare_text_of(delivery(ODD_ALERT, doubtful=doubtful)) == (
        f"{mark} 122630 · 2.0σ · 70600.0\n⏰ 9999-12-31 23:59:59.999999+00:00\n{ODD_ALERT.id}"
    )


@pytest.mark.parametrize("content", [ODD_ALERT, ODD_LETTER])
def test_the_operator_reads_in_the_log_what_had_no_words(tmp_path: Path, content: Content) -> None:
    """It is our mistake, and it needs a person to mend it."""
    notepad = Notepad()

    async def scene() -> Outcome:
        senders = Senders(
            open_telegram(TelegramConfig(threads=1), lambda: cast(Bot, notepad)), tmp_path, structlog.get_logger()
        )
        outcome = await senders.send((delivery(content),), Manner(reader=SEOUL, address="7", silent=False))
        await senders.close()
        return outcome

    with capture_logs() as lines:
        outcome = asyncio.run(scene())

    assert [(line["event"], line["content_id"]) for line in lines] == [("text_not_made", content.id)]
    assert isinstance(outcome, Sent if isinstance(content, Alert) else Rejected)
    assert len(notepad.texts) == isinstance(content, Alert)


@pytest.mark.parametrize("longest", [120, 200, 4096])
def test_what_is_too_long_for_a_channel_ends_with_a_whole_line_and_says_so(longest: int) -> None:
    """Half a price would be a wrong one."""
    text = "\n".join(f"{number}. 삼성전자 103,500원" for number in range(1, 200))
    cut = cut_to(text, longest, SEOUL.words)
    lines = cut.split("\n")

    assert len(cut.encode()) <= longest
    assert lines[-2:] == ["", SEOUL.words.say("group.cut")]
    assert text.startswith("\n".join(lines[:-2]) + "\n")


def test_one_line_that_is_too_long_is_cut_between_letters() -> None:
    """What is left of a letter would be no text."""
    cut = cut_to("가" * 2000, 200, SEOUL.words)

    assert len(cut.encode()) <= 200
    assert set(cut.partition("\n")[0]) == {"가"}


@pytest.mark.parametrize(("alerts", "outcome"), [(12, Rejected), (1, Sent)])
def test_alerts_that_do_not_fit_into_one_message_go_each_by_itself(
    tmp_path: Path, alerts: int, outcome: type[Outcome]
) -> None:
    """Nobody is told of eleven alerts out of twelve."""
    notepad = Notepad()
    channel = open_telegram(TelegramConfig(threads=1), lambda: cast(Bot, notepad))
    bundle = tuple(delivery(alert(number, name="가" * 40)) for number in range(1, alerts + 1))

    async def scene() -> Outcome:
        senders = Senders(msgspec.structs.replace(channel, longest=1000), tmp_path, structlog.get_logger())
        brought = await senders.send(bundle, Manner(reader=SEOUL, address="7", silent=False))
        await senders.close()
        return brought

    assert isinstance(asyncio.run(scene()), outcome)
    assert len(notepad.texts) == (outcome is Sent)
