"""Commands about the bot and whoever speaks to it: /status /help /start."""

from collections.abc import Sequence

from actors.telegram.calls import Call, Command, Reply, open_to

__all__ = ["COMMANDS"]


async def show_status(call: Call) -> Reply:
    """Say whether everything works."""
    office = call.office
    return Reply(call.answers.status(await office.glance.reports(), office.actor.queue))


async def show_help(call: Call) -> Reply:
    """Say what the person may say here."""
    commands = open_to(call.office.commands, call.person.role, call.chat_type)
    return Reply(call.answers.help([command.name for command in commands]))


async def greet(call: Call) -> Reply:
    """Greet somebody who is in already."""
    return Reply(call.answers.known(call.person.name))


COMMANDS: Sequence[Command] = (
    Command(name="status", run=show_status, korean=("상태",)),
    Command(name="help", run=show_help, korean=("도움말", "도움")),
    Command(name="start", run=greet, korean=("시작",), is_listed=False),
)
