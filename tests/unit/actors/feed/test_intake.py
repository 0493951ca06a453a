"""What comes over the socket, sorted."""

from pathlib import Path

from actors.feed.config import FeedConfig
from actors.feed.intake import Intake
from actors.feed.repair import Repairs
from actors.kis.codes import Reaction
from actors.kis.messages import Answer, PingPong, Stream

RECORDING = Path(__file__).parents[3] / "recordings" / "frames-sample.txt"
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


def test_when_each_symbol_last_traded_is_known() -> None:
    """`sigmactl` shows which stream is quiet."""
    intake = Intake(Repairs(FeedConfig()))
    intake.take_trades([FIVE], received_at_ns=7, now=0.0)
    intake.take_trades([TWO], received_at_ns=9, now=0.0)

    assert intake.last_trade_at_ns == {"005930": 9}
