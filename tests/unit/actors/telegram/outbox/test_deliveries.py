"""The life of one delivery."""

import msgspec
import pytest

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
from actors.telegram.outbox.deliveries import (
    Abandoned,
    Claimed,
    Delivery,
    DeliveryEvent,
    Held,
    ImpossibleEvent,
    Interrupted,
    Kind,
    Parted,
    Rebooted,
    Stage,
    advance,
)
from tests.support.alerts import alert

EVENTS: list[DeliveryEvent] = [
    Claimed(),
    Held(),
    Parted("too long"),
    Interrupted(),
    Rebooted(),
    Abandoned("no picture"),
    Sent(42),
    NotSent("refused"),
    Wait(7.0),
    Doubtful("timed out"),
    Unparsable("can't parse"),
    Moved(-1001, "upgraded"),
    Refused("blocked"),
    Rejected("too long"),
    BadToken("Unauthorized"),
]
FROM_PENDING: dict[type, Stage] = {
    Claimed: Stage.SENDING,
    Held: Stage.PENDING,
    Abandoned: Stage.DEAD,
    Rebooted: Stage.PENDING,
}
FROM_SENDING: dict[type, Stage] = {
    Sent: Stage.SENT,
    Refused: Stage.DEAD,
    Rejected: Stage.DEAD,
    NotSent: Stage.PENDING,
    Wait: Stage.PENDING,
    Doubtful: Stage.PENDING,
    Unparsable: Stage.PENDING,
    Moved: Stage.PENDING,
    BadToken: Stage.PENDING,
    Parted: Stage.PENDING,
    Interrupted: Stage.PENDING,
    Rebooted: Stage.PENDING,
}
EXPECTED: dict[Stage, dict[type, Stage]] = {
    Stage.PENDING: FROM_PENDING,
    Stage.SENDING: FROM_SENDING,
    Stage.SENT: {},
    Stage.DEAD: {},
}


def delivery(stage: Stage = Stage.PENDING) -> Delivery:
    """Return a text's delivery in *stage*."""
    return Delivery(
        id=1, content=alert(), kind=Kind.TEXT, person_id=1, chat_id=7, stage=stage, due_at_ns=0, created_at_ns=0
    )


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_stage_answers_every_event_as_drawn(stage: Stage, event: DeliveryEvent) -> None:
    """What is not drawn must be an error that names both: guessed at, it would lose or repeat a message."""
    expected = EXPECTED[stage].get(type(event))
    if expected is None:
        with pytest.raises(ImpossibleEvent, match=stage.value):
            advance(delivery(stage), event, 5)
    else:
        assert advance(delivery(stage), event, 5).stage is expected


@pytest.mark.parametrize(
    "event", [event for event in EVENTS if type(event) in FROM_SENDING], ids=lambda event: type(event).__name__
)
def test_a_doubt_comes_from_these_events_only_and_never_goes(event: DeliveryEvent) -> None:
    """A mark too few deceives, a mark too many wears out."""
    doubting = advance(msgspec.structs.replace(delivery(Stage.SENDING), doubtful=True), event, 5)
    certain = advance(delivery(Stage.SENDING), event, 5)

    assert doubting.doubtful
    assert certain.doubtful is isinstance(event, Doubtful | Interrupted | Rebooted)


def test_what_was_sent_is_remembered_with_message_and_moment() -> None:
    """The picture replies to that message; the operator asks when it left."""
    sent = advance(advance(delivery(), Claimed(), 5), Sent(42), 6)

    assert (sent.message_id, sent.sent_at_ns, sent.attempts) == (42, 6, 1)


def test_being_asked_to_wait_is_no_attempt() -> None:
    """Telegram did not even look at it."""
    assert advance(advance(delivery(), Claimed(), 5), Wait(7.0), 6).attempts == 0


def test_refused_markup_goes_plain_from_then_on() -> None:
    """The second refusal of the same markup teaches nothing."""
    assert advance(delivery(Stage.SENDING), Unparsable("can't parse"), 5).plain
