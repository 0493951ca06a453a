"""Commands in: what somebody writes is carried out and answered, one command after the other.

Who somebody is decides what he may do, in groups, too: strangers are never answered anywhere, not even a wrong code.
"""

from collections.abc import Awaitable, Callable

from actors.runtime.backoff import Backoff
from actors.runtime.errors import TemporaryFailure, Unanswered
from actors.telegram.access import OPERATOR, Attempts, matching_role, may
from actors.telegram.answers import Answers
from actors.telegram.calls import Call, Command, Misused, Office, Reply, find_command
from actors.telegram.commands import Written, parse_command
from actors.telegram.outcomes import NotSent, Outcome, Wait
from actors.telegram.register import Person
from actors.telegram.texts import clean
from actors.telegram.watch_list import Ambiguous, NotFound, NotWatched
from actors.telegram.wire import Sender, TextMessage

__all__ = ["Desk"]

PRIVATE = "private"
START = "start"
MOST_TRIES = 3
LONGEST_ANSWER_WAIT_S = 60.0
LONGEST_CODE = 64


class Desk:
    """Whoever writes to the bot is served here; *say* brings an answer to a chat."""

    def __init__(self, office: Office, say: Callable[[int, str], Awaitable[Outcome]]) -> None:
        self._office = office
        self._actor = office.actor
        self._register = office.register
        self._say_once = say
        self._attempts = Attempts()

    async def on_message(self, message: TextMessage) -> None:
        """Carry out and answer what *message* says, if it comes from somebody who may say something."""
        sender = message.sender
        if sender is None or sender.is_bot:
            return
        written = parse_command(message.text)
        person = self._register.person_of_user(sender.id)
        try:
            if person is None:
                reply = self._admit(message, sender, written)
            else:
                reply = await self._serve(message, person, written)
        except TemporaryFailure as error:
            self._actor.log.warning("command_failed", reason=str(error))
            reply = Reply(self._answers_for(person).try_again()) if person else None
        if reply is not None:
            await self._say(message.chat.id, reply.text)

    def _admit(self, message: TextMessage, sender: Sender, written: Written | None) -> Reply | None:
        """Return the welcome for a stranger who brought a good code, None for every other."""
        if message.chat.type != PRIVATE or written is None or written.name != START or not written.argument:
            return None
        if not self._attempts.allow(sender.id, self._actor.clock.monotonic()):
            return None
        operator_code_hash = self._actor.secrets.operator_code_hash.reveal()
        code = written.argument[:LONGEST_CODE]
        invitation = matching_role(code, self._register.open_invitations(operator_code_hash, OPERATOR))
        if invitation is None:
            self._actor.log.warning("invitation_refused", user_id=sender.id)
            return None
        language = sender.language_code.partition("-")[0]
        person = self._register.admit(
            name=clean(sender.first_name) or str(sender.id),
            user_id=sender.id,
            language=language if language in self._office.answers else self._actor.config.language,
            invitation=invitation,
            now_ns=self._actor.clock.now_ns(),
        )
        self._actor.log.info("person_admitted", person_id=person.id, role=person.role)
        return Reply(self._answers_for(person).welcome(person.name))

    async def _serve(self, message: TextMessage, person: Person, written: Written | None) -> Reply | None:
        """Return what *person* is answered, None where that is nothing."""
        is_private = message.chat.type == PRIVATE
        if is_private:
            self._register.set_reachable(person.id, reachable=True)
        answers = self._answers_for(person)
        command = find_command(self._office.commands, written.name) if written else None
        if written is None or command is None:
            # In a group people speak to each other, and to other bots.
            return Reply(answers.misused("")) if is_private else None
        if not may(person.role, command.who):
            return Reply(answers.not_allowed())
        if message.chat.type not in command.where:
            return None
        call = Call(
            person=person,
            chat_id=message.chat.id,
            chat_type=message.chat.type,
            argument=written.argument,
            office=self._office,
        )
        return await self._carry_out(command, call)

    async def _carry_out(self, command: Command, call: Call) -> Reply | None:
        answers = call.answers
        try:
            return await command.run(call)
        except Misused:
            return Reply(answers.misused(command.name))
        except NotWatched:
            return Reply(answers.not_watched(call.argument))
        except NotFound:
            return Reply(answers.unknown(call.argument))
        except Ambiguous as error:
            return Reply(answers.choose([(choice.symbol, choice.name) for choice in error.choices]))
        except Unanswered:
            return Reply(answers.try_again())

    def _answers_for(self, person: Person) -> Answers:
        return self._office.answers[person.language]

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
