"""Recording beside the work: nothing is lost, what waits is bounded, trouble is told once."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from actors.runtime import recorder as module
from actors.runtime.recorder import Recorder
from actors.runtime.recordings import RecordingFile, open_recording, read_entries, recorded_files, recordings_dir
from protocol.moments import to_ns
from protocol.recording import Arrived, Entry, Opened, Published, ends_ns
from protocol.topology import Address
from tests.support.actor import make_settings
from tests.support.market import NINE, trade

DAY = date(2025, 11, 28)
FEED = Address("feed")
AT_NS = to_ns(NINE)


@pytest.fixture
def entries(tmp_path: Path) -> Callable[[date], list[Entry]]:
    """Return what is recorded of a day."""

    def read(day: date = DAY) -> list[Entry]:
        path = recorded_files(recordings_dir(make_settings(tmp_path)), day)["feed-1"]
        return [entry for entry in read_entries(path) if not isinstance(entry.record, Opened)]

    return read


def make_recorder(tmp_path: Path) -> Recorder:
    """Return a recorder of this folder."""
    return Recorder(open_recording(make_settings(tmp_path), FEED, 7))


def test_what_was_taken_is_on_disk_in_order_when_the_recorder_is_closed(
    tmp_path: Path, entries: Callable[..., list[Entry]]
) -> None:
    """A planned stop leaves a whole day behind."""
    recorder = make_recorder(tmp_path)
    recorder.take_frames(AT_NS, [b"0|one", b"{}"], 1, [2])
    published = Published(number=2, trades=[trade(99_000)])
    recorder.take_published(AT_NS + 1, published)
    recorder.close()

    arrived = Arrived(at_ns=AT_NS, lengths=[5, 2], first=1, counts=[2])
    assert entries() == [Entry(arrived, [b"0|one", b"{}"]), Entry(published)]


def test_a_flood_is_written_before_anybody_looks(tmp_path: Path, entries: Callable[..., list[Entry]]) -> None:
    """A block is full long before the second is over: memory must not grow with the load."""
    recorder = make_recorder(tmp_path)
    frame = bytes(10_000)
    for number in range(500):
        recorder.take_frames(AT_NS + number, [frame], number, [1])
        assert recorder._taken_bytes - recorder._written_bytes < module.MOST_WAITING_BYTES
    recorder.close()

    assert [entry.record.at_ns - AT_NS for entry in entries() if isinstance(entry.record, Arrived)] == [*range(500)]


def test_the_day_turns_with_what_arrives(tmp_path: Path, entries: Callable[..., list[Entry]]) -> None:
    """One look at the queue may find the end of one day and the beginning of the next."""
    recorder = make_recorder(tmp_path)
    end = ends_ns(DAY)
    for at_ns in (end - 2, end - 1, end):
        recorder.take_frames(at_ns, [], 0, [])
    recorder.close()

    assert [len(entries(DAY)), len(entries(date(2025, 11, 29)))] == [2, 1]


def test_trouble_is_told_once_and_so_is_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator reads of the first block that was left out, not of each."""
    recorder = make_recorder(tmp_path)
    told = []
    for trouble in ("disk full", "disk full", ""):

        def append(file: RecordingFile, _day: date, _text: bytes, found: str = trouble) -> bool:
            file.trouble = found
            return not found

        monkeypatch.setattr(RecordingFile, "append", append)
        recorder.take_frames(AT_NS, [], 0, [])
        recorder._write_waiting()
        told += recorder.look(0.0)
    recorder.close()

    assert [news.name for news in told] == ["recording_interrupted", "recording_resumed"]
    assert told[0].details == {"reason": "disk full"}


def test_what_waits_is_bounded_and_what_is_left_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs must not take the feed's memory with it."""
    monkeypatch.setattr(module, "MOST_WAITING_BYTES", 1_000)
    recorder = make_recorder(tmp_path)
    for _ in range(5):
        recorder.take_frames(AT_NS, [bytes(500)], 0, [])
    recorder._write_waiting()

    assert recorder._written_bytes < 3_000
    assert "left out 3" in recorder.look(0.0)[0].details["reason"]
    recorder.close()


def test_a_bug_in_the_thread_comes_out_where_bugs_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that died in silence would record nothing for months."""
    recorder = make_recorder(tmp_path)
    monkeypatch.setattr(module, "_encode", lambda _waiting: 1 / 0)
    recorder.take_frames(AT_NS, [], 0, [])
    recorder.look(0.0)

    with pytest.raises(ZeroDivisionError):
        recorder.close()


def test_nothing_is_taken_where_nothing_is_wanted() -> None:
    """Who switched recordings off pays nothing for them."""
    recorder = Recorder(None)
    recorder.take_frames(AT_NS, [b"0|one"], 1, [1])

    assert recorder.look(0.0) == []
    assert not recorder._waiting
    recorder.close()
