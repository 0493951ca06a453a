"""Questions and answers on the control socket."""

import asyncio

import msgspec
import pytest

from actors.runtime.control import Commands, encode_answer, encode_question, read_answer
from actors.runtime.errors import CommandRefused
from protocol.messages import ControlAnswer


async def add(arguments: dict[str, object]) -> dict[str, object]:
    """Answer like an actor's own command."""
    if "symbol" not in arguments:
        message = "expected a symbol such as 005930, found none"
        raise CommandRefused(message)
    return {"added": arguments["symbol"]}


def answer_to(question: bytes) -> ControlAnswer:
    """Return what an actor with one command answers."""
    commands = Commands("telegram-1")
    commands.add("add", add)
    return asyncio.run(commands.answer(question))


def test_a_command_is_answered_under_the_id_it_was_asked_with() -> None:
    """Whoever asks two things must know which answer is which."""
    answer = answer_to(b'{"id": "7", "command": "add", "arguments": {"symbol": "005930"}}')

    assert answer == ControlAnswer(id="7", actor="telegram-1", status="ok", result={"added": "005930"})


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (b"", "expected JSON such as"),
        (b"\xff\xfe", "expected JSON such as"),
        (b"[" * 100_000, "expected JSON such as"),
        (b'{"command": 5}', "Expected `str`, got `int`"),
        (b'{"command": "fly"}', "expected one of the commands add; found 'fly'"),
        (b'{"command": "add"}', "expected a symbol such as 005930, found none"),
    ],
)
def test_what_nobody_understands_is_answered_with_what_was_expected(question: bytes, expected: str) -> None:
    """Silence would leave the operator guessing, and an exception would end the actor."""
    answer = answer_to(question)

    assert answer.status == "error"
    assert expected in answer.error


def test_an_answer_is_plain_json() -> None:
    """Any tool can read it."""
    answer = answer_to(b'{"command": "add", "arguments": {"symbol": "005930"}}')

    assert msgspec.json.decode(encode_answer(answer))["result"] == {"added": "005930"}


def test_who_asks_is_given_the_result_or_told_of_the_refusal() -> None:
    """A refusal that looked like an empty result would be taken for a deed."""
    asked, wrongly_asked = (encode_question("add", arguments) for arguments in ({"symbol": "005930"}, {}))

    assert read_answer(encode_answer(answer_to(asked))) == {"added": "005930"}
    with pytest.raises(CommandRefused, match="found none"):
        read_answer(encode_answer(answer_to(wrongly_asked)))
