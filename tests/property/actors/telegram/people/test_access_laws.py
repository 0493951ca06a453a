"""Who gets what to act: every role, command, kind of chat and kind of update, through the real dispatch."""

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from actors.telegram.chat.buttons import Button, build_keyboard
from actors.telegram.chat.calls import Call, Command, Reply
from actors.telegram.chat.command_table import COMMANDS
from tests.support.reception import Reception, membership, pressed, typed
from tests.support.town import seeded

USERS = {"operator": 1, "member": 2, "viewer": 3, "stranger": 4}
KNOWN = frozenset({"operator", "member", "viewer"})
CHATS = {"private": 0, "group": -5, "supergroup": -1_000_000_000_005, "channel": -1_000_000_000_006}
PRIVATELY = frozenset({"private"})
ANYWHERE = frozenset({"private", "group", "supergroup"})

MAY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "list": (KNOWN, ANYWHERE),
    "price": (KNOWN, ANYWHERE),
    "today": (KNOWN, ANYWHERE),
    "week": (KNOWN, ANYWHERE),
    "add": (KNOWN - {"viewer"}, ANYWHERE),
    "remove": (KNOWN - {"viewer"}, ANYWHERE),
    "mute": (KNOWN, ANYWHERE),
    "quiet": (KNOWN, ANYWHERE),
    "chart": (KNOWN, PRIVATELY),
    "backtest": (KNOWN, PRIVATELY),
    "amount": (KNOWN - {"viewer"}, PRIVATELY),
    "holiday": (KNOWN, PRIVATELY),
    "test": (KNOWN, PRIVATELY),
    "history": (KNOWN, ANYWHERE),
    "why": (KNOWN, ANYWHERE),
    "level": (KNOWN - {"viewer"}, ANYWHERE),
    "alert": (KNOWN - {"viewer"}, ANYWHERE),
    "off": (KNOWN - {"viewer"}, ANYWHERE),
    "on": (KNOWN - {"viewer"}, ANYWHERE),
    "status": (KNOWN, ANYWHERE),
    "check": (KNOWN, ANYWHERE),
    "me": (KNOWN, ANYWHERE),
    "lang": (KNOWN, PRIVATELY),
    "help": (KNOWN, ANYWHERE),
    "people": (frozenset({"operator"}), PRIVATELY),
    "invite": (frozenset({"operator"}), PRIVATELY),
    "say": (frozenset({"operator"}), PRIVATELY),
    "feed": (frozenset({"operator"}), PRIVATELY),
    "reload": (frozenset({"operator"}), PRIVATELY),
    "logs": (frozenset({"operator"}), PRIVATELY),
    "start": (KNOWN, ANYWHERE),
    "stock": (KNOWN, ANYWHERE),
}
"""What each command may be, written a second time: by whom, and where."""

ACTING = frozenset({"message", "pressed"})
"""Of the kinds of updates those that may make something act."""
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
FORWARDER = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""In whose names Telegram brings what an administrator says as the group, and what a channel posted."""
WITHOUT_STROKE = "without its stroke"
"""Acts in a chat of two alone, and never on others: there it is taken for a stock's name."""
BY_NAME = "without its stroke, to the bot by name"
"""Acts likewise, and in groups, too."""
MESSAGE_FIELDS = ("edited_message", "channel_post", "edited_channel_post", "business_message")


def test_only_the_allowed_cells_act(tmp_path: Path) -> None:
    """A hole in the table is found by a stranger; a hole in the dispatch as well."""
    acted: list[str] = []
    commands = [msgspec.structs.replace(command, run=spy(command, acted)) for command in COMMANDS]
    people = [seeded(USERS[role], role) for role in ("operator", "member", "viewer")]
    reception = Reception(tmp_path, *people, commands=commands)

    for role, command, chat_type in itertools.product(USERS, COMMANDS, CHATS):
        who, _ = MAY[command.name]
        for kind, update in updates(reception, role, command.name, chat_type).items():
            acted.clear()
            reception.said.clear()
            reception.answered.clear()
            reception.bring(update)
            has_no_stroke = kind == BY_NAME or (kind == WITHOUT_STROKE and chat_type == "private")
            meant = "stock" if has_no_stroke and who == MAY["say"][0] else command.name
            may = role in MAY[meant][0] and chat_type in MAY[meant][1]
            wanted = [meant] if may and (has_no_stroke or kind in ACTING) else []
            assert acted == wanted, (role, command.name, chat_type, kind)
            assert role in KNOWN or not (reception.said or reception.answered), "a stranger was answered"


