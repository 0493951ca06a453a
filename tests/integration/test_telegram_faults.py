"""What Telegram does wrong, over real sockets between the real client and the simulated Telegram, on a fake clock.

Each fault strikes the first message of one chat, with others behind it and another chat beside it. Whatever it is:
nothing is lost but what is refused for good, nothing comes again as if it were news, and order is kept in each chat.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from protocol.messages import Alert
from simulator.telegram.faults import Fault, FaultKind
from tests.support.alerts import alert
from tests.support.correspondence import PATIENCE_S, SILENCE_S, Correspondence, Taken, Times, telegram_in_a_thread
from tests.support.town import ANNA, BORA

BEGIN = datetime(2025, 11, 28, tzinfo=UTC)
ALERTS = 4
LONG_S = 400.0
AT_ONCE_S = 6.0
"""Four messages at one a second, three of them at once."""
FAMILY = (ANNA, BORA, 1003, 1004, 1005, 1006)
HOUR_S, QUEUED, SOON_S = 3_600.0, 5_000, 60.0


class Course(Struct, frozen=True, kw_only=True):
    """How a fault is to be lived through."""

    fault: Fault
    first_after_s: tuple[float, float] = (0.0, 0.0)
    """Between which seconds the message that was struck is taken again, or at all."""
    is_marked: bool = False
    is_refused: bool = False
    """Whether that message is given up."""
    is_plain: bool = False
    others_wait: bool = False
    """Whether the other chat waits, too."""

    @property
    def patience_s(self) -> float:
        """For how long an answer is waited for: until then a machine that stands still leaves no doubt of its own."""
        return SILENCE_S if self.fault.kind is FaultKind.HANG else PATIENCE_S


def refused(status: int, description: str) -> Fault:
    """Return the refusal of one message in the Bot API's words."""
    return Fault(kind=FaultKind.ERROR, status=status, description=description)


DOUBT_S, SILENT_S = (2.0, 5.5), (10.0, 13.5)
COURSES = {
    **{
        f"429 for {asked_s} s": Course(
            fault=Fault(kind=FaultKind.FLOOD, retry_after_s=asked_s), first_after_s=(asked_s, asked_s + 1.5)
        )
        for asked_s in (1, 30, 300)
    },
    **{
        f"{name}, {'taken' if accepted else 'not taken'}": Course(
            fault=Fault(kind=kind, status=status, seconds=3 * SILENCE_S, accepted=accepted),
            first_after_s=SILENT_S if kind is FaultKind.HANG else DOUBT_S,
            is_marked=True,
        )
        for name, kind, status in (
            ("500 with HTML", FaultKind.STATUS, 500),
            ("502 with HTML", FaultKind.STATUS, 502),
            ("half a JSON", FaultKind.MALFORMED, 200),
            ("ok:false with 200", FaultKind.NOT_OK, 500),
            ("RST", FaultKind.RESET, 502),
            ("time-out", FaultKind.HANG, 502),
        )
        for accepted in (False, True)
    },
    "400 can't parse": Course(fault=refused(400, "Bad Request: can't parse entities: x"), is_plain=True),
    **{
        text: Course(fault=refused(int(text[:3]), text[4:]), is_refused=True)
        for text in (
            "400 Bad Request: message is too long",
            "400 Bad Request: message text is empty",
            "400 Bad Request: BUTTON_DATA_INVALID",
            "400 Bad Request: chat not found",
            "400 Bad Request: PEER_ID_INVALID",
            "400 Bad Request: have no rights to send a message",
            "403 Forbidden: bot was blocked by the user",
            "403 Forbidden: user is deactivated",
            "403 Forbidden: bot was kicked from the group chat",
            "413 Request Entity Too Large",
        )
    },
    **{
        text: Course(fault=refused(int(text[:3]), text[4:]), first_after_s=(60.0, 61.0), others_wait=True)
        for text in ("401 Unauthorized", "404 Not Found")
    },
}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_a_fault_costs_its_own_message_some_time_and_nothing_else(tmp_path: Path, course: Course) -> None:
    """The whole list of what has been seen of Telegram, each with what is done about it."""
    clock = Times(BEGIN)
    struck = msgspec.structs.replace(course.fault, method="sendMessage", chat_id=ANNA)
    with telegram_in_a_thread(tmp_path, clock, [struck]) as telegram:
        letters = Correspondence(telegram, clock, group_from=1_000, patience_s=course.patience_s)
        letters.queue(ANNA, *numbered(range(ALERTS)))
        letters.queue(BORA, *numbered(range(ALERTS, 2 * ALERTS)))
        letters.go_on(LONG_S)

        mine, others = telegram.taken(ANNA), telegram.taken(BORA)

    struck_number = number_of(0)
    all_shown = [shown for each in (*mine, *others) for shown in each.alerts]
    assert letters.waiting == 0
    assert list(letters.dead) == [struck_number] * course.is_refused
    assert numbers(mine) == [number_of(each) for each in range(course.is_refused, ALERTS)]
    assert numbers(others) == [number_of(each) for each in range(ALERTS, 2 * ALERTS)]
    assert marks(mine, struck_number) == [False] * course.fault.accepted + [course.is_marked] * (not course.is_refused)
    assert not any(shown.is_repeat for shown in all_shown if shown.symbol != f"{struck_number}")
    at_least_s, at_most_s = course.first_after_s
    told = [each.after_s for each in mine if struck_number in numbers([each])][course.fault.accepted :]
    assert all(at_least_s <= after_s <= at_most_s + 0.5 for after_s in told)
    assert others[-1].after_s <= AT_ONCE_S + (61.0 if course.others_wait else 0.0)
    assert ("&amp;" in mine[0].line.raw_text) != course.is_plain


