"""`sigmactl demo phone`, `say` and `press`: what stands on the simulated phones, what is typed and pressed there."""

import argparse

import requests
from msgspec import Struct

from actors.ctl.display import put, put_json
from actors.ctl.installation import NOTHING_RUNS, WrongUsage, find_settings
from actors.ctl.web import WebSession
from actors.runtime.errors import CommandRefused, Unanswered
from simulator.phone import read_buttons, read_phone, render_phone

__all__ = ["press", "say", "show_phone"]

ANSWER_S = 5.0


class _Somebody(Struct, frozen=True):
    chat_id: int


class _World(Struct, frozen=True):
    """The part of `[simulator]` that tells where its Telegram is, and who has a phone."""

    enabled: bool = False
    host: str = "127.0.0.1"
    telegram_port: int = 28081
    people: tuple[_Somebody, ...] = (_Somebody(1001),)


def show_phone(arguments: argparse.Namespace) -> int:
    """Print the chats, oldest message first; 1 while nothing has arrived."""
    settings = find_settings(arguments)
    messages = read_phone(settings.data_dir / "simulator", arguments.chat)
    if "json" in arguments:
        put_json(messages)
    else:
        put(render_phone(messages) or "nothing has arrived yet: look again in a few seconds\n")
    return 0 if messages else 1


def say(arguments: argparse.Namespace) -> int:
    """Type something in a private chat with the bot, as somebody of the simulated world.

    Raises:
        WrongUsage: this configuration has no simulated world.
        CommandRefused: its Telegram does not take it.
        Unanswered: it does not run.
    """
    world, user_id = _world(arguments)
    said: dict[str, int | str] = {"user_id": user_id, "text": " ".join(arguments.text)}
    _post(f"http://{world.host}:{world.telegram_port}/simulator/say", said)
    put_json(said) if "json" in arguments else put("typed; the answer: sigmactl demo phone\n")
    return 0


def press(arguments: argparse.Namespace) -> int:
    """Press the newest button of a label, or of a part of it, in a private chat with the bot.

    Raises:
        WrongUsage: this configuration has no simulated world.
        CommandRefused: there is no such button, or the simulated Telegram does not take it.
        Unanswered: it does not run.
    """
    world, user_id = _world(arguments)
    label = " ".join(arguments.label)
    buttons = read_buttons(find_settings(arguments).data_dir / "simulator", user_id)
    found = next((button for button in buttons if label in button.label), None)
    if found is None:
        labels = ", ".join(dict.fromkeys(button.label for button in buttons)) or "none"
        message = f"expected the label of a button in the chat of {user_id}, found {label!r}; there are: {labels}"
        raise CommandRefused(message)
    pressed: dict[str, int | str] = {"user_id": user_id, "message_id": found.message_id, "data": found.data}
    _post(f"http://{world.host}:{world.telegram_port}/simulator/press", pressed)
    put_json(pressed) if "json" in arguments else put(f"pressed {found.label}; the answer: sigmactl demo phone\n")
    return 0


def _world(arguments: argparse.Namespace) -> tuple[_World, int]:
    """Return the simulated world, and who does something in it."""
    world = find_settings(arguments).table("simulator", _World)
    if not world.enabled or not world.people:
        message = "expected the configuration of a simulated world with people in it, found none"
        raise WrongUsage(message)
    return world, world.people[0].chat_id if arguments.user is None else arguments.user


def _post(url: str, body: dict[str, int | str]) -> None:
    try:
        with WebSession() as session:
            answer = session.post(url, json=body, timeout=ANSWER_S)
    except requests.RequestException:
        raise Unanswered(NOTHING_RUNS) from None
    if not answer.ok:
        message = f"expected the simulated Telegram to take it, found HTTP {answer.status_code} {answer.text[:200]}"
        raise CommandRefused(message)
