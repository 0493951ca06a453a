"""Which buttons go under which delivery: under an alert that goes by itself, those that its person may use.

Only Telegram shows buttons.
"""

from collections.abc import Sequence
from datetime import timedelta

from actors.ledger.rows import TELEGRAM
from actors.runtime.actor import Actor
from actors.telegram.channels.channel import Keyboard
from actors.telegram.chat.alert_buttons import alert_buttons, patterns_for
from actors.telegram.chat.buttons import Button, build_keyboard
from actors.telegram.chat.calls import Command
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.deliveries import Kind
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.people.register import Register
from actors.words.catalogue import words_in
from protocol.messages import Alert
from protocol.rehearsal import is_rehearsal

__all__ = ["Keyboards"]


class Keyboards:
    """The buttons under what is brought."""

    def __init__(self, actor: Actor[TelegramConfig], register: Register, commands: Sequence[Command]) -> None:
        self._actor = actor
        self._register = register
        self._commands = commands
        self._patterns: dict[tuple[str, str, str], Sequence[Sequence[Button]]] = {}
        self._life = timedelta(seconds=actor.config.button_life_s)

    def under(self, bundle: Bundle) -> Keyboard:
        """Return the buttons under *bundle*, none where it is no single alert."""
        first = bundle[0]
        if first.channel != TELEGRAM:
            return ()
        person = self._register.person(first.person_id)
        alert = first.content
        if len(bundle) > 1 or first.missed or first.kind is not Kind.TEXT or person is None:
            return ()
        if not isinstance(alert, Alert) or is_rehearsal(alert.symbol):
            return ()
        chat_type = "private" if first.chat_id > 0 else "group"
        rows = alert_buttons(alert, self._patterns_for(person.role, chat_type, person.language))
        return build_keyboard(rows, person.id, self._actor.clock.now_ns(), self._life)

    def _patterns_for(self, role: str, chat_type: str, language: str) -> Sequence[Sequence[Button]]:
        """Return the buttons of such a person in such a chat; looked up once, since an alert waits for it."""
        kind = (role, chat_type, language)
        patterns = self._patterns.get(kind)
        if patterns is None:
            may = [command.name for command in self._commands if command.is_open_to(role, chat_type)]
            patterns = self._patterns[kind] = patterns_for(may, words_in(language))
        return patterns
