"""The floor of parsing reads what ours reads, or its figures would be those of some other work."""

import pytest

from actors.kis.errors import FrameError
from actors.kis.frames import parse_trades
from benchmarks.floors.split import split_trades
from benchmarks.parse import WrongValues, verify
from benchmarks.records import frames_of, walk

FIELDS = (
    "symbol",
    "session_date",
    "price",
    "change",
    "volume",
    "cumulative_volume",
    "day_low",
    "day_low_at_ns",
    "traded_at_ns",
    "received_at_ns",
)


@pytest.mark.parametrize("per_frame", [1, 4, 20])
@pytest.mark.parametrize("fields", [46, 47, 48])
def test_the_floor_types_the_values_that_ours_types(fields: int, per_frame: int) -> None:
    """A floor that leaves work out makes us look slow, one that adds work makes us look fast."""
    frame = frames_of(walk(per_frame, 40), per_frame, fields)[0]

    refused: list[FrameError] = []
    ours = parse_trades(frame, 7, refused)

    assert refused == []
    assert [[getattr(trade, name) for name in FIELDS] for trade in split_trades(frame, 7)] == [
        [getattr(trade, name) for name in FIELDS] for trade in ours
    ]


def test_a_record_that_comes_out_otherwise_stops_the_measurement() -> None:
    """A fast parser that is wrong has no figure."""
    records = walk(20, 40)
    other = records[7]._replace(volume=records[7].volume + 1)

    verify(frames_of(records, 4, 47), records)
    with pytest.raises(WrongValues):
        verify(frames_of(records, 4, 47), [*records[:7], other, *records[8:]])
