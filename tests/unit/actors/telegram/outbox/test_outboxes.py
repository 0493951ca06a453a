"""Several channels, each with an outbox of its own."""

import random

from actors.telegram.channels.channel import Rates
from actors.telegram.channels.outcomes import BadToken, Sent, Wait
from actors.telegram.outbox.deliveries import Delivery, Kind, Stage
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.patience import Delays
from tests.support.alerts import alert

OTHER = "ntfy"


def outboxes() -> Outboxes:
    """Return those of Telegram and of another channel, empty."""
    return Outboxes({name: Outbox(Delays(), random.Random(1), Rates()) for name in ("telegram", OTHER)})


def delivery(number: int, channel: str, kind: Kind = Kind.TEXT, content: int = 1) -> Delivery:
    """Return a delivery of an alert of person 7."""
    return Delivery(
        id=number,
        content=alert(content),
        kind=kind,
        person_id=7,
        channel=channel,
        chat_id=7,
        due_at_ns=0,
        created_at_ns=0,
    )


def at(seconds: float) -> Instant:
    """Return a moment."""
    return Instant(int(seconds * 1_000_000_000), seconds)


def claimed(boxes: Outboxes, seconds: float) -> list[int]:
    """Return what goes now."""
    return [each.id for bundle in boxes.claim(at(seconds)).bundles for each in bundle]


def test_each_channel_of_a_person_has_its_own_turn() -> None:
    """The chat with the same number on another channel is another place."""
    boxes = outboxes()
    for number, channel in ((1, "telegram"), (2, OTHER)):
        boxes.add(delivery(number, channel))

    assert claimed(boxes, 0) == [1, 2]
    assert boxes.waiting == 2


def test_what_ails_one_channel_is_nothing_to_another() -> None:
    """A refused token of ntfy must not hold up Telegram for a minute, nor the other way round."""
    boxes = outboxes()
    first, second = delivery(1, "telegram"), delivery(2, OTHER)
    boxes.add(first)
    boxes.add(second)
    claimed(boxes, 0)
    boxes.on_outcome((first,), BadToken("Unauthorized"), at(0))
    boxes.on_outcome((second,), Wait(1.0), at(0))
    boxes.add(delivery(3, OTHER, content=3))

    assert claimed(boxes, 10) == [2]
    assert claimed(boxes, 61) == [1]


def test_what_is_for_a_channel_that_is_switched_off_is_left_alone() -> None:
    """It lies on disk until somebody switches it on."""
    boxes = outboxes()
    boxes.add(delivery(1, "pigeons"))
    left = [delivery(2, "pigeons"), delivery(3, OTHER, content=3)]

    changed = boxes.restore(left, at(0), rebooted=True)

    assert [(each.id, each.doubtful) for each in changed] == [(3, True)]
    assert claimed(boxes, 0) == [3]


def test_a_picture_replies_on_the_channel_of_its_text() -> None:
    """Each has its own, and one that is given up is nothing to the other."""
    boxes = outboxes()
    texts = [delivery(1, "telegram"), delivery(3, OTHER)]
    for text, picture in zip(texts, (2, 4), strict=True):
        boxes.add(text)
        boxes.add(delivery(picture, text.channel, Kind.PICTURE))
    claimed(boxes, 0)
    for text in texts:
        boxes.on_outcome((text,), Sent(40 + text.id), at(0))

    assert [(each.id, each.reply_to) for each in boxes.take_pictures()] == [(2, 41), (4, 43)]
    assert [(each.id, each.stage) for each in boxes.abandon({4: "no picture"}, at(1))] == [(4, Stage.DEAD)]
    boxes.picture_came(2)
    assert claimed(boxes, 5) == [2]
