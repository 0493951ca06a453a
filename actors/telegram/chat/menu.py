"""The bot's menu: for everybody in his language what a member may say, in groups less, and for each person his own.

Made from the table of commands. What Telegram did not take is offered again with the next question for updates: without
a menu, commands can still be typed. Source: Bot API 10, setMyCommands, "Determining list of commands".
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.telegram.client import Bot
from actors.telegram.channels.telegram.wire import EVERY_GROUP, EVERYWHERE, Scope
from actors.telegram.chat.calls import Command, Office, open_to
from actors.telegram.people.access import Role

__all__ = ["Menu"]

Entries = tuple[tuple[str, str], ...]


class _Place(Struct, frozen=True):
    """Where a menu is shown, and to readers of which language; empty for all that have none of their own."""

    scope: Scope
    language: str = ""


class Menu:
    """What has been set in this life of the actor, and what is still to be set."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._set: dict[_Place, Entries] = {}
        self._refused: set[_Place] = set()

    def set_on(self, bot: Bot) -> None:
        """Have *bot* show what has changed since the last time; called in a thread."""
        for place, entries in self._wanted():
            if self._set.get(place) == entries:
                continue
            try:
                bot.set_commands(entries, place.language, place.scope)
            except TemporaryFailure as error:
                if place not in self._refused:
                    self._office.actor.log.warning("menu_refused", chat_id=place.scope.chat_id, reason=str(error))
                self._refused.add(place)
            else:
                self._set[place] = entries
                self._refused.discard(place)

    def _wanted(self) -> Iterator[tuple[_Place, Entries]]:
        office = self._office
        of_member = Role.MEMBER.value
        # Who reads none of our languages gets the configured one's.
        languages = {**{language: language for language in office.answers}, "": office.actor.config.language}
        for code, language in languages.items():
            yield _Place(EVERYWHERE, code), self._entries(language, open_to(office.commands, of_member, "private"))
            yield _Place(EVERY_GROUP, code), self._entries(language, open_to(office.commands, of_member, "group"))
        for person in office.register.people():
            if person.reachable and person.chat_id == person.user_id:
                commands = open_to(office.commands, person.role, "private")
                yield _Place(Scope(type="chat", chat_id=person.chat_id)), self._entries(person.language, commands)

    def _entries(self, language: str, commands: Sequence[Command]) -> Entries:
        answers = self._office.answers[language]
        return tuple((command.name, answers.description(command.name)) for command in commands)
