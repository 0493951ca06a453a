"""What a link brings besides trades."""

from datetime import UTC, datetime

import pytest

from actors.feed.session.notices import Notices
from actors.kis.codes import Reaction
from actors.kis.errors import FrameError
from actors.kis.messages import Answer, Stream
from protocol.messages import VOLATILITY_INTERRUPTION, MarketStatus
from tests.support.fills import CIPHER, FILL, HOME, sealed

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
STATUS = b"0|H0STMKO0|001|005930^N^(null)^112^^^^55^Y^N^KRX"
FILLED = f"1|H0STCNI0|001|{sealed('^'.join(HOME))}".encode()


def confirmed(tr_id: str = "H0STCNI0") -> Answer:
    """Return KIS's acknowledgement, with the key of the TR's frames."""
    return Answer(Stream(tr_id, "anna"), "OPSP0000", "SUBSCRIBE SUCCESS", Reaction.CONFIRMED, CIPHER)


def read(notices: Notices, *frames: bytes) -> tuple[list[object], list[str]]:
    """Return what *frames* tell, and the kinds of what is refused."""
    refused: list[FrameError] = []
    told = notices.read(frames, NOW, refused)
    return list(told), [error.kind for error in refused]


def test_status_and_fills_are_told_in_their_order() -> None:
    """One look at the socket brings both."""
    notices = Notices()
    notices.on_answer(confirmed())

    told, refused = read(notices, STATUS, FILLED)

    assert told == [MarketStatus(symbol="005930", notes=[VOLATILITY_INTERRUPTION], told_at=NOW), FILL]
    assert refused == []


def test_a_frame_is_opened_with_its_own_trs_key_alone() -> None:
    """Each acknowledgement has a key of its own."""
    notices = Notices()
    notices.on_answer(confirmed("H0GSCNI0"))

    assert read(notices, FILLED) == ([], ["sealed"])


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (b"1|H0STMKO0|001|005930^N^(null)^112^^^^55^Y^N^KRX", "head"),
        (b"0|H0STMKO0|000|", "head"),
        (b"0|H0STMKO0|001|\xff\xfe", "status_width"),
        (b"0|H0STCNI0|001|anna^1234567801", "sealed"),
        (b"1|H0STCNI0|001|AAAA", "cipher"),
    ],
)
def test_what_is_not_understood_is_refused_and_the_next_is_read(frame: bytes, kind: str) -> None:
    """One spoilt frame must not hide a halt."""
    notices = Notices()
    notices.on_answer(confirmed())

    told, refused = read(notices, frame, STATUS)

    assert refused == [kind]
    assert len(told) == 1


@pytest.mark.parametrize("frame", [b"0|H0STASP0|001|005930^1", b"", b"garbage"])
def test_what_is_none_of_ours_is_stepped_over(frame: bytes) -> None:
    """KIS sends what was asked for, and a frame of trades that was refused has been counted already."""
    assert read(Notices(), frame) == ([], [])
