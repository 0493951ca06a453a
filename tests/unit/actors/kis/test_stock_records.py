"""Whether NXT trades a stock, as KIS's record of it says."""

import json

import pytest

from actors.kis.errors import ShapeError
from actors.kis.stock_records import build_stock_record_call, parse_is_on_nxt


def record(**output: str) -> bytes:
    """Return KIS's answer."""
    return json.dumps({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "", "output": output}).encode()


@pytest.mark.parametrize(
    ("possible", "stopped", "is_on_nxt"),
    [("Y", "N", True), ("Y", "", True), ("Y", "Y", False), ("N", "N", False), ("", "", None)],
)
def test_a_stock_is_on_nxt_where_it_may_be_traded_and_is_not_stopped(
    possible: str,
    stopped: str,
    is_on_nxt: bool | None,  # noqa: FBT001 - a parameter
) -> None:
    """Not told is not unlisted: the stream is then tried."""
    assert parse_is_on_nxt(record(cptt_trad_tr_psbl_yn=possible, nxt_tr_stop_yn=stopped)) is is_on_nxt


def test_an_answer_that_is_none_is_refused() -> None:
    """A gateway's page must not become a listing."""
    with pytest.raises(ShapeError):
        parse_is_on_nxt(b"<html>")


def test_the_record_is_asked_for_as_documented() -> None:
    """Product type 300 is stocks, funds and notes."""
    call = build_stock_record_call("005930")

    assert (call.tr_id, call.params) == ("CTPF1002R", {"PRDT_TYPE_CD": "300", "PDNO": "005930"})
