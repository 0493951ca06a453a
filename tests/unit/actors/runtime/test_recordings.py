"""Recorded days on disk: torn files, full disks, budgets."""

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from actors.runtime.config import Settings
from actors.runtime.recordings import (
    RecordingFile,
    TornFile,
    open_recording,
    read_entries,
    recorded_files,
    recordings_dir,
)
from protocol.errors import DecodeError
from protocol.recording import Arrived, Opened, encode_entry
from protocol.topology import Address
from tests.support.actor import make_settings

DAY = date(2025, 11, 28)
FEED = Address("feed")
NOISE = os.urandom


def entry(at_ns: int, frame: bytes = b"frame") -> bytes:
    """Return an entry with one frame."""
    return encode_entry(Arrived(at_ns=at_ns, lengths=[len(frame)]), [frame])


def moments(path: Path, torn: TornFile | None = None) -> list[int]:
    """Return when what is in *path* arrived."""
    return [each.record.at_ns for each in read_entries(path, torn) if isinstance(each.record, Arrived)]


def file_of(settings: Settings, day: date = DAY) -> Path:
    """Return feed's file of *day*."""
    return recorded_files(recordings_dir(settings), day)["feed-1"]


def test_blocks_of_several_lives_are_read_as_one_day(tmp_path: Path) -> None:
    """Each life says who it is, so that numbers of one are not taken for those of another."""
    settings = make_settings(tmp_path)
    for epoch in (1, 2):
        file = RecordingFile(settings, FEED, epoch)
        assert file.append(DAY, entry(epoch * 10))
        assert file.append(DAY, entry(epoch * 10 + 1))
        file.close()

    found = [each.record for each in read_entries(file_of(settings))]

    assert [each.epoch for each in found if isinstance(each, Opened)] == [1, 2]
    assert moments(file_of(settings)) == [10, 11, 20, 21]


def test_another_day_is_another_file(tmp_path: Path) -> None:
    """Each with its own opening: a day is read alone."""
    settings = make_settings(tmp_path)
    file = RecordingFile(settings, FEED, 1)
    file.append(DAY, entry(1))
    file.append(date(2025, 12, 1), entry(2))
    file.close()

    assert moments(file_of(settings)) == [1]
    assert isinstance(next(read_entries(file_of(settings, date(2025, 12, 1)))).record, Opened)


def test_only_we_may_read_it(tmp_path: Path) -> None:
    """An own order's notice is in it, and the key that opens it."""
    settings = make_settings(tmp_path)
    RecordingFile(settings, FEED, 1).append(DAY, entry(1))

    path = file_of(settings)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_torn_block_costs_itself_alone(tmp_path: Path, cut: int) -> None:
    """A writer that was killed leaves the last block torn, and the next life appends behind it."""
    settings = make_settings(tmp_path)
    first = RecordingFile(settings, FEED, 1)
    for at_ns in (1, 2):
        first.append(DAY, entry(at_ns, NOISE(200)))
    first.close()
    path = file_of(settings)
    with path.open("r+b") as content:
        content.truncate(path.stat().st_size - cut)
    torn = TornFile()
    assert (moments(path, torn), torn.blocks) == ([1], 1)

    second = RecordingFile(settings, FEED, 2)
    second.append(DAY, entry(3))
    second.close()

    torn = TornFile()
    assert (moments(path, torn), torn.blocks) == ([1, 3], 1)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """Not every Zstandard file is a recorded day."""
    settings = make_settings(tmp_path)
    RecordingFile(settings, FEED, 1).append(DAY, b"0|H0STCNT0|001|005930")

    with pytest.raises(DecodeError, match="begins with"):
        list(read_entries(file_of(settings)))


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    """A writer that died between making its file and writing to it leaves one."""
    path = tmp_path / "feed-1.zst"
    path.touch()

    assert list(read_entries(path)) == []


def test_a_disk_that_takes_nothing_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk ends a recording, never the work that is recorded."""
    settings = make_settings(tmp_path)
    file = RecordingFile(settings, FEED, 1)
    file.append(DAY, entry(1))
    write = os.write

    def refuse(_file: int, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    assert not file.append(DAY, entry(2))
    assert "No space left" in file.trouble
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    assert not file.append(DAY, entry(3))
    monkeypatch.setattr(os, "write", write)
    assert file.append(DAY, entry(4))
    assert file.trouble == ""

    torn = TornFile()
    assert (moments(file_of(settings), torn), torn.blocks) == ([1, 4], 0)


def test_the_oldest_days_make_room(tmp_path: Path) -> None:
    """A recording must not fill the disk that the databases need."""
    settings = make_settings(tmp_path, "[recordings]\nbudget_mb = 0.003\n")
    days = [date(2025, 11, 25), date(2025, 11, 26), date(2025, 11, 27), DAY]
    for day in days:
        file = RecordingFile(settings, FEED, 1)
        assert file.append(day, entry(1, NOISE(1_000)))
        file.close()
    other = recordings_dir(settings) / "notes"
    other.mkdir()

    file = RecordingFile(settings, FEED, 1)
    assert file.append(DAY, entry(2, NOISE(1_000)))

    assert [day for day in days if recorded_files(recordings_dir(settings), day)] == days[2:]
    assert other.exists()


def test_a_day_that_alone_is_above_the_budget_stops_growing(tmp_path: Path) -> None:
    """There is nothing older to forget; what is recorded stays."""
    settings = make_settings(tmp_path, "[recordings]\nbudget_mb = 0.001\n")
    RecordingFile(settings, Address("us_poller"), 1).append(DAY, entry(1, NOISE(2_000)))
    file = RecordingFile(settings, FEED, 1)

    assert not file.append(DAY, entry(1))
    assert "today takes them all" in file.trouble


def test_a_writers_day_stops_growing_at_its_cap(tmp_path: Path) -> None:
    """A flood takes no more than its share, and the next day is recorded again."""
    settings = make_settings(tmp_path, "[recordings]\nday_mb = 0.001\n")
    file = RecordingFile(settings, FEED, 1)

    assert file.append(DAY, entry(1, NOISE(2_000)))
    assert not file.append(DAY, entry(2))
    assert "at most 0.001 MB" in file.trouble
    assert file.append(date(2025, 12, 1), entry(3))


def test_who_wants_no_recordings_gets_none(tmp_path: Path) -> None:
    """Nothing is written where nothing is wanted."""
    settings = make_settings(tmp_path, "[recordings]\nenabled = false\n")

    assert open_recording(settings, FEED, 1) is None
    assert open_recording(make_settings(tmp_path), FEED, 1) is not None
