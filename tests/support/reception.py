"""Where updates come in, without a network: the real desk with a real register, in front of a bot that only listens.

reception = Reception(tmp_path, seeded(ANNA, "operator"))
reception.bring(typed(ANNA, "/list"))
reception.said  # [(ANNA, "…")]
"""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from actors.runtime.store import open_store
from actors.telegram.channels.channel import Keyboard
from actors.telegram.channels.outcomes import Outcome, Sent
from actors.telegram.channels.telegram.wire import parse_updates
from actors.telegram.chat.calls import Command
from actors.telegram.chat.command_table import COMMANDS
from actors.telegram.chat.desk import Desk
from actors.telegram.chat.shelf import Shelf
from actors.telegram.config import SeededPerson, TelegramConfig
from actors.telegram.outbox.sources import SOURCES, SourceReader
from actors.telegram.people.own_rules import below
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore
from protocol.letters import Letter
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.office import make_office
from tests.support.ports import FakePorts

__all__ = ["NOW", "Reception", "membership", "pressed", "typed"]

NOW = datetime(2025, 11, 28, 5, 30, tzinfo=UTC)
_numbers = itertools.count(1)


class Reception:
    """The desk of people who are known from the start, and what was said to whom."""

    def __init__(self, directory: Path, *people: SeededPerson, commands: Sequence[Command] = COMMANDS) -> None:
        settings = self.settings = make_settings(directory)
        lay_out(settings, "telegram", "analyst", "evaluator")
        self.clock = FakeClock(NOW)
        self.ports = FakePorts()
        self.config = TelegramConfig(people=people)
        actor = make_actor("telegram", self.config, settings, ports=self.ports, clock=self.clock)
        durable = open_store("telegram", settings)
        self.register = Register(durable, "ko", "Asia/Seoul")
        for person in people:
            self.register.seed(person, below(self.config.levels), self.clock.now_ns())
        self.office = make_office(actor, durable, self.register, commands)
        self.hushes = self.office.hushes
        self.invitations = self.office.invitations
        self.reach = self.office.reach
        self.said: list[tuple[int, str]] = []
        self.silent_s = 0.0
        """How long ago what comes in next may have happened."""
        self.answered: list[tuple[str, str]] = []
        self.keyboards: list[Keyboard] = []
        store = DeliveryStore(open_store("telegram", settings, durable=False))
        self._desk = Desk(self.office, self, Shelf(actor, store, store.start("boot", {}, self.clock.now_ns())))

    def texts(self, *updates: dict[str, object]) -> list[str]:
        """Return what is said to *updates*."""
        self.said.clear()
        self.keyboards.clear()
        self.bring(*updates)
        return [text for _, text in self.said]

    def buttons(self) -> list[list[str]]:
        """Return the labels of the buttons under what was said last, row by row."""
        return [[label for label, _ in row] for row in self.keyboards[-1]]

    def press(self, user_id: int, label: str) -> list[str]:
        """Return what is said when somebody presses the button *label* under what was said last."""
        [sent] = [data for row in self.keyboards[-1] for each, data in row if each == label]
        return self.texts(pressed(user_id, sent))

    def letters(self) -> list[Letter]:
        """Return what has been written to people, in order."""
        reader = SourceReader(next(source for source in SOURCES if source.writer == "telegram"), self.settings)
        return [written.content for written in reader.after(0) if isinstance(written.content, Letter)]

    def bring(self, *updates: dict[str, object]) -> None:
        """Let *updates*, shaped as the Bot API shapes them, come in one after the other."""
        asyncio.run(self._bring(updates))

    async def _bring(self, updates: Sequence[dict[str, object]]) -> None:
        for update in parse_updates(msgspec.json.encode(updates)):
            await self._desk.on_update(update, self.silent_s)

    def may_say(self, chat_id: int) -> bool:
        """Let nobody wait for an answer."""
        return bool(chat_id)

    async def say(self, chat_id: int, text: str, keyboard: Keyboard) -> Outcome:
        """Note what was said, and the buttons under it."""
        self.said.append((chat_id, text))
        self.keyboards.append(keyboard)
        return Sent(len(self.said))

    async def answer_press(self, press_id: str, text: str) -> None:
        """Note how a pressed button was answered."""
        self.answered.append((press_id, text))

    def move_chat(self, old: int, new: int) -> None:
        """Let people's chats follow their group; there is no outbox."""
        self.reach.follow(old, new)


def typed(
    user_id: int, text: str, chat_id: int = 0, chat_type: str = "private", at: datetime = NOW
) -> dict[str, object]:
    """Return the update of a text that somebody typed *at* a moment, in private unless a chat is named."""
    message = {
        "message_id": next(_numbers),
        "date": int(at.timestamp()),
        "chat": {"id": chat_id or user_id, "type": chat_type},
        "from": {"id": user_id, "is_bot": False, "first_name": str(user_id)},
        "text": text,
    }
    return {"update_id": next(_numbers), "message": message}


def pressed(user_id: int, sent: str, chat_id: int = 0, chat_type: str = "private") -> dict[str, object]:
    """Return the update of a button that sends *sent* back, pressed in private unless a chat is named."""
    query = {
        "id": str(next(_numbers)),
        "from": {"id": user_id, "is_bot": False, "first_name": str(user_id)},
        "message": {"message_id": next(_numbers), "date": 0, "chat": {"id": chat_id or user_id, "type": chat_type}},
        "chat_instance": "1",
        "data": sent,
    }
    return {"update_id": next(_numbers), "callback_query": query}


def membership(chat_id: int, status: str, title: str = "", by: int = 7) -> dict[str, object]:
    """Return the update of a chat in which the bot is *status* from now on."""
    user = {"id": 1, "is_bot": True, "first_name": "bot"}
    change = {
        "chat": {"id": chat_id, "type": "private" if chat_id > 0 else "group", "title": title},
        "from": {"id": by, "is_bot": False, "first_name": str(by)},
        "date": int(NOW.timestamp()),
        "old_chat_member": {"status": "left", "user": user},
        "new_chat_member": {"status": status, "user": user},
    }
    return {"update_id": next(_numbers), "my_chat_member": change}
