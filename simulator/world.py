"""The whole simulated world running: KIS, Telegram and the market, in one loop.

every few milliseconds: the trades that are due --> frames to who has registered, lines to the journal
before a numbered trade: the faults of the script
a few times a second: PINGPONG; once a second: the state that a restart goes on from
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path

from aiohttp import web

from actors.runtime.clock import life_of_parent
from simulator.clock import write_clock
from simulator.config import SimulatorConfig
from simulator.errors import CannotPlay
from simulator.journal import Journal, TradeLine, minute_line, read_minutes
from simulator.kis.admin import add_orders
from simulator.kis.broker import Broker, Rules
from simulator.kis.events import MarketEvents
from simulator.kis.keys import KeyDesk
from simulator.kis.masters import MasterFiles, add_masters
from simulator.kis.player import Player
from simulator.kis.quotations import Quotations
from simulator.kis.rest import KisRest
from simulator.kis.rest_faults import RestFaults
from simulator.kis.websocket import KisWebSocket
from simulator.lives import Life, begin_life, begin_recorded_day, last_trading_day
from simulator.market.calendar import calendar_of
from simulator.market.exchange import Exchange, on_nxt
from simulator.market.instrument import Print
from simulator.ntfy.server import NtfySettings, running_ntfy
from simulator.recorded_trades import RecordedTrade
from simulator.recordings import RecordedFrame, read_recording
from simulator.script import FaultScript, read_script
from simulator.state import read_state, write_state
from simulator.telegram.faults import Fault as TelegramFault
from simulator.telegram.faults import parse_script
from simulator.telegram.server import TelegramPerson, TelegramSettings, running_telegram

__all__ = ["Simulator", "running_simulator"]

_TURN_S = 0.005
_MEGABYTE = 1024 * 1024
_BATCH = 2_000
_SECOND_NS = 1_000_000_000
_SILENCE_EVERY_NS = _SECOND_NS // 4


class Simulator:
    """A running world. Make it with `running_simulator`.

    `rest_url`, `ws_url`, `telegram_url` and, if there is one, `ntfy_url` say where it listens.
    """

    def __init__(self, life: Life, script: FaultScript, directory: Path, clock_path: Path, root: Path) -> None:
        config = life.config
        self._life = life
        self._directory = directory
        self._clock_path = clock_path
        self._root = root
        script.skip("trade", life.exchange.next_index)
        script.skip("connection", life.state.connections + 1)
        script.skip("request", life.state.requests + 1)
        self._world = f"{config.start} {config.seed} {config.recording}"
        self._krx = calendar_of("KRX", config.closed_days)
        self.clock = life.clock
        self.journal = Journal(
            directory,
            life.clock,
            record_trades=config.record_trades,
            largest_bytes=config.journal_mb * _MEGABYTE,
        )
        desk = KeyDesk(
            config.seed,
            life.state.keys,
            token_once_a_minute=config.token_once_a_minute,
            approval_once_a_second=config.approval_once_a_second,
        )
        self._broker = Broker(desk, _rules(config))
        self._websocket = KisWebSocket(
            config=config,
            clock=life.clock,
            broker=self._broker,
            journal=self.journal,
            counter=life.state,
            on_opened=lambda number: self._player.play_due("connection", number),
        )
        self._events = MarketEvents(life.exchange, self._websocket.publisher, life.clock, config.hts_id)
        self._quotations = Quotations(life.exchange, life.clock, self.journal, self._events, self._krx)
        rest_faults = RestFaults()
        self._player = Player(
            script=script,
            journal=self.journal,
            exchange=life.exchange,
            broker=self._broker,
            desk=desk,
            app_keys=[config.app_key, *config.more_app_keys],
            websocket=self._websocket,
            events=self._events,
            quotations=self._quotations,
            rest=rest_faults,
            replay=self.replay,
            save=self._save,
        )
        rest = KisRest(
            config=config,
            clock=life.clock,
            desk=desk,
            quotations=self._quotations,
            faults=rest_faults,
            journal=self.journal,
            counter=life.state,
            on_request=lambda number: self._player.play_due("request", number),
        )
        add_orders(rest.application, self._player, self.describe)
        add_masters(rest.application, MasterFiles(lambda: self.exchange))
        self._enter(life.exchange)
        self._runner = web.AppRunner(rest.application, access_log=None, shutdown_timeout=0.2)
        self.rest_url = ""
        self.telegram_url = ""
        self.ntfy_url = ""
        self._running: asyncio.Task[None] | None = None
        self._silence_looked_ns = self._state_written_ns = 0

    @property
    def ws_url(self) -> str:
        """Where KIS's WebSocket listens."""
        return self._websocket.url

    @property
    def exchange(self) -> Exchange:
        """The market of this moment."""
        return self._life.exchange

    @property
    def player(self) -> Player:
        """Who plays the faults."""
        return self._player

    def describe(self) -> dict[str, object]:
        """Return how the world stands, for people and tests."""
        return {
            "world_now": self.clock.now().isoformat(),
            "speed": self.clock.speed,
            "next_trade": self.exchange.next_index,
            "requests": self._life.state.requests,
            "connections": self._life.state.connections,
            "open_sessions": self._websocket.open_sessions,
            "registrations": sorted(f"{tr_id} {tr_key}" for tr_id, tr_key in self._broker.subscribers),
        }

    def replay(self, session_date: str) -> None:
        """Go over to *session_date* of the recording.

        Raises:
            LookupError: there is no recording, or it has no such date.
        """
        life = self._life
        path = self._root / life.config.recording
        days = {day.session_date: day for day in read_recording(path)} if life.config.recording else {}
        try:
            day = days[date.fromisoformat(session_date)]
        except (KeyError, ValueError):
            message = f"expected a session date of the recording, found {session_date}"
            raise LookupError(message) from None
        self.clock.set_to(day.starts_ns)
        next_index = self.exchange.next_index
        life.exchange, life.replay = begin_recorded_day(life.config, day)
        life.exchange.set_next_index(next_index)
        life.state.last_date = day.session_date
        self._enter(life.exchange)
        write_clock(self._clock_path, self.clock)
        self._save()

    def _enter(self, exchange: Exchange) -> None:
        """Let everybody who knows the market know *exchange*, with the minutes that earlier lives have noted."""
        self._quotations.exchange = self._player.exchange = self._events.exchange = exchange
        self._websocket.publisher.on_nxt = frozenset(
            name.removesuffix("@NXT") for name, each in exchange.instruments.items() if each.venue == "NXT"
        )
        for name, bars in read_minutes(self._directory / "minutes.jsonl", self._world).items():
            if name in exchange.instruments:
                exchange.instruments[name].minutes.remember(bars)

    async def start(self) -> None:
        """Listen, and tell everybody the time."""
        config = self._life.config
        await self._runner.setup()
        await web.TCPSite(self._runner, config.host, config.rest_port, reuse_address=True).start()
        self.rest_url = f"http://{config.host}:{self._runner.addresses[0][1]}"
        await self._websocket.start()
        write_clock(self._clock_path, self.clock)
        self._save()
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Close every connection, save the state and close the journal.

        The clock's file goes first: whoever starts now must wait for the next world instead of reading the old time.
        """
        self._clock_path.unlink(missing_ok=True)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
        await self._websocket.stop()
        await self._runner.cleanup()
        self._note_minutes()
        self._save()
        self.journal.close()
        if self._running is not None and not self._running.cancelled():
            self._running.result()

    async def wait(self) -> None:
        """Wait until the world ends, which only a bug of ours makes it do; it is raised."""
        assert self._running is not None  # noqa: S101 - made by `start`
        await asyncio.wait([self._running])
        self._running.result()

    async def _run(self) -> None:
        while True:
            is_behind = self.turn()
            await asyncio.sleep(0 if is_behind else _TURN_S)

    def turn(self) -> bool:
        """Do what is due now; return whether trades remain due."""
        now_ns = self.clock.now_ns()
        limit = self._limit()
        trades = self.exchange.due(now_ns, limit)
        self._events.end_halts(now_ns)
        if trades:
            self._publish(trades)
        if self._life.replay is not None:
            self._play(self._life.replay.due(iter(self._broker.subscribers), now_ns))
        self._events.end_interruptions()
        self.journal.flush()
        monotonic_ns = self.clock.monotonic_ns()
        if monotonic_ns - self._silence_looked_ns > _SILENCE_EVERY_NS:
            self._silence_looked_ns = monotonic_ns
            self._websocket.look_after_silence()
        if monotonic_ns - self._state_written_ns > _SECOND_NS:
            self._state_written_ns = monotonic_ns
            self._note_minutes()
            self._save()
        return len(trades) >= limit

    def _limit(self) -> int:
        number = self._player.script.next_number("trade")
        if number is None:
            return _BATCH
        # Trades are made only up to the next fault, so that it changes those behind it and no others.
        return min(_BATCH, max(number - self.exchange.next_index, 1))

    def _publish(self, trades: list[Print]) -> None:
        most = self.exchange.records_per_frame
        while (number := self._player.script.next_number("trade")) is not None and number <= trades[-1].index:
            before = max(number - trades[0].index, 0)
            self._websocket.publisher.publish(trades[:before], most)
            trades = trades[before:]
            self._player.play_due("trade", number)
        self._websocket.publisher.publish(trades, most)

    def _play(self, frames: list[RecordedFrame]) -> None:
        for frame in frames:
            receivers = self._websocket.publisher.publish_raw((frame.tr_id, frame.tr_key), frame.payload)
            written_at = self.clock.now_ns()
            for trade in frame.trades:
                name = on_nxt(trade.symbol) if trade.venue == "NXT" else trade.symbol
                if (instrument := self.exchange.instruments.get(name)) is not None:
                    instrument.take(
                        trade.traded_at_ns,
                        trade.price,
                        trade.cumulative_volume,
                        (trade.day_open, trade.day_high, trade.day_low),
                    )
                index = self.exchange.take_index()
                self.journal.trade(_recorded_line(index, trade, receivers[0] if receivers else None, written_at))

    def _note_minutes(self) -> None:
        for name, instrument in self.exchange.instruments.items():
            for bar in instrument.minutes.take_new():
                self.journal.minute(minute_line(self._world, name, bar))

    def _save(self) -> None:
        life = self._life
        now_ns = self.clock.now_ns()
        life.state.market = self.exchange.snapshot(now_ns)
        life.state.time = self.clock.time
        if life.replay is None:
            life.state.last_date = last_trading_day(self._krx, now_ns)
        write_state(self._directory / "state.json", life.state)


@asynccontextmanager
async def running_simulator(
    config: SimulatorConfig,
    directory: Path,
    *,
    clock_path: Path | None = None,
    root: Path | None = None,
    life: str | None = None,
) -> AsyncIterator[Simulator]:
    """Run a world as long as the block lasts.

    Args:
        config: the table `[simulator]`; ports of 0 take any free one.
        directory: `simulator` in the data folder, where state and journals lie.
        clock_path: run/clock.json; by default `clock.json` in *directory*.
        root: what file names in *config* are relative to; by default the working directory.
        life: who starts it; by default the parent process.

    Raises:
        CannotPlay: the configuration, a script or the recording is wrong.
        OSError: a port is taken.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing runs yet
    root = root or Path()
    begun = begin_life(config, read_state(directory / "state.json"), life or life_of_parent(), root)
    faults = _telegram_faults(config, root)
    script = FaultScript(read_script(root / config.faults) if config.faults else [])
    simulator = Simulator(begun, script, directory, clock_path or directory / "clock.json", root)
    try:
        async with AsyncExitStack() as others:
            telegram = running_telegram(_telegram_settings(config), directory, begun.clock, faults)
            simulator.telegram_url = (await others.enter_async_context(telegram)).base_url
            if config.ntfy:
                settings = NtfySettings(host=config.host, port=config.ntfy_port)
                ntfy = running_ntfy(settings, directory, begun.clock)
                simulator.ntfy_url = (await others.enter_async_context(ntfy)).base_url
            await simulator.start()
            yield simulator
    finally:
        await simulator.stop()


