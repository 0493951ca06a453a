"""The telegram actor in the test's own process, with a simulated Telegram that outlives it.

play(directory, scene): a `Town` with an empty watch of the world; in it each `life` is one start of the actor,
between fake ports, real databases and the simulated Bot API over real sockets.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Executable, Row, insert, select, update

from actors.runtime.actor import Actor
from actors.runtime.clock import SystemClock
from actors.runtime.config import Secrets, Settings
from actors.runtime.errors import CommandRefused
from actors.runtime.store import open_store
from actors.telegram.config import SeededPerson, SeededWatch, TelegramConfig
from actors.telegram.people.access import code_hash
from actors.telegram.shell import run
from protocol.messages import Venue
from protocol.tables.telegram import deliveries, invitations, marks
from simulator.telegram.deeds import Say
from simulator.telegram.faults import Fault
from simulator.telegram.log import LogLine, read_log
from simulator.telegram.server import TelegramPerson, TelegramSettings, TelegramSimulator, running_telegram
from tests.support.actor import make_actor, make_secrets, make_settings
from tests.support.databases import lay_out
from tests.support.ports import FakePorts

__all__ = ["ANNA", "BORA", "TOKEN", "Town", "play", "seeded", "told"]

ANNA, BORA = 1001, 1002
TOKEN = "1000000000:SIMULATED-BOT-TOKEN-0000000000000000"
PATIENCE_S = 20.0


class NoticedPorts(FakePorts):
    """Fake ports that let whoever waits look again when the actor has done something."""

    def __init__(self, noticed: asyncio.Condition) -> None:
        super().__init__()
        self._noticed = noticed
        self._notices: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Let `serve` take a turn, and whoever waits look again."""
        super().wake()
        notice = asyncio.get_running_loop().create_task(self._notify())
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._noticed:
            self._noticed.notify_all()


class RealTimes(SystemClock):
    """The machine's own time, as the simulator wants it too."""

    def monotonic_ns(self) -> int:
        """Return the monotonic clock in nanoseconds."""
        return int(self.monotonic() * 1e9)


