"""The whole line at work in one process: a simulated world, feed, analyst, evaluator and telegram over real sockets.

tell(directory, story, symbols)   a world of these symbols, watched by Anna (Korean) and Bora (English), in which
                                  *story* lets things happen; what was on their phones, and what the checker says

Time jumps where the story says so: nobody waits for the market to open, and nothing depends on how fast this machine
is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct
from sqlalchemy import select

from actors.analyst.config import AnalystConfig
from actors.analyst.shell import run as analyse
from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.shell import run as evaluate
from actors.feed.config import FeedConfig
from actors.feed.shell import run as feed
from actors.market.sessions import SEOUL
from actors.runtime.clock import SystemClock
from actors.runtime.config import Settings
from actors.runtime.store import open_reader, open_store
from actors.telegram.config import SeededPerson, SeededWatch, TelegramConfig
from actors.telegram.people.own_rules import below
from actors.telegram.people.register import Register
from actors.telegram.shell import run as deliver
from protocol.letters import REHEARSAL, Check, Matter, SelfTested
from protocol.messages import MarketStatus, Targets, Venue
from protocol.moments import from_ns, to_ns
from protocol.tables.analyst import letters
from simulator.config import SimulatedPerson, SymbolProfile
from simulator.faults import parse_fault
from simulator.judgement.alert_text import is_alert
from simulator.judgement.checker import compare_exactly
from simulator.judgement.evidence import Watcher, read_trades
from simulator.judgement.oracle import Circumstances, expected_alerts
from simulator.judgement.verdict import Verdict, read_accepted
from simulator.telegram.log import read_log
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.actor import make_settings
from tests.support.calendar import lay_out_closed_days
from tests.support.databases import lay_out
from tests.support.feed import GENEROUS
from tests.support.party import Party, living
from tests.support.shells import at_work

__all__ = ["ANNA", "BORA", "Told", "WholeLine", "tell"]

ANNA, BORA = 1001, 1002
LANGUAGES = {ANNA: "ko", BORA: "en"}
SHEETS = ("📋", "☀️", "🌙")
"""How texts begin that are about many symbols: the list, and the reports before the opens."""
REST_S = 24 * 3600.0
"""Each rule fires once in the story."""
PATIENCE_S = 120.0
"""For the whole story: five processes' work is done by one."""
OK = 200
KIS_CONF = "[kis.calls_per_second]\nfeed = 200.0\nanalyst = 400.0\n"

Story = Callable[["WholeLine"], Awaitable[None]]


class Told(Struct, frozen=True):
    """What became of a story."""

    texts: dict[int, list[str]]
    """What each chat has been sent, in order, pictures left out."""
    verdict: Verdict

    def of(self, symbol: str, chat_id: int = ANNA) -> list[str]:
        """Return the texts in a chat that are about *symbol* alone."""
        return about(symbol, self.texts[chat_id])


class SharedClock(SystemClock):
    """The world's own clock, which jumps for everybody at once."""

    def __init__(self, world: Simulator) -> None:
        self._world = world.clock
        self.speed = self._world.speed

    def now_ns(self) -> int:
        """Return the world's moment as UTC epoch nanoseconds."""
        return self._world.now_ns()

    def now(self) -> datetime:
        """Return the world's moment, UTC."""
        return from_ns(self.now_ns())


