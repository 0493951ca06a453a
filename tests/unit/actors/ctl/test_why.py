"""`sigmactl why`: one alert, step by step, from the databases of those who took part."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from actors.ctl.__main__ import main
from actors.runtime.config import Settings
from actors.runtime.store import open_store
from protocol.messages import Alert
from protocol.moments import to_ns
from protocol.tables.telegram import deliveries
from tests.support.actor import make_settings
from tests.support.alerts import TRADED_AT, alert, decide, volume_alert
from tests.support.databases import lay_out


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give an installation with one alert in evaluator's database."""
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator", "telegram")
    decide(settings, alert())
    return settings


def deliver(settings: Settings, fired: Alert, kind: str, state: str, **columns: object) -> None:
    """Let telegram's database tell of a delivery, queued 100 ms after the trade."""
    queued_ns = to_ns(TRADED_AT + timedelta(milliseconds=100))
    row = {"content_id": fired.id, "kind": kind, "person_id": 1, "chat_id": 1001, "state": state, "doubtful": False}
    row |= {"due_at_ns": 0, "created_at_ns": queued_ns, "attempts": 1, "reason": ""} | columns
    engine = open_store("telegram", settings)
    with engine.begin() as connection:
        connection.execute(insert(deliveries), row)
    engine.dispose()


def sent(milliseconds: int, message_id: int) -> dict[str, object]:
    """Return the columns of a delivery that was accepted so long after the trade."""
    return {"sent_at_ns": to_ns(TRADED_AT + timedelta(milliseconds=milliseconds)), "message_id": message_id}


def why(settings: Settings, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Return how `sigmactl why` ends, and what it prints."""
    code = main(["--conf", str(settings.path), "why", *words])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_each_step_is_told_with_the_time_since_the_one_before(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the time went is what somebody asks who was told late."""
    deliver(settings, alert(), "text", "sent", **sent(150, 7))
    deliver(settings, alert(), "picture", "sent", **sent(2_150, 8))

    code, printed = why(settings, capsys, "1")

    head, *lines = printed.splitlines()
    assert code == 0
    assert head.split() == ["#1", alert().id, "for", "1"]
    assert [line.split()[1:4] for line in lines] == [
        ["14:32:15.000", "traded", "122630"],
        ["14:32:15.090", "+90", "ms"],
        ["14:32:15.100", "+10", "ms"],
        ["14:32:15.150", "+50", "ms"],
        ["14:32:17.150", "+2.0", "s"],
    ]
    assert "decided   2σ, at or below ₩70,606 = ₩72,665 × (1 − 2 × 1.417%); firing 1 of 2025-11-28" in lines[1]
    assert lines[2].endswith("queued    for chat 1001")
    assert lines[3].endswith("accepted  text as message 7, 1 try")
    assert lines[4].endswith("pictured  picture as message 8, 1 try")


def test_what_has_not_arrived_says_why(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Not seen, waiting, given up: three different faults, and three places to look."""
    unseen = why(settings, capsys, alert().id)
    deliver(settings, alert(), "text", "pending", attempts=3, reason="HTTP 502")
    waiting = why(settings, capsys, "#1")
    with (engine := open_store("telegram", settings)).begin() as connection:
        connection.execute(update(deliveries).values(state="dead", reason="403: bot was blocked"))
    engine.dispose()
    given_up = why(settings, capsys, "1")

    assert [code for code, _ in (unseen, waiting, given_up)] == [1, 1, 1]
    assert unseen[1].splitlines()[-1].endswith("telegram has not read it yet")
    assert waiting[1].splitlines()[-1].split() == ["waiting", "text,", "3", "tries", "so", "far:", "HTTP", "502"]
    assert given_up[1].splitlines()[-1].endswith("given up  text, 3 tries so far: 403: bot was blocked")


def test_what_is_held_for_somebody_who_wants_quiet_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Why did my phone not ring? Because it was asked not to."""
    deliver(settings, alert(), "text", "pending", missed=True, attempts=0)
    deliver(settings, alert(), "picture", "dead", attempts=0, reason="told in a digest")
    held = why(settings, capsys, "1")
    with (engine := open_store("telegram", settings)).begin() as connection:
        is_text = deliveries.c.kind == "text"
        connection.execute(update(deliveries).where(is_text).values(state="sent", attempts=1, **sent(9_000, 7)))
    engine.dispose()
    told = why(settings, capsys, "1")

    assert (held[0], told[0]) == (1, 0)
    assert held[1].splitlines()[-1].endswith("held      text, until a digest tells of it: its reader wants quiet")
    assert told[1].splitlines()[-1].endswith("digest    text as message 7, 1 try")


def test_no_picture_is_missed_of_what_was_told_with_others(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the day of a crash there is none, and nothing has failed."""
    deliver(settings, alert(), "text", "sent", **sent(150, 7))
    deliver(settings, alert(), "picture", "dead", attempts=0, reason="told with others")

    assert why(settings, capsys, "1")[1].splitlines()[-1].endswith("accepted  text as message 7, 1 try")


def test_a_picture_that_is_missing_is_told_as_the_picture(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alert itself arrived."""
    deliver(settings, alert(), "text", "sent", **sent(150, 7))
    deliver(settings, alert(), "picture", "dead", reason="no bars")

    code, printed = why(settings, capsys, "1")

    assert code == 0
    assert printed.splitlines()[-1].endswith("given up  picture, 1 try so far: no bars")


def test_a_program_reads_the_same(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON holds the alert and its steps."""
    told = json.loads(why(settings, capsys, "1", "--json")[1])

    assert (told["alert"]["number"], told["alert"]["id"]) == (1, alert().id)
    assert [step["kind"] for step in told["steps"]] == ["traded", "decided", "unseen"]
    assert told["steps"][1]["after_s"] == pytest.approx(0.09)


@pytest.mark.parametrize("name", ["2", "#", "0", "9" * 30, "1-nothing:1:2025-11-28:1", "x"])
def test_an_alert_that_there_is_not_gets_one_clear_line(
    settings: Settings, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The likeliest mistake is a number from another day."""
    code, printed = why(settings, capsys, name)

    assert code == 1
    assert f"expected the number or the id of an alert, which `sigmactl alerts` shows, found {name!r}" in printed


def test_a_volume_is_told_in_shares(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """How many there were, how many were waited for, and what that was made from."""
    decide(settings, volume_alert(2))

    told = why(settings, capsys, "2")[1]

    shares = "24,130,000 shares so far, at or above 24,000,000 shares = 2 × 12,000,000 shares of a usual day"
    assert f"decided   {shares}; firing 2 of 2025-11-28" in told


def test_what_went_by_several_channels_is_told_of_each(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Telegram's is the story, whichever was first; a channel without numbers has its own names for messages."""
    deliver(settings, alert(), "text", "sent", channel="ntfy", receipt="sPs71M8A2T", **sent(140, 0))
    deliver(settings, alert(), "text", "sent", **sent(150, 7))

    code, printed = why(settings, capsys, "1")

    assert code == 0
    assert "for chat 1001\n" in printed
    assert "text as message 7, 1 try\n" in printed
    assert "  by ntfy, too: sent, text as message sPs71M8A2T, 1 try\n" in printed


def test_who_is_not_on_telegram_has_the_story_of_his_channel(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alert that was read is no alert that was lost."""
    deliver(settings, alert(), "text", "sent", channel="ntfy", receipt="sPs71M8A2T", **sent(140, 0))

    code, printed = why(settings, capsys, "1")

    assert code == 0
    assert "for ntfy\n" in printed
    assert "text as message sPs71M8A2T, 1 try\n" in printed
