"""`sigmactl kis decode`, on frames as KIS sent them."""

import json
from pathlib import Path

import pytest

from actors.ctl.__main__ import main
from tests.support.house import ROOT

RECORDED = ROOT / "tests" / "recordings" / "frames-sample.txt"
WANTED = {"symbol", "price", "change", "volume", "cumulative_volume", "day_low", "base_price", "session_date"}
NOT_UNDERSTOOD = "0|H0STCNT0|002|005930^114827\n"


def test_every_recorded_trade_comes_out_with_all_that_is_promised(capsys: pytest.CaptureFixture[str]) -> None:
    """The recording holds comments, acknowledgements, other TRs, frames of 46 and 47 fields, and US trades."""
    code = main(["kis", "decode", str(RECORDED)])
    printed = capsys.readouterr()
    rows = [json.loads(line) for line in printed.out.splitlines()]

    assert (code, printed.err) == (0, "")
    assert all(set(row) >= WANTED for row in rows)
    assert {row["symbol"] for row in rows} >= {"005930", "AAPL"}


def test_a_korean_trade_is_told_in_whole_won_and_seouls_time(capsys: pytest.CaptureFixture[str]) -> None:
    """The first record of the recording, read by eye: 314,000 won at 11:48:27, 15,000 below the base price."""
    main(["kis", "decode", str(RECORDED)])
    first = json.loads(capsys.readouterr().out.splitlines()[0])

    assert (first["price"], first["change"], first["base_price"]) == (314_000, -15_000, 329_000)
    assert (first["volume"], first["cumulative_volume"], first["day_low"]) == (489, 21_357_216, 292_500)
    assert (first["session_date"], first["traded_at"]) == ("2026-06-08", "2026-06-08T11:48:27+09:00")


def test_a_us_trade_has_the_offset_of_new_york(capsys: pytest.CaptureFixture[str]) -> None:
    """Its day and its hour are the exchange's, whatever the hour in Seoul."""
    main(["kis", "decode", str(RECORDED)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    apple = next(row for row in rows if row["symbol"] == "AAPL")

    assert apple["traded_at"].endswith("-04:00")
    assert apple["traded_at"].startswith(apple["session_date"])


def test_a_line_that_is_not_understood_is_named_and_the_others_come_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One torn line must neither hide the rest of a day nor pass unseen."""
    frames = [line for line in RECORDED.read_text(encoding="utf-8").splitlines(keepends=True) if line[0] in "01"]
    path = tmp_path / "day.txt"
    path.write_text(f"# a day\n\n{frames[0]}{NOT_UNDERSTOOD}{frames[1]}", encoding="utf-8")

    code = main(["kis", "decode", str(path)])
    printed = capsys.readouterr()

    assert code == 1
    assert printed.err.startswith(f"sigmactl: {path}:4: expected ")
    assert printed.err.count("\n") == 1
    assert len(printed.out.splitlines()) > 1


@pytest.mark.parametrize("line", [b"hello\n", b"{broken\n", b"\xff\xfe\n", b"0|H0STCNT0|001|" + b"^" * 45 + b"\n"])
def test_garbage_is_not_taken_for_json(line: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is stepped over in silence must be what is known to be harmless."""
    path = tmp_path / "day.txt"
    path.write_bytes(line)

    assert main(["kis", "decode", str(path)]) == 1
    assert f"{path}:1:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        b"# a remark\n",
        b"\r\n",
        b'{"header":{"tr_id":"PINGPONG","datetime":"20251128090000"}}\n',
        b'{"header":{"tr_id":"H0STCNT0"},"body":{"rt_cd":"0","msg_cd":"OPSP0000"}}\n',
        b"0|H0STMKO0|001|005930^N^ ^1^1^2^20251128^20251128^ ^ ^ \n",
        b"1|H0STCNI0|001|c2VjcmV0\n",
    ],
)
def test_what_belongs_there_but_is_no_trade_is_stepped_over(
    line: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A recording of a socket holds more than trades."""
    path = tmp_path / "day.txt"
    path.write_bytes(line)

    assert main(["kis", "decode", str(path)]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_file_that_is_not_there_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback tells an operator nothing."""
    assert main(["kis", "decode", "nowhere.txt"]) == 1
    assert "nowhere.txt: expected a file of frames" in capsys.readouterr().err
