"""What a command is, and what its handler gets to know and to use."""

import enum
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.letters import Letters
from actors.telegram.channels.telegram.identity import Identity
from actors.telegram.chat.answers import Answers
from actors.telegram.chat.buttons import Button
from actors.telegram.chat.glance import Glance
from actors.telegram.config import TelegramConfig
from actors.telegram.people.access import EVERYBODY, MEMBERS, Role, may
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.invitations import Invitations
from actors.telegram.people.membership import Membership
from actors.telegram.people.person import Person
from actors.telegram.people.reach import Reach
from actors.telegram.people.register import Register
from actors.telegram.people.rule_book import RuleBook
from actors.telegram.people.watch_list import WatchList

__all__ = [
    "ANYWHERE",
    "PRIVATELY",
    "Call",
    "Command",
    "Group",
    "Handler",
    "Office",
    "Reply",
    "find_command",
    "open_to",
]

PRIVATELY = frozenset({"private"})
"""In a chat with the bot alone: what others in a group need not read."""
ANYWHERE = frozenset({"private", "group", "supergroup"})
"""In groups, too, where everybody has the rights that he has anyway."""


class Reply(Struct, frozen=True):
    """What is said in answer to a command; see `buttons` for what a button does."""

    text: str
    buttons: Sequence[Sequence[Button]] = ()
    """Rows of them, under the text."""


class Office(Struct, frozen=True, kw_only=True):
    """What the handlers work with; whoever needs more adds it here and in `shell`."""

    actor: Actor[TelegramConfig]
    register: Register
    invitations: Invitations
    watch_list: WatchList
    glance: Glance
    hushes: Hushes
    rule_book: RuleBook
    commands: "Sequence[Command]"
    """The whole table."""
    answers: Mapping[str, Answers]
    """By language."""
    membership: Membership
    reach: Reach
    letters: Letters
    identity: Identity
    """Who the bot is."""


class Call(Struct, frozen=True, kw_only=True):
    """Somebody who may gives a command, in a chat where it may be given."""

    person: Person
    chat_id: int
    chat_type: str
    """`private`, `group` or `supergroup`."""
    argument: str
    """What stands behind the command."""
    office: Office

    @property
    def answers(self) -> Answers:
        """The answers in the person's language."""
        return self.office.answers[self.person.language]

    @property
    def may_add(self) -> bool:
        """Whether the person may choose stocks."""
        return may(self.person.role, MEMBERS)

    def may_give(self, name: str) -> bool:
        """Say whether the person may give the command *name* in this chat."""
        command = find_command(self.office.commands, name)
        return command is not None and command.is_open_to(self.person.role, self.chat_type)


Handler = Callable[[Call], Awaitable[Reply | None]]
"""Carries a command out and returns what is answered; None where a letter is the answer.

It may let through what says why it cannot be: `Misused`, `watch_list`'s NotFound, Ambiguous and NotWatched, the
runtime's Unanswered and TemporaryFailure. `desk` has words for all of them.
"""


class Group(enum.StrEnum):
    """Under which heading of /help a command stands, in the order in which they are read."""

    DAILY = "daily"
    RULES = "rules"
    QUIET = "quiet"
    PAST = "past"
    SELF = "self"
    HOUSE = "house"


class Command(Struct, frozen=True, kw_only=True):
    """One row of the table; see `command_table`."""

    name: str
    """What is typed behind the stroke: small letters, no underscore."""
    run: Handler
    who: frozenset[Role] = EVERYBODY
    """Who may give it: EVERYBODY, MEMBERS or OPERATORS of `access`."""
    where: frozenset[str] = ANYWHERE
    """In which kinds of chats: ANYWHERE or PRIVATELY."""
    korean: tuple[str, ...] = ()
    """What may be typed instead."""
    group: Group | None = None
    """Where it stands in /help and in the menu; None where it stands in neither."""

    def is_open_to(self, role: str, chat_type: str) -> bool:
        """Say whether somebody of *role* may give it in a chat of this type."""
        return chat_type in self.where and may(role, self.who)


def find_command(commands: Iterable[Command], name: str) -> Command | None:
    """Return the one of *commands* that is called *name*, in English or Korean."""
    return next((command for command in commands if name == command.name or name in command.korean), None)


def open_to(commands: Iterable[Command], role: str, chat_type: str) -> list[Command]:
    """Return those of *commands* that are shown to somebody of *role* in a chat of this type, group after group."""
    shown = [command for command in commands if command.is_open_to(role, chat_type)]
    return [command for group in Group for command in shown if command.group is group]
