"""Commands in: what somebody writes is carried out, one command after the other, and answered.

Who somebody is decides what he may do, in groups, too: strangers are never answered anywhere, not even a wrong code.
"""

from datetime import timedelta
from typing import Protocol

from actors.runtime.errors import TemporaryFailure, Unanswered
from actors.telegram.channels.telegram.wire import Chat, MembershipChange, Press, Sender, TextMessage, Update
from actors.telegram.chat.answers import Answers
from actors.telegram.chat.buttons import build_keyboard, parse_pressed
from actors.telegram.chat.calls import Call, Command, Office, Reply, find_command
from actors.telegram.chat.choosing import choice_buttons
from actors.telegram.chat.commands import Written, parse_called, parse_command, parse_without_stroke
from actors.telegram.chat.misused import Misused
from actors.telegram.chat.shelf import Shelf
from actors.telegram.chat.speaker import Speaker, Voice
from actors.telegram.people.access import MEMBERS, OPERATORS, matching_role, may
from actors.telegram.people.person import Person
from actors.telegram.people.watch_list import Ambiguous, NotFound, NotWatched
from actors.telegram.texts.alert_texts import clean

__all__ = ["Desk", "Front"]

PRIVATE = "private"
START = "start"
LONGEST_CODE = 64


class Front(Voice, Protocol):
    """What is turned to people: it brings answers, and what else Telegram is told of what they did."""

    async def answer_press(self, press_id: str, text: str) -> None:
        """Let the phone wait no longer for what a button does, and show *text* for a moment, if there is one."""

    def move_chat(self, old: int, new: int) -> None:
        """Let a group that became a supergroup get under its new number what it is to get.

        Raises:
            TemporaryFailure: that cannot be written now.
        """


