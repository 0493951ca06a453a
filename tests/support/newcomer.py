"""How somebody new comes in: from the invitation to the first alert, played through the whole line.

    python -m tests.support.newcomer docs/first-alert.md      writes what stands on the new member's phone

The world, its market and its times are simulated; the texts are those of the bot.
"""

import asyncio
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from simulator.config import SimulatedPerson, SymbolProfile
from simulator.phone import PhoneMessage, read_phone, render_phone
from tests.support import kis_client as kis
from tests.support.whole_line import ANNA, WholeLine

__all__ = ["NEWCOMER", "come_in", "outline_of", "page_of"]

NEWCOMER, NAME = 2001, "민지"
STOCK = SymbolProfile(code="005930", name="삼성전자", base_price=71_000, sigma=0.02, wander_sigma=0.0)
CODE = r"\w{4}-\w{4}-\w{4}"
MORNING = "2025-11-28T08:05:00+09:00"
INTRODUCTION = """# 초대에서 첫 알림까지

`make transcript`가 만든 글이에요. 시장과 시각은 시뮬레이터의 것이고, 글은 봇이 보낸 그대로예요.
민지는 운영자에게 초대장을 받아 메시지 두 개를 보냈고, 다음에 온 것이 첫 알림이에요.

(Written by `make transcript`: a new member's phone, from the invitation to the first alert, in the simulated world.)

```
"""


async def _story(line: WholeLine) -> None:
    """Let Anna invite somebody, who comes in, adds a stock by its name, and is alerted."""
    began = line.clock.now()
    await line.say(ANNA, "/invite", "💌")
    code = line.texts(ANNA)[-1].rpartition("/start ")[2]
    await line.say(NEWCOMER, f"/start {code}", "반가워요", name=NAME)
    await line.say(NEWCOMER, f"/add {STOCK.name}", "✅", name=NAME)
    await line.until_targets([STOCK.code], began)
    line.jump_to("08:55:00")
    await line.until_streamed([STOCK.code])
    line.jump_to("08:59:58")
    line.order(fault="move", symbol=STOCK.code, sigma=-1.3)
    line.jump(timedelta(seconds=5))
    await line.until_told(NEWCOMER, STOCK.code, "🚨")


def come_in(directory: Path) -> list[PhoneMessage]:
    """Play it, and return what stands on the phone of who came in."""

    async def play() -> None:
        people = [SimulatedPerson(chat_id=ANNA, name="Anna")]
        calls: dict[str, Any] = {"rest_calls_per_second": 1_000, "token_once_a_minute": False}
        async with kis.world(directory / "world", start=MORNING, symbols=[STOCK], people=people, **calls) as simulator:
            line = WholeLine(directory, simulator)
            await line.play(_story, [], operator=ANNA)

    asyncio.run(play())
    return read_phone(directory / "world", NEWCOMER)


def page_of(messages: list[PhoneMessage]) -> str:
    """Return the page that shows *messages*."""
    return f"{INTRODUCTION}{render_phone(messages)}```\n"


def outline_of(page: str) -> list[str]:
    """Return who wrote each message of *page*, and how it begins, without what no run has from another."""
    heads = re.findall(r"^#\d+ .* · (\S+)(?: 🔕)?\n─+\n(.*)$", page, flags=re.MULTILINE)
    return [f"{sender}: {re.sub(CODE, 'CODE', begin)}" for sender, begin in heads]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        Path(sys.argv[1]).write_text(page_of(come_in(Path(directory))), encoding="utf-8")
