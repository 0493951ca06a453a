"""What leaves the feed is published, and can be made again from its recording."""

from pathlib import Path

from actors.evaluator.replay import Tape
from actors.feed.config import FeedConfig
from actors.feed.outlet import MOST_TRADES, Outlet
from actors.kis.frames import parse_trades
from actors.runtime.recordings import read_entries, recorded_files, recordings_dir
from protocol.messages import Event, Trades
from protocol.moments import to_ns
from protocol.recording import Arrived, Opened, Published, Read
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.house import ROOT
from tests.support.market import DAY, NINE, trade
from tests.support.ports import FakePorts

AT_NS = to_ns(NINE)
SAMPLE = [
    line
    for line in (ROOT / "tests" / "recordings" / "frames-sample.txt").read_bytes().splitlines()
    if line.startswith(b"0|H0STCNT0|001|")
]


class Feeding:
    """An outlet between fake ports and a real recording."""

    def __init__(self, directory: Path) -> None:
        self.settings = make_settings(directory)
        self.ports = FakePorts()
        self.outlet = Outlet(make_actor("feed", FeedConfig(), self.settings, ports=self.ports, clock=FakeClock(NINE)))

    @property
    def published(self) -> list[Trades]:
        """What went out."""
        return [message for message in self.ports.published if isinstance(message, Trades)]

    def replayed(self) -> list[Trades]:
        """Close, and return what the recording says went out."""
        self.outlet.close()
        path = recorded_files(recordings_dir(self.settings), DAY)["feed-1"]
        wanted = Read(sender="feed-1", epoch=self.ports.epoch, first=1, last=len(self.published))
        epochs = [each.record.epoch for each in read_entries(path) if isinstance(each.record, Opened)]
        return [Trades(trades=trades) for trades in Tape(epochs, read_entries(path)).read(wanted).values()]


def test_what_frames_brought_is_made_again_from_the_frames(tmp_path: Path) -> None:
    """A flood in its portions, with the very numbers: nothing is recorded twice."""
    feeding = Feeding(tmp_path)
    frames = [b"0|garbage", *SAMPLE * (2 * MOST_TRADES // len(SAMPLE) + 1)]
    trades = [one for frame in frames[1:] for one in parse_trades(frame, AT_NS, [])]

    feeding.outlet.on_frames(AT_NS, frames, trades, are_all=True)
    feeding.outlet.on_frames(AT_NS, [b"{}"], [], are_all=True)
    feeding.outlet.on_frames(AT_NS, SAMPLE[:1], trades[:1], are_all=True)

    assert [len(message.trades) for message in feeding.published][:2] == [MOST_TRADES, MOST_TRADES]
    assert feeding.replayed() == feeding.published


def test_what_the_frames_alone_do_not_tell_is_recorded_as_it_went_out(tmp_path: Path) -> None:
    """Sorted out, held back or made of minute bars: the frames are there too, but count for nothing."""
    feeding = Feeding(tmp_path)
    trades = [one for frame in SAMPLE[:2] for one in parse_trades(frame, AT_NS, [])]

    feeding.outlet.on_frames(AT_NS, SAMPLE[:2], trades[1:], are_all=False)
    feeding.outlet.publish(AT_NS, [trade(98_000)])

    assert feeding.replayed() == feeding.published == [Trades(trades=trades[1:]), Trades(trades=[trade(98_000)])]
    path = recorded_files(recordings_dir(feeding.settings), DAY)["feed-1"]
    kinds = [type(each.record) for each in read_entries(path)]
    assert kinds == [Opened, Arrived, Published, Published]


def test_trouble_with_the_recording_is_an_event(tmp_path: Path) -> None:
    """And no more than that: trades go on."""
    feeding = Feeding(tmp_path)
    recordings_dir(feeding.settings).write_text("in the way", encoding="utf-8")
    feeding.outlet.on_frames(AT_NS, SAMPLE[:1], [trade(98_000)], are_all=True)
    feeding.outlet._recorder._write_waiting()
    feeding.outlet.look()

    (event,) = (message for message in feeding.ports.published if isinstance(message, Event))
    assert event.name == "recording_interrupted"
    assert len(feeding.published) == 1
    feeding.outlet.close()
