"""Which delivery goes next, as a dialogue: what is claimed, what became of it, what is claimed then."""

import random

import pytest

from actors.telegram.channels.channel import Rates
from actors.telegram.channels.outcomes import (
    BadToken,
    Doubtful,
    Moved,
    NotSent,
    Refused,
    Rejected,
    Sent,
    Unparsable,
    Wait,
)
from actors.telegram.outbox.deliveries import NO_MESSAGE, Delivery, Kind, Stage
from actors.telegram.outbox.outbox import MOST_TOGETHER, Instant, Outbox
from actors.telegram.outbox.patience import Delays
from protocol.messages import Alert
from protocol.moments import from_ns
from tests.support.alerts import alert
from tests.support.letters import letter

NS = 1_000_000_000


def at(seconds: float) -> Instant:
    """Return the moment *seconds* after both clocks' start."""
    return Instant(int(seconds * NS), seconds)


def outbox() -> Outbox:
    """Return an outbox with the delays as shipped, which no flood limit slows down."""
    return Outbox(Delays(), random.Random(1), Rates(chat_burst=1000.0, bot_per_s=1000.0))


def text(number: int, chat_id: int = 7, **changes: object) -> Delivery:
    """Return the text's delivery of alert *number*; the picture's has the number after it."""
    return _delivery(number, Kind.TEXT, chat_id, changes)


def photo(number: int, chat_id: int = 7, **changes: object) -> Delivery:
    """Return the picture's delivery of alert *number*."""
    return _delivery(number + 1, Kind.PICTURE, chat_id, changes, number)


def _delivery(
    number: int, kind: Kind, chat_id: int, changes: dict[str, object], of_alert: int | None = None
) -> Delivery:
    plain: dict[str, object] = {
        "id": number,
        "content": alert(number if of_alert is None else of_alert),
        "kind": kind,
        "person_id": 1,
        "chat_id": chat_id,
        "due_at_ns": 0,
        "created_at_ns": 0,
    }
    return Delivery(**{**plain, **changes})  # type: ignore[arg-type]  # a test names any field


def together(box: Outbox, seconds: float) -> list[list[int]]:
    """Return the numbers of what goes at this moment, message by message."""
    return [[delivery.id for delivery in bundle] for bundle in box.claim(at(seconds)).bundles]


def claimed(box: Outbox, seconds: float) -> list[int]:
    """Return the numbers of what goes at this moment."""
    return [delivery.id for [delivery] in box.claim(at(seconds)).bundles]


def test_one_request_is_in_flight_for_a_chat_and_others_do_not_wait_for_it() -> None:
    """A slow chat delays nobody else, and order within a chat is kept."""
    box = outbox()
    for delivery in (text(1), text(3), text(5, chat_id=8)):
        box.add(delivery)

    assert claimed(box, 0) == [1, 5]
    assert claimed(box, 1) == []
    box.on_outcome([1], Sent(101), at(1))
    assert claimed(box, 1) == [3]
    assert len(box) == 2


def test_an_alert_goes_before_the_letters_of_its_chat_and_keeps_its_place_among_alerts() -> None:
    """A report page in doubt would hold the price to buy at for up to a minute."""
    box = outbox()
    box.add(text(1, content=letter(1)))
    assert claimed(box, 0) == [1]
    box.on_outcome([1], Doubtful("timed out"), at(0))
    for delivery in (text(3, content=letter(3)), text(5), text(7)):
        box.add(delivery)

    order = []
    for second in (0.1, 0.2, 10, 11):
        [number] = claimed(box, second)
        box.on_outcome([number], Sent(100 + number), at(second))
        order.append(number)
    assert order == [5, 7, 1, 3]
    assert len(box) == 0


