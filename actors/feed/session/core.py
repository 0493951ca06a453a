"""Decide when to get a key, connect, subscribe and wait, so that trades flow and KIS is never hammered.

Pure: no socket, no clock; *now* is monotonic seconds.

    IDLE --somebody watches--> GETTING_KEY --key--> CONNECTING --open--> LIVE
                                   ^    |               |                 |  `--to be closed--> CLOSING
                                   |    `---no---.  .---no---.  .--lost---'                        |
                                   |             v  v           v                                  |
                                   `---its time-- WAITING <----------------------closed------------'

    LIVE --nothing left to carry: the sessions are over, nobody watches--> RETIRING --closed--> IDLE
    GIVEN_UP <--KIS refuses the app key-- GETTING_KEY, LIVE         (for good: only the operator can help)

What we wait for: the first attempt after a loss comes at once, the next after doubling pauses, which begin anew only
when trades have flowed for a while; a spent budget until it is refilled; a slot that another session holds
(OPSP8996) for 30 to 120 s of silence, because each knock seems to keep it taken. A key that KIS does not know
(OPSP0011) is replaced at once, but not twice in a row.

A LIVE link is watched by two clocks (`silence`).
"""

import enum
from collections.abc import Callable
from typing import ClassVar

from actors.feed.config import FeedConfig
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
from actors.feed.session.silence import Silence
from actors.feed.session.subscriptions import Subscriptions
from actors.kis.codes import Reaction
from actors.kis.messages import Answer
from actors.runtime.backoff import Backoff

__all__ = ["FeedCore", "Phase", "UnexpectedEvent"]

NEVER = float("inf")


class Phase(enum.Enum):
    """Where the link is."""

    IDLE = "nothing to watch"
    GETTING_KEY = "getting an approval key"
    CONNECTING = "connecting"
    LIVE = "connected"
    CLOSING = "closing"
    RETIRING = "closing with nothing left to carry"
    WAITING = "waiting"
    GIVEN_UP = "given up"


class UnexpectedEvent(Exception):  # noqa: N818 - it states a fact
    """An event that cannot happen in this phase: our own mistake."""


