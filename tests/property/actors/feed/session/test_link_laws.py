"""Laws of the link: whatever happens in whatever order, it goes on, within its pauses."""

import random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from actors.feed.config import FeedConfig
from actors.feed.session.core import FeedCore, Phase
from actors.feed.session.events import (
    AnswerReceived,
    AskKey,
    BudgetSpent,
    Close,
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
    WakeIn,
    Woken,
)
from actors.feed.session.subscriptions import Subscriptions
from actors.kis.codes import REACTIONS, reaction_to
from actors.kis.messages import Answer, Stream
from actors.runtime.backoff import Backoff

CONFIG = FeedConfig()
LIMIT = 3
STREAMS = [Stream("H0STCNT0", symbol) for symbol in ("000660", "005930", "122630", "498400", "0126Z0")]
CODES = [code for code in REACTIONS if code.startswith("OPSP")]


class Link(RuleBasedStateMachine):
    """A shell that performs what the core commands, and a KIS that does what it likes."""

    @initialize()
    def begin(self) -> None:
        """Start with nothing to watch."""
        subscriptions = Subscriptions(LIMIT, CONFIG.request_spacing_s, CONFIG.answer_timeout_s, CONFIG.refused_retry_s)
        self.subscriptions = subscriptions
        chance = random.Random(1)
        self.core = FeedCore(CONFIG, subscriptions, Backoff(CONFIG.retry_first_s, CONFIG.retry_cap_s, chance))
        self.now = 0.0
        self.awaited = ""
        self.wanted: tuple[Stream, ...] = ()
        self.wake_at = float("inf")

    def tell(self, event: FeedEvent) -> None:
        """Tell the core, and perform what it commands as the shell does."""
        for command in self.core.on(event, self.now):
            match command:
                case AskKey():
                    self.expect("key")
                case Connect():
                    self.expect("connection")
                case Close():
                    assert self.awaited == "open"
                case Send():
                    assert self.awaited == "open"
                case WakeIn(seconds=seconds):
                    assert seconds >= 0
                    self.wake_at = self.now + seconds

    def expect(self, what: str) -> None:
        """Note that the core waits for an outcome: never for two at once."""
        assert self.awaited == ""
        self.awaited = what

    def happens(self, event: FeedEvent, awaited: str) -> None:
        """Let an outcome come, after which the core waits for *awaited*."""
        self.awaited = awaited
        self.tell(event)

    @rule(streams=st.lists(st.sampled_from(STREAMS), unique=True))
    def watch(self, streams: list[Stream]) -> None:
        """Somebody changes the watch list."""
        self.wanted = tuple(streams)
        self.tell(StreamsWanted(self.wanted))

    @rule(seconds=st.sampled_from([0.01, 0.05, 0.5, 2.0, 30.0, 61.0]), trades_expected=st.booleans())
    def pass_time(self, seconds: float, *, trades_expected: bool) -> None:
        """Time passes."""
        self.now += seconds
        self.tell(Woken(trades_expected))

    @rule()
    def wake(self) -> None:
        """The core is woken as it wished."""
        if self.wake_at < float("inf"):
            self.now = max(self.now, self.wake_at)
            self.tell(Woken(trades_expected=False))

    @rule()
    def reconnect(self) -> None:
        """The operator asks for a new connection."""
        self.tell(ReconnectAsked())

    @rule(stream=st.sampled_from(STREAMS))
    def renew(self, stream: Stream) -> None:
        """A stream is found deaf."""
        self.subscriptions.renew(stream)
        self.tell(Woken(trades_expected=False))

    @precondition(lambda self: self.awaited == "key")
    @rule(
        outcome=st.sampled_from(
            [KeyReceived(), KeyFailed("down"), KeyFailed("wait", 60.0), BudgetSpent("k", 9.0), KeyRefused("EGW00103")]
        )
    )
    def key(self, outcome: FeedEvent) -> None:
        """KIS gives a key, or not."""
        self.happens(outcome, "")

    @precondition(lambda self: self.awaited == "connection")
    @rule(outcome=st.sampled_from([Connected(), ConnectFailed("refused"), BudgetSpent("connect", 9.0)]))
    def connection(self, outcome: FeedEvent) -> None:
        """The socket opens, or not."""
        self.happens(outcome, "open" if outcome == Connected() else "")

    @precondition(lambda self: self.awaited == "open")
    @rule(code=st.sampled_from(CODES), stream=st.sampled_from(STREAMS) | st.none())
    def answer(self, code: str, stream: Stream | None) -> None:
        """KIS says something, about any stream or none."""
        self.tell(AnswerReceived(Answer(stream, code, "", reaction_to(code))))

    @precondition(lambda self: self.awaited == "open")
    @rule(with_trades=st.booleans())
    def frames(self, *, with_trades: bool) -> None:
        """Frames come."""
        self.core.silence.on_frames(self.now, with_trades=with_trades)

    @precondition(lambda self: self.awaited == "open")
    @rule()
    def lose(self) -> None:
        """The connection ends, for whatever reason."""
        self.happens(Disconnected("cut"), "")

    @invariant()
    def never_stands_still(self) -> None:
        """Something is awaited, or a waking, or there is nothing to do."""
        if self.core.phase is Phase.WAITING:
            assert self.wake_at < float("inf")
        if self.core.phase is Phase.IDLE:
            assert self.wanted == ()
        if self.core.phase in {Phase.GETTING_KEY, Phase.CONNECTING, Phase.LIVE, Phase.CLOSING, Phase.RETIRING}:
            assert self.awaited != ""

    @invariant()
    def trouble_is_told_exactly_while_there_is_some(self) -> None:
        """The operator reads why nothing comes."""
        if self.core.phase in {Phase.WAITING, Phase.GIVEN_UP}:
            assert self.core.trouble != ""
        if self.core.phase in {Phase.LIVE, Phase.IDLE, Phase.RETIRING}:
            assert self.core.trouble == ""


Link.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLink = Link.TestCase