def test_a_doubtful_text_goes_again_marked_after_two_to_five_seconds_before_the_next() -> None:
    """Asked at once, a struggling server would get the same again and again."""
    box = outbox()
    box.add(text(1))
    box.add(text(3))
    claimed(box, 0)
    [changed] = box.on_outcome([1], Doubtful("timed out"), at(10))

    assert (changed.stage, changed.doubtful) == (Stage.PENDING, True)
    assert 12 * NS <= changed.due_at_ns <= 15 * NS
    assert claimed(box, 11.9) == []
    assert claimed(box, 15) == [1]


def test_after_silence_a_doubtful_text_waits_longer_since_it_may_still_be_taken() -> None:
    """Twenty seconds of slowness must not bring it unmarked behind its marked repeat: twelve are waited already."""
    box = outbox()
    box.add(text(1))
    claimed(box, 0)
    box.on_outcome([1], Doubtful("ReadTimeout", is_at_work=True), at(12))

    assert claimed(box, 21.9) == []
    assert claimed(box, 25) == [1]


def test_each_further_doubt_waits_longer_up_to_the_cap() -> None:
    """An hour of 502 must not be an hour of repeats every few seconds."""
    box = outbox()
    box.add(text(1))
    now, waits = 0.0, []
    for _ in range(8):
        assert claimed(box, now) == [1]
        [changed] = box.on_outcome([1], Doubtful("502"), at(now))
        waits.append(changed.due_at_ns / NS - now)
        now += waits[-1] + 1e-6

    assert 2 <= waits[0] <= 5
    assert waits[-1] == 60


def test_a_text_that_could_not_be_sent_goes_again_for_ever_and_unmarked() -> None:
    """Nothing is dropped for age."""
    box = outbox()
    box.add(text(1))
    now = 0.0
    for _ in range(100):
        assert claimed(box, now) == [1]
        [changed] = box.on_outcome([1], NotSent("refused"), at(now))
        assert not changed.doubtful
        assert changed.due_at_ns / NS - now <= 60
        now += 61


def test_who_waits_for_the_network_goes_as_soon_as_it_is_back() -> None:
    """One chat's success is every chat's news: nobody waits out a minute for nothing."""
    box = outbox()
    box.add(text(1))
    box.add(text(3, chat_id=8))
    for second in range(6):
        for number in claimed(box, second * 100.0):
            box.on_outcome([number], NotSent("refused"), at(second * 100.0))
    box.add(text(5, chat_id=9))
    assert 5 in claimed(box, 500.0)
    box.on_outcome([5], Sent(101), at(500.0))

    assert claimed(box, 500.0) == [1, 3]


@pytest.mark.parametrize("asked_s", [1.0, 30.0, 300.0])
def test_a_flood_limit_silences_its_chat_for_as_long_as_asked_and_no_other(asked_s: float) -> None:
    """Who does not obey `retry_after` is made to wait longer."""
    box = outbox()
    box.add(text(1))
    box.add(text(3, chat_id=8))
    claimed(box, 0)
    [changed] = box.on_outcome([1], Wait(asked_s), at(0))
    box.on_outcome([3], Sent(101), at(0))
    box.add(text(5, chat_id=8))

    assert (changed.doubtful, changed.attempts) == (False, 0)
    assert claimed(box, asked_s - 0.1) == [5]
    assert claimed(box, asked_s + 1) == [1]


def test_a_bad_token_stops_everybody_until_the_next_probe() -> None:
    """It is the bot that is refused, not a chat."""
    box = outbox()
    box.add(text(1))
    claimed(box, 0)
    box.on_outcome([1], BadToken("Unauthorized"), at(0))
    box.add(text(3, chat_id=8))

    assert claimed(box, 59) == []
    assert sorted(claimed(box, 60)) == [1, 3]


def test_markup_refused_twice_is_given_up() -> None:
    """Plain text that cannot be parsed is nothing that a third try would cure."""
    box = outbox()
    box.add(text(1))
    claimed(box, 0)
    [plain] = box.on_outcome([1], Unparsable("can't parse"), at(0))
    assert plain.plain
    assert claimed(box, 0) == [1]
    [dead] = box.on_outcome([1], Unparsable("can't parse"), at(0))

    assert (dead.stage, len(box)) == (Stage.DEAD, 0)


