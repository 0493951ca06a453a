"""Bots on frameworks that we did not write, against the simulated Telegram.

Each answers `/start` with a text, buttons and a picture, and a pressed button by editing what it said. The simulator
sends it away once with 429, as Telegram does. What its log holds then must be what happened.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from simulator.clock import WorldClock
from simulator.telegram.deeds import PressButton, Say
from simulator.telegram.faults import parse_fault
from simulator.telegram.log import LogLine, read_log
from simulator.telegram.server import TelegramSettings, TelegramSimulator, running_telegram

__all__ = ["check"]

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-conformance" / "bin" / "python"
CLIENTS = Path(__file__).parent / "clients"
BOTS = ("aiogram", "python_telegram_bot")
TOKEN = "1000000000:SIMULATED-BOT-TOKEN-0000000000000000"
PATIENCE = timedelta(seconds=30)
ANNA = 1001
BEGIN_NS = 1_764_288_000_000_000_000
"""2025-11-28 09:00 in Seoul."""
TEXT = "<b>F&amp;F</b> 안녕하세요"
"""What the bot says, in HTML that a strict parser must take as it is meant."""
SHOWN = "F&F 안녕하세요"


def check() -> Iterator[tuple[str, str]]:
    """Let every bot serve a person; yield its name, and what went wrong, if anything did."""
    for bot in BOTS:
        with tempfile.TemporaryDirectory() as directory:
            problem = asyncio.run(_serve(bot, Path(directory)))
        yield f"{bot}: menu, text, buttons, picture, edit, 429", problem


async def _serve(bot: str, directory: Path) -> str:
    settings = TelegramSettings(token=TOKEN)
    async with running_telegram(settings, directory, WorldClock.starting_at(BEGIN_NS, 1.0)) as simulator:
        simulator.faults.add(parse_fault(b'{"kind": "flood", "method": "sendPhoto", "retry_after_s": 1}'))
        child = await asyncio.create_subprocess_exec(
            str(PYTHON), str(CLIENTS / f"bot_with_{bot}.py"), simulator.base_url, TOKEN, TEXT
        )
        try:
            return await _talk(simulator, directory)
        except TimeoutError:
            told = [(line.method, line.accepted, line.error) for line in _lines(directory)]
            return f"expected it to answer within {PATIENCE.total_seconds():g} s, found {told}"
        finally:
            if child.returncode is None:
                child.terminate()
            await child.wait()


async def _talk(simulator: TelegramSimulator, directory: Path) -> str:
    """Type, wait for the answers, press, wait again; return what is wrong with them."""
    await _until(directory, lambda lines: _find(lines, "setMyCommands") is not None)
    simulator.say(Say(user_id=ANNA, text="/start", name="Anna"))
    await _until(directory, lambda lines: _find(lines, "sendPhoto") is not None)
    said = _find(_lines(directory), "sendMessage")
    assert said is not None
    if (said.chat_id, said.text, bool(said.keyboard)) != (ANNA, SHOWN, True):
        return f"expected {SHOWN!r} with buttons, found {said}"
    simulator.press(PressButton(user_id=ANNA, message_id=said.message_id, data="more"))
    await _until(directory, lambda lines: _find(lines, "editMessageText") is not None)
    lines = _lines(directory)
    answered, edited = _find(lines, "answerCallbackQuery"), _find(lines, "editMessageText")
    if answered is None or edited is None or (edited.message_id, edited.text) != (said.message_id, "more"):
        return f"expected the text to become 'more', found {edited}"
    sent_away = [line for line in lines if line.method == "sendPhoto" and not line.accepted]
    return "" if len(sent_away) == 1 else f"expected to be sent away once, found {sent_away}"


async def _until(directory: Path, is_done: Callable[[list[LogLine]], bool]) -> None:
    async with asyncio.timeout(PATIENCE.total_seconds()):
        while not is_done(_lines(directory)):  # noqa: ASYNC110 - what tells of it is a file
            await asyncio.sleep(0.05)


def _lines(directory: Path) -> list[LogLine]:
    return list(read_log(directory))


def _find(lines: list[LogLine], method: str) -> LogLine | None:
    return next((line for line in lines if line.method == method and line.accepted), None)
