"""`sigmactl invite` and what `sigmactl people` changes, on a terminal."""

import argparse
import json
from collections.abc import Callable

import pytest

from actors.ctl import invite, people

LINK = "https://t.me/sigmabell_demo_bot?start=ABCD-EFGH-JKMN"
INVITATION: dict[str, object] = {
    "code": "ABCD-EFGH-JKMN",
    "link": LINK,
    "role": "viewer",
    "expires_at": "2025-12-05T05:30:00+00:00",
}
Run = Callable[[argparse.Namespace], int]


def printed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run: Run,
    answer: dict[str, object],
    code: int = 0,
    **words: object,
) -> tuple[str, object]:
    """Return what *run* prints of telegram's *answer* on its way to exit *code*, and what telegram was asked."""
    asked: list[object] = []

    def ask(*question: object) -> dict[str, object]:
        asked.append(question[1:])
        return answer

    for module in (invite, people):
        monkeypatch.setattr(module, "ask_actor", ask)
    assert run(argparse.Namespace(**words)) == code
    return capsys.readouterr().out, asked[0]


def test_an_invitation_is_shown_with_its_link_its_code_and_a_picture_of_the_link(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever sits beside the operator holds his camera to the screen; who does not gets the link."""
    text, asked = printed(monkeypatch, capsys, invite.invite, INVITATION, role="viewer")

    assert asked == ("telegram", "invite", {"role": "viewer"})
    assert text.startswith("for one viewer, until 2025-12-05 14:30 (Seoul); shown this once\n")
    assert "`sigmactl add CODE --person NAME`" in text
    assert text.endswith(f"\n{LINK}\n\nor, typed to the bot:\n\n/start ABCD-EFGH-JKMN\n")
    assert sum("▀" in line or "▄" in line for line in text.splitlines()) > 10


def test_without_the_bots_name_there_is_no_link_to_draw(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Telegram may not have told it yet; the code does, too."""
    text, _ = printed(monkeypatch, capsys, invite.invite, INVITATION | {"link": ""}, role="viewer")

    assert "▀" not in text
    assert text.endswith("/start ABCD-EFGH-JKMN\n")


def test_a_program_reads_the_invitation_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script may send it on."""
    text, _ = printed(monkeypatch, capsys, invite.invite, INVITATION, role="viewer", json=True)

    assert json.loads(text) == INVITATION


def test_a_role_that_is_given_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By the name that telegram answers with, not by what was typed."""
    answer: dict[str, object] = {"person": "Bora", "role": "viewer"}
    text, asked = printed(monkeypatch, capsys, people.give_role, answer, person="2", role="viewer")

    assert text == "Bora is viewer now\n"
    assert asked == ("telegram", "role", {"person": "2", "role": "viewer"})


def test_whoever_is_removed_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As above."""
    text, asked = printed(monkeypatch, capsys, people.remove_person, {"person": "Bora"}, person="2")

    assert text == "Bora is removed\n"
    assert asked == ("telegram", "remove_person", {"person": "2"})


TOPIC: dict[str, object] = {
    "person": "할머니",
    "channel": "ntfy",
    "address": "sigmabell-TOPIC",
    "link": "ntfy://ntfy.example.org/sigmabell-TOPIC",
}


@pytest.mark.parametrize(
    ("run", "command", "whom"), [(people.reach, "reach", "person"), (people.add_person, "add_person", "name")]
)
def test_a_topic_is_shown_as_what_it_is_a_secret_with_a_picture_of_its_link(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run: Run, command: str, whom: str
) -> None:
    """A phone's camera reads it; it is told this once."""
    text, asked = printed(monkeypatch, capsys, run, TOPIC, person="할머니", channel="ntfy", address="")

    assert asked == ("telegram", command, {whom: "할머니", "channel": "ntfy", "address": ""})
    assert f"\n{TOPIC['link']}\n\nor, typed: sigmabell-TOPIC\n\nWho knows it reads along" in text
    assert text.endswith("Stocks: sigmactl add CODE --person '할머니'\n")
    assert sum("▀" in line or "▄" in line for line in text.splitlines()) > 10


def test_an_address_without_a_link_is_no_secret_and_no_picture(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the console it is a name."""
    place: dict[str, object] = {"person": "Anna", "channel": "console", "address": "Anna", "link": "Anna"}
    text, _ = printed(monkeypatch, capsys, people.reach, place, person="Anna", channel="console", address="")

    assert text == "Anna is reached by console as Anna\nStocks: sigmactl add CODE --person Anna\n"


def test_a_channel_is_taken_away(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says so."""
    answer: dict[str, object] = {"person": "Anna", "channel": "ntfy"}
    text, asked = printed(monkeypatch, capsys, people.unreach, answer, person="Anna", channel="ntfy")

    assert asked == ("telegram", "unreach", {"person": "Anna", "channel": "ntfy"})
    assert text == "Anna is not reached by ntfy any more\n"


WELL: dict[str, object] = {"channel": "telegram", "ok": True, "found": "it answers", "remedy": "", "people": ["Anna"]}
AWAY: dict[str, object] = {"channel": "ntfy", "ok": False, "found": "HTTP 503", "remedy": "start it", "people": []}


@pytest.mark.parametrize(("channels", "code"), [([WELL], 0), ([WELL, AWAY], 1)])
def test_each_channel_is_one_line_with_whom_it_reaches_and_the_remedy_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], channels: list[dict[str, object]], code: int
) -> None:
    """A script stops where one is away."""
    text, asked = printed(monkeypatch, capsys, people.show_channels, {"channels": channels}, code)

    assert asked == ("telegram", "channels", {}, people.KNOCK_S)
    assert text.startswith("✅ telegram             it answers (for Anna)\n")
    assert text.endswith("❌ ntfy                 HTTP 503\n   → start it\n") == (code == 1)