class FeedCore:
    """The link to KIS: told what happens, answers with what to do."""

    def __init__(self, config: FeedConfig, subscriptions: Subscriptions, pauses: Backoff) -> None:
        """Begin with nothing to watch; *pauses* are those between two attempts to connect."""
        self._config = config
        self._subscriptions = subscriptions
        self._pauses = pauses
        self._phase = Phase.IDLE
        self._reason = ""
        self._lost_at: float | None = None
        self._failures = 0
        self._resume_at = NEVER
        self._pause_after_close_s = 0.0
        self._key_is_unknown = False
        self._key_was_replaced = False
        self._slot_wait_s = config.slot_wait_s
        self._slot_refusals = 0
        self._was_confirmed = False
        self._wake_at = NEVER
        self.silence = Silence(config.link_silence_s, config.data_silence_s, config.data_silence_cap_s)
        """The two clocks; the shell tells them of each look at the socket."""

    @property
    def phase(self) -> Phase:
        """Where the link is."""
        return self._phase

    @property
    def is_served(self) -> bool:
        """Whether KIS has confirmed a subscription of the present connection."""
        return self._phase is Phase.LIVE and self._was_confirmed

    @property
    def trouble(self) -> str:
        """What keeps trades from flowing, in words for the operator; empty while nothing does."""
        return "" if self._phase in {Phase.IDLE, Phase.LIVE, Phase.RETIRING} else self._reason

    def on(self, event: FeedEvent, now: float) -> list[Command]:
        """Return what to do about *event*, in order.

        Raises:
            UnexpectedEvent: it cannot happen in this phase.
        """
        react = self.transitions[self._phase].get(type(event))
        if react is None:
            message = f"expected no {type(event).__name__} while {self._phase.value}"
            raise UnexpectedEvent(message)
        return [*react(self, event, now), *self._plan_waking(event, now)]

    # -- while there is no link ---------------------------------------------------------------------------------

    def _nothing(self, _event: FeedEvent, _now: float) -> list[Command]:
        return []

    def _want(self, event: StreamsWanted, _now: float) -> list[Command]:
        self._subscriptions.want(event.streams)
        return []

    def _want_first(self, event: StreamsWanted, _now: float) -> list[Command]:
        self._subscriptions.want(event.streams)
        return self._get_key()

    def _get_key(self) -> list[Command]:
        if not self._subscriptions.wanted:
            self._phase = Phase.IDLE
            return []
        self._phase = Phase.GETTING_KEY
        return [AskKey(fresh=self._key_is_unknown)]

    def _have_key(self, _event: KeyReceived, _now: float) -> list[Command]:
        self._key_is_unknown = False
        self._phase = Phase.CONNECTING
        return [Connect()]

    def _key_failed(self, event: KeyFailed, now: float) -> list[Command]:
        return self._fail(event.reason, now, at_least_s=event.retry_after_s or 0.0)

    def _connect_failed(self, event: ConnectFailed, now: float) -> list[Command]:
        return self._fail(event.reason, now)

    def _key_refused(self, event: KeyRefused, _now: float) -> list[Command]:
        return self._give_up(event.reason)

    def _give_up(self, finding: str) -> list[Command]:
        self._phase = Phase.GIVEN_UP
        self._subscriptions.forget_session()
        self._reason = f"expected an app key that KIS takes, found {finding}: run `sigmactl init`"
        return [Announce("app_key_refused", "error", {"reason": self._reason})]

    def _budget_spent(self, event: BudgetSpent, now: float) -> list[Command]:
        reason = f"budget of {event.budget} spent"
        self._wait(reason, now, event.wait_s)
        return [Announce("budget_spent", "warning", {"budget": event.budget, "wait_s": f"{event.wait_s:.0f}"})]

    def _fail(self, reason: str, now: float, at_least_s: float = 0.0) -> list[Command]:
        self._failures += 1
        self._wait(reason, now, max(at_least_s, self._pauses.next()))
        return self._lose(reason, now)

    def _wait(self, reason: str, now: float, seconds: float) -> None:
        self._phase = Phase.WAITING
        self._subscriptions.forget_session()
        self._reason = reason
        self._resume_at = now + seconds

    def _wait_on(self, _event: Woken, now: float) -> list[Command]:
        return self._get_key() if now >= self._resume_at else []

    def _resume(self, _event: ReconnectAsked, _now: float) -> list[Command]:
        return self._get_key()

    # -- while there is one -------------------------------------------------------------------------------------

    def _go_live(self, _event: Connected, now: float) -> list[Command]:
        self._phase = Phase.LIVE
        self._was_confirmed = False
        self.silence.begin(now)
        return self._next_request(now)

    def _want_live(self, event: StreamsWanted, now: float) -> list[Command]:
        self._subscriptions.want(event.streams)
        return self._next_request(now)

    def _next_request(self, now: float) -> list[Command]:
        request = self._subscriptions.next_request(now)
        if request is not None:
            return [Send(request)]
        return [] if self._subscriptions.wanted or self._subscriptions.snapshot() else self._retire()

    def _retire(self) -> list[Command]:
        """Go to rest: all streams are let go, and KIS wants a session closed that serves nobody."""
        self._phase = Phase.RETIRING
        return [Close(gracefully=True), Announce("feed_slept", "info", {})]

    def _retired(self, _event: Disconnected, _now: float) -> list[Command]:
        return self._get_key()

    def _answered(self, event: AnswerReceived, now: float) -> list[Command]:
        answer = event.answer
        match answer.reaction:
            case Reaction.NEW_KEY:
                return self._replace_key(answer)
            case Reaction.WAIT_FOR_SLOT:
                return self._wait_for_slot(answer)
            case Reaction.STOP:
                return [Close(gracefully=True), *self._give_up(f"{answer.code} {answer.text}")]
        refusal = self._subscriptions.on_answer(answer, now)
        told: list[Command] = []
        if refusal is not None:
            details = {"tr_id": refusal.stream.tr_id, "symbol": refusal.stream.key}
            told = [
                Announce("subscription_refused", "warning", {**details, "code": refusal.code, "text": refusal.text})
            ]
        if answer.reaction is Reaction.CONFIRMED and not self._was_confirmed:
            told += self._confirm(now)
        return [*told, *self._next_request(now)]

    def _confirm(self, now: float) -> list[Command]:
        """KIS takes us: the connection counts, and whatever was wrong before is over."""
        self._was_confirmed = True
        self._key_was_replaced = False
        self._slot_wait_s = self._config.slot_wait_s
        self._slot_refusals = 0
        lost_at, self._lost_at = self._lost_at, None
        if lost_at is None:
            return [Announce("feed_connected", "info", {})]
        return [Announce("feed_recovered", "info", {"after": self._reason, "outage_s": f"{now - lost_at:.1f}"})]

    def _replace_key(self, answer: Answer) -> list[Command]:
        self._key_is_unknown = True
        pause_s = self._pauses.next() if self._key_was_replaced else 0.0
        self._key_was_replaced = True
        return self._close(f"KIS does not know our approval key ({answer.code})", pause_s)

    def _wait_for_slot(self, answer: Answer) -> list[Command]:
        pause_s = self._slot_wait_s
        self._slot_wait_s = min(2 * pause_s, self._config.slot_wait_cap_s)
        reason = f"another program uses our KIS app key ({answer.code}): stop it, or wait until KIS lets the slot go"
        self._slot_refusals += 1
        # The first may be a session of our own that ended badly and that KIS has not let go of yet.
        told = [TellSlotTaken()] if self._slot_refusals > 1 else []
        return [*self._close(reason, pause_s), *told]

    def _close(self, reason: str, pause_s: float, *, gracefully: bool = True) -> list[Command]:
        self._phase = Phase.CLOSING
        self._reason = reason
        self._pause_after_close_s = pause_s
        return [Close(gracefully=gracefully)]

    def _reconnect(self, _event: ReconnectAsked, _now: float) -> list[Command]:
        return self._close("the operator asked for a new connection", 0.0)

    def _closed(self, _event: Disconnected, now: float) -> list[Command]:
        self._wait(self._reason, now, self._pause_after_close_s)
        return self._lose(self._reason, now)

    def _lost(self, event: Disconnected, now: float) -> list[Command]:
        self._wait(event.reason, now, self._pause_after_loss())
        return self._lose(event.reason, now)

    def _lose(self, reason: str, now: float) -> list[Command]:
        """Say so the first time only: what follows until the recovery is the same trouble."""
        if self._lost_at is not None:
            return []
        self._lost_at = now
        return [Announce("feed_lost", "warning", {"reason": reason})]

    def _pause_after_loss(self) -> float:
        self._failures += 1
        return 0.0 if self._failures == 1 else self._pauses.next()

    def _watch(self, event: Woken, now: float) -> list[Command]:
        if self.silence.trades_flowed_s >= self._config.settled_s:
            self._failures = 0
            self._pauses.reset()
        complaint = self.silence.complaint(
            now, trades_expected=event.trades_expected and self._subscriptions.has_confirmed
        )
        if complaint:
            # Nobody listens at the other end: no closing handshake.
            return self._close(complaint, self._pause_after_loss(), gracefully=False)
        return self._next_request(now)

    # -- waking -------------------------------------------------------------------------------------------------

    def _plan_waking(self, event: FeedEvent, now: float) -> list[Command]:
        wake_at = NEVER
        if self._phase is Phase.WAITING:
            wake_at = self._resume_at
        elif self._phase is Phase.LIVE:
            wake_at = self._subscriptions.due_at
        # Whoever wakes us may be a hair early, and has used up the timer.
        if wake_at == self._wake_at and not isinstance(event, Woken):
            return []
        self._wake_at = wake_at
        return [] if wake_at == NEVER else [WakeIn(max(0.0, wake_at - now))]

    # -- the table ----------------------------------------------------------------------------------------------

    transitions: ClassVar[dict[Phase, dict[type, Callable[..., list[Command]]]]] = {
        Phase.IDLE: {
            StreamsWanted: _want_first,
            Woken: _nothing,
            ReconnectAsked: _nothing,
        },
        Phase.GETTING_KEY: {
            StreamsWanted: _want,
            KeyReceived: _have_key,
            KeyFailed: _key_failed,
            KeyRefused: _key_refused,
            BudgetSpent: _budget_spent,
            Woken: _nothing,
            ReconnectAsked: _nothing,
        },
        Phase.CONNECTING: {
            StreamsWanted: _want,
            Connected: _go_live,
            ConnectFailed: _connect_failed,
            BudgetSpent: _budget_spent,
            Woken: _nothing,
            ReconnectAsked: _nothing,
        },
        Phase.LIVE: {
            StreamsWanted: _want_live,
            AnswerReceived: _answered,
            Disconnected: _lost,
            Woken: _watch,
            ReconnectAsked: _reconnect,
        },
        Phase.CLOSING: {
            StreamsWanted: _want,
            AnswerReceived: _nothing,
            Disconnected: _closed,
            Woken: _nothing,
            ReconnectAsked: _nothing,
        },
        Phase.RETIRING: {
            StreamsWanted: _want,
            AnswerReceived: _nothing,
            Disconnected: _retired,
            Woken: _nothing,
            ReconnectAsked: _nothing,
        },
        Phase.WAITING: {
            StreamsWanted: _want,
            Woken: _wait_on,
            ReconnectAsked: _resume,
        },
        Phase.GIVEN_UP: {
            StreamsWanted: _want,
            AnswerReceived: _nothing,
            Disconnected: _nothing,
            Woken: _nothing,
            ReconnectAsked: _nothing,
        },
    }