def test_a_picture_goes_after_its_text_as_a_reply_once_it_is_drawn() -> None:
    """Text first, picture second."""
    box = outbox()
    box.add(text(1))
    box.add(photo(1))
    assert claimed(box, 0) == [1]
    assert box.take_pictures() == []
    box.on_outcome([1], Sent(101), at(0))

    assert [delivery.reply_to for delivery in box.take_pictures()] == [101]
    assert box.take_pictures() == []
    assert claimed(box, 1) == []
    box.picture_came(2)
    assert claimed(box, 2) == [2]
    box.on_outcome([2], Sent(102), at(2))
    assert len(box) == 0


def test_a_picture_waits_while_a_text_of_its_chat_has_to_go() -> None:
    """The next alert is more urgent than the last one's picture."""
    box = outbox()
    for delivery in (text(1), photo(1), text(3)):
        box.add(delivery)
    claimed(box, 0)
    box.on_outcome([1], Sent(101), at(0))
    box.picture_came(2)

    assert claimed(box, 0) == [3]
    box.on_outcome([3], Doubtful("timed out"), at(0))
    assert claimed(box, 0) == []


def test_a_text_that_was_refused_takes_its_picture_with_it() -> None:
    """A picture that replies to nothing explains nothing."""
    box = outbox()
    box.add(text(1))
    box.add(photo(1))
    claimed(box, 0)
    changed = box.on_outcome([1], Refused("blocked"), at(0))

    assert [(delivery.stage, delivery.reason) for delivery in changed] == [
        (Stage.DEAD, "blocked"),
        (Stage.DEAD, "no text"),
    ]
    assert len(box) == 0


def test_a_picture_is_given_up_without_its_text() -> None:
    """The ten minutes are the picture's; the text has long arrived."""
    box = outbox()
    box.add(text(1))
    box.add(photo(1))
    claimed(box, 0)
    box.on_outcome([1], Sent(101), at(0))
    [dead] = box.abandon({2: "no picture"}, at(600))

    assert (dead.id, dead.stage, dead.reason, len(box)) == (2, Stage.DEAD, "no picture", 0)


def test_what_a_crash_left_in_sending_is_in_doubt_and_the_rest_is_not() -> None:
    """The claim is the only step of which we cannot know the end."""
    box = outbox()
    changed = box.restore([text(1, stage=Stage.SENDING), text(3)], at(0), rebooted=False)

    assert [(delivery.id, delivery.stage, delivery.doubtful) for delivery in changed] == [(1, Stage.PENDING, True)]
    assert claimed(box, 0) == [1]


def test_after_a_reboot_all_that_is_unsent_is_in_doubt() -> None:
    """The last second of claims and marks may not have reached the disk."""
    box = outbox()
    left = [text(1, stage=Stage.SENDING), text(3), photo(5, reply_to=42)]
    changed = box.restore(left, at(0), rebooted=True)

    assert [(delivery.id, delivery.doubtful) for delivery in changed] == [(1, True), (3, True), (6, True)]


def test_a_restart_does_not_shorten_what_telegram_asked_for_nor_wait_for_ever() -> None:
    """A crash loop would otherwise hammer a server that asked for peace; a clock set back must not silence us."""
    box = outbox()
    box.restore([text(1, due_at_ns=40 * NS), text(3, chat_id=8, due_at_ns=10**9 * NS)], at(10), rebooted=False)

    assert claimed(box, 39) == []
    assert claimed(box, 40) == [1]
    assert claimed(box, 3610) == [3]