class Desk:
    """Whoever writes to the bot, or presses a button, is served here and answered by *front*."""

    def __init__(self, office: Office, front: Front, shelf: Shelf) -> None:
        self._office = office
        self._actor = office.actor
        self._register = office.register
        self._front = front
        self._speaker = Speaker(office.actor, front, shelf)
        self._ignored = 0
        self._button_life = timedelta(seconds=office.actor.config.button_life_s)

    async def on_update(self, update: Update, silent_s: float = 0.0) -> None:
        """Carry out and answer what has happened, up to *silent_s* ago, if it comes from somebody who may speak."""
        if update.message is not None:
            await self._on_message(update.message)
        elif update.callback_query is not None:
            await self._on_press(update.callback_query, silent_s)
        elif update.my_chat_member is not None:
            self._on_membership(update.my_chat_member)

    async def answer_late(self) -> None:
        """Bring the answers whose chats had to wait, until cancelled."""
        await self._speaker.serve()

    async def _on_message(self, message: TextMessage) -> None:
        if message.migrate_to_chat_id:
            self._follow(message.chat.id, message.migrate_to_chat_id)
        sender = message.sender
        if sender is None or sender.is_bot:
            return
        written = parse_command(message.text)
        if written is not None and not self._office.identity.is_addressed_by(written.bot):
            return
        person = self._register.person_of_user(sender.id)
        if person is None:
            await self._on_stranger(message.chat, sender, written)
        elif (written := written or self._without_stroke(message)) is not None and self._is_overdue(message):
            await self._say(message.chat, person, Reply(self._answers_for(person).overdue(message.text)))
        else:
            await self._say(message.chat, person, await self._serve(message.chat, person, written))

    def _without_stroke(self, message: TextMessage) -> Written | None:
        """Return what is meant without a stroke, as it may be among two, and where the bot is called by its name.

        What acts on others needs its stroke.
        """
        called, said = parse_called(message.text)
        is_told = bool(called) or message.chat.type == PRIVATE
        if not is_told or not self._office.identity.is_addressed_by(called):
            return None
        own = (command for command in self._office.commands if command.who != OPERATORS)
        names = {name for each in own for name in (each.name, *each.korean)}
        return parse_command(said) or parse_without_stroke(said, names)

    def _is_overdue(self, message: TextMessage) -> bool:
        """Say whether it waited so long that its sender may want something else by now."""
        return self._actor.clock.now().timestamp() - message.date > self._actor.config.command_life_s

    async def _on_press(self, press: Press, silent_s: float) -> None:
        """Answer at once, and then do what stands on the button, as if it had been typed then."""
        person = self._register.person_of_user(press.sender.id)
        if person is None:
            self._ignore(press.sender)
        if person is None or press.sender.is_bot or press.message is None:
            return
        answers = self._answers_for(person)
        pressed = parse_pressed(press.data)
        if pressed is None or pressed.expires_at_ns <= self._actor.clock.now_ns():
            await self._front.answer_press(press.id, answers.expired())
        elif pressed.person_id != person.id:
            await self._front.answer_press(press.id, answers.not_yours())
        else:
            await self._front.answer_press(press.id, "")
            chat = press.message.chat
            # Telegram does not tell when it was pressed.
            is_overdue = silent_s > self._actor.config.command_life_s
            overdue = Reply(answers.say("answer.press-overdue"))
            served = (
                await self._serve(chat, person, parse_command(f"/{pressed.command}")) if not is_overdue else overdue
            )
            await self._say(chat, person, served)

    def _on_membership(self, change: MembershipChange) -> None:
        """Note whose chat takes our messages now, or takes them no longer."""
        reach = self._office.reach
        whose = [person for person in self._register.people() if person.chat_id == change.chat.id]
        try:
            for person in whose:
                reach.note(person.id, reachable=change.is_in)
        except TemporaryFailure as error:
            # The next message to them shows it, too.
            self._actor.log.warning("membership_unwritten", chat_id=change.chat.id, reason=str(error))
        if not whose and change.is_in and change.chat.type != PRIVATE:
            reach.entered(change.chat.id, change.chat.title)

    def _follow(self, old: int, new: int) -> None:
        try:
            self._front.move_chat(old, new)
        except TemporaryFailure as error:
            # The next message there is refused with the same news.
            self._actor.log.warning("move_unwritten", chat_id=old, reason=str(error))

    async def _on_stranger(self, chat: Chat, sender: Sender, written: Written | None) -> None:
        try:
            person = self._admit(chat, sender, written)
        except TemporaryFailure as error:
            self._actor.log.warning("invitation_unread", reason=str(error))
            return
        if person is None:
            self._ignore(sender)
        else:
            await self._say(chat, person, Reply(self._welcome(person)))

    def _ignore(self, sender: Sender) -> None:
        """Count what is not answered, and log the first, the second, the fourth and so on: a flood fills no log."""
        self._ignored += 1
        if self._ignored & (self._ignored - 1) == 0:
            self._actor.log.info("stranger_ignored", user_id=sender.id, count=self._ignored)

    def _admit(self, chat: Chat, sender: Sender, written: Written | None) -> Person | None:
        """Return who a stranger is from now on, who brought a good code; None of every other."""
        command = find_command(self._office.commands, written.name) if written else None
        if chat.type != PRIVATE or command is None or command.name != START or not (written and written.argument):
            return None
        now_ns = self._actor.clock.now_ns()
        if not self._office.invitations.allow(sender.id, now_ns):
            return None
        operator_code_hash = self._actor.secrets.operator_code_hash.reveal()
        code = written.argument[:LONGEST_CODE]
        invitation = matching_role(code, self._office.invitations.open_at(now_ns, operator_code_hash))
        if invitation is None:
            self._actor.log.warning("invitation_refused", user_id=sender.id)
            return None
        language = sender.language_code.partition("-")[0]
        person = self._register.admit(
            name=clean(sender.first_name) or str(sender.id),
            user_id=sender.id,
            language=language if language in self._office.answers else self._actor.config.language,
            invitation=invitation,
            now_ns=now_ns,
            also=self._office.reach.write_joined,
        )
        self._actor.log.info("person_admitted", person_id=person.id, role=person.role)
        return person

    async def _serve(self, chat: Chat, person: Person, written: Written | None) -> Reply | None:
        """Return what *person* is answered, None where that is nothing."""
        answers = self._answers_for(person)
        command = find_command(self._office.commands, written.name) if written else None
        try:
            # Whose messages go to a group says here nothing of that group.
            if chat.type == PRIVATE and chat.id == person.chat_id:
                self._office.reach.note(person.id, reachable=True)
            if written is None or command is None:
                # In a group people speak to each other, and to other bots.
                return Reply(answers.misused("")) if chat.type == PRIVATE else None
            if not may(person.role, command.who):
                return Reply(answers.not_allowed(command.who))
            if chat.type not in command.where:
                return Reply(answers.only_privately())
            call = Call(
                person=person,
                chat_id=chat.id,
                chat_type=chat.type,
                argument=written.argument,
                office=self._office,
            )
            return await _carried_out(command, call)
        except TemporaryFailure as error:
            self._actor.log.warning("command_failed", reason=str(error))
            return Reply(answers.try_again())

    def _welcome(self, person: Person) -> str:
        return self._answers_for(person).welcome(person.name, may_add=may(person.role, MEMBERS))

    def _answers_for(self, person: Person) -> Answers:
        return self._office.answers[person.language]

    async def _say(self, chat: Chat, person: Person, reply: Reply | None) -> None:
        """Answer, if there is anything to answer."""
        if reply is None:
            return
        keyboard = build_keyboard(reply.buttons, person.id, self._actor.clock.now_ns(), self._button_life)
        await self._speaker.say(chat.id, reply.text, keyboard)


async def _carried_out(command: Command, call: Call) -> Reply | None:
    """Return what comes of *command*, or why it cannot be."""
    answers = call.answers
    try:
        return await command.run(call)
    except Ambiguous as error:
        return Reply(answers.choose(), choice_buttons(command.name, error)) if error.choices else _nothing(call)
    except (Misused, NotWatched, NotFound, Unanswered) as error:
        return Reply(_refusal_of(error, command, call))


def _nothing(call: Call) -> Reply:
    return Reply(call.answers.watch_list([], may_add=call.may_add))


def _refusal_of(error: Misused | NotWatched | NotFound | Unanswered, command: Command, call: Call) -> str:
    match error:
        case Misused():
            # Who taps a command in the menu has written nothing wrong, and is asked.
            text = call.answers.misused(command.name, error if call.argument else None)
        case NotWatched():
            text = call.answers.not_watched(error.words, command.name)
        case NotFound():
            text = call.answers.unknown(error.words)
        case Unanswered():
            text = call.answers.try_again()
    return text
