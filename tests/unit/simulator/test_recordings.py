"""Recorded frames are read right: what the checker holds the whole line to."""

from datetime import date
from pathlib import Path

import pytest

from simulator.clock import moment_of
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
    replay = Replay(read_recording(RECORDING)[0])
    key = ("H0STCNT0", "005930")
    assert replay.due(iter([]), 0) == []
    assert len(replay.due(iter([key]), 5 * MINUTE_NS)) == 2
    assert replay.due(iter([]), 5 * MINUTE_NS) == []
    assert len(replay.due(iter([]), 5 * MINUTE_NS + MINUTE_NS // 60)) == 1
    assert len(replay.due(iter([]), 8 * MINUTE_NS)) == 4


def test_the_configuration_gets_the_recorded_base_prices() -> None:
    """Targets come from REST and the history, so these must fit the frames."""
    days = {day.session_date: day for day in read_recording(RECORDING)}
    korean = with_recorded_prices(SimulatorConfig(), days[date(2026, 6, 8)])
    assert {profile.code: profile.base_price for profile in korean.symbols}["005930"] == 329_000
    american = with_recorded_prices(SimulatorConfig(), days[date(2023, 5, 2)])
    assert {profile.code: profile.base_price for profile in american.symbols}["AAPL"] == 169.59