def test_what_was_never_put_off_goes_at_once_even_where_the_clock_was_set_back() -> None:
    """A machine without a battery for its clock starts in the past: what was made before the stop is due already."""
    box = outbox()
    made = {"created_at_ns": 3_600 * NS, "due_at_ns": 3_600 * NS}
    box.restore([text(1, **made)], at(10), rebooted=False)

    assert claimed(box, 10) == [1]


def test_what_was_not_even_tried_does_not_say_that_telegram_is_back() -> None:
    """Somebody without an address is no answer of Telegram's."""
    box = outbox()
    for number, chat_id in ((1, 7), (3, 8), (5, 9)):
        box.add(text(number, chat_id))
    assert claimed(box, 0) == [1, 3, 5]
    box.on_outcome([1], NotSent("refused"), at(0))
    box.on_outcome([3], Rejected("no address", was_asked=False), at(0))
    assert claimed(box, 0) == []
    box.on_outcome([5], Rejected("message is too long"), at(0))
    assert claimed(box, 0) == [1]


def test_two_chats_that_become_one_are_busy_until_both_requests_are_over() -> None:
    """The second would be begun a second time, or overtaken."""
    box = outbox()
    for number, chat_id in ((1, 7), (3, 7), (5, -1)):
        box.add(text(number, chat_id))
    assert claimed(box, 0) == [1, 5]
    box.move_chat(7, -1)
    box.on_outcome([5], Sent(42), at(0))
    assert claimed(box, 0) == []
    box.on_outcome([1], Sent(43), at(0))
    assert claimed(box, 0) == [3]


def test_a_picture_left_by_an_earlier_life_waits_for_its_text_or_goes_on_without_it() -> None:
    """Its text may have been sent in the life before, or is still to be sent in this one."""
    box = outbox()
    box.restore([text(1), photo(1), photo(3, chat_id=8, reply_to=42)], at(0), rebooted=False)

    assert [delivery.id for delivery in box.take_pictures()] == [4]
    box.picture_came(4)
    assert claimed(box, 0) == [1, 4]


def test_a_picture_that_is_given_up_is_wanted_no_more() -> None:
    """Its text may have been lost with a database; nobody shall draw for nothing."""
    box = outbox()
    box.restore([photo(1), photo(3, reply_to=42)], at(0), rebooted=False)
    box.abandon({2: "no text", 4: "no picture"}, at(0))

    assert (box.take_pictures(), len(box)) == ([], 0)


def test_what_waits_for_a_group_goes_in_order_to_the_supergroup_that_it_became() -> None:
    """A family's group grows, and Telegram gives it another number: nothing that is queued may be lost over that."""
    box = outbox()
    for delivery in (text(1), photo(1), text(3), text(5, content=letter(5)), text(7, chat_id=9)):
        box.add(delivery)
    box.add(text(9, chat_id=8))
    assert claimed(box, 0) == [1, 7, 9]
    box.on_outcome([1], Moved(8, "upgraded"), at(0))
    box.on_outcome([9], Sent(109), at(0))

    moved = box.move_chat(7, 8)

    assert sorted((delivery.id, delivery.chat_id) for delivery in moved) == [(1, 8), (2, 8), (3, 8), (5, 8)]
    order = []
    for second in range(3):
        [number] = claimed(box, second)
        box.on_outcome([number], Sent(100 + number), at(second))
        order.append(number)
    assert order == [1, 3, 5]
    assert [picture.id for picture in box.take_pictures()] == [2]
    assert box.move_chat(7, 8) == []


def test_a_picture_replies_to_no_stranger_in_the_supergroup_that_its_group_became() -> None:
    """The number that its text had in the group is there some other message's, if any."""
    box = outbox()
    for delivery in (text(1), photo(1)):
        box.add(delivery)
    assert claimed(box, 0) == [1]
    box.on_outcome([1], Sent(101), at(0))
    assert [picture.reply_to for picture in box.take_pictures()] == [101]

    [moved] = box.move_chat(7, 8)

    assert (moved.chat_id, moved.reply_to) == (8, NO_MESSAGE)
    box.picture_came(2)
    assert claimed(box, 1) == [2]


