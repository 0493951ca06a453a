"""Which delivery goes next, as a dialogue: what is claimed, what became of it, what is claimed then."""

import random

from actors.telegram.deliveries import Delivery, Kind, Stage
from actors.telegram.outbox import Delays, Instant, Outbox
from actors.telegram.outcomes import BadToken, Doubtful, Moved, NotSent, Refused, Sent, Unparsable, Wait
from tests.support.alerts import alert
from tests.support.letters import letter

NS = 1_000_000_000


def at(seconds: float) -> Instant:
    """Return the moment *seconds* after both clocks' start."""
    return Instant(int(seconds * NS), seconds)


def outbox() -> Outbox:
    """Return an outbox with the delays as shipped."""
    return Outbox(Delays(), random.Random(1))


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


def claimed(box: Outbox, seconds: float) -> list[int]:
    """Return the numbers of what goes at this moment."""
    return [delivery.id for delivery in box.claim(at(seconds))]


def test_one_request_is_in_flight_for_a_chat_and_others_do_not_wait_for_it() -> None:
    """A slow chat delays nobody else, and order within a chat is kept."""
    box = outbox()
    for delivery in (text(1), text(3), text(5, chat_id=8)):
        box.add(delivery)

    assert claimed(box, 0) == [1, 5]
    assert claimed(box, 1) == []
    box.on_outcome(1, Sent(101), at(1))
    assert claimed(box, 1) == [3]
    assert len(box) == 2


def test_an_alert_goes_before_the_letters_of_its_chat_and_keeps_its_place_among_alerts() -> None:
    """A report page in doubt would hold the price to buy at for up to a minute."""
    box = outbox()
    box.add(text(1, content=letter(1)))
    assert claimed(box, 0) == [1]
    box.on_outcome(1, Doubtful("timed out"), at(0))
    for delivery in (text(3, content=letter(3)), text(5), text(7)):
        box.add(delivery)

    order = []
    for second in (0.1, 0.2, 10, 11):
        [number] = claimed(box, second)
        box.on_outcome(number, Sent(100 + number), at(second))
        order.append(number)
    assert order == [5, 7, 1, 3]
    assert len(box) == 0


def test_a_doubtful_text_goes_again_marked_after_two_to_five_seconds_before_the_next() -> None:
    """Asked at once, a struggling server would get the same again and again."""
    box = outbox()
    box.add(text(1))
    box.add(text(3))
    claimed(box, 0)
    [changed] = box.on_outcome(1, Doubtful("timed out"), at(10))

    assert (changed.stage, changed.doubtful) == (Stage.PENDING, True)
    assert 12 * NS <= changed.due_at_ns <= 15 * NS
    assert claimed(box, 11.9) == []
    assert claimed(box, 15) == [1]


def test_each_further_doubt_waits_longer_up_to_the_cap() -> None:
    """An hour of 502 must not be an hour of repeats every few seconds."""
    box = outbox()
    box.add(text(1))
    now, waits = 0.0, []
    for _ in range(8):
        assert claimed(box, now) == [1]
        [changed] = box.on_outcome(1, Doubtful("502"), at(now))
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
        [changed] = box.on_outcome(1, NotSent("refused"), at(now))
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
            box.on_outcome(number, NotSent("refused"), at(second * 100.0))
    box.add(text(5, chat_id=9))
    assert 5 in claimed(box, 500.0)
    box.on_outcome(5, Sent(101), at(500.0))

    assert claimed(box, 500.0) == [1, 3]


def test_a_flood_limit_silences_its_chat_for_as_long_as_asked_and_no_other() -> None:
    """Who does not obey `retry_after` is made to wait longer."""
    box = outbox()
    box.add(text(1))
    box.add(text(3, chat_id=8))
    claimed(box, 0)
    [changed] = box.on_outcome(1, Wait(30.0), at(0))
    box.on_outcome(3, Sent(101), at(0))
    box.add(text(5, chat_id=8))

    assert (changed.doubtful, changed.attempts) == (False, 0)
    assert claimed(box, 29.9) == [5]
    assert claimed(box, 31) == [1]


def test_a_bad_token_stops_everybody_until_the_next_probe() -> None:
    """It is the bot that is refused, not a chat."""
    box = outbox()
    box.add(text(1))
    claimed(box, 0)
    box.on_outcome(1, BadToken("Unauthorized"), at(0))
    box.add(text(3, chat_id=8))

    assert claimed(box, 59) == []
    assert claimed(box, 60) == [1, 3]


def test_markup_refused_twice_is_given_up() -> None:
    """Plain text that cannot be parsed is nothing that a third try would cure."""
    box = outbox()
    box.add(text(1))
    claimed(box, 0)
    [plain] = box.on_outcome(1, Unparsable("can't parse"), at(0))
    assert plain.plain
    assert claimed(box, 0) == [1]
    [dead] = box.on_outcome(1, Unparsable("can't parse"), at(0))

    assert (dead.stage, len(box)) == (Stage.DEAD, 0)


def test_a_picture_goes_after_its_text_as_a_reply_once_it_is_drawn() -> None:
    """Text first, picture second."""
    box = outbox()
    box.add(text(1))
    box.add(photo(1))
    assert claimed(box, 0) == [1]
    assert box.take_pictures() == []
    box.on_outcome(1, Sent(101), at(0))

    assert [delivery.reply_to for delivery in box.take_pictures()] == [101]
    assert box.take_pictures() == []
    assert claimed(box, 1) == []
    box.picture_came(2)
    assert claimed(box, 2) == [2]
    box.on_outcome(2, Sent(102), at(2))
    assert len(box) == 0


def test_a_picture_waits_while_a_text_of_its_chat_has_to_go() -> None:
    """The next alert is more urgent than the last one's picture."""
    box = outbox()
    for delivery in (text(1), photo(1), text(3)):
        box.add(delivery)
    claimed(box, 0)
    box.on_outcome(1, Sent(101), at(0))
    box.picture_came(2)

    assert claimed(box, 0) == [3]
    box.on_outcome(3, Doubtful("timed out"), at(0))
    assert claimed(box, 0) == []


def test_a_text_that_was_refused_takes_its_picture_with_it() -> None:
    """A picture that replies to nothing explains nothing."""
    box = outbox()
    box.add(text(1))
    box.add(photo(1))
    claimed(box, 0)
    changed = box.on_outcome(1, Refused("blocked"), at(0))

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
    box.on_outcome(1, Sent(101), at(0))
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
    box.on_outcome(1, Moved(8, "upgraded"), at(0))
    box.on_outcome(9, Sent(109), at(0))

    moved = box.move_chat(7, 8)

    assert sorted((delivery.id, delivery.chat_id) for delivery in moved) == [(1, 8), (2, 8), (3, 8), (5, 8)]
    order = []
    for second in range(3):
        [delivery] = box.claim(at(second))
        box.on_outcome(delivery.id, Sent(100 + delivery.id), at(second))
        order.append(delivery.id)
    assert order == [1, 3, 5]
    assert [picture.id for picture in box.take_pictures()] == [2]
    assert box.move_chat(7, 8) == []


def test_a_group_that_moves_while_something_is_on_its_way_to_it_gets_nothing_at_the_same_moment() -> None:
    """The news may come as a message of the group, and before the answer to what was sent."""
    box = outbox()
    for delivery in (text(1), text(3)):
        box.add(delivery)
    assert claimed(box, 0) == [1]

    box.move_chat(7, 8)

    assert claimed(box, 0) == []
    box.on_outcome(1, Moved(8, "upgraded"), at(1))
    assert claimed(box, 1) == [1]
