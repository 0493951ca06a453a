"""Commands in: what somebody writes is carried out and answered, one command after the other.

Private chats only. Strangers are never answered, not even a wrong code.
"""

from collections.abc import Awaitable, Callable

from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from actors.telegram.access import OPERATOR, Attempts, matching_role, may
from actors.telegram.answers import Answers
from actors.telegram.commands import (
    Add,
    Command,
    Help,
    ListWatches,
    Misused,
    Remove,
    Start,
    Status,
    Today,
    parse_command,
)
from actors.telegram.config import TelegramConfig
from actors.telegram.glance import Glance
from actors.telegram.outcomes import NotSent, Outcome, Wait
from actors.telegram.phrases import COMMAND_LISTS
from actors.telegram.register import Person, Register
from actors.telegram.texts import clean
from actors.telegram.watch_list import AlreadyWatched, Ambiguous, NotFound, NotWatched, TooMany, WatchList
from actors.telegram.wire import Sender, TextMessage

__all__ = ["Desk"]

PRIVATE = "private"
MOST_TRIES = 3
LONGEST_ANSWER_WAIT_S = 60.0


class Desk:
    """Whoever writes to the bot is served here; *say* brings an answer to a chat."""

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        register: Register,
        watch_list: WatchList,
        glance: Glance,
        say: Callable[[int, str], Awaitable[Outcome]],
    ) -> None:
        self._actor = actor
        self._register = register
        self._watch_list = watch_list
        self._glance = glance
        self._say_once = say
        self._attempts = Attempts()
        self._answers = {language: Answers(language) for language in COMMAND_LISTS}

    async def on_message(self, message: TextMessage) -> None:
        """Carry out and answer what *message* says, if it comes from somebody who may say something."""
        sender = message.sender
        if sender is None or sender.is_bot or message.chat.type != PRIVATE:
            return
        command = parse_command(message.text)
        person = self._register.person_of_user(sender.id)
        try:
            answer = self._admit(sender, command) if person is None else await self._answer(person, command)
        except TemporaryFailure as error:
            self._actor.log.warning("command_failed", reason=str(error))
            answer = self._answers[person.language].try_again() if person else None
        if answer is not None:
            await self._say(message.chat.id, answer)

    def _admit(self, sender: Sender, command: Command) -> str | None:
        """Return the welcome for a stranger who brought a good code, None for every other."""
        if not isinstance(command, Start) or not command.code:
            return None
        if not self._attempts.allow(sender.id, self._actor.clock.monotonic()):
            return None
        operator_code_hash = self._actor.secrets.operator_code_hash.reveal()
        invitation = matching_role(command.code, self._register.open_invitations(operator_code_hash, OPERATOR))
        if invitation is None:
            self._actor.log.warning("invitation_refused", user_id=sender.id)
            return None
        language = sender.language_code.partition("-")[0]
        person = self._register.admit(
            name=clean(sender.first_name) or str(sender.id),
            user_id=sender.id,
            language=language if language in self._answers else self._actor.config.language,
            invitation=invitation,
            now_ns=self._actor.clock.now_ns(),
        )
        self._actor.log.info("person_admitted", person_id=person.id, role=person.role)
        return self._answers[person.language].welcome(person.name)

    async def _answer(self, person: Person, command: Command) -> str | None:
        """Return what is answered, None where a letter is the answer."""
        answers = self._answers[person.language]
        self._register.set_reachable(person.id, reachable=True)
        if not may(person.role, command):
            return answers.not_allowed()
        match command:
            case ListWatches():
                answer: str | None = answers.watch_list(await self._glance.watch_lines(person))
            case Today():
                answer = await self._today(person, answers)
            case Add(words=words):
                answer = await self._add(person, words, answers)
            case Remove(symbol=symbol):
                answer = self._remove(person, symbol, answers)
            case Status():
                answer = answers.status(await self._glance.reports(), self._actor.queue)
            case Help():
                answer = answers.help()
            case Start():
                answer = answers.known(person.name)
            case Misused(name=name):
                answer = answers.misused(name)
        return answer

    async def _today(self, person: Person, answers: Answers) -> str | None:
        try:
            return None if await self._glance.order_report(person) else answers.watch_list([])
        except (CommandRefused, Unanswered):
            return answers.try_again()

    async def _add(self, person: Person, words: str, answers: Answers) -> str:
        try:
            watch = await self._watch_list.add(person, words)
        except AlreadyWatched as error:
            return answers.watched(error.watch.symbol, error.watch.name)
        except TooMany as error:
            return answers.too_many(error.most, error.example)
        except NotFound:
            return answers.unknown(words)
        except Ambiguous as error:
            return answers.choose([(choice.symbol, choice.name) for choice in error.choices])
        except Unanswered:
            return answers.try_again()
        return answers.added(watch.symbol, watch.name)

    def _remove(self, person: Person, symbol: str, answers: Answers) -> str:
        try:
            watch = self._watch_list.remove(person, symbol)
        except NotWatched:
            return answers.not_watched(symbol)
        return answers.removed(watch.symbol, watch.name)

    async def _say(self, chat_id: int, text: str) -> None:
        """Answer, with a little patience: unlike an alert, an answer that comes much later helps nobody."""
        backoff = Backoff(self._actor.config.retry_first_s, self._actor.config.retry_cap_s, self._actor.random)
        for _ in range(MOST_TRIES):
            match await self._say_once(chat_id, text):
                case NotSent():
                    await self._actor.clock.sleep(backoff.next())
                case Wait(retry_after_s=retry_after_s) if retry_after_s <= LONGEST_ANSWER_WAIT_S:
                    await self._actor.clock.sleep(retry_after_s)
                case _:
                    return
        self._actor.log.warning("answer_given_up", chat_id=chat_id)