def test_a_group_that_moves_while_something_is_on_its_way_to_it_gets_nothing_at_the_same_moment() -> None:
    """The news may come as a message of the group, and before the answer to what was sent."""
    box = outbox()
    for delivery in (text(1), text(3)):
        box.add(delivery)
    assert claimed(box, 0) == [1]

    box.move_chat(7, 8)

    assert claimed(box, 0) == []
    box.on_outcome([1], Moved(8, "upgraded"), at(1))
    assert claimed(box, 1) == [1]


def test_the_first_alert_goes_at_once_and_what_piles_up_meanwhile_goes_as_one() -> None:
    """On the day of a crash eighty messages would take eighty seconds; nobody could read them either."""
    box = outbox()
    box.add(text(1))
    assert together(box, 0) == [[1]]
    for number in (3, 5, 7):
        box.add(text(number))
    box.on_outcome([1], Sent(101), at(0.2))

    assert together(box, 0.2) == [[3, 5, 7]]
    changed = box.on_outcome([3, 5, 7], Sent(102), at(0.4))
    assert [(each.id, each.stage, each.message_id) for each in changed] == [
        (number, Stage.SENT, 102) for number in (3, 5, 7)
    ]
    assert len(box) == 0


def test_two_that_wait_go_one_by_one() -> None:
    """Both levels of one fall are two messages, as ever."""
    box = outbox()
    for number in (1, 3):
        box.add(text(number))

    assert together(box, 0) == [[1]]
    box.on_outcome([1], Sent(101), at(0))
    assert together(box, 0) == [[3]]


def test_a_message_holds_so_many_alerts_and_one_reader() -> None:
    """Telegram cuts long texts off, and two readers may have two languages."""
    box = outbox()
    for number in range(1, 60, 2):
        box.add(text(number, person_id=1 if number < 48 else 2))

    [first] = together(box, 0)
    box.on_outcome(first, Sent(101), at(0))
    [second] = together(box, 0)
    box.on_outcome(second, Sent(102), at(0))
    assert (len(first), first[-1], second) == (MOST_TOGETHER, 23, list(range(25, 48, 2)))
    assert together(box, 0) == [[49, 51, 53, 55, 57, 59]]


def test_a_group_in_doubt_goes_again_marked_with_what_has_come_since() -> None:
    """Each of its alerts is in doubt, and none of the new ones."""
    box = outbox()
    for number in (1, 3, 5):
        box.add(text(number))
    [group] = together(box, 0)
    box.on_outcome(group, Doubtful("timed out"), at(0))
    box.add(text(7))

    assert together(box, 1) == []
    [bundle] = box.claim(at(5)).bundles
    assert [(each.id, each.doubtful) for each in bundle] == [(1, True), (3, True), (5, True), (7, False)]


def test_a_rehearsal_goes_by_itself() -> None:
    """Who has just asked whether alerts come wants to see that one."""
    box = outbox()
    rehearsal = alert(5, symbol="test-1")
    for delivery in (text(1), text(3), text(5, content=rehearsal), text(7), text(9), text(11)):
        box.add(delivery)

    order = []
    while bundles := together(box, 0):
        box.on_outcome(bundles[0], Sent(100), at(0))
        order += bundles
    assert order == [[1], [3], [5], [7, 9, 11]]


def test_pictures_of_alerts_that_went_together_are_not_sent() -> None:
    """They would bury the prices; `/chart` draws any of them."""
    box = outbox()
    for number in (1, 3, 5):
        box.add(text(number))
        box.add(photo(number))
    [group] = together(box, 0)
    changed = box.on_outcome(group, Sent(101), at(0))

    assert [(each.id, each.stage) for each in changed if each.kind is Kind.PICTURE] == [
        (number, Stage.DEAD) for number in (2, 4, 6)
    ]
    assert {each.reason for each in changed if each.kind is Kind.PICTURE} == {"told with others"}
    assert (box.take_pictures(), len(box)) == ([], 0)


