"""Commands about the bot and whoever speaks to it: /status /check /me /lang /help /start."""

import itertools
from collections.abc import Sequence

from actors.telegram.chat.buttons import Button
from actors.telegram.chat.calls import PRIVATELY, Call, Command, Group, Reply, open_to
from actors.telegram.chat.checkup import check_up
from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.texts.checkup_texts import checkup_text
from actors.telegram.texts.people_texts import me_text

__all__ = ["COMMANDS"]


async def show_status(call: Call) -> Reply:
    """Say whether everything works."""
    office = call.office
    return Reply(call.answers.status(await office.glance.reports(), office.actor.queue))


async def show_check(call: Call) -> Reply:
    """Say of all that stands between a price and the person's phone whether it works."""
    found = await check_up(call)
    return Reply(checkup_text(found, call.office.actor.clock.now(), call.person.reader))


async def show_me(call: Call) -> Reply:
    """Tell the person what is known of him."""
    watches = len(call.office.register.watches_of(call.person.id))
    return Reply(me_text(call.person, watches, call.answers))


async def choose_language(call: Call) -> Reply:
    """Speak another language to the person, or ask which."""
    if not call.argument:
        by_language = call.office.answers.items()
        buttons = [Button(answers.say("people.language"), f"lang {language}") for language, answers in by_language]
        return Reply(call.answers.say("people.choose-language"), [buttons])
    wanted = call.argument.lower()
    names = {language: answers.say("people.language-words") for language, answers in call.office.answers.items()}
    language = next((language for language, known in names.items() if wanted in known.split()), None)
    if language is None:
        raise Misused(Expected.LANGUAGE, call.argument)
    call.office.register.set_language(call.person.id, language)
    return Reply(call.office.answers[language].say("people.language-chosen"))


async def show_help(call: Call) -> Reply:
    """Say what the person may say here."""
    commands = open_to(call.office.commands, call.person.role, call.chat_type)
    groups = [
        (group.value, [command.name for command in members])
        for group, members in itertools.groupby(commands, lambda command: command.group)
        if group
    ]
    return Reply(call.answers.help(groups, takes_names=call.chat_type in PRIVATELY))


async def greet(call: Call) -> Reply:
    """Greet somebody who is in already; who comes with a code and watches nothing was let in by it, and not greeted.

    We were killed in between, or he has touched the link twice.
    """
    if call.argument and not call.office.register.watches_of(call.person.id):
        return Reply(call.answers.welcome(call.person.name, may_add=call.may_add))
    return Reply(call.answers.known(call.person.name))


COMMANDS: Sequence[Command] = (
    Command(name="status", group=Group.SELF, run=show_status, korean=("상태",)),
    Command(name="check", group=Group.SELF, run=show_check, korean=("점검",)),
    Command(name="me", group=Group.SELF, run=show_me, korean=("나", "내정보")),
    Command(name="lang", group=Group.SELF, run=choose_language, where=PRIVATELY, korean=("언어",)),
    Command(name="help", group=Group.SELF, run=show_help, korean=("도움말", "도움")),
    Command(name="start", run=greet, korean=("시작",)),
)
