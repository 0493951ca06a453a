"""One app key's session with KIS: performs what the core decides, and hands trades on as they arrive.

The socket speaks from asyncio's callbacks: what one look at it brought is parsed and published there and then. All
else (what is wanted, waking, what the operator asks) comes from the shell's receive loop.
"""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from actors.feed.config import FeedConfig
from actors.feed.demand.allocation import LinkState
from actors.feed.demand.wishes import symbol_of
from actors.feed.gaps.backfill import Backfill
from actors.feed.gaps.book import Cause
from actors.feed.gaps.continuity import Key, key_of_stream
from actors.feed.letters import Mail
from actors.feed.outlet import Outlet
from actors.feed.rest.hearing import Deafness
from actors.feed.session.account import Account
from actors.feed.session.client import KisSocket, open_kis_socket
from actors.feed.session.core import FeedCore, Phase
from actors.feed.session.events import (
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
    KeyFailed,
    KeyReceived,
    KeyRefused,
    ReconnectAsked,
    Send,
    StreamsWanted,
    TellSlotTaken,
    WakeIn,
    Woken,
)
from actors.feed.session.intake import Intake
from actors.feed.session.keys import OutOfBudget
from actors.feed.session.notices import Notices
from actors.feed.session.subscriptions import Request, Standing, Subscription, Subscriptions
from actors.kis.config import KisConfig
from actors.kis.errors import FrameError
from actors.kis.fills import Fill
from actors.kis.frames import Bytes
from actors.kis.messages import Answer, PingPong, Stream, build_request
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import ConfigError, TemporaryFailure
from actors.runtime.tasks import Tasks
from protocol.messages import Event, MarketStatus

__all__ = ["Link"]


