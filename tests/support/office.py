"""What the chat's commands work with, for tests: all of it real, as the shell puts it together."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine

from actors.runtime.actor import Actor
from actors.runtime.letters import Letters
from actors.telegram.channels.telegram.identity import Identity
from actors.telegram.chat.answers import Answers
from actors.telegram.chat.calls import Command, Office
from actors.telegram.chat.command_table import COMMANDS
from actors.telegram.chat.glance import Glance
from actors.telegram.config import TelegramConfig
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.invitations import Invitations
from actors.telegram.people.membership import Membership
from actors.telegram.people.reach import Reach
from actors.telegram.people.register import Register
from actors.telegram.people.rule_book import RuleBook
from actors.telegram.people.watch_list import WatchList
from actors.words.catalogue import LANGUAGES
from protocol.tables.telegram import letters

__all__ = ["make_office"]


def make_office(
    actor: Actor[TelegramConfig], durable: Engine, register: Register, commands: Sequence[Command] = COMMANDS
) -> Office:
    """Return the office of those in *register*, which keeps what it keeps by *durable*."""
    own_letters = Letters(actor, durable, letters)
    identity = Identity()
    identity.name = "Sigmabell_bot"
    watch_list = WatchList(actor, register)
    invitations = Invitations(durable, timedelta(days=7))
    return Office(
        actor=actor,
        register=register,
        invitations=invitations,
        watch_list=watch_list,
        glance=Glance(actor, register),
        hushes=Hushes(durable),
        rule_book=RuleBook(durable),
        commands=commands,
        answers={language: Answers(language) for language in LANGUAGES},
        identity=identity,
        reach=Reach(actor, register, own_letters),
        letters=own_letters,
        membership=Membership(actor, register, invitations, watch_list, identity),
    )
