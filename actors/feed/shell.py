"""The feed's process: performs what the core decides, and hands trades on as they arrive.

The socket speaks from asyncio's callbacks: what one look at it brought is parsed and published there and then. All
else (the watch list, waking, what the operator asks) goes through the receive loop.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

from msgspec.structs import replace

from actors.feed.client import KisSocket, open_kis_socket
from actors.feed.config import FeedConfig
from actors.feed.core import FeedCore, Phase
from actors.feed.events import (
    Announce,
    AnswerReceived,
    AskKey,
    BudgetSpent,
    Close,
    Command,
    Connect,
    Connected,
    ConnectFailed,
    Disconnected,
    FeedEvent,
    GiveUp,
    KeyFailed,
    KeyReceived,
    ReconnectAsked,
    Send,
    StreamsWanted,
    WakeIn,
    Woken,
)
from actors.feed.hours import Hours
from actors.feed.intake import Intake
from actors.feed.keys import KeyKeeper, OutOfBudget
from actors.feed.store import FeedStore
from actors.feed.subscriptions import Request, Subscriptions
from actors.feed.watch_list import read_streams
from actors.kis.config import KisConfig
from actors.kis.frames import Bytes
from actors.kis.http import KisHttp
from actors.kis.messages import Answer, PingPong, build_request
from actors.market.closed_days import load_closed_days
from actors.market.config import MarketConfig
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import CommandRefused, ConfigError, TemporaryFailure
from actors.runtime.mirror import Mirror
from actors.runtime.store import open_store
from protocol.messages import Event, Trades
from protocol.moments import from_ns

__all__ = ["run"]

MOST_TRADES = 256

NS = 1_000_000_000


async def run(actor: Actor[FeedConfig]) -> None:
    """Bring KIS's trades to the others until told to stop."""
    actor.secrets.require("kis_app_key", "kis_app_secret")
    shell = _Shell(actor)
    try:
        await shell.live()
    finally:
        await shell.close()


