"""Following a numbered stream without missing anything in silence."""

import msgspec

from actors.runtime.streams import Ask, Deliver, Fill, Follow, Hole, Position, StreamFollower
from protocol.messages import ReplayChunk, Trades
from protocol.wire import Envelope, encode_published

EMPTY = Trades(trades=[])


def frames(epoch: int, *numbers: int) -> list[bytes]:
    """Return empty published frames with these numbers."""
    return [encode_published("trades", Envelope("feed-1", epoch, number, EMPTY)) for number in numbers]


def chunk(epoch: int, first: int, newest: int, count: int | None = None) -> ReplayChunk:
    """Return a chunk of *count* frames, or of all until *newest*."""
    last = newest if count is None else first + count - 1
    return ReplayChunk(
        stream="trades", epoch=epoch, first=first, newest=newest, frames=frames(epoch, *range(first, last + 1))
    )


def numbers(follows: list[Follow]) -> list[int]:
    """Return the numbers of the messages that are delivered."""
    return [follow.position.sequence for follow in follows if isinstance(follow, Deliver)]


def live_follower(epoch: int = 5, sequence: int = 3) -> StreamFollower:
    """Return a follower that has everything up to that position."""
    follower = StreamFollower("trades", Position(epoch, sequence))
    follower.on_quiet(0.0)
    follower.on_chunk(chunk(epoch, sequence + 1, sequence), 0.0)
    assert follower.is_live
    return follower


def asked(follows: list[Follow]) -> list[tuple[int, int]]:
    """Return epoch and first number of each question."""
    return [(follow.request.epoch, follow.request.first) for follow in follows if isinstance(follow, Ask)]


def test_it_begins_by_asking_from_what_the_store_remembers() -> None:
    """Start, restart and recovery are one path."""
    follower = StreamFollower("trades", Position(5, 3))

    assert asked(follower.on_quiet(0.0)) == [(5, 4)]


def test_messages_in_order_are_delivered_as_they_come() -> None:
    """The usual case costs one comparison."""
    follower = live_follower()

    assert numbers(follower.on_message(Position(5, 4), EMPTY, 1.0)) == [4]
    assert follower.position == Position(5, 4)


def test_a_message_that_was_delivered_is_not_delivered_again() -> None:
    """A replay overlaps with what arrives live."""
    assert live_follower().on_message(Position(5, 3), EMPTY, 1.0) == []


def test_a_skipped_number_is_asked_for_and_delivered_in_its_place() -> None:
    """PUB drops what a slow subscriber cannot take; nobody else would notice."""
    follower = live_follower()

    assert asked(follower.on_message(Position(5, 6), EMPTY, 1.0)) == [(5, 4)]
    assert follower.on_message(Position(5, 7), EMPTY, 1.1) == []
    assert numbers(follower.on_chunk(chunk(5, 4, 6), 1.2)) == [4, 5, 6, 7]


def test_a_loss_at_the_end_is_noticed_by_the_heartbeat() -> None:
    """No later message would reveal it on a quiet evening."""
    assert asked(live_follower().on_heartbeat(5, 5, 1.0)) == [(5, 4)]


def test_a_heartbeat_that_says_what_we_have_asks_nothing() -> None:
    """Once a second, all day."""
    assert live_follower().on_heartbeat(5, 3, 1.0) == []


def test_a_publisher_that_started_again_is_read_from_its_beginning_and_the_hole_is_told() -> None:
    """What its former life said last may be lost: others must repair it."""
    follower = live_follower()

    assert asked(follower.on_message(Position(9, 2), EMPTY, 1.0)) == [(5, 4)]
    follows = follower.on_chunk(chunk(9, 1, 2), 1.1)

    assert follows[0] == Hole(Position(5, 3), Position(9, 0))
    assert numbers(follows) == [1, 2]


def test_what_the_ring_no_longer_has_is_told_as_a_hole() -> None:
    """A gap longer than a minute is repaired elsewhere, but never in silence."""
    follower = live_follower()
    follower.on_message(Position(5, 90), EMPTY, 1.0)

    follows = follower.on_chunk(chunk(5, 50, 90), 1.1)

    assert follows[0] == Hole(Position(5, 3), Position(5, 49))
    assert numbers(follows) == list(range(50, 91))


def test_a_long_replay_is_asked_for_chunk_by_chunk() -> None:
    """What is under way is bounded whatever was missed."""
    follower = StreamFollower("trades", Position(5, 3))
    follower.on_quiet(0.0)

    assert asked(follower.on_chunk(chunk(5, 4, 9, count=2), 0.1)) == [(5, 6)]
    assert numbers(follower.on_chunk(chunk(5, 6, 9), 0.2)) == [6, 7, 8, 9]
    assert follower.is_live


def test_an_answer_that_does_not_come_is_asked_for_again_but_not_at_every_message() -> None:
    """The publisher may have died with our question; hammering it would not help."""
    follower = StreamFollower("trades", Position(5, 3))
    follower.on_quiet(0.0)

    assert follower.on_message(Position(5, 8), EMPTY, 0.1) == []
    assert asked(follower.on_quiet(0.6)) == [(5, 4)]


def test_nothing_to_replay_goes_live_at_once() -> None:
    """A publisher that has said nothing yet is no gap."""
    follower = StreamFollower("trades", Position())
    follower.on_quiet(0.0)

    assert follower.on_chunk(chunk(5, 1, 0), 0.1) == []
    assert follower.is_live


def test_a_frame_in_a_replay_that_cannot_be_read_is_a_hole_and_the_rest_goes_on() -> None:
    """One bad frame must not stop the stream for ever."""
    follower = StreamFollower("trades", Position(5, 3))
    follower.on_quiet(0.0)
    bad = ReplayChunk(stream="trades", epoch=5, first=4, newest=5, frames=[b"trades\0\xff", *frames(5, 5)])

    follows = follower.on_chunk(bad, 0.1)

    assert follows[0] == Hole(Position(5, 3), Position(5, 4))
    assert numbers(follows) == [5]


def test_what_the_sender_fills_stands_for_the_hole() -> None:
    """The ring covers a minute; who was away for longer gets what was made of minute bars in front of it."""
    follower = StreamFollower("trades", Position(5, 3), since_ns=77)
    (question,) = follower.on_quiet(0.0)
    assert isinstance(question, Ask)
    assert question.request.since_ns == 77

    follows = follower.on_chunk(msgspec.structs.replace(chunk(5, 50, 51), filling=[]), 0.0)

    assert follows[0] == Fill([], Position(5, 49))
    assert numbers(follows) == [50, 51]
    assert follower.is_live
