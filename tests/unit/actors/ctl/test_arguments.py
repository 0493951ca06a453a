"""What can be typed: every command has its help, its function, and is quick to say so."""

import argparse
import importlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from actors.ctl.arguments import SESSIONS, build_parser
from actors.market.choices import SessionChoice
from tests.support.house import ROOT

SLOW = {"zmq", "sqlalchemy", "requests", "asyncio", "msgspec", "structlog"}


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield every command that does something."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield parser
    for group in groups:
        for command in group.choices.values():
            yield from commands(command)


COMMANDS = list(commands(build_parser()))


def test_the_sessions_that_can_be_typed_are_all_that_there_are() -> None:
    """They stand there a second time, because nothing is imported before it is needed."""
    assert set(SESSIONS) == {choice.value for choice in SessionChoice}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.prog)
def test_every_command_has_a_function_help_and_json(command: argparse.ArgumentParser) -> None:
    """A function that is named but not there is found by the first who types it."""
    module, _, function = command.get_default("run").partition(":")

    assert callable(getattr(importlib.import_module(module), function))
    assert command.description
    assert "--json" in command.format_help()
    assert "78" in command.format_help()


@pytest.mark.parametrize("words", [["--json", "status"], ["status", "--json"]])
def test_json_may_stand_before_or_behind_the_command(words: list[str]) -> None:
    """Nobody remembers which."""
    assert build_parser().parse_args(words).json


def test_help_loads_no_library() -> None:
    """A command line that takes a second to say what it can is not used."""
    words = "import sys; from actors.ctl.arguments import build_parser; build_parser(); print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(finished.stdout.split()) & SLOW == set()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_completion_script_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is made from the parser, so that it cannot be older."""
    arguments = build_parser().parse_args(["completion", shell])
    module, _, function = arguments.run.partition(":")

    assert getattr(importlib.import_module(module), function)(arguments) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("status", "decode", "reconnect", "--person"))


@pytest.mark.parametrize("number", ["0", "-5", "many", "²"])
@pytest.mark.parametrize("command", ["logs", "alerts"])
def test_a_number_of_lines_that_is_none_is_wrong_usage(
    command: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was a traceback, and "no alerts yet" where there were some."""
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([command, f"-n{number}"])

    assert ended.value.code == 2
    assert "expected a number from 1 on" in capsys.readouterr().err
