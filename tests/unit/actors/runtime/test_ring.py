"""What a publisher keeps for those who missed it."""

from actors.runtime.ring import ReplayRing


def filled(count: int, size: int = 10) -> ReplayRing:
    """Return a ring with *count* frames that hold their own numbers, one a second."""
    ring = ReplayRing(max_age_s=60, max_bytes=1_000)
    for number in range(1, count + 1):
        ring.append(number.to_bytes(size, "big"), now=float(number))
    return ring


def test_what_was_appended_is_read_from_any_number() -> None:
    """A subscriber that lost one frame asks for one frame."""
    first, frames = filled(5).read(4, max_bytes=1_000)

    assert first == 4
    assert [int.from_bytes(frame, "big") for frame in frames] == [4, 5]


def test_frames_older_than_the_bound_are_dropped() -> None:
    """The ring covers the last minute and no more."""
    ring = filled(5)
    ring.append(b"new", now=63.5)

    assert (ring.oldest, ring.newest) == (4, 6)


def test_the_ring_never_holds_more_than_its_bytes() -> None:
    """A flood must not eat the memory of a small machine."""
    ring = ReplayRing(max_age_s=60, max_bytes=100)
    for _ in range(1_000):
        ring.append(bytes(30), now=0.0)

    assert ring.newest - ring.oldest + 1 == 3


def test_reading_from_before_the_oldest_says_where_it_begins() -> None:
    """That is how the reader learns of a hole."""
    ring = filled(5)
    ring.append(b"new", now=63.5)

    assert ring.read(1, max_bytes=1_000)[0] == 4


def test_a_chunk_stops_at_its_size_but_is_never_empty_while_there_is_something() -> None:
    """A frame larger than the chunk would otherwise be asked for for ever."""
    assert len(filled(5).read(1, max_bytes=25)[1]) == 2
    assert len(filled(5, size=100).read(1, max_bytes=25)[1]) == 1


def test_reading_behind_the_newest_gives_nothing() -> None:
    """Nothing was missed."""
    assert filled(5).read(6, max_bytes=100) == (6, [])


def test_it_tells_from_when_on_it_has_everything() -> None:
    """What lay before must be filled by others."""
    assert filled(5).began_at is None
    ring = filled(5)
    ring.append(b"new", now=63.5)

    assert ring.began_at == 4.0
