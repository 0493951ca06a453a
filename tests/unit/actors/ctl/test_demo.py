"""`sigmactl demo say`: typing on a simulated phone."""

import argparse
from pathlib import Path

import msgspec
import pytest

from actors.ctl import demo
from actors.ctl.__main__ import main
from actors.ctl.installation import NOTHING_RUNS, WrongUsage
from actors.runtime.errors import CommandRefused, Unanswered
from simulator.config import SimulatorConfig
from simulator.telegram.log import LOG_NAME, LogLine
from simulator.telegram.types import Button, Keyboard
from tests.support.actor import make_settings

WORLD = "[simulator]\nenabled = true\ntelegram_port = 1\n"


def typed(directory: Path, monkeypatch: pytest.MonkeyPatch, conf: str, *text: str, user: int | None = None) -> int:
    """Return the exit code of typing *text* in the world of *conf*."""
    settings = make_settings(directory, conf)
    monkeypatch.setattr(demo, "find_settings", lambda _: settings)
    return demo.say(argparse.Namespace(text=list(text), user=user))


def test_what_is_typed_reaches_the_simulated_telegram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default it is the demo's first person who types."""
    said: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(demo, "_post", lambda url, body: said.append((url, body)))

    assert typed(tmp_path, monkeypatch, WORLD, "/add", "삼성전자") == 0
    assert typed(tmp_path, monkeypatch, WORLD, "/list", user=7) == 0
    assert said == [
        ("http://127.0.0.1:1/simulator/say", {"user_id": 1001, "text": "/add 삼성전자"}),
        ("http://127.0.0.1:1/simulator/say", {"user_id": 7, "text": "/list"}),
    ]


def test_the_newest_button_of_a_label_is_pressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of it will do; what an edit took away is no longer there, and who errs reads what there is."""
    settings = make_settings(tmp_path, WORLD)
    pressed: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(demo, "find_settings", lambda _: settings)
    monkeypatch.setattr(demo, "_post", lambda url, body: pressed.append((url, body)))
    keyboards = [("sendMessage", 1, "a"), ("sendMessage", 2, "b"), ("sendMessage", 3, "c"), ("editMessageText", 3, "")]
    lines = [
        LogLine(
            method=method,
            accepted=True,
            chat_id=1001,
            message_id=number,
            keyboard=Keyboard(inline_keyboard=[[Button(text="🔕 1시간", callback_data=data)]]) if data else None,
        )
        for method, number, data in keyboards
    ]
    (settings.data_dir / "simulator").mkdir(parents=True)
    (settings.data_dir / "simulator" / LOG_NAME).write_bytes(
        b"".join(msgspec.json.encode(each) + b"\n" for each in lines)
    )

    for label in ("🔕", "1시간"):
        assert demo.press(argparse.Namespace(label=[label], user=None)) == 0
        assert pressed.pop() == ("http://127.0.0.1:1/simulator/press", {"user_id": 1001, "message_id": 2, "data": "b"})
    with pytest.raises(CommandRefused, match="found 'no'; there are: 🔕 1시간"):
        demo.press(argparse.Namespace(label=["no"], user=None))


def test_without_a_world_there_is_nobody_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing typed here may ever reach the real Telegram; a world that does not run says so."""
    with pytest.raises(WrongUsage):
        typed(tmp_path, monkeypatch, "", "/list")
    with pytest.raises(Unanswered, match="nothing runs here"):
        typed(tmp_path, monkeypatch, WORLD, "/list")


def test_the_phone_is_where_the_simulator_puts_it_unless_told_otherwise() -> None:
    """Two defaults of one port would part some day."""
    world = SimulatorConfig()

    known = demo._World()
    assert (known.host, known.telegram_port) == (world.host, world.telegram_port)
    assert known.people[0].chat_id == world.people[0].chat_id


@pytest.mark.parametrize(
    "words",
    [
        ("backtest", "122630", "--years", "99"),
        ("backtest", "122630", "--years", "many"),
        ("find", ""),
        ("logs", "nosuch"),
        ("ping", "nosuch"),
        ("people", "sessions", "Anna", "nosuch"),
    ],
)
def test_wrong_usage_has_its_own_exit_code(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A script must be able to tell its own mistake from ours."""
    conf = make_settings(tmp_path).path
    try:
        code = main(["--conf", str(conf), *words])
    except SystemExit as ended:  # argparse
        code = int(str(ended.code))

    assert code == 2


@pytest.mark.parametrize("words", [("targets",), ("feed", "gaps"), ("restart", "feed"), ("demo", "say", "/list")])
def test_where_nothing_runs_every_command_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten names of actors that did not answer tell nobody what to do."""
    monkeypatch.setattr("actors.ctl.control.ANSWER_S", 0.01)
    conf = make_settings(tmp_path, WORLD).path

    assert main(["--conf", str(conf), *words]) == 1
    assert capsys.readouterr().err == f"sigmactl: {NOTHING_RUNS}\n"
