"""A recorded day's format: what is written is read again, byte for byte, and what is not one is refused."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import DecodeError
from protocol.moments import to_ns
from protocol.recording import (
    Aimed,
    Arrived,
    Began,
    Decisive,
    Entry,
    Opened,
    Published,
    Read,
    Record,
    Ruled,
    decode_block,
    encode_entry,
    ends_ns,
    recording_date,
)
from tests.support.market import targets, trade

RECORDS: list[Record] = [
    Opened(writer="feed-1", epoch=3),
    Published(number=7, trades=[trade(99_000.5)]),
    Began(
        at_ns=1,
        rest_ns=2,
        alerts=3,
        cursors={"feed-1": (4, 5)},
        rules=[{"id": "1-122630-1"}],
        states={"1-122630-1": {"firings": 1}},
        targets=[targets()],
    ),
    Read(sender="feed-1", epoch=3, first=1, last=9),
    Decisive(sender="feed-1", epoch=3, number=9, trades=[trade(99_000)]),
    Ruled(rules=[]),
    Aimed(targets=targets()),
]


@given(st.lists(st.lists(st.binary(max_size=60), max_size=5), max_size=4))
def test_frames_come_back_whatever_is_in_them(looks: list[list[bytes]]) -> None:
    """KIS was seen to send what is not UTF-8, and a line end in a frame must not end the frame."""
    entries = [
        Entry(Arrived(at_ns=5, lengths=[len(frame) for frame in frames], first=1, counts=[2]), frames)
        for frames in looks
    ]
    block = b"".join(encode_entry(entry.record, entry.frames) for entry in entries)

    assert list(decode_block(block)) == entries


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back(record: Record) -> None:
    """Prices included: a target that is off by the last bit could decide otherwise."""
    assert list(decode_block(encode_entry(record))) == [Entry(record)]


def test_what_is_written_reads_as_a_text_of_frames() -> None:
    """`zstdcat` of a day must show an operator what came, and serve every reader of recorded frames."""
    text = encode_entry(Arrived(at_ns=5, lengths=[3, 2]), [b"0|A", memoryview(b"{}")])

    assert [line for line in text.splitlines() if not line.startswith(b"#")] == [b"0|A", b"{}"]


@pytest.mark.parametrize(
    "block",
    [
        b"0|H0STCNT0|001|005930",
        b"# {}\n",
        b'# {"type":"read"}\n',
        b"# [[[[\n",
        b'# {"type":"arrived","at_ns":1,"lengths":[99]}\nshort\n',
        b'# {"type":"opened","writer":"feed-1","epoch":1}',
    ],
)
def test_what_is_no_block_is_refused(block: bytes) -> None:
    """A file of something else must not be replayed as a day without trades."""
    with pytest.raises(DecodeError, match="expected"):
        list(decode_block(block))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 11, 27, 21, 59, 59, tzinfo=UTC), date(2025, 11, 27)),  # 06:59:59 in Seoul
        (datetime(2025, 11, 27, 22, 0, tzinfo=UTC), date(2025, 11, 28)),
        (datetime(2025, 11, 28, 18, 0, tzinfo=UTC), date(2025, 11, 28)),  # Saturday 03:00 in Seoul
        (datetime(2025, 11, 28, 20, 59, tzinfo=UTC), date(2025, 11, 28)),  # before the close in New York, in winter
    ],
)
def test_a_day_is_that_of_the_sessions_in_it(moment: datetime, day: date) -> None:
    """An American night belongs to the day on which it began."""
    assert recording_date(to_ns(moment)) == day
    assert recording_date(ends_ns(day) - 1) == day
    assert recording_date(ends_ns(day)) != day
