"""`sigmactl report`: the daily report on a terminal."""

import argparse
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from actors.ctl import report
from protocol.letters import DailyReport, ReportLine
from protocol.messages import Market, Venue

LEVERAGE = ReportLine(
    symbol="122630",
    name="KODEX 레버리지",
    venue=Venue.KRX,
    levels=[1.0, 2.0],
    close=72_665.0,
    closed_on=date(2025, 11, 27),
    change=0.0052,
    has_targets=True,
    base_price=72_665.0,
    sigma=0.01417,
    kind="etf",
)
PENDING = ReportLine(symbol="005930", name="삼성전자", venue=Venue.KRX, levels=[1.0])
NEW = ReportLine(symbol="0126Z0", name="새 종목", venue=Venue.KRX, levels=[1.0], obstacle="short_history", returns=19)
REPORT = DailyReport(
    market=Market.KRX,
    session_date=date(2025, 11, 28),
    opens_at=datetime(2025, 11, 28, tzinfo=UTC),
    page=1,
    pages=1,
    lines=[LEVERAGE, PENDING, NEW],
)


def printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *reports: DailyReport, **words: object
) -> tuple[int, str]:
    """Return exit code and output where analyst tells of *reports*."""
    arguments = argparse.Namespace(**{"person": "", "send": False} | words)

    def answer(_arguments: object, actor: str, command: str, question: dict[str, object]) -> dict[str, object]:
        assert (actor, command) == ("analyst", "report")
        return {"person": "엄마", "sent": question["send"], "reports": msgspec.to_builtins(list(reports))}

    monkeypatch.setattr(report, "ask_actor", answer)
    return report.show_report(arguments), capsys.readouterr().out


def test_a_report_is_a_table_with_the_prices_to_buy_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The operator sees what the family reads, and what stands in the way."""
    code, out = printed(monkeypatch, capsys, REPORT)

    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == "KRX 2025-11-28, opens 2025-11-28 09:00 (Seoul)"
    assert lines[2] == "122630 KODEX 레버리지 2025-11-27 72,665 +0.52% 1.42% 1σ 71,635 2σ 70,605"
    assert lines[3].endswith("not made yet: sigmactl targets")
    assert lines[4].endswith("traded on too few days (19) for a target")


def test_an_amount_is_told_in_whole_shares(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The operator sees what the family's money buys, too."""
    spent = msgspec.structs.replace(REPORT, lines=[msgspec.structs.replace(LEVERAGE, amount=Decimal(1_000_000))])

    assert "1σ 71,635 × 13  2σ 70,605 × 28" in printed(monkeypatch, capsys, spent)[1]


def test_what_was_sent_is_said_and_nothing_to_report_is_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script must be able to tell."""
    assert printed(monkeypatch, capsys, REPORT, send=True)[1].endswith("\non its way to 엄마\n")
    assert printed(monkeypatch, capsys) == (1, "엄마 watches nothing\n")


def test_programs_read_what_analyst_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is lost on the way to a script."""
    _, out = printed(monkeypatch, capsys, REPORT, json=True)

    assert json.loads(out)["reports"][0]["lines"][0]["symbol"] == "122630"