class WholeLine:
    """A world with all who watch it."""

    def __init__(self, directory: Path, simulator: Simulator) -> None:
        self.simulator = simulator
        self.clock = SharedClock(simulator)
        self.journals = directory / "world"
        masters_url = f"{simulator.rest_url}/common/master"
        kis_table = f'[kis]\nrest_url = "{simulator.rest_url}"\nws_url = "{simulator.ws_url}"\n'
        self.settings: Settings = make_settings(
            directory, f'{kis_table}masters_url = "{masters_url}"\n{GENEROUS}{KIS_CONF}'
        )
        lay_out(self.settings, "feed", "analyst", "evaluator", "telegram")
        lay_out_closed_days(self.settings)
        self._listener = Party("ctl", self.settings)
        self._wrong: dict[str, set[date]] = {}

    def order(self, **fault: object) -> None:
        """Let the world play a fault, now."""
        assert self.simulator.player.order(parse_fault(msgspec.json.encode(fault)))
        if fault["fault"] == "wrong_bar":
            self._wrong.setdefault(str(fault["symbol"]), set()).add(date.fromisoformat(str(fault["session_date"])))

    def jump_to(self, text: str) -> None:
        """Let it be *text*, an hour in Seoul such as 08:30:00, for everybody at once."""
        here = self.clock.now().astimezone(SEOUL)
        then = datetime.combine(here.date(), datetime.strptime(text, "%H:%M:%S").time(), SEOUL)  # noqa: DTZ007
        assert then > here, f"expected an hour behind {here}, found {text}"
        self.simulator.clock.set_to(to_ns(then))

    def jump(self, by: timedelta) -> None:
        """Let so much time be over for everybody at once."""
        self.simulator.clock.set_to(self.clock.now_ns() + int(by.total_seconds()) * 1_000_000_000)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until *condition* holds; looked at whenever somebody has said something."""
        await self._listener.until(lambda _received: condition(), PATIENCE_S)

    async def until_targets(self, symbols: Sequence[str], since: datetime) -> None:
        """Wait until targets of all *symbols* have been made since the moment *since*."""
        await self.until(lambda: {each.symbol for each in self._targets() if each.computed_at >= since} >= {*symbols})

    async def until_streamed(self, symbols: Sequence[str], tr_ids: Sequence[str] = ("H0STCNT0", "H0STMKO0")) -> None:
        """Wait until KIS has confirmed the streams *tr_ids* of all *symbols*: of Korea, trades and market status."""
        wanted = {f"{tr_id} {symbol}" for tr_id in tr_ids for symbol in symbols}
        await self.until(lambda: wanted <= {*self.simulator.describe()["registrations"]})  # type: ignore[misc]

    async def until_noted(self, symbols: Sequence[str], note: str) -> None:
        """Wait until KIS has said of all *symbols* that *note* is the matter with them."""
        await self.until(lambda: {each.symbol for each in self._statuses() if note in each.notes} >= {*symbols})

    async def until_told(self, chat_id: int, symbol: str, sign: str) -> None:
        """Wait until a chat has had a text about *symbol* alone that begins with *sign*."""
        await self.until(lambda: any(text.startswith(sign) for text in about(symbol, self.texts(chat_id))))

    async def say(self, user_id: int, text: str, sign: str, name: str = "") -> None:
        """Let somebody write to the bot, and wait for an answer that begins with *sign*."""
        said = {"user_id": user_id, "text": text, "name": name}
        url = f"{self.simulator.telegram_url}/simulator/say"
        async with aiohttp.ClientSession() as http, http.post(url, json=said) as answer:
            assert answer.status == OK
        await self.until(lambda: any(told.startswith(sign) for told in self.texts(user_id)))

    def texts(self, chat_id: int) -> list[str]:
        """Return what a chat has been sent, in order, pictures left out."""
        lines = read_log(self.journals)
        return [
            line.text for line in lines if line.accepted and line.method == "sendMessage" if line.chat_id == chat_id
        ]

    def rehearsals(self) -> list[Check]:
        """Return what the self-tests have found of the trades that they sent through the line."""
        reader = open_reader("analyst", self.settings)
        assert reader is not None
        with reader.connect() as connection:
            bodies = [str(body) for body in connection.scalars(select(letters.c.body).order_by(letters.c.position))]
        reader.dispose()
        matters = [msgspec.json.decode(body, type=Matter) for body in bodies]
        checks = [check for matter in matters if isinstance(matter, SelfTested) for check in matter.checks]
        return [check for check in checks if check.name == REHEARSAL]

    async def play(self, story: Story, watched: Sequence[SymbolProfile], operator: int = 0) -> None:
        """Let everybody live as long as *story*, while *watched* is watched; *operator* is one of them, if any is."""
        self._seat(watched, operator)
        # Each alert by itself, to be read by itself.
        deliverer = TelegramConfig(
            api_url=self.simulator.telegram_url,
            store_poll_s=0.1,
            poll_timeout_s=1,
            chat_per_s=1_000.0,
            chat_burst=1_000.0,
            bot_per_s=1_000.0,
            group_from=1_000,
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(living(self._listener))
            house = (self.settings, self.clock)
            for one in (
                at_work("telegram", deliver, deliverer, *house),
                at_work("evaluator", evaluate, EvaluatorConfig(rest_s=REST_S, recompute_s=0.5), *house),
                at_work("analyst", analyse, AnalystConfig(look_again_s=1.0), *house),
                at_work("feed", feed, FeedConfig(request_spacing_s=0.01), *house),
            ):
                await stack.enter_async_context(one)
            async with asyncio.timeout(PATIENCE_S):
                await story(self)

    def verdict(self, watched: Sequence[SymbolProfile]) -> Verdict:
        """Return what the checker says: as nothing has gone wrong, what is due is alerted, one for one."""
        symbols = [profile.code for profile in watched]
        watchers = [
            Watcher(person_id=number, chat_id=chat_id, symbols=symbols) for number, chat_id in enumerate(LANGUAGES, 1)
        ]
        circumstances = Circumstances(
            read_trades(self.journals), watchers, {symbol: self._closes(symbol) for symbol in symbols}, rest_s=REST_S
        )
        return compare_exactly(read_accepted(self.journals), expected_alerts(circumstances))

    def _closes(self, symbol: str) -> Mapping[date, float]:
        """Return the world's own closes without those that were told wrong: nobody can know what they were."""
        exchange = self.simulator.exchange
        today = self.clock.now().astimezone(SEOUL).date()
        wrong = self._wrong.get(symbol, set())
        bars = exchange.history(symbol, today - timedelta(days=1), today - timedelta(days=400))
        return {bar.session_date: bar.close for bar in bars if bar.volume and bar.session_date not in wrong}

    def _targets(self) -> list[Targets]:
        return [message for message in self._listener.messages(Targets) if isinstance(message, Targets)]

    def _statuses(self) -> list[MarketStatus]:
        return [message for message in self._listener.messages(MarketStatus) if isinstance(message, MarketStatus)]

    def _seat(self, watched: Sequence[SymbolProfile], operator: int) -> None:
        """Let Anna and Bora watch everything, each in her language."""
        watches = tuple(SeededWatch(symbol=each.code, name=each.name, venue=Venue(each.venue)) for each in watched)
        engine = open_store("telegram", self.settings)
        for chat_id, language in LANGUAGES.items():
            role = "operator" if chat_id == operator else "member"
            person = SeededPerson(name=str(chat_id), user_id=chat_id, chat_id=chat_id, role=role, watches=watches)
            Register(engine, language, "Asia/Seoul").seed(person, below((1.0, 2.0)), self.clock.now_ns())
        engine.dispose()