def test_a_group_that_is_refused_is_told_one_by_one() -> None:
    """What is wrong with one of them must not cost the others."""
    box = outbox()
    for number in (1, 3, 5):
        box.add(text(number))
    [group] = together(box, 0)
    changed = box.on_outcome(group, Rejected("message is too long"), at(0))
    assert {each.stage for each in changed} == {Stage.PENDING}

    for number, outcome in ((1, Sent(101)), (3, Rejected("still")), (5, Sent(102))):
        assert together(box, 0) == [[number]]
        box.on_outcome([number], outcome, at(0))
    assert len(box) == 0


def test_markup_that_is_refused_costs_a_group_its_looks_only() -> None:
    """It goes again as it is, plain."""
    box = outbox()
    for number in (1, 3, 5):
        box.add(text(number))
    [group] = together(box, 0)
    changed = box.on_outcome(group, Unparsable("can't parse"), at(0))

    assert all(each.plain for each in changed)
    assert together(box, 0) == [[1, 3, 5]]


def test_while_the_rate_is_used_up_alerts_pile_up_and_then_go_together() -> None:
    """Who goes faster than Telegram allows is made to wait longer."""
    box = Outbox(Delays(), random.Random(1), Rates(chat_per_s=1.0, chat_burst=1.0))
    for number in (1, 3, 5, 7):
        box.add(text(number))
        if number == 1:
            assert together(box, 0) == [[1]]
            box.on_outcome([1], Sent(101), at(0.1))

    assert together(box, 0.9) == []
    assert together(box, 1.0) == [[3, 5, 7]]


def test_a_picture_or_a_letter_leaves_the_next_alert_its_turn() -> None:
    """The price to buy at does not wait for a report page that has just gone."""
    box = Outbox(Delays(), random.Random(1), Rates(chat_per_s=1.0, chat_burst=2.0))
    for number in (1, 3):
        box.add(text(number, content=letter(number)))
    assert claimed(box, 0) == [1]
    box.on_outcome([1], Sent(101), at(0))

    assert claimed(box, 0.5) == []
    box.add(text(5))
    assert claimed(box, 0.5) == [5]


def typing(box: Outbox, chat_id: int, every_s: float) -> dict[int, float]:
    """Return when each delivery went while somebody types a command every so many seconds, for half a minute."""
    gone: dict[int, float] = {}
    typed_at = 0.0
    for tenth in range(300):
        seconds = tenth / 10
        for number in claimed(box, seconds):
            gone[number] = seconds
            box.on_outcome([number], Sent(100 + number), at(seconds))
            for picture in box.take_pictures():
                box.picture_came(picture.id)
        if seconds >= typed_at and not box.is_behind(chat_id, at(seconds)):
            box.spend(chat_id, at(seconds))
            typed_at = seconds + every_s
    return gone


@pytest.mark.parametrize(("chat_id", "every_s", "within_s"), [(7, 0.5, 2.5), (7, 1.0, 2.5), (-7, 2.0, 7.5)])
def test_whoever_keeps_typing_keeps_no_alert_and_no_picture_waiting(
    chat_id: int, every_s: float, within_s: float
) -> None:
    """Answers use up a chat's rate, in a group at a command every three seconds; then what waits goes in turn."""
    box = Outbox(Delays(), random.Random(1))
    for second in range(3):
        box.spend(chat_id, at(second / 1_000))
    for delivery in (text(1, chat_id=chat_id), photo(1, chat_id=chat_id)):
        box.add(delivery)

    gone = typing(box, chat_id, every_s)

    assert set(gone) == {1, 2}
    assert gone[2] <= within_s