class Link:
    """The core of one session and everything that it commands."""

    def __init__(
        self,
        actor: Actor[FeedConfig],
        account: Account,
        intake: Intake,
        tasks: Tasks,
        *,
        outlet: Outlet,
        mail: Mail,
        backfill: Backfill,
        expects_trades: Callable[[], bool],
    ) -> None:
        """Begin with nothing to watch.

        Args:
            actor: whose ports, clock and settings are used.
            account: the app key, which has one session, and what belongs to it.
            intake: what all links of the process bring goes through one.
            tasks: where what takes time goes on.
            outlet: where the trades leave.
            mail: where people are written to.
            backfill: is told which streams flow and which do not.
            expects_trades: says whether trades must flow at this moment.
        """
        config, kis = actor.config, actor.settings.table("kis", KisConfig)
        self.name = account.key.name
        """What the operator calls the app key."""
        self.deaf: frozenset[Key] = frozenset()
        """Streams that KIS confirms and does not bring: they flow with their first trade."""
        self._account = account
        self._actor = actor
        self._kis = kis
        self._intake = intake
        self._outlet = outlet
        self._tasks = tasks
        self._mail = mail
        self._backfill = backfill
        self._flowing: dict[Key, int] = {}
        """Since when each stream that KIS has confirmed flows, UTC epoch ns."""
        self._confirmed: frozenset[Stream] = frozenset()
        self._last_trades_ns = 0
        self._expects_trades = expects_trades
        self._subscriptions = Subscriptions(
            kis.registration_limit, config.request_spacing_s, config.answer_timeout_s, config.refused_retry_s
        )
        self._core = FeedCore(
            config, self._subscriptions, Backoff(config.retry_first_s, config.retry_cap_s, actor.random)
        )
        self._notices = Notices()
        self._socket: KisSocket | None = None
        self._approval_key = ""
        self._timer: asyncio.Task[None] | None = None
        self._closed_because: str | None = None

    @property
    def phase(self) -> Phase:
        """Where the link is."""
        return self._core.phase

    def flowed_until_ns(self, now_ns: int) -> int:
        """Return until when all that it carries has surely been seen; *now_ns* if it carries nothing."""
        return max(self._last_trades_ns, min(self._flowing.values())) if self._flowing else now_ns

    @property
    def trouble(self) -> str:
        """What keeps trades from flowing, in words for the operator; empty while nothing does."""
        return self._core.trouble

    @property
    def state(self) -> LinkState:
        """What decides over how much it is given to carry."""
        return LinkState(self._subscriptions.room, self._core.is_served, self._core.phase is Phase.IDLE)

    def carried(self) -> list[Stream]:
        """Return the streams that KIS has confirmed."""
        if not self._core.is_served:
            return []
        return [stream for stream, entry in self.snapshot().items() if entry.standing is Standing.CONFIRMED]

    def snapshot(self) -> dict[Stream, Subscription]:
        """Return where each of its streams stands."""
        return self._subscriptions.snapshot()

    def flowing(self, tr_id: str, since_ns: int) -> list[str]:
        """Return the symbols whose stream of *tr_id* is confirmed and has brought a trade since *since_ns*."""
        if self.phase is not Phase.LIVE:
            return []
        last_trade = self._intake.continuity.last_trade
        return [
            symbol_of(stream)
            for stream, entry in self.snapshot().items()
            if stream.tr_id == tr_id
            and entry.standing is Standing.CONFIRMED
            and (key := key_of_stream(stream)) is not None
            and (last := last_trade(key)) is not None
            and last.received_at_ns >= since_ns
        ]

    def confirmed_at_ns(self) -> dict[Key, int]:
        """Return since when KIS has confirmed each stream of trades that it confirms, UTC epoch ns."""
        return dict(self._flowing)

    def renew(self, deafness: Deafness) -> None:
        """Have KIS register a deaf stream anew; what it has not brought is a hole."""
        key = deafness.key
        last = self._intake.continuity.last_trade(key)
        since_ns = max(self._flowing[key], 0 if last is None else last.received_at_ns)
        self._backfill.lose({key: since_ns}, Cause.DEAF)
        details = {"symbol": key[0], "venue": key[1].value, "shares": str(deafness.shares)}
        self._announce("stream_deaf", "warning", {**details, "silent_s": f"{deafness.silent_s:.0f}"})
        for stream in self._subscriptions.confirmed:
            if key_of_stream(stream) == key:
                self._subscriptions.renew(stream)
        self._tell(self._woken())

    def carry(self, streams: tuple[Stream, ...]) -> None:
        """Carry these *streams* from now on, the most important first, and no others."""
        if streams != self._subscriptions.wanted:
            self._tell(StreamsWanted(streams))

    def look(self) -> None:
        """Take what the socket has said of its end, and let the core know that time has passed."""
        if self._closed_because is not None:
            reason, self._closed_because = self._closed_because, None
            self._tell(Disconnected(reason))
        self._tell(self._woken())

    def forget_approval_key(self) -> bool:
        """Have the next connect get another approval key; return whether there was one."""
        return self._account.keys.forget_approval_key()

    def reconnect(self) -> None:
        """Open another connection in place of the present one."""
        self._tell(ReconnectAsked())

    async def close(self) -> None:
        """Say goodbye to KIS, so that it frees our slot at once."""
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()
            await socket.gone

    # -- what the socket says -----------------------------------------------------------------------------------

    def on_opened(self, socket: KisSocket) -> None:
        """Take the *socket*, before anything that it brings."""
        self._socket = socket
        self._tell(Connected())

    def on_frames(self, frames: list[Bytes]) -> None:
        """Hand on what one look at the socket brought: all its trades as one message."""
        actor = self._actor
        now_ns, now = actor.clock.now_ns(), actor.clock.monotonic()
        trades = self._intake.take_trades(frames, now_ns, now)
        self._outlet.on_frames(now_ns, frames, trades, are_all=self._intake.passed_all)
        if trades:
            actor.progressed(len(trades))
        if self._intake.brought_trades:
            self._last_trades_ns = now_ns
        self._core.silence.on_frames(now, with_trades=self._intake.brought_trades)
        others = self._intake.take_others()
        if others:
            self._take_notices(others)
        for message, text in self._intake.take_messages():
            if not isinstance(message, PingPong):
                self._notices.on_answer(message)
                self._tell(AnswerReceived(self._without_key(message)))
            elif self._socket is not None:
                self._socket.send(text)
        for complaint in self._intake.take_complaints():
            actor.log.warning("frame_rejected", kind=complaint.kind, reason=str(complaint))

    def _take_notices(self, frames: list[bytes]) -> None:
        refused: list[FrameError] = []
        for notice in self._notices.read(frames, self._actor.clock.now(), refused):
            match notice:
                case MarketStatus():
                    self._actor.ports.publish(notice)
                case Fill():
                    self._mail.tell_fill(notice)
        self._intake.refuse(refused)

    def on_closed(self, reason: str, bug: Exception | None) -> None:
        """Let the receive loop tell the core, unless we are leaving ourselves."""
        if self._socket is None:
            return
        self._socket = None
        if bug is not None:
            self._tasks.fail(bug)
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
        self._follow_streams()

    def _follow_streams(self) -> None:
        """Tell who fills holes which streams have begun to flow, and which have ceased to."""
        confirmed = self._subscriptions.confirmed
        if confirmed == self._confirmed:
            return
        now_ns = self._actor.clock.now_ns()
        keys = {key for stream in confirmed if (key := key_of_stream(stream)) is not None}
        gone = self._flowing.keys() - keys
        self._backfill.lose({key: max(self._flowing[key], self._last_trades_ns) for key in gone})
        self._flowing = {key: self._flowing.get(key, now_ns) for key in keys}
        self._backfill.flow(keys - self.deaf)
        self._confirmed = confirmed

    def _perform(self, command: Command) -> None:
        match command:
            case AskKey(fresh=fresh):
                self._tasks.begin(self._get_key(fresh=fresh))
            case Connect():
                self._tasks.begin(self._connect())
            case Send(request=request):
                self._send(request)
            case Close(gracefully=gracefully):
                self._close_socket(gracefully=gracefully)
            case WakeIn(seconds=seconds):
                self._wake_in(seconds)
            case TellSlotTaken():
                self._mail.tell_key_in_use(self._account.key)
            case Announce(name=name, severity=severity, details=details):
                self._announce(name, severity, details)

    async def _get_key(self, *, fresh: bool) -> None:
        try:
            self._approval_key = await self._account.keys.approval_key(refused=self._approval_key if fresh else "")
            self._actor.hide(self._approval_key)
        except OutOfBudget as spent:
            self._tell(BudgetSpent(spent.budget, spent.wait_s))
        except TemporaryFailure as failure:
            self._tell(KeyFailed(str(failure), failure.retry_after_s))
        except ConfigError as refusal:
            self._tell(KeyRefused(str(refusal)))
        else:
            self._tell(KeyReceived())

    async def _connect(self) -> None:
        # Spent before the attempt: a crash in it must not be free.
        wait_s = self._account.store.spend("connect", self._kis.connects, self._actor.clock.now_ns())
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
        actor, details = self._actor, {"link": self.name, **details}
        {"info": actor.log.info, "warning": actor.log.warning, "error": actor.log.error}[severity](name, **details)
        actor.ports.publish(Event(name=name, at=actor.clock.now(), details=details))
        # What an operator is told goes with how we are, which the receive loop shows.
        actor.ports.wake()

    # -- waking -------------------------------------------------------------------------------------------------

    def _wake_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._tasks.begin(self._wake_after(seconds))

    async def _wake_after(self, seconds: float) -> None:
        await self._actor.clock.sleep(seconds)
        self._timer = None
        self._tell(self._woken())

    def _woken(self) -> Woken:
        return Woken(self._expects_trades())
