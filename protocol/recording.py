"""A recorded day: what came in and what it was decided with, so that the same can be decided again.

    data/recordings/2025-11-28/feed-1.zst         every frame of the socket, and trades that do not follow from them
                               us_poller-1.zst    the trades that it published
                               evaluator-1.zst    what it began with and read, what rules, targets and statuses it took

A file is a row of *blocks*, each an independent Zstandard frame of whole entries, so that a writer that was killed
leaves a readable file, to which the next one appends. `zstdcat FILE` shows text: an entry is a line `# {JSON}`, one of
the records below, and an `arrived` record is followed by its frames, byte for byte as they came, each with a line end
behind it. Its `lengths` say where they end, whatever is in them. For a reader that steps over lines which begin with
`#` that is a plain text of frames.

A day begins at 07:00 in Seoul, between the regular hours of the US (over by 06:00) and Korea's (from 08:00): all that
arrives from then on belongs to it, so that Saturday 03:00 is Friday's. American prints after 07:00 are after-hours.

A message on the stream `trades` is known by its sender, its epoch and its number. A publisher's file tells the number
with the frames or trades that the message was made of; evaluator's tells which of them it read, in its own order. So a
message that evaluator never saw does not count, and nothing is recorded twice.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import Struct

from protocol.errors import DecodeError
from protocol.messages import MarketStatus, Targets, Trade
from protocol.moments import from_ns, to_ns

__all__ = [
    "SUFFIX",
    "Aimed",
    "Arrived",
    "Began",
    "Bytes",
    "Decisive",
    "Entry",
    "Noted",
    "Opened",
    "Published",
    "Read",
    "Record",
    "Ruled",
    "decode_block",
    "encode_entry",
    "ends_ns",
    "recording_date",
]

SUFFIX = ".zst"
VERSION = 1
FROM_SEVEN_IN_SEOUL = timedelta(hours=2)
"""Seoul is nine hours ahead of UTC all year; seven of them belong to the day before."""

Bytes = bytes | bytearray | memoryview


class Opened(Struct, frozen=True, kw_only=True, tag="opened"):
    """A writer has begun to write here; what follows is of this life."""

    writer: str
    epoch: int
    version: int = VERSION


class Arrived(Struct, frozen=True, kw_only=True, tag="arrived"):
    """What one look at the socket brought at *at_ns* (UTC epoch nanoseconds): frames of these *lengths* follow.

    If their trades, all of them and in order, were published as they are, the messages are numbered from *first* on and
    held *counts* trades each. Otherwise *counts* is empty, and what was made of them is told by `Published`.
    """

    at_ns: int
    lengths: list[int]
    first: int = 0
    counts: list[int] = []


class Published(Struct, frozen=True, kw_only=True, tag="published"):
    """A message of trades that do not follow from the frames above it: polled, of minute bars, or sorted out."""

    number: int
    trades: list[Trade]


class Began(Struct, frozen=True, kw_only=True, tag="began"):
    """What evaluator decides with from here on; rules and states are in evaluator's own shape.

    Whatever was read beyond *cursors* before this was forgotten by a process that died, and is read again.
    """

    at_ns: int
    rest_ns: int
    alerts: int
    """How many alerts were in its database: the position of the last one."""
    cursors: dict[str, tuple[int, int]]
    """How far each sender's trades had been read: epoch and number."""
    rules: list[dict[str, object]]
    states: dict[str, dict[str, object]]
    targets: list[Targets]
    statuses: list[MarketStatus] = []


class Read(Struct, frozen=True, kw_only=True, tag="read"):
    """Evaluator read the messages *first* to *last* of this life of *sender*, one after the other."""

    sender: str
    epoch: int
    first: int
    last: int


class Decisive(Struct, frozen=True, kw_only=True, tag="decisive"):
    """A message that raised alerts, as evaluator read it: a publisher that is killed has not yet recorded its last."""

    sender: str
    epoch: int
    number: int
    trades: list[Trade]


class Ruled(Struct, frozen=True, kw_only=True, tag="ruled"):
    """From here on these are the rules, and no others."""

    rules: list[dict[str, object]]


class Aimed(Struct, frozen=True, kw_only=True, tag="aimed"):
    """From here on these targets count."""

    targets: Targets


class Noted(Struct, frozen=True, kw_only=True, tag="noted"):
    """From here on this is the matter with a symbol."""

    status: MarketStatus


Record = Opened | Arrived | Published | Began | Read | Decisive | Ruled | Aimed | Noted


class Entry(Struct, frozen=True):
    """A record, and the frames that came with it."""

    record: Record
    frames: list[bytes] = []


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def recording_date(at_ns: int) -> date:
    """Return the recorded day that the moment *at_ns* (UTC epoch nanoseconds) belongs to."""
    return (from_ns(at_ns) + FROM_SEVEN_IN_SEOUL).date()


def ends_ns(day: date) -> int:
    """Return when recorded *day* is over, UTC epoch nanoseconds."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return to_ns(midnight + timedelta(days=1) - FROM_SEVEN_IN_SEOUL)


def encode_entry(record: Record, frames: Sequence[Bytes] = ()) -> bytes:
    """Return *record* with the *frames* that belong to it, as it stands in a block."""
    return b"# " + b"\n".join([_encoder.encode(record), *frames, b""])


def decode_block(block: bytes) -> Iterator[Entry]:
    """Yield the entries of a block.

    Raises:
        DecodeError: it is none.
    """
    start = 0
    while start < len(block):
        end = block.find(b"\n", start)
        if not block.startswith(b"# ", start) or end < 0:
            message = f"expected a line that begins with '# ', found {block[start : start + 40]!r}"
            raise DecodeError(message)
        record = _decode_record(block[start + 2 : end])
        start = end + 1
        frames = []
        for length in record.lengths if isinstance(record, Arrived) else ():
            frames.append(block[start : start + length])
            start += length + 1
        if start > len(block):
            message = f"expected {start} bytes, found {len(block)}"
            raise DecodeError(message)
        yield Entry(record, frames)


def _decode_record(line: bytes) -> Record:
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        message = f"expected a record of a recorded day, found {line[:40]!r}: {error}"
        raise DecodeError(message) from error
