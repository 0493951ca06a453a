"""Recorded frames are read right: what the checker holds the whole line to."""

from datetime import date, datetime
from pathlib import Path

import pytest
import zstandard

from protocol.recording import Arrived, encode_entry
from simulator.clock import moment_of, nanoseconds_of
from simulator.config import SimulatorConfig
from simulator.errors import CannotPlay
from simulator.recordings import Replay, read_recording, with_recorded_prices

RECORDING = Path("tests/recordings/frames-sample.txt")
MINUTE_NS = 60 * 1_000_000_000


def test_a_recording_is_grouped_by_session_date() -> None:
    """Each date is a world of its own, with its own base prices."""
    days = {str(day.session_date): len(day.frames) for day in read_recording(RECORDING)}
    assert days == {
        "2026-06-08": 7,
        "2026-09-16": 1,
        "2025-12-04": 1,
        "2024-05-30": 1,
        "2023-06-12": 1,
        "2023-05-02": 1,
        "2026-07-10": 1,
    }


def test_korean_records_of_46_and_47_fields_are_read_alike() -> None:
    """KIS appends fields; what stood there before stays where it was."""
    by_date = {day.session_date: day.frames[0].trades[0] for day in read_recording(RECORDING)}
    old, new = by_date[date(2026, 6, 8)], by_date[date(2026, 9, 16)]
    assert (old.price, old.base_price, old.volume, old.cumulative_volume) == (314_000, 329_000, 489, 21_357_216)
    assert (new.price, new.base_price, new.day_low, new.volume) == (252_500, 248_500, 247_500, 6)
    assert moment_of(old.traded_at_ns).isoformat() == "2026-06-08T02:48:27+00:00"
    assert moment_of(old.day_low_at_ns).isoformat() == "2026-06-08T00:02:35+00:00"


def test_a_us_records_change_gets_its_sign() -> None:
    """DIFF is unsigned; read bare, every fall is a rise."""
    by_date = {day.session_date: day.frames[0].trades[0] for day in read_recording(RECORDING)}
    apple = by_date[date(2023, 5, 2)]
    assert (apple.symbol, apple.venue, apple.price, apple.base_price) == ("AAPL", "NASDAQ", 169.80, 169.59)


def test_a_damaged_recording_names_its_line(tmp_path: Path) -> None:
    """A hand-made recording is wrong sooner or later."""
    path = tmp_path / "frames.txt"
    path.write_text("# good\n0|H0STCNT0|002|005930^090000^1\n", encoding="utf-8")
    with pytest.raises(CannotPlay, match=r"frames\.txt:2"):
        read_recording(path)
    path.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(CannotPlay, match="found none"):
        read_recording(path)


def test_frames_begin_with_the_registration_and_keep_their_distances() -> None:
    """A client that is still starting must not miss the first ones."""
    day = read_recording(RECORDING)[0]
    replay = Replay(day)
    key = ("H0STCNT0", "005930")
    late_ns = day.starts_ns + 5 * MINUTE_NS
    assert replay.due(iter([]), day.starts_ns) == []
    assert len(replay.due(iter([key]), late_ns)) == 2
    assert replay.due(iter([]), late_ns) == []
    assert len(replay.due(iter([]), late_ns + MINUTE_NS // 60)) == 1
    assert len(replay.due(iter([]), late_ns + 3 * MINUTE_NS)) == 4


def test_the_configuration_gets_the_recorded_base_prices() -> None:
    """Targets come from REST and the history, so these must fit the frames."""
    days = {day.session_date: day for day in read_recording(RECORDING)}
    korean = with_recorded_prices(SimulatorConfig(), days[date(2026, 6, 8)])
    assert {profile.code: profile.base_price for profile in korean.symbols}["005930"] == 329_000
    american = with_recorded_prices(SimulatorConfig(), days[date(2023, 5, 2)])
    assert {profile.code: profile.base_price for profile in american.symbols}["AAPL"] == 169.59


def record_day(directory: Path, *frames: tuple[int, bytes]) -> Path:
    """Return the folder of a day on which these frames came, each at its moment."""
    folder = directory / "2026-06-08"
    folder.mkdir()
    entries = (encode_entry(Arrived(at_ns=at_ns, lengths=[len(frame)]), [frame]) for at_ns, frame in frames)
    (folder / "feed-1.zst").write_bytes(zstandard.compress(b"".join(entries)))
    return folder


def test_of_a_recorded_day_every_plain_frame_is_played_when_it_came(tmp_path: Path) -> None:
    """Damaged ones too: they are what the feed must bear; an American evening does not begin in the morning."""
    seoul_ns = recorded_ns("2026-06-08T00:02:00+00:00")
    korean, american = frame_of("0|H0STCNT0"), frame_of("0|HDFSCNT0")
    evening_ns = seoul_ns + 15 * 60 * MINUTE_NS
    came = [
        (seoul_ns, b'{"header":{"tr_id":"PINGPONG"}}'),
        (seoul_ns, korean),
        (seoul_ns + MINUTE_NS, b"0|H0STCNT0|001|005930^torn"),
        (seoul_ns + MINUTE_NS, b"1|H0STCNI0|001|c2VjcmV0"),
        (seoul_ns + MINUTE_NS, b"0|H0STMKO0|001|005930^N"),
        (seoul_ns + MINUTE_NS, b"not a frame"),
        (evening_ns, american),
    ]

    (day,) = read_recording(record_day(tmp_path, *came))

    assert (day.session_date, day.starts_ns) == (date(2026, 6, 8), seoul_ns)
    assert [frame.payload for frame in day.frames] == [came[index][1] for index in (1, 2, 4, 6)]
    assert [len(frame.trades) for frame in day.frames] == [5, 0, 0, 1]
    replay = Replay(day)
    american_key = (day.frames[3].tr_id, day.frames[3].tr_key)
    keys = [("H0STCNT0", "005930"), american_key]
    assert [frame.payload for frame in replay.due(iter(keys), seoul_ns + MINUTE_NS // 2)] == [korean]
    assert [frame.tr_id for frame in replay.due(iter(keys), evening_ns - 1)] == ["H0STCNT0"]
    assert [frame.payload for frame in replay.due(iter(keys), evening_ns)] == [american]


def test_a_file_that_is_no_recorded_day_is_refused(tmp_path: Path) -> None:
    """The configuration named the wrong file."""
    path = tmp_path / "feed-1.zst"
    path.write_bytes(zstandard.compress(b"something else"))
    with pytest.raises(CannotPlay, match="expected a recorded day"):
        read_recording(path)
    empty = tmp_path / "2026-06-08"
    empty.mkdir()
    with pytest.raises(CannotPlay, match="found none"):
        read_recording(empty)


def frame_of(beginning: str) -> bytes:
    """Return the first frame of the sample that begins like this."""
    lines = RECORDING.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(beginning)).encode()


def recorded_ns(moment: str) -> int:
    """Return an ISO moment as nanoseconds."""
    return nanoseconds_of(datetime.fromisoformat(moment))
