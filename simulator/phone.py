"""What the simulated phone shows: every message that people got or typed, and where its picture lies.

A pure look at `telegram.jsonl` and `ntfy.jsonl`; nothing need run. `sigmactl demo phone` prints it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from simulator.ntfy.log import NtfyLine, read_ntfy
from simulator.telegram.log import LogLine, read_log

__all__ = ["PhoneButton", "PhoneMessage", "read_buttons", "read_phone", "render_phone"]

SEOUL = ZoneInfo("Asia/Seoul")
DEFAULT_PRIORITY = 3
_RULE = "─" * 48


class PhoneMessage(Struct, frozen=True, kw_only=True):
    """One message as it stands in a chat now."""

    chat_id: int
    """0 for a topic of ntfy."""
    chat_name: str
    message_id: int
    shown_at: datetime
    """UTC, the world's clock."""
    sender: str
    """Who typed it; empty: the bot."""
    text: str
    picture: str = ""
    """The picture's file; empty: none."""
    reply_to: int = 0
    buttons: list[list[str]] = []
    is_silent: bool = False
    is_edited: bool = False


class PhoneButton(Struct, frozen=True):
    """One button that can be pressed."""

    message_id: int
    label: str
    data: str


def read_phone(directory: Path, chat_id: int | None = None) -> list[PhoneMessage]:
    """Return the messages in the log of *directory*, oldest first; of one chat if *chat_id* names it."""
    names: dict[int, str] = {}
    messages: dict[int, PhoneMessage] = {}
    for line in read_log(directory):
        if not line.accepted:
            continue
        if line.method == "chat":
            names[line.chat_id] = line.name or names.get(line.chat_id, str(line.chat_id))
        elif line.method in {"sendMessage", "sendPhoto", "say"}:
            messages[line.message_id] = _message(line, names, directory)
        elif line.method == "editMessageText" and line.message_id in messages:
            edited = replace(messages[line.message_id], text=line.text, buttons=_buttons(line), is_edited=True)
            messages[line.message_id] = edited
    shown = [message for message in messages.values() if chat_id in {None, message.chat_id}]
    if chat_id is None:
        shown += [_published(line, directory) for line in read_ntfy(directory) if line.accepted]
        shown.sort(key=lambda message: message.shown_at)
    return shown


def read_buttons(directory: Path, chat_id: int) -> list[PhoneButton]:
    """Return the buttons that stand in a chat now, those of the newest message first."""
    shown = {
        line.message_id: line
        for line in read_log(directory)
        if line.accepted and line.chat_id == chat_id and line.method in {"sendMessage", "sendPhoto", "editMessageText"}
    }
    return [
        PhoneButton(number, button.text, button.callback_data)
        for number, line in sorted(shown.items(), reverse=True)
        for row in (line.keyboard.inline_keyboard if line.keyboard else [])
        for button in row
        if button.callback_data
    ]


def _published(line: NtfyLine, directory: Path) -> PhoneMessage:
    return PhoneMessage(
        chat_id=0,
        chat_name=f"ntfy {line.topic}",
        message_id=line.number,
        shown_at=datetime.fromtimestamp(line.at_ns // 1_000_000_000, UTC),
        sender="",
        text=line.text,
        picture=str(directory / line.attachment) if line.attachment else "",
        is_silent=line.priority < DEFAULT_PRIORITY,
    )


def _message(line: LogLine, names: dict[int, str], directory: Path) -> PhoneMessage:
    return PhoneMessage(
        chat_id=line.chat_id,
        chat_name=names.get(line.chat_id, str(line.chat_id)),
        message_id=line.message_id,
        shown_at=datetime.fromtimestamp(line.at_ns // 1_000_000_000, UTC),
        sender=line.name if line.method == "say" else "",
        text=line.text,
        picture=str(directory / line.photo) if line.photo else "",
        reply_to=line.reply_to,
        buttons=_buttons(line),
        is_silent=line.silent,
    )


def _buttons(line: LogLine) -> list[list[str]]:
    rows = line.keyboard.inline_keyboard if line.keyboard else []
    return [[button.text for button in row] for row in rows]


def render_phone(messages: Iterable[PhoneMessage], zone: tzinfo = SEOUL) -> str:
    """Return *messages* as plain text, in the order given, with the times of *zone*.

    Empty text where there are none.
    """
    return "\n".join(_rendered(message, zone) for message in messages)


def _rendered(message: PhoneMessage, zone: tzinfo) -> str:
    marks = [
        f"↩ #{message.reply_to}" if message.reply_to else "",
        "🔕" if message.is_silent else "",
        "(수정됨)" if message.is_edited else "",
    ]
    who = message.sender or "시그마벨"
    chat = f"{message.chat_name} ({message.chat_id})" if message.chat_id else message.chat_name
    head = f"{message.shown_at.astimezone(zone):%Y-%m-%d %H:%M:%S} · {chat} · {who}"
    lines = [_RULE, " ".join([f"#{message.message_id}", head, *filter(None, marks)]), _RULE]
    if message.picture:
        lines.append(f"🖼  {message.picture}")
    if message.text:
        lines.append(message.text)
    lines += ["  ".join(f"[ {button} ]" for button in row) for row in message.buttons]
    return "\n".join([*lines, ""])
