"""Buttons under a message: each is a command that is written already. Pure.

A button is bound to the person for whom it was made, and to a time. What it sends back is

    PERSON.EXPIRY.COMMAND        as in    2.t4zj1.remove 005930

with the person's number and the minute of its expiry (since 1970) in base 36. Who presses it gives that command in his
own name, by the table and the rights that hold then: so a made-up one can do no more than what its maker may type.

Source: Bot API 10, InlineKeyboardButton: `callback_data` has 1 to 64 bytes.
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from actors.telegram.channels.channel import Keyboard
from protocol.moments import MINUTE_NS

__all__ = ["Button", "Pressed", "build_keyboard", "parse_pressed"]

LONGEST = 64
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)


class Button(Struct, frozen=True):
    """One button: what stands on it, and the command that it gives, as it would be typed but without its stroke."""

    label: str
    command: str


class Pressed(Struct, frozen=True):
    """What a pressed button sends back."""

    person_id: int
    """Whose button it is."""
    expires_at_ns: int
    """Until when it counts, UTC epoch nanoseconds."""
    command: str


def build_keyboard(rows: Sequence[Sequence[Button]], person_id: int, now_ns: int, life: timedelta) -> Keyboard:
    """Return *rows* as Telegram takes them: buttons of *person_id* that count for *life*.

    A button whose command is too long for Telegram is left out: the message must not be refused for it.
    """
    expiry = _written((now_ns + life // timedelta(microseconds=1) * 1_000) // MINUTE_NS + 1)
    written = [[(button.label, f"{person_id}.{expiry}.{button.command}") for button in row] for row in rows]
    fitting = [[(label, sent) for label, sent in row if len(sent.encode()) <= LONGEST] for row in written]
    return [row for row in fitting if row]


def parse_pressed(sent: str) -> Pressed | None:
    """Return what a button sent back, None if it is none of ours."""
    person, _, rest = sent.partition(".")
    expiry, _, command = rest.partition(".")
    try:
        return Pressed(int(person), int(expiry, BASE) * MINUTE_NS, command) if command else None
    except ValueError:
        return None


def _written(number: int) -> str:
    """Return *number* in base 36."""
    digits = ""
    while number:
        number, digit = divmod(number, BASE)
        digits = DIGITS[digit] + digits
    return digits or "0"