def _rules(config: SimulatorConfig) -> Rules:
    return Rules(
        max_registrations=config.max_registrations,
        takeover=config.second_session == "takeover",
        slot_busy_s=config.slot_busy_s,
        is_slot_renewed=config.slot_busy_renewed,
        tries_until_invalid=config.tries_until_invalid,
        hts_id=config.hts_id,
    )


def _telegram_faults(config: SimulatorConfig, root: Path) -> list[TelegramFault]:
    if not config.telegram_faults:
        return []
    try:
        return parse_script((root / config.telegram_faults).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"telegram_faults: expected a script of Telegram's faults, found {error}"
        raise CannotPlay(message) from error


def _telegram_settings(config: SimulatorConfig) -> TelegramSettings:
    return TelegramSettings(
        token=config.bot_token,
        host=config.host,
        port=config.telegram_port,
        people=tuple(TelegramPerson(chat_id=person.chat_id, name=person.name) for person in config.people),
        is_rate_limited=config.telegram_rate_limits,
    )


def _recorded_line(index: int, trade: RecordedTrade, connection: int | None, written_at: int) -> TradeLine:
    return TradeLine(
        index,
        trade.symbol,
        trade.venue,
        trade.traded_at_ns,
        trade.session_date.isoformat(),
        trade.price,
        trade.base_price,
        trade.volume,
        trade.cumulative_volume,
        trade.day_low,
        trade.day_low_at_ns,
        connection,
        written_at,
    )