def test_an_answer_gives_way_to_what_can_go_and_only_once() -> None:
    """What is in doubt, or on its way, makes no answer wait."""
    box = Outbox(Delays(), random.Random(1))
    box.add(text(1))
    assert not box.is_behind(7, at(0))
    box.spend(7, at(0))
    assert box.is_behind(7, at(0))
    assert claimed(box, 0.1) == [1]
    assert not box.is_behind(7, at(0.1))
    box.on_outcome([1], Doubtful("timed out"), at(1))
    box.spend(7, at(1))
    assert not box.is_behind(7, at(1))
    assert not box.is_behind(8, at(1))


def test_a_chat_that_was_asked_to_wait_gets_neither_answers_nor_deliveries_until_then() -> None:
    """Whichever of them was told so: each further request would only be refused, and make the wait longer."""
    box = Outbox(Delays(), random.Random(1))
    box.add(text(1))
    box.add(text(3, chat_id=8))
    box.pause(7, Wait(30.0), at(0))
    box.pause(7, Wait(1.0), at(0))
    assert (claimed(box, 29), box.is_behind(7, at(29))) == ([3], True)
    assert (claimed(box, 31), box.is_behind(7, at(31))) == ([1], False)

    box.on_outcome([1], Wait(30.0), at(31))
    assert box.is_behind(7, at(60))


class Night:
    """Somebody who wants to be spared until the end, or the stocks that are named for good."""

    def __init__(self, ends_s: float, spared: tuple[str, ...] = ()) -> None:
        self._ends_ns = ends_s * NS
        self._spared = spared

    def is_held(self, delivery: Delivery, at_ns: int) -> bool:
        """Say whether an alert is held."""
        assert isinstance(delivery.content, Alert)
        return at_ns < self._ends_ns or delivery.content.symbol in self._spared


def sleeper(ends_s: float, *spared: str) -> Outbox:
    """Return the outbox of somebody who sleeps."""
    return Outbox(Delays(), random.Random(1), is_held=Night(ends_s, spared).is_held)


def test_an_answer_does_not_wait_for_what_a_digest_in_doubt_holds_back() -> None:
    """Up to a minute: nothing else goes in that chat meanwhile."""
    box = sleeper(100.0)
    box.add(text(1))
    box.add(text(3))
    assert together(box, 1) == []
    assert together(box, 101) == [[1, 3]]
    box.on_outcome([1, 3], Doubtful("timed out"), at(101))
    box.add(text(5, content=letter(5)))
    box.spend(7, at(101))

    assert together(box, 102.5) == []
    assert not box.is_behind(7, at(102.5))


def test_what_comes_into_quiet_hours_is_told_at_their_end_in_one_message() -> None:
    """A digest even of two: it says what the price was and what it is."""
    box = sleeper(100.0)
    for number in (1, 3):
        box.add(text(number))
        box.add(photo(number))
    turn = box.claim(at(1))
    assert turn.bundles == []
    assert [(each.id, each.missed, each.stage) for each in turn.changed] == [
        (1, True, Stage.PENDING),
        (2, False, Stage.DEAD),
        (3, True, Stage.PENDING),
        (4, False, Stage.DEAD),
    ]
    assert (box.waiting, together(box, 99)) == (0, [])

    [bundle] = box.claim(at(100)).bundles
    assert [(each.id, each.missed) for each in bundle] == [(1, True), (3, True)]
    box.on_outcome([1, 3], Sent(101), at(100))
    assert len(box) == 0


def test_what_could_not_be_brought_before_the_quiet_ended_is_missed_all_the_same() -> None:
    """An outage over the night must not end with the night's alerts one by one, as if they were news."""
    box = sleeper(100.0)
    night = from_ns(50 * NS)
    box.add(text(1, content=alert(1, decided_at=night)))
    turn = box.claim(at(200))

    assert [(each.id, each.missed) for each in turn.changed] == [(1, True)]
    assert [[each.id for each in bundle] for bundle in turn.bundles] == [[1]]