def test_an_hour_without_telegram_and_five_thousand_queued_drain_in_order_within_its_limits(tmp_path: Path) -> None:
    """The first is there within a minute of its return, none is dropped for age, and none is refused for haste."""
    clock = Times(BEGIN)
    with telegram_in_a_thread(tmp_path, clock, people=FAMILY) as telegram:
        letters = Correspondence(telegram, clock)
        telegram.go_down()
        for place, chat_id in enumerate(FAMILY):
            letters.queue(chat_id, *numbered(range(place, QUEUED, len(FAMILY))))
        letters.go_on(HOUR_S, look_s=5.0)
        assert letters.waiting == QUEUED

        telegram.come_up()
        back_s = clock.monotonic() - Times(BEGIN).monotonic()
        letters.go_on(HOUR_S)
        taken = {chat_id: telegram.taken(chat_id) for chat_id in FAMILY}
        refusals = telegram.refusals()

    assert (letters.waiting, letters.dead, refusals) == (0, {}, [])
    for place, chat_id in enumerate(FAMILY):
        mine = taken[chat_id]
        assert numbers(mine) == [number_of(each) for each in range(place, QUEUED, len(FAMILY))]
        assert mine[0].after_s - back_s <= SOON_S
        assert "⌛" in mine[0].line.text
        assert not any(shown.is_repeat for each in mine for shown in each.alerts)
        # A dozen in a message and a message a second, with some room for the wait before the first.
        assert mine[-1].after_s - back_s <= SOON_S + 1.6 * len(mine)


def numbered(numbers: Sequence[int]) -> list[Alert]:
    """Return an alert for each of *numbers*."""
    return [alert(symbol=f"{number_of(number)}", name="F&F") for number in numbers]


def number_of(place: int) -> int:
    """Return the number by which the alert in that place is known."""
    return 100_000 + place


def numbers(taken: Sequence[Taken]) -> list[int]:
    """Return what was told, in the order in which each was told first."""
    return list(dict.fromkeys(int(shown.symbol) for each in taken for shown in each.alerts))


def marks(taken: Sequence[Taken], number: int) -> list[bool]:
    """Return of each time that an alert was told whether it said that it may be a repeat."""
    return [shown.is_repeat for each in taken for shown in each.alerts if shown.symbol == f"{number}"]