def updates(reception: Reception, role: str, name: str, chat_type: str) -> dict[str, dict[str, Any]]:
    """Return a command as every kind of update in which it may come."""
    user_id, chat_id, text = USERS[role], CHATS[chat_type], f"/{name} 005930"
    update: dict[str, Any] = typed(user_id, text, chat_id, chat_type)
    message, number = update["message"], update["update_id"]
    person = reception.register.person_of_user(user_id)
    mine = person.id if person else 0
    now_ns, hour = reception.clock.now_ns(), timedelta(hours=1)

    def button(owner: int, at_ns: int) -> str:
        return build_keyboard([[Button("x", text[1:])]], owner, at_ns, hour)[0][0][1]

    def press(sent: str) -> dict[str, Any]:
        return pressed(user_id, sent, chat_id, chat_type)

    own = press(button(mine, now_ns))
    others = {field: {"update_id": number, field: message} for field in MESSAGE_FIELDS}
    by_bot = {**message, "from": {**message["from"], "is_bot": True}}
    anonymous = {**message, "from": ANONYMOUS_ADMIN, "sender_chat": message["chat"]}
    by_channel = {**message, "from": message["from"], "sender_chat": {"id": CHATS["channel"], "type": "channel"}}
    by_nobody = {field: value for field, value in message.items() if field != "from"}
    query = own["callback_query"]
    moves = {"update_id": number, "message": {**message, "text": "", "migrate_to_chat_id": -1_000_000_000_099}}
    return {
        **({} if chat_type == "private" else {"migrates": moves}),
        "message": update,
        "pressed": own,
        WITHOUT_STROKE: typed(user_id, text[1:], chat_id, chat_type),
        BY_NAME: typed(user_id, f"@Sigmabell_Bot {text[1:]}", chat_id, chat_type),
        "to another by name": typed(user_id, f"@another_bot {text[1:]}", chat_id, chat_type),
        **others,
        "overdue": typed(user_id, text, chat_id, chat_type, reception.clock.now() - timedelta(minutes=6)),
        "to another bot": typed(user_id, f"/{name}@another_bot 005930", chat_id, chat_type),
        "by a bot": {"update_id": number, "message": by_bot},
        "by nobody": {"update_id": number, "message": by_nobody},
        "by an anonymous admin": {"update_id": number, "message": anonymous},
        "automatically forwarded": {"update_id": number, "message": {**by_channel, "from": FORWARDER}},
        "let in": membership(chat_id or user_id, "member", text, by=user_id),
        "thrown out": membership(chat_id or user_id, "kicked", text, by=user_id),
        "another let in": {"update_id": number, "chat_member": membership(chat_id or user_id, "member")},
        "asks to join": {"update_id": number, "chat_join_request": {"from": message["from"], "bio": text}},
        "reacts": {"update_id": number, "message_reaction": {"user": message["from"], "chat": message["chat"]}},
        "as a caption": {"update_id": number, "message": {**message, "text": "", "caption": text}},
        "inline_query": {"update_id": number, "inline_query": {"id": "1", "from": message["from"], "query": text}},
        "another's button": press(button(mine + 1, now_ns)),
        "an old button": press(button(mine, now_ns - 2 * 3600 * 10**9)),
        "made up": press(text),
        "pressed by a bot": {"update_id": 1, "callback_query": {**query, "from": {**query["from"], "is_bot": True}}},
        "pressed nowhere": {"update_id": 1, "callback_query": {**query, "message": None}},
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
