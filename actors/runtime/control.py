"""Questions and answers on the control socket, in JSON so that any ZeroMQ tool can ask. Pure.

{"command": "ping"}                                  -> {"id": "", "actor": "feed-1", "status": "ok", "result": {…}}
{"id": "7", "command": "add", "arguments": {…}}      -> {"id": "7", …, "status": "error", "error": "expected …"}
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from protocol.messages import ControlAnswer, ControlRequest

__all__ = ["Answerer", "Commands", "encode_answer", "encode_question", "read_answer", "unanswered"]

Answerer = Callable[[dict[str, object]], Awaitable[dict[str, object]]]

_decoder = msgspec.json.Decoder(ControlRequest)


class Commands:
    """What one actor can be told, by name."""

    def __init__(self, actor: str) -> None:
        self._actor = actor
        self._answerers: dict[str, Answerer] = {}

    def add(self, name: str, answerer: Answerer) -> None:
        """Let *answerer* answer command *name*."""
        self._answerers[name] = answerer

    async def answer(self, question: bytes) -> ControlAnswer:
        """Return the answer to *question*, whatever its bytes are."""
        try:
            request = _decoder.decode(question)
        except (ValueError, RecursionError) as error:
            return self._refuse("", f'expected JSON such as {{"command": "ping"}}, found {question[:80]!r}: {error}')
        answerer = self._answerers.get(request.command)
        if answerer is None:
            known = ", ".join(sorted(self._answerers))
            return self._refuse(request.id, f"expected one of the commands {known}; found {request.command!r}")
        try:
            result = await answerer(request.arguments)
        except (CommandRefused, TemporaryFailure) as error:
            return self._refuse(request.id, str(error))
        return ControlAnswer(id=request.id, actor=self._actor, status="ok", result=result)

    def _refuse(self, request_id: str, error: str) -> ControlAnswer:
        return ControlAnswer(id=request_id, actor=self._actor, status="error", error=error)


def encode_answer(answer: ControlAnswer) -> bytes:
    """Return *answer* as JSON."""
    return msgspec.json.encode(answer)


def encode_question(command: str, arguments: Mapping[str, object]) -> bytes:
    """Return as JSON what is asked."""
    return msgspec.json.encode(ControlRequest(command=command, arguments=dict(arguments)))


def read_answer(body: bytes) -> dict[str, object]:
    """Return what was answered.

    Raises:
        CommandRefused: it was refused; the text says why.
    """
    answer = msgspec.json.decode(body, type=ControlAnswer)
    if answer.status != "ok":
        raise CommandRefused(answer.error)
    return answer.result


def unanswered(address: str, command: str, timeout_s: float) -> Unanswered:
    """Return what is raised where no answer came in time."""
    return Unanswered(f"expected an answer of {address} to {command!r} within {timeout_s:g} s, found none")
