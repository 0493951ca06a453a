"""`sigmactl alerts`: evaluator's and telegram's databases side by side."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from actors.ctl.__main__ import main
from actors.runtime.config import Settings
from actors.runtime.store import open_store
from protocol.moments import to_ns
from protocol.tables.analyst import outcomes
from protocol.tables.telegram import deliveries, people
from tests.support.actor import make_settings
from tests.support.alerts import TRADED_AT, alert, decide, volume_alert
from tests.support.databases import lay_out

SENT_AT = TRADED_AT + timedelta(milliseconds=150)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give an installation with empty databases."""
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator", "telegram")
    return settings


def deliver(settings: Settings, alert_id: str, kind: str, message_id: int) -> None:
    """Let telegram's database say that this was sent."""
    row = {"content_id": alert_id, "kind": kind, "person_id": 1, "chat_id": 1001, "state": "sent", "doubtful": False}
    moments = {"due_at_ns": 0, "created_at_ns": 0, "sent_at_ns": to_ns(SENT_AT)}
    engine = open_store("telegram", settings)
    with engine.begin() as connection:
        connection.execute(insert(deliveries), row | moments | {"attempts": 1, "message_id": message_id, "reason": ""})
    engine.dispose()


def join(settings: Settings, name: str) -> None:
    """Let telegram's database know person 1 by *name*."""
    row = {"id": 1, "name": name, "user_id": 1001, "chat_id": 1001, "role": "operator", "language": "ko"}
    engine = open_store("telegram", settings)
    with engine.begin() as connection:
        connection.execute(insert(people), row | {"time_zone": "Asia/Seoul", "reachable": True, "joined_at_ns": 0})
    engine.dispose()


def alerts(settings: Settings, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what `sigmactl alerts` prints."""
    assert main(["--conf", str(settings.path), "alerts", *words]) == 0
    return capsys.readouterr().out


def test_an_alert_is_shown_with_what_became_of_it(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """From the trade to the message on the phone in one line."""
    fired = alert()
    decide(settings, fired)
    join(settings, "엄마")
    deliver(settings, fired.id, "text", 7)
    deliver(settings, fired.id, "picture", 8)

    [row] = json.loads(alerts(settings, capsys, "--json"))

    assert (row["id"], row["person"], row["symbol"], row["level"]) == (fired.id, "엄마", "122630", 2.0)
    assert (row["price"], row["target"]) == (70_600.0, 70_605.6739)
    assert (row["text"]["message_id"], row["picture"]["message_id"]) == (7, 8)
    assert row["traded_at"] == "2025-11-28T05:32:15+00:00"
    assert row["decided_at"] == "2025-11-28T05:32:15.090000+00:00"
    assert row["text"]["sent_at"] == "2025-11-28T05:32:15.150000+00:00"


def test_an_alert_that_telegram_has_not_seen_is_shown_too(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """That is the very line that an operator looks for."""
    decide(settings, alert())

    [row] = json.loads(alerts(settings, capsys, "--json"))

    assert (row["text"], row["picture"]) == (None, None)


def test_the_newest_is_last_and_can_be_had_alone(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal shows the end."""
    decide(settings, alert(1), alert(2))

    shown = alerts(settings, capsys).splitlines()
    alone = alerts(settings, capsys, "-n", "1").splitlines()

    assert [line.split()[0] for line in shown[1:]] == ["1", "2"]
    assert alone[1:] == shown[2:]
    assert "14:32:15.000" in shown[1]


def test_what_became_of_an_alert_is_shown_where_it_is_known(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Was it worth buying? After a month each alert has its answer."""
    fired = alert()
    decide(settings, fired, alert(2))
    lay_out(settings, "analyst")
    engine = open_store("analyst", settings)
    with engine.begin() as connection:
        for sessions, change in ((1, -0.0123), (5, 0.0456)):
            row = {"alert_id": fired.id, "sessions": sessions, "closed_on": fired.session_date, "change": change}
            connection.execute(insert(outcomes), row)
    engine.dispose()

    head, known, unknown = alerts(settings, capsys, "--outcomes").splitlines()

    assert head.split()[-6:] == ["after", "1", "after", "5", "after", "20"]
    assert known.split()[-3:] == ["-1.23%", "+4.56%", "-"]
    assert unknown.split()[-3:] == ["-", "-", "-"]
    assert json.loads(alerts(settings, capsys, "--json"))[0]["outcomes"] == {"1": -0.0123, "5": 0.0456}


def test_before_the_first_start_there_are_no_alerts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No database is not an error, it is the first day."""
    settings = make_settings(tmp_path)

    assert alerts(settings, capsys) == "no alerts yet\n"
    assert alerts(settings, capsys, "--json") == "[]\n"


def test_a_table_tells_shares_from_prices(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty-four million is no price of anything."""
    decide(settings, volume_alert())

    line = alerts(settings, capsys).splitlines()[-1]

    assert "volume 2x" in line
    assert "24,000,000 shares" in line