def about(symbol: str, texts: Sequence[str]) -> list[str]:
    """Return those of *texts* that are about *symbol* alone."""
    return [text for text in texts if f"({symbol})" in text and not text.startswith(SHEETS)]


def tell(
    directory: Path,
    story: Story,
    symbols: Sequence[SymbolProfile],
    faults: Sequence[Mapping[str, object]] = (),
    **world: object,
) -> Told:
    """Tell *story*, and return what became of it.

    Args:
        directory: for all of it.
        story: what happens.
        symbols: the world's, all of them watched.
        faults: what is wrong from the beginning.
        world: changes to the world's configuration.
    """
    people = [SimulatedPerson(chat_id=chat_id, name=str(chat_id)) for chat_id in LANGUAGES]
    fixed: dict[str, Any] = {"symbols": list(symbols), "people": people}
    calls: dict[str, Any] = {"rest_calls_per_second": 1_000, "token_once_a_minute": False}

    async def play() -> Told:
        async with kis.world(directory / "world", **{**fixed, **calls, **world}) as simulator:
            line = WholeLine(directory, simulator)
            for fault in faults:
                line.order(**fault)
            await line.play(story, symbols)
            texts = {chat_id: line.texts(chat_id) for chat_id in LANGUAGES}
            simulator.journal.flush()
            verdict = line.verdict(symbols)
        assert verdict.accepted == sum(map(is_alert, [text for told in texts.values() for text in told]))
        return Told(texts, verdict)

    return asyncio.run(play())
