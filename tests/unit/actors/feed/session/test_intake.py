"""What comes over the socket, sorted."""

from pathlib import Path

from actors.feed.config import FeedConfig
from actors.feed.gaps.repair import Repairs
from actors.feed.session.intake import Intake
from actors.kis.codes import Reaction
from actors.kis.messages import Answer, PingPong, Stream
from protocol.messages import Venue

RECORDING = Path(__file__).parents[4] / "recordings" / "frames-sample.txt"
FIVE, TWO = [line for line in RECORDING.read_bytes().splitlines() if line.startswith(b"0|H0ST")][:2]
PINGPONG = b'{"header":{"tr_id":"PINGPONG","datetime":"20261007101530"}}'
CONFIRMED = b'{"header":{"tr_id":"H0STCNT0","tr_key":"005930"},"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"S"}}'
BAD_PRICE = TWO.replace(b"^314000^", b"^0^", 1)


def test_the_trades_of_all_frames_leave_together_in_order() -> None:
    """One message a look at the socket: half the work of one message a frame."""
    trades = Intake(Repairs(FeedConfig())).take_trades([FIVE, PINGPONG, bytearray(TWO)], received_at_ns=7, now=0.0)

    volumes = [trade.cumulative_volume for trade in trades]
    assert len(volumes) == 7
    assert volumes == sorted(volumes)
    assert {trade.received_at_ns for trade in trades} == {7}


def test_messages_are_kept_with_their_text() -> None:
    """PINGPONG is echoed as it came; answers go to the core."""
    intake = Intake(Repairs(FeedConfig()))
    intake.take_trades([PINGPONG, FIVE, CONFIRMED], received_at_ns=7, now=0.0)

    assert intake.take_messages() == [
        (PingPong(), PINGPONG),
        (Answer(Stream("H0STCNT0", "005930"), "OPSP0000", "S", Reaction.CONFIRMED), CONFIRMED),
    ]
    assert intake.take_messages() == []


def test_what_is_not_understood_is_counted_and_told_once_of_its_kind() -> None:
    """A line a frame would fill the disk on the day that KIS changes its format."""
    intake = Intake(Repairs(FeedConfig()))
    told = []
    counts = []
    for _ in range(3):
        trades = intake.take_trades([b"garbage", BAD_PRICE, b"{}", b""], received_at_ns=7, now=0.0)
        counts.append(len(trades))
        assert intake.take_messages() == []
        told += [complaint.kind for complaint in intake.take_complaints()]

    assert counts == [1, 0, 0]  # the second time it is a repeat
    assert told == ["head", "price", "message"]
    assert intake.rejected == {"head": 6, "price": 3, "message": 3}
    assert intake.take_complaints() == []


def printed(cumulative: int, volume: int, second: int) -> bytes:
    """Return a frame with one trade of *volume* shares that brings the day's to *cumulative*."""
    fields = TWO.split(b"|")[3].split(b"^")[: len(TWO.split(b"|")[3].split(b"^")) // 2]
    fields[1], fields[12], fields[13] = b"1015%02d" % second, b"%d" % volume, b"%d" % cumulative
    return b"0|H0STCNT0|001|" + b"^".join(fields)


def test_a_late_frame_does_not_close_the_hole_that_opened_with_it() -> None:
    """One look at the socket may bring the end of one loss and the begin of the next."""
    repairs = Repairs(FeedConfig())
    repairs.watch([("005930", Venue.KRX)])
    intake = Intake(repairs)
    intake.take_trades([printed(10, 10, 1)], received_at_ns=6, now=0.0)
    intake.take_trades([printed(30, 10, 3)], received_at_ns=7, now=0.0)
    assert repairs.has_holes

    assert intake.take_trades([printed(20, 10, 2), printed(50, 10, 5)], received_at_ns=8, now=0.1) == []
    assert repairs.has_holes
    told = intake.take_trades([printed(40, 10, 4)], received_at_ns=9, now=0.2)
    assert [trade.cumulative_volume for trade in told] == [20, 30, 40, 50]


def test_a_late_frame_of_a_hole_that_was_given_up_heals_no_later_one() -> None:
    """What it healed is long forgotten."""
    repairs = Repairs(FeedConfig(hold_trades=1))
    repairs.watch([("005930", Venue.KRX)])
    intake = Intake(repairs)
    intake.take_trades([printed(10, 10, 1)], received_at_ns=6, now=0.0)
    intake.take_trades([printed(30, 10, 3), printed(40, 10, 4)], received_at_ns=7, now=0.0)
    assert len(repairs.give_up(0.1)) == 2
    intake.take_trades([printed(20, 10, 2)], received_at_ns=8, now=0.2)

    assert intake.take_trades([printed(90, 10, 9)], received_at_ns=9, now=0.3) == []
    assert repairs.has_holes
