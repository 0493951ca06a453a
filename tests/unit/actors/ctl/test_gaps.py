"""`sigmactl feed gaps`: what was not seen, on a terminal."""

import argparse

import pytest

from actors.ctl import gaps

GAP = {
    "gap": 1,
    "start": "2025-11-28T00:10:00+00:00",
    "end": "2025-11-28T00:11:00+00:00",
    "cause": "the link was lost",
    "symbols": ["000660", "005930"],
    "shares": 0,
    "outcome": "repaired",
    "minutes": 4,
    "reason": "",
    "unrepaired": [],
}


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **changes: object) -> tuple[int, str]:
    """Return exit code and output where feed tells of one gap."""
    answer = {"gaps": [{**GAP, **changes}], "blind": []}
    monkeypatch.setattr(gaps, "ask_actor", lambda *_: answer)
    return gaps.show_gaps(argparse.Namespace()), " ".join(capsys.readouterr().out.split())


def test_a_gap_that_was_filled_has_the_exchanges_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who compares it with the chart of a broker reads Seoul's clock there."""
    code, out = shown(monkeypatch, capsys)

    assert code == 0
    assert "2025-11-28 09:10:00 (Seoul) 2025-11-28 09:11:00 (Seoul) 000660, 005930" in out
    assert out.endswith("repaired the link was lost")


def test_the_one_symbol_that_was_not_filled_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of forty symbols that went down together thirty-nine may be trusted."""
    ill = {"outcome": "unrepaired", "reason": "no answer in time"}

    code, out = shown(monkeypatch, capsys, unrepaired=["000660"], **ill)
    assert code == 1
    assert out.endswith("partly repaired only 000660: no answer in time; all else is filled")
    still = shown(monkeypatch, capsys, unrepaired=["000660"], **{**ill, "outcome": "open"})[1]
    assert still.endswith("open 000660: no answer in time")
    assert shown(monkeypatch, capsys, unrepaired=GAP["symbols"], **ill)[1].endswith("unrepaired no answer in time")


def test_a_gap_that_was_followed_for_a_while_says_from_when_on_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its minutes before that have been judged."""
    ill = {"outcome": "unrepaired", "reason": "no answer in time", "missing_from": "2025-11-28T00:10:30+00:00"}

    out = shown(monkeypatch, capsys, unrepaired=GAP["symbols"], **ill)[1]
    assert out.endswith(
        "partly repaired only from 2025-11-28 09:10:30 (Seoul) on: no answer in time; all else is filled"
    )
    out = shown(monkeypatch, capsys, unrepaired=["000660"], **ill)[1]
    assert out.endswith("only 000660 from 2025-11-28 09:10:30 (Seoul) on: no answer in time; all else is filled")
    out = shown(monkeypatch, capsys, unrepaired=GAP["symbols"], **{**ill, "missing_from": GAP["start"]})[1]
    assert out.endswith("unrepaired no answer in time")
