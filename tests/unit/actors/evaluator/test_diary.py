"""What evaluator notes, and when it is on disk."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from actors.evaluator.core import Evaluator
from actors.evaluator.diary import Diary
from actors.runtime.recordings import RecordingFile, open_recording, read_entries, recorded_files, recordings_dir
from actors.runtime.streams import Position
from protocol.errors import DecodeError
from protocol.messages import MarketStatus, Trade, Trades
from protocol.recording import Aimed, Began, Decisive, Noted, Opened, Read, Record, Ruled
from protocol.topology import Address
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.market import DAY, NINE, rule, targets, trade

EPOCH = 3


class Desk:
    """A diary with an evaluator behind it."""

    def __init__(self, directory: Path, text: str = "") -> None:
        self.settings = make_settings(directory, text)
        self.clock = FakeClock(NINE)
        self.evaluator = Evaluator(300)
        self.evaluator.watch([rule()])
        self.evaluator.aim(targets())
        file = open_recording(self.settings, Address("evaluator"), EPOCH)
        before = {"feed-1": Position(1, 40)}
        self.diary = Diary(file, self.clock, self.evaluator.standing, before, alerts_on_disk=6)

    def read(self, sender: str, *numbers: int) -> None:
        """Let these messages be read, as the shell does."""
        for number in numbers:
            position = Position(1, number)
            if sender != self.diary.sender:
                self.diary.turn(sender, position)
            self.diary.last = position

    def noted(self, day: date = DAY) -> list[Record]:
        """Return what is on disk of *day*, openings of the file aside."""
        files = recorded_files(recordings_dir(self.settings), day)
        found = [entry.record for path in files.values() for entry in read_entries(path)]
        return [record for record in found if not isinstance(record, Opened)]


def reads(records: list[Record]) -> list[tuple[str, int, int]]:
    """Return who was read from where to where."""
    return [(record.sender, record.first, record.last) for record in records if isinstance(record, Read)]


def test_nothing_is_decided_before_what_it_is_decided_with_is_on_disk(tmp_path: Path) -> None:
    """A process that dies after its first commit has told an alert that only these lines explain."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41)

    (began,) = desk.noted()

    assert isinstance(began, Began)
    assert (began.cursors, began.alerts, began.rest_ns) == ({"feed-1": (1, 40)}, 6, 300)
    assert [len(began.rules), began.targets] == [1, [targets()]]


def test_messages_are_noted_in_runs_in_the_order_in_which_they_were_read(tmp_path: Path) -> None:
    """Two senders may tell of one symbol: the order decides which of them raises the alert."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41, 42, 43)
    desk.read("us_poller-1", 1)
    desk.read("feed-1", 44)
    desk.diary.pause()
    desk.read("feed-1", 60)
    desk.diary.write(6)

    assert reads(desk.noted()) == [("feed-1", 41, 43), ("us_poller-1", 1, 1), ("feed-1", 44, 44), ("feed-1", 60, 60)]


def test_changes_stand_on_disk_at_once_behind_what_was_read_before(tmp_path: Path) -> None:
    """Whatever is committed after them was decided with them."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41)
    desk.diary.ruled([])
    desk.read("feed-1", 42)
    desk.diary.aimed([targets()])
    desk.diary.noted(MarketStatus(symbol="122630", notes=["vi"], told_at=NINE))

    assert [type(record) for record in desk.noted()] == [Began, Read, Ruled, Read, Aimed, Noted]


def test_a_message_that_raised_alerts_is_noted_whole(tmp_path: Path) -> None:
    """Its publisher may be killed before it has recorded it."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41)
    desk.diary.decisive("feed-1", Position(1, 41), Trades(trades=[trade(98_000)]).whole)
    desk.diary.write(7)

    assert Decisive(sender="feed-1", epoch=1, number=41, trades=[trade(98_000)]) in desk.noted()


def test_a_message_that_cannot_be_read_whole_costs_no_other_note(tmp_path: Path) -> None:
    """Evaluator read as much of it as it needed, and must not die of the rest."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41)

    def read_trades() -> list[Trade]:
        message = "expected trades, found something else"
        raise DecodeError(message)

    desk.diary.decisive("feed-1", Position(1, 41), read_trades)
    desk.diary.write(7)

    assert [type(record) for record in desk.noted()] == [Began, Read]


def test_changes_before_the_first_message_are_part_of_the_opening(tmp_path: Path) -> None:
    """A Sunday on which somebody adds a stock is no recorded day."""
    desk = Desk(tmp_path)
    desk.diary.ruled([])
    desk.diary.write(6)

    assert desk.noted() == []


def test_a_new_day_begins_with_an_opening_of_its_own(tmp_path: Path) -> None:
    """Each day is decided again without the days before it."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41)
    desk.clock.step(timedelta(days=1).total_seconds())
    desk.diary.write(8)
    desk.read("feed-1", 42)
    desk.diary.write(8)

    assert reads(desk.noted()) == [("feed-1", 41, 41)]
    began, read = desk.noted(DAY + timedelta(days=1))
    assert isinstance(began, Began)
    assert (began.cursors, began.alerts) == ({"feed-1": (1, 41)}, 8)
    assert reads([read]) == [("feed-1", 42, 42)]


def test_after_notes_were_lost_the_day_begins_anew_where_evaluator_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs notes, not the sense of those behind them; and it is told once."""
    desk = Desk(tmp_path)
    desk.read("feed-1", 41)

    def refuse(file: RecordingFile, _day: date, _text: bytes) -> bool:
        file.trouble = "disk full"
        return False

    monkeypatch.setattr(RecordingFile, "append", refuse)
    desk.diary.write(6)
    desk.read("feed-1", 42)
    desk.diary.write(6)
    assert [news.name for news in desk.diary.take_news()] == ["recording_interrupted"]
    monkeypatch.undo()
    desk.clock.step(1)
    desk.read("feed-1", 43)
    desk.diary.write(6)

    *_, began, read = desk.noted()
    assert isinstance(began, Began)
    assert began.cursors == {"feed-1": (1, 42)}
    assert reads([read]) == [("feed-1", 43, 43)]
    assert [news.name for news in desk.diary.take_news()] == ["recording_resumed"]


def test_a_disk_that_takes_nothing_is_asked_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An opening holds all rules and targets, and a trade would wait for it at each change of sender."""
    desk = Desk(tmp_path)
    asked = []

    def refuse(file: RecordingFile, _day: date, text: bytes) -> bool:
        asked.append(text)
        file.trouble = "disk full"
        return False

    monkeypatch.setattr(RecordingFile, "append", refuse)
    for number in range(1, 11):
        desk.read("feed-1", number)
        desk.read("us_poller-1", number)
        desk.clock.step(0.1)

    assert len(asked) == 1
    desk.clock.step(0.1)
    desk.read("feed-1", 11)
    assert len(asked) == 2


def test_who_wants_no_recordings_gets_no_notes(tmp_path: Path) -> None:
    """The diary is still told everything, and keeps nothing."""
    desk = Desk(tmp_path, "[recordings]\nenabled = false\n")
    desk.read("feed-1", 41)
    desk.diary.decisive("feed-1", Position(1, 41), Trades(trades=[trade(98_000)]).whole)
    desk.diary.write(6)

    assert desk.noted() == []
    assert desk.diary._notes == []