def test_a_mute_that_lasts_longer_has_a_digest_of_its_own() -> None:
    """Each alert is told once: in the digest at the end of what held it."""
    box = sleeper(100.0, "005930")
    box.add(text(1))
    box.add(text(3, content=alert(3, symbol="005930")))
    box.add(text(5))
    box.claim(at(1))

    assert together(box, 100) == [[1, 5]]
    box.on_outcome([1, 5], Sent(101), at(100))
    assert together(box, 200) == []
    assert len(box) == 1


def test_the_sleep_of_one_holds_nothing_of_another() -> None:
    """Two people, two nights; in a chat that they share, too."""
    box = Outbox(Delays(), random.Random(1), is_held=lambda delivery, _at_ns: delivery.person_id == 1)
    for number, person_id, chat_id in ((1, 1, 7), (3, 2, 7), (5, 2, 8)):
        box.add(text(number, person_id=person_id, chat_id=chat_id))

    assert together(box, 0) == [[3], [5]]


def test_what_is_held_for_somebody_who_was_removed_is_given_up_and_never_told() -> None:
    """Whoever was removed is a stranger, whom the bot tells nothing."""
    removed: set[int] = set()
    box = Outbox(
        Delays(),
        random.Random(1),
        is_held=lambda delivery, at_ns: delivery.person_id in removed or at_ns < 100 * NS,
        is_gone=lambda delivery: delivery.person_id in removed,
    )
    for number, person_id in ((1, 1), (3, 2), (5, 1)):
        box.add(text(number, person_id=person_id))
    box.claim(at(1))
    removed.add(1)

    turn = box.claim(at(2))
    assert [(each.id, each.stage, each.reason) for each in turn.changed] == [
        (1, Stage.DEAD, "its person was removed"),
        (5, Stage.DEAD, "its person was removed"),
    ]
    assert together(box, 100) == [[3]]
    box.add(text(7, person_id=1))
    box.on_outcome([3], Sent(101), at(100))
    assert together(box, 101) == []
    assert len(box) == 0


def test_a_restart_in_the_night_changes_nothing() -> None:
    """What is held lies on disk, a digest that was being sent is in doubt, and letters are not held."""
    box = sleeper(100.0)
    left = [text(1, missed=True), text(3, missed=True, stage=Stage.SENDING), text(5, content=letter(5))]
    box.restore(left, at(1), rebooted=False)
    assert together(box, 1) == [[5]]
    box.on_outcome([5], Sent(101), at(1))
    assert together(box, 99) == []

    [bundle] = box.claim(at(101)).bundles
    assert [(each.id, each.doubtful) for each in bundle] == [(1, False), (3, True)]


def test_a_digest_in_doubt_goes_again_with_what_has_been_missed_since() -> None:
    """A second mute may have begun and ended meanwhile."""
    box = sleeper(100.0)
    box.add(text(1))
    box.claim(at(1))
    assert together(box, 100) == [[1]]
    box.on_outcome([1], Doubtful("timed out"), at(100))

    [bundle] = box.claim(at(110)).bundles
    assert [(each.id, each.doubtful, each.missed) for each in bundle] == [(1, True, True)]


def test_nobody_gets_a_second_message_while_the_first_of_another_waits() -> None:
    """Where the rate of all together is used up: a channel with one message in five seconds is one person's no more."""
    box = Outbox(Delays(), random.Random(1), Rates(bot_per_s=0.2, bot_burst=1.0), group_from=100)
    for number in range(1, 7, 2):
        box.add(text(number, chat_id=7))
    box.add(text(11, chat_id=8))

    order = []
    for step in range(6):
        if step == 2:
            box.add(text(13, chat_id=9))
            box.add(text(15, chat_id=8))
        [number] = claimed(box, step * 5.01)
        box.on_outcome([number], Sent(100 + number), at(step * 5.01 + 0.1))
        order.append(number)

    assert order == [1, 11, 13, 3, 15, 5]