class Town:
    """A simulated Telegram that knows Anna and Bora, and what outlives one life of the actor."""

    def __init__(self, directory: Path, simulator: TelegramSimulator) -> None:
        self.simulator = simulator
        self.settings: Settings = make_settings(directory)
        self.prices: dict[str, float] = {}
        """The last prices, as far as evaluator knows them."""
        self._directory = directory
        self._noticed = asyncio.Condition()
        self.ports = NoticedPorts(self._noticed)
        lay_out(self.settings, "evaluator", "feed", "analyst", "telegram")

    @asynccontextmanager
    async def life(
        self, config: TelegramConfig | None = None, operator_code_hash: str = ""
    ) -> AsyncIterator[Actor[TelegramConfig]]:
        """Let the actor live as long as the block, from when it is ready, and stop as on SIGTERM."""
        self.ports = NoticedPorts(self._noticed)
        self.ports.answers[("analyst", "find")] = find
        self.ports.answers[("evaluator", "prices")] = lambda: {
            symbol: {"price": price} for symbol, price in self.prices.items()
        }
        secrets = make_secrets(telegram_bot_token=TOKEN, operator_code_hash=operator_code_hash)
        actor = self._actor(config or self.config(), secrets)
        task = asyncio.create_task(run(actor))
        try:
            await self.until(lambda: bool(self.ports.published))
            yield actor
        finally:
            actor.stop()
            self.ports.stop()
            await task

    def config(self) -> TelegramConfig:
        """Return a configuration in which everything hurries."""
        watch = SeededWatch(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
        return TelegramConfig(
            api_url=self.simulator.base_url,
            store_poll_s=0.02,
            poll_timeout_s=1,
            # As long as a scene may take: on a machine that stands still for a second, a message would be in doubt.
            read_timeout_s=PATIENCE_S,
            retry_first_s=0.05,
            retry_cap_s=0.1,
            doubt_min_s=0.01,
            doubt_max_s=0.02,
            doubt_silent_s=0.0,
            chat_per_s=1000.0,
            chat_burst=1000.0,
            bot_per_s=1000.0,
            bad_token_retry_s=0.05,
            picture_again_s=0.05,
            people=(seeded(ANNA, "operator", watch), seeded(BORA, "member")),
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until *condition* holds; looked at whenever the actor wakes."""
        async with asyncio.timeout(PATIENCE_S), self._noticed:
            await self._noticed.wait_for(condition)

    def say(self, user_id: int, text: str, chat_id: int = 0) -> None:
        """Let somebody write to the bot, in private unless a chat is named."""
        self.simulator.say(Say(user_id=user_id, text=text, chat_id=chat_id))

    def log(self, method: str) -> list[LogLine]:
        """Return what Telegram accepted by *method*."""
        return [line for line in read_log(self._directory) if line.accepted and line.method == method]

    def refused(self) -> list[str]:
        """Return why Telegram refused what it refused."""
        return [line.error for line in read_log(self._directory) if line.error]

    def texts(self, chat_id: int = ANNA) -> list[str]:
        """Return the texts in a chat, in order."""
        return [line.text for line in self.log("sendMessage") if line.chat_id == chat_id]

    def marked(self, chat_id: int = ANNA) -> list[bool]:
        """Return of each text in a chat whether it says that it may be a repeat."""
        return [text.startswith("🔁") for text in self.texts(chat_id)]

    # -- telegram's database --------------------------------------------------------------------------------------

    def deliveries(self, kind: str = "text") -> list[tuple[str, str]]:
        """Return state and reason of the deliveries of *kind*, oldest first."""
        columns = deliveries.c
        statement = select(columns.state, columns.reason).where(columns.kind == kind).order_by(columns.id)
        return [(row.state, row.reason) for row in self.rows(statement)]

    def mark(self, name: str) -> str:
        """Return how far the actor has come."""
        return str(self.rows(select(marks.c.value).where(marks.c.name == name))[0].value)

    def leave(self, delivery_id: int, state: str) -> None:
        """Leave a delivery as a killed process would."""
        self.rows(update(deliveries).where(deliveries.c.id == delivery_id).values(state=state))

    def reboot(self) -> None:
        """Let the last life have been in another boot of the machine."""
        self.rows(update(marks).where(marks.c.name == "boot_id").values(value="another"))

    def invite(self, code: str, role: str) -> None:
        """Let there be an invitation with *code*."""
        self.rows(insert(invitations).values(code_hash=code_hash(code), role=role))

    def rows(self, statement: Executable) -> list[Row[Any]]:
        """Return what *statement* finds in telegram's database, or let it change something there."""
        engine = open_store("telegram", self.settings)
        with engine.begin() as connection:
            result = connection.execute(statement)
            found = list(result) if result.returns_rows else []
        engine.dispose()
        return found

    def _actor(self, config: TelegramConfig, secrets: Secrets) -> Actor[TelegramConfig]:
        return make_actor("telegram", config, self.settings, ports=self.ports, clock=RealTimes(), secrets=secrets)


def play(
    directory: Path,
    scene: Callable[[Town], Awaitable[None]],
    faults: Iterable[Fault] = (),
    *,
    others: Iterable[int] = (),
    is_rate_limited: bool = False,
) -> Town:
    """Act out *scene* in a town of its own, where *others* live, too, and return the town as it is then."""
    names = {ANNA: "Anna", BORA: "Bora"} | {chat_id: str(chat_id) for chat_id in others}
    people = tuple(TelegramPerson(chat_id=chat_id, name=name) for chat_id, name in names.items())

    async def story() -> Town:
        settings = TelegramSettings(token=TOKEN, people=people, is_rate_limited=is_rate_limited)
        async with running_telegram(settings, directory, RealTimes(), faults) as simulator:
            town = Town(directory, simulator)
            await scene(town)
            return town

    return asyncio.run(story())


def seeded(user_id: int, role: str, *watches: SeededWatch) -> SeededPerson:
    """Return somebody who is known from the start."""
    return SeededPerson(name=str(user_id), user_id=user_id, chat_id=user_id, role=role, watches=watches)


def find(words: str) -> dict[str, object]:
    """Answer for analyst: it knows two instruments, and refuses words without a letter."""
    if not any(letter.isalnum() for letter in words):
        message = f"expected a name or a symbol, found {words}"
        raise CommandRefused(message)
    known = {"005930": "삼성전자", "005935": "삼성전자우"}
    found = [symbol for symbol, name in known.items() if words == symbol or name.startswith(words)]
    rows = [{"symbol": symbol, "name": known[symbol], "venue": "KRX", "kind": "share"} for symbol in found]
    return {"candidates": rows, "certain": len(words) > len("삼성")}


async def told(actor: Actor[TelegramConfig], command: str, **arguments: object) -> dict[str, object]:
    """Return what the actor answers to an operator's command; what it refuses is an `error`."""
    question = msgspec.json.encode({"command": command, "arguments": arguments})
    answer = await actor._commands.answer(question)
    return answer.result or {"error": answer.error}