class _Shell:
    """The core and everything that it commands."""

    def __init__(self, actor: Actor[FeedConfig]) -> None:
        config, kis = actor.config, actor.settings.table("kis", KisConfig)
        self._actor = actor
        self._kis = kis
        self._store = FeedStore(open_store("feed", actor.settings), actor.secrets.kis_app_key.reveal())
        self._http = KisHttp(kis, actor.secrets)
        self._keys = KeyKeeper(self._http, self._store, kis, actor.clock)
        self._watches = Mirror("telegram", "watches", actor.settings, read_streams)
        self._subscriptions = Subscriptions(
            kis.registration_limit, config.request_spacing_s, config.answer_timeout_s, config.refused_retry_s
        )
        self._core = FeedCore(
            config, self._subscriptions, Backoff(config.retry_first_s, config.retry_cap_s, actor.random)
        )
        self._intake = Intake()
        self._hours: Hours | None = None
        self._socket: KisSocket | None = None
        self._approval_key = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.Task[None] | None = None
        self._closed_because: str | None = None
        self._failure: BaseException | None = None
        actor.on_command("reconnect", self._answer_reconnect)
        actor.on_command("subscriptions", self._answer_subscriptions)
        actor.on_command("token", self._answer_token)

    async def live(self) -> None:
        """Follow the watch list, and keep the core awake."""
        self._begin(self._load_hours())
        async for batch in self._actor.ports.receive():
            if self._failure is not None:
                raise self._failure
            for received in batch:
                self._watches.hear(received)
            if self._closed_because is not None:
                reason, self._closed_because = self._closed_because, None
                self._tell(Disconnected(reason))
            streams = self._watches.look()
            if streams is not None:
                self._tell(StreamsWanted(streams))
            self._tell(self._woken())
            self._show_state()

    async def close(self) -> None:
        """Say goodbye to KIS, so that it frees our slot at once, and let go of everything."""
        for task in self._tasks:
            task.cancel()
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()
            await socket.gone
        self._http.close()
        self._store.close()

    # -- what the socket says -----------------------------------------------------------------------------------

    def on_opened(self, socket: KisSocket) -> None:
        """Take the *socket*, before anything that it brings."""
        self._socket = socket
        self._tell(Connected())

    def on_frames(self, frames: list[Bytes]) -> None:
        """Hand on what one look at the socket brought: all its trades as one message."""
        actor = self._actor
        trades = self._intake.take_trades(frames, actor.clock.now_ns())
        # As one message, unless it is a flood: in small portions, a trade is still in the cache when it is looked at.
        for start in range(0, len(trades), MOST_TRADES):
            actor.ports.publish(Trades(trades=trades[start : start + MOST_TRADES]))
        if trades:
            actor.progressed(len(trades))
        self._core.silence.on_frames(actor.clock.monotonic(), with_trades=bool(trades))
        for message, text in self._intake.take_messages():
            if not isinstance(message, PingPong):
                self._tell(AnswerReceived(self._without_key(message)))
            elif self._socket is not None:
                self._socket.send(text)
        for complaint in self._intake.take_complaints():
            actor.log.warning("frame_rejected", kind=complaint.kind, reason=str(complaint))

    def on_closed(self, reason: str, bug: Exception | None) -> None:
        """Let the receive loop tell the core, unless we are leaving ourselves."""
        if self._socket is None:
            return
        self._socket = None
        self._failure = self._failure or bug
        self._closed_because = reason
        self._actor.ports.wake()

    def _without_key(self, answer: Answer) -> Answer:
        """Return *answer* with stars for our approval key, which KIS quotes when it does not know it."""
        if self._approval_key and self._approval_key in answer.text:
            return replace(answer, text=answer.text.replace(self._approval_key, "***"))
        return answer

    # -- what the core decides ----------------------------------------------------------------------------------

    def _tell(self, event: FeedEvent) -> None:
        for command in self._core.on(event, self._actor.clock.monotonic()):
            self._perform(command)

    def _perform(self, command: Command) -> None:
        match command:
            case AskKey(fresh=fresh):
                self._begin(self._get_key(fresh=fresh))
            case Connect():
                self._begin(self._connect())
            case Send(request=request):
                self._send(request)
            case Close(gracefully=gracefully):
                self._close_socket(gracefully=gracefully)
            case WakeIn(seconds=seconds):
                self._wake_in(seconds)
            case Announce(name=name, severity=severity, details=details):
                self._announce(name, severity, details)
            case GiveUp(reason=reason):
                self._failure = ConfigError(reason)
                self._actor.ports.wake()

    async def _get_key(self, *, fresh: bool) -> None:
        try:
            self._approval_key = await self._keys.approval_key(fresh=fresh)
            self._actor.hide(self._approval_key)
        except OutOfBudget as spent:
            self._tell(BudgetSpent(spent.budget, spent.wait_s))
        except TemporaryFailure as failure:
            self._tell(KeyFailed(str(failure), failure.retry_after_s))
        else:
            self._tell(KeyReceived())

    async def _connect(self) -> None:
        # Spent before the attempt: a crash in it must not be free.
        wait_s = self._store.spend("connect", self._kis.connects, self._actor.clock.now_ns())
        if wait_s > 0:
            self._tell(BudgetSpent("connect", wait_s))
            return
        try:
            await open_kis_socket(self._kis.ws_url, self._actor.config, self)
        except TemporaryFailure as failure:
            self._tell(ConnectFailed(str(failure)))

    def _send(self, request: Request) -> None:
        text = build_request(request.stream, self._approval_key, self._kis.custtype, subscribe=request.subscribe)
        if self._socket is not None:
            self._socket.send(text)

    def _close_socket(self, *, gracefully: bool) -> None:
        if self._socket is not None:
            if gracefully:
                self._socket.close()
            else:
                self._socket.abort()

    def _announce(self, name: str, severity: str, details: dict[str, str]) -> None:
        actor = self._actor
        {"info": actor.log.info, "warning": actor.log.warning, "error": actor.log.error}[severity](name, **details)
        actor.ports.publish(Event(name=name, at=actor.clock.now(), details=details))
        # What an operator is told goes with how we are, which the receive loop shows.
        actor.ports.wake()

    # -- waking -------------------------------------------------------------------------------------------------

    def _wake_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._begin(self._wake_after(seconds))

    async def _wake_after(self, seconds: float) -> None:
        await self._actor.clock.sleep(seconds)
        self._timer = None
        self._tell(self._woken())

    def _woken(self) -> Woken:
        return Woken(self._hours is not None and self._hours.trades_expected(self._actor.clock.now()))

    def _show_state(self) -> None:
        trouble = self._core.trouble
        if trouble and self._hours is not None and self._hours.is_open(self._actor.clock.now()):
            self._actor.degraded(f"no trades from KIS: {trouble}")
        elif self._core.phase in {Phase.LIVE, Phase.IDLE} or (trouble and self._hours is not None):
            self._actor.running()

    async def _load_hours(self) -> None:
        actor = self._actor
        closed_days = await asyncio.to_thread(load_closed_days, actor.settings.data_dir)
        calendar = Calendar(actor.settings.table("market", MarketConfig), closed_days)
        self._hours = Hours(calendar, timedelta(minutes=actor.config.closing_auction_min))

    def _begin(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Let *work* go on beside the receive loop, which raises what it raises."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failure = self._failure or failure
            self._actor.ports.wake()

    # -- what others ask ----------------------------------------------------------------------------------------

    async def _answer_reconnect(self, _arguments: dict[str, object]) -> dict[str, object]:
        before = self._core.phase
        self._tell(ReconnectAsked())
        return {"was": before.value, "now": self._core.phase.value}

    async def _answer_subscriptions(self, _arguments: dict[str, object]) -> dict[str, object]:
        now_ns = self._actor.clock.now_ns()
        last_trade_at_ns = self._intake.last_trade_at_ns
        return {
            "link": self._core.phase.value,
            "trouble": self._core.trouble,
            "rejected": dict(self._intake.rejected),
            "streams": [
                {
                    "tr_id": stream.tr_id,
                    "symbol": stream.key,
                    "standing": subscription.standing.value,
                    "reason": subscription.reason,
                    "last_trade_age_s": round((now_ns - last_trade_at_ns[stream.key]) / NS, 1)
                    if stream.key in last_trade_at_ns
                    else None,
                }
                for stream, subscription in self._subscriptions.snapshot().items()
            ],
        }

    async def _answer_token(self, arguments: dict[str, object]) -> dict[str, object]:
        """Have a token that is not over in the database; *reason* "expired" says that KIS has refused the one there."""
        reason = arguments.get("reason")
        if reason not in {"missing", "expired"}:
            message = f'expected arguments {{"reason": "missing"}} or {{"reason": "expired"}}, found {arguments}'
            raise CommandRefused(message)
        try:
            token = await self._keys.access_token(refused=reason == "expired")
            self._actor.hide(token.value)
        except (OutOfBudget, TemporaryFailure, ConfigError) as error:
            raise CommandRefused(str(error)) from error
        return {"expires_at": from_ns(token.expires_at_ns).isoformat()}
