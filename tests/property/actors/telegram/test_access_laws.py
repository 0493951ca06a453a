"""Who gets what to act: every role, command, kind of chat and kind of update, through the real dispatch."""

import itertools
from pathlib import Path
from typing import Any

import msgspec

from actors.telegram.calls import Call, Command, Reply
from actors.telegram.command_table import COMMANDS
from tests.support.reception import Reception, typed
from tests.support.town import seeded

USERS = {"operator": 1, "member": 2, "viewer": 3, "stranger": 4}
KNOWN = frozenset({"operator", "member", "viewer"})
CHATS = {"private": 0, "group": -5, "supergroup": -1_000_000_000_005, "channel": -1_000_000_000_006}
ANYWHERE = frozenset({"private", "group", "supergroup"})

MAY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "list": (KNOWN, ANYWHERE),
    "today": (KNOWN, ANYWHERE),
    "add": (KNOWN - {"viewer"}, ANYWHERE),
    "remove": (KNOWN - {"viewer"}, ANYWHERE),
    "status": (KNOWN, ANYWHERE),
    "help": (KNOWN, ANYWHERE),
    "start": (KNOWN, ANYWHERE),
}
"""What each command may be, written a second time: by whom, and where."""

MESSAGE_FIELDS = ("edited_message", "channel_post", "edited_channel_post", "business_message")


def test_only_the_allowed_cells_act(tmp_path: Path) -> None:
    """A hole in the table is found by a stranger; a hole in the dispatch as well."""
    acted: list[str] = []
    commands = [msgspec.structs.replace(command, run=spy(command, acted)) for command in COMMANDS]
    people = [seeded(USERS[role], role) for role in ("operator", "member", "viewer")]
    reception = Reception(tmp_path, *people, commands=commands)

    for role, command, chat_type in itertools.product(USERS, COMMANDS, CHATS):
        who, where = MAY[command.name]
        for kind, update in updates(USERS[role], f"/{command.name} 005930", CHATS[chat_type], chat_type).items():
            acted.clear()
            reception.said.clear()
            reception.bring(update)
            may = kind == "message" and role in who and chat_type in where
            assert acted == [command.name] * may, (role, command.name, chat_type, kind)
            assert role in KNOWN or not reception.said, "a stranger was answered"


def updates(user_id: int, text: str, chat_id: int, chat_type: str) -> dict[str, dict[str, Any]]:
    """Return a text as every kind of update in which it may come, of which the first alone is a command."""
    update: dict[str, Any] = typed(user_id, text, chat_id, chat_type)
    message, number = update["message"], update["update_id"]
    others = {field: {"update_id": number, field: message} for field in MESSAGE_FIELDS}
    by_bot = {**message, "from": {**message["from"], "is_bot": True}}
    by_nobody = {field: value for field, value in message.items() if field != "from"}
    return {
        "message": update,
        **others,
        "by a bot": {"update_id": number, "message": by_bot},
        "by nobody": {"update_id": number, "message": by_nobody},
        "as a caption": {"update_id": number, "message": {**message, "text": "", "caption": text}},
        "inline_query": {"update_id": number, "inline_query": {"id": "1", "from": message["from"], "query": text}},
    }


def spy(command: Command, acted: list[str]) -> Any:  # noqa: ANN401 - a handler
    """Return a handler that only notes that it was called."""

    async def run(call: Call) -> Reply:
        acted.append(command.name)
        return Reply(call.argument)

    return run


def test_every_command_is_told_apart() -> None:
    """Two rows of one name would hide the second, and with it its rights."""
    names = [name for command in COMMANDS for name in (command.name, *command.korean)]

    assert len(names) == len(set(names))
    assert MAY.keys() == {command.name for command in COMMANDS}
