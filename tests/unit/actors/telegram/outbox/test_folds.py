"""Which message is edited, when, and what becomes of an edit that fails."""

import random
from zoneinfo import ZoneInfo

import msgspec
import pytest

from actors.telegram.channels.outcomes import (
    BadToken,
    Doubtful,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unparsable,
    Wait,
)
from actors.telegram.outbox.deliveries import Content, Delivery, Kind
from actors.telegram.outbox.folds import Edit, Folds
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.patience import Delays
from actors.telegram.texts.alert_texts import Reader
from protocol.messages import Alert, ReachedAgain, Venue
from tests.support.alerts import TRADED_AT, alert
from tests.support.letters import letter

MANNER = Manner(reader=Reader("ko", ZoneInfo("Asia/Seoul")), address="7", silent=True)


def again(of: Alert, times: int = 2) -> ReachedAgain:
    """Return that the target of an alert was reached so often."""
    return ReachedAgain(alert_id=of.id, times=times, venue=Venue.KRX, price=70_450.0, traded_at=TRADED_AT)


def text(content: Content, **changes: object) -> Delivery:
    """Return the delivery of *content* to chat 7."""
    plain = Delivery(id=1, content=content, kind=Kind.TEXT, person_id=1, chat_id=7, due_at_ns=0, created_at_ns=0)
    return msgspec.structs.replace(plain, **changes)


def take(folds: Folds, now_s: float = 0.0, *, has_room: bool = True, is_wanted: bool = True) -> Edit | None:
    """Return what is edited now."""
    return folds.take(now_s, lambda _: has_room, lambda _: is_wanted)


def taken(folds: Folds, now_s: float = 0.0) -> Edit:
    """Return what is edited now, which must not be nothing."""
    edit = take(folds, now_s)
    assert edit is not None
    return edit


def told() -> Folds:
    """Return what is known after the example's alert was brought, and its target reached again."""
    folds = Folds()
    folds.on_sent(101, (text(alert()),), MANNER)
    folds.on_reached_again(again(alert()))
    return folds


def test_the_message_that_brought_the_alert_is_edited_once_with_the_newest() -> None:
    """What was overtaken is never seen."""
    folds = told()
    folds.on_reached_again(again(alert(), times=3))

    edit = taken(folds)
    assert (edit.brought.message_id, edit.again.times) == (101, 3)
    assert take(folds) is None


@pytest.mark.parametrize(
    "bundle",
    [
        (),
        (text(alert(2)),),
        (text(alert()), text(alert(2))),
        (text(alert(), missed=True),),
        (text(alert(), kind=Kind.PICTURE),),
        (text(alert(), channel="ntfy"),),
        (text(letter()),),
    ],
    ids=["not yet", "another", "a group", "a digest", "a picture", "elsewhere", "a letter"],
)
def test_what_did_not_bring_the_alert_by_itself_is_not_edited(bundle: tuple[Delivery, ...]) -> None:
    """Still queued, in doubt, or told with others: it stays as it is."""
    folds = Folds()
    if bundle:
        folds.on_sent(101, bundle, MANNER)
    folds.on_reached_again(again(alert()))

    assert take(folds) is None


def test_an_edit_waits_for_room_and_is_dropped_where_nobody_wants_it() -> None:
    """Who pressed "quiet for an hour" since then has said so."""
    folds = told()

    assert take(folds, has_room=False) is None
    assert taken(folds).again.times == 2
    folds.on_reached_again(again(alert(), times=3))
    assert take(folds, is_wanted=False) is None
    assert take(folds) is None


@pytest.mark.parametrize("outcome", [Sent(101), NotSent("refused"), Doubtful("reset"), BadToken("Unauthorized")])
def test_what_became_of_an_edit_is_nobodys_business_and_the_next_one_says_it_all(outcome: Outcome) -> None:
    """Nothing is sent again: it would be old."""
    folds = told()
    folds.on_outcome(taken(folds), outcome, 0.0)
    assert take(folds) is None

    folds.on_reached_again(again(alert(), times=3))
    assert taken(folds).again.times == 3


@pytest.mark.parametrize(
    "outcome",
    [
        Rejected("Bad Request: message to edit not found"),
        Rejected("Bad Request: message can't be edited"),
        Refused("Forbidden: bot was blocked by the user"),
        Moved(-1_001, "upgraded"),
        Unparsable("can't parse entities"),
    ],
)
def test_a_message_that_cannot_be_edited_is_left_alone(outcome: Outcome) -> None:
    """It was deleted, is too old, or its chat is closed: asking again would only spend the chat's rate."""
    folds = told()
    folds.on_outcome(taken(folds), outcome, 0.0)
    folds.on_reached_again(again(alert(), times=3))

    assert take(folds) is None


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_a_flood_limit_is_waited_out_by_the_edits_of_its_chat_alone(*, is_overtaken: bool) -> None:
    """The newest is told when it is over; other chats' are not held up."""
    folds = told()
    folds.on_sent(102, (text(alert(2), chat_id=8),), MANNER)
    edit = taken(folds)
    if is_overtaken:
        folds.on_reached_again(again(alert(), times=3))
    folds.on_outcome(edit, Wait(30.0), 10.0)
    folds.on_reached_again(again(alert(2)))

    assert taken(folds, 10.0).brought.message_id == 102
    assert take(folds, 39.9) is None
    assert taken(folds, 40.0).again.times == (3 if is_overtaken else 2)


def test_only_so_many_messages_are_remembered() -> None:
    """Months of alerts must not stay in memory."""
    folds = told()
    for number in range(2, 202):
        folds.on_sent(number, (text(alert(number)),), MANNER)
        folds.on_reached_again(again(alert(number)))

    assert taken(folds).brought.message_id == 2


def test_room_is_where_nothing_is_to_be_brought_and_two_more_may_follow_at_once() -> None:
    """An alert that comes in the same moment must find its chat free."""
    box, start = Outbox(Delays(), random.Random(1)), Instant(0, 0.0)
    assert box.leaves_room(7, start)

    box.add(text(alert()))
    assert not box.leaves_room(7, start)
    box.claim(start)
    assert not box.leaves_room(7, start)
    box.on_outcome([1], Sent(101), start)
    assert not box.leaves_room(7, start)
    assert not box.leaves_room(7, Instant(0, 1.0))
    assert box.leaves_room(7, Instant(0, 1.1))
    assert box.leaves_room(8, Instant(0, 1.1))
