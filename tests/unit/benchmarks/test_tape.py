"""What the load writes is read as one unbroken market, or feed would be measured at repairing holes."""

from collections.abc import Iterator
from itertools import islice

import pytest
from websockets.frames import Frame
from websockets.streams import StreamReader

from actors.feed.gaps.continuity import Continuity
from actors.kis.errors import FrameError
from actors.kis.frames import parse_trades
from benchmarks.records import crossings, walk
from benchmarks.tape import Tape, pack
from protocol.messages import Trade


@pytest.mark.parametrize("per_frame", [1, 4, 20])
def test_walks_and_crossings_add_up_to_one_market(per_frame: int) -> None:
    """A walk is played again and again with crossings in between, by one order after another."""
    tape = Tape()
    walks = [pack(walk(160, 40, seed), per_frame, 47) for seed in (1, 2)]
    below = [pack([record], 1, 47) for record in islice(crossings(), 80)]

    trades = read(b"".join(tape.write(packed) for packed in (*walks, *below, *walks, *below[:1])))

    continuity = Continuity()
    assert continuity.check(trades) == trades
    assert (continuity.steps, continuity.repeats, len(trades)) == ([], 0, 4 * 160 + 81)


def test_each_client_has_a_market_of_its_own() -> None:
    """What one line was sent is no hole of the other's."""
    packed = pack(walk(20, 1), 20, 46)

    assert Tape().write(packed) == Tape().write(packed)


def read(written: bytes) -> list[Trade]:
    """Return the trades in what was *written* to a WebSocket."""
    refused: list[FrameError] = []
    trades = [trade for frame in _payloads(written) for trade in parse_trades(frame, 7, refused)]
    assert refused == []
    return trades


def _payloads(written: bytes) -> Iterator[bytes]:
    reader = StreamReader()
    reader.feed_data(written)
    reader.feed_eof()
    while reader.buffer:
        parsing = Frame.parse(reader.read_exact, mask=False)
        try:
            while True:
                next(parsing)
        except StopIteration as end:
            yield bytes(end.value.data)
