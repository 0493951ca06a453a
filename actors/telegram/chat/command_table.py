"""The one table of what can be said to the bot. The menu, `/help` and who may do what are made from it.

To add a command:

1. Write its handler, `async def show_price(call: Call) -> Reply | None`, in the module of its subject (`…_commands`),
   and a `Command` row for it in that module's COMMANDS. The row says who may give it and where; a handler need not
   look. What handlers work with is in `call.office` (`calls.Office`); what they may let through, at `calls.Handler`.
2. A new module's COMMANDS joins `COMMANDS` below: within a `group` people read them in this order in `/help`. The
   heading of a new `Group` is `answer.help-group.NAME`.
3. Its description in every language, one line, is `command.NAME` in `actors/words/*/command.po`. A wrong argument
   raises `Misused`, and is answered with what was expected and found, and with `command.NAME.example`, if there is one.
4. Who may give it, and where, is written a second time in `tests/property/actors/telegram/people/test_access_laws.py`.

Tests hold that every row has its words, and that none acts but for those in `who` and in the chats of `where`.
"""

from collections.abc import Sequence

from actors.telegram.chat import (
    house_commands,
    hush_commands,
    ledger_commands,
    market_commands,
    own_commands,
    rule_commands,
    watch_commands,
)
from actors.telegram.chat.calls import Command

__all__ = ["COMMANDS"]

COMMANDS: Sequence[Command] = (
    *watch_commands.COMMANDS,
    *rule_commands.COMMANDS,
    *hush_commands.COMMANDS,
    *market_commands.COMMANDS,
    *ledger_commands.COMMANDS,
    *own_commands.COMMANDS,
    *house_commands.COMMANDS,
)
