"""Answers on their way: at once, or, where their chat must wait, beside everybody else's, each chat's in order.

A chat must wait where Telegram asked for it, where something that is to be brought to it comes first, and where
Telegram cannot be reached. Nobody's command waits for another's answer. The command of an answer that waits counts as
dealt with, so that after a restart nothing is done twice for the sake of its answer, which is kept on the shelf.
"""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Protocol

from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.tasks import finish
from actors.telegram.channels.channel import Keyboard
from actors.telegram.channels.outcomes import NotSent, Outcome, Wait
from actors.telegram.chat.shelf import Answer, Shelf
from actors.telegram.config import TelegramConfig

__all__ = ["Speaker", "Voice"]

LOOK_S = 0.25
"""How often an answer that waits looks whether its turn has come."""
LONGEST_WAIT_NS = timedelta(minutes=10) // timedelta(microseconds=1) * 1_000
"""Unlike an alert, an answer that comes much later helps nobody."""


class Voice(Protocol):
    """What brings answers to people."""

    def may_say(self, chat_id: int) -> bool:
        """Say whether a chat need not wait for its next answer."""

    async def say(self, chat_id: int, text: str, keyboard: Keyboard) -> Outcome:
        """Send *text* over *keyboard* to a chat, once, and return what became of it."""


class _Line:
    """The answers of one chat that wait, and when the first of them may go, as far as we know."""

    def __init__(self, backoff: Backoff) -> None:
        self.answers: deque[Answer] = deque()
        self.backoff = backoff
        self.resumes_at_s = float("-inf")


class Speaker:
    """Brings answers by *voice*; what waits is kept on *shelf*, where an earlier life may have left some."""

    def __init__(self, actor: Actor[TelegramConfig], voice: Voice, shelf: Shelf) -> None:
        self._actor = actor
        self._voice = voice
        self._shelf = shelf
        self._lines: dict[int, _Line] = {}
        self._has_late = asyncio.Event()
        for answer in shelf.left:
            self._put(answer)

    async def say(self, chat_id: int, text: str, keyboard: Keyboard) -> None:
        """Send an answer; where its chat must wait, leave it to `serve`."""
        answer = Answer(chat_id=chat_id, text=text, keyboard=keyboard, given_at_ns=self._actor.clock.now_ns())
        if chat_id not in self._lines:
            line = self._new_line()
            if self._voice.may_say(chat_id) and await self._try(line, answer):
                return
            self._lines[chat_id] = line
        self._put(answer)
        self._keep()

    async def serve(self) -> None:
        """Bring what waits, until cancelled."""
        while True:
            await self._has_late.wait()
            await self._actor.clock.sleep(LOOK_S)
            for chat_id, line in list(self._lines.items()):
                await finish(self._go_on(line))
                if not line.answers:
                    del self._lines[chat_id]
            if not self._lines:
                self._has_late.clear()

    def _put(self, answer: Answer) -> None:
        """Let *answer* wait behind those of its chat."""
        self._lines.setdefault(answer.chat_id, self._new_line()).answers.append(answer)
        self._has_late.set()

    def _keep(self) -> None:
        self._shelf.keep([answer for line in self._lines.values() for answer in line.answers])

    async def _go_on(self, line: _Line) -> None:
        """Bring the first answer of a line, if its turn has come."""
        answer, clock = line.answers[0], self._actor.clock
        if clock.now_ns() > answer.given_at_ns + LONGEST_WAIT_NS:
            self._actor.log.warning("answer_given_up", chat_id=answer.chat_id)
        elif (
            clock.monotonic() < line.resumes_at_s
            or not self._voice.may_say(answer.chat_id)
            or not await self._try(line, answer)
        ):
            return
        line.answers.popleft()
        self._keep()

    async def _try(self, line: _Line, answer: Answer) -> bool:
        """Send an answer, and say whether that is over, well or ill; if not, its line goes on later."""
        outcome = await self._voice.say(answer.chat_id, answer.text, answer.keyboard)
        match outcome:
            case NotSent():
                wait_s = line.backoff.next()
            case Wait(retry_after_s=retry_after_s):
                wait_s = retry_after_s
            case _:
                line.backoff.reset()
                wait_s = 1 / self._actor.config.chat_per_s
        line.resumes_at_s = self._actor.clock.monotonic() + wait_s
        return not isinstance(outcome, NotSent | Wait)

    def _new_line(self) -> _Line:
        config = self._actor.config
        return _Line(Backoff(config.retry_first_s, config.retry_cap_s, self._actor.random))
