"""The link as a dialogue: what happens, and what the core commands."""

import random
from collections.abc import Iterable

import pytest

from actors.feed.config import FeedConfig
from actors.feed.session.core import FeedCore, Phase, UnexpectedEvent
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
from actors.feed.session.subscriptions import Request, Subscriptions
from actors.kis.codes import REACTIONS, Reaction, reaction_to
from actors.kis.messages import Answer, Stream
from actors.runtime.backoff import Backoff

A, B = Stream("H0STCNT0", "005930"), Stream("H0STCNT0", "122630")
CONFIG = FeedConfig()
QUIET, OPEN = Woken(trades_expected=False), Woken(trades_expected=True)

EVENTS: list[FeedEvent] = [
    StreamsWanted((A, B)),
    KeyReceived(),
    KeyFailed("no key"),
    KeyRefused("EGW00103"),
    BudgetSpent("connect", 15.0),
    Connected(),
    ConnectFailed("refused"),
    Disconnected("cut"),
    AnswerReceived(Answer(A, "OPSP0000", "", Reaction.CONFIRMED)),
    QUIET,
    ReconnectAsked(),
]
# What the shell can meet in each phase; all else would be its own mistake.
POSSIBLE = {
    Phase.IDLE: {StreamsWanted, Woken, ReconnectAsked},
    Phase.GETTING_KEY: {StreamsWanted, KeyReceived, KeyFailed, KeyRefused, BudgetSpent, Woken, ReconnectAsked},
    Phase.CONNECTING: {StreamsWanted, Connected, ConnectFailed, BudgetSpent, Woken, ReconnectAsked},
    Phase.LIVE: {StreamsWanted, AnswerReceived, Disconnected, Woken, ReconnectAsked},
    Phase.CLOSING: {StreamsWanted, AnswerReceived, Disconnected, Woken, ReconnectAsked},
    Phase.RETIRING: {StreamsWanted, AnswerReceived, Disconnected, Woken, ReconnectAsked},
    Phase.WAITING: {StreamsWanted, Woken, ReconnectAsked},
    Phase.GIVEN_UP: {StreamsWanted, AnswerReceived, Disconnected, Woken, ReconnectAsked},
}


class FullPause(random.Random):
    """Chance that always draws the longest pause."""

    def random(self) -> float:
        """Return the largest that there is."""
        return 1.0


def core() -> FeedCore:
    """Return a core in which nothing has happened."""
    subscriptions = Subscriptions(41, CONFIG.request_spacing_s, CONFIG.answer_timeout_s, CONFIG.refused_retry_s)
    return FeedCore(CONFIG, subscriptions, Backoff(CONFIG.retry_first_s, CONFIG.retry_cap_s, FullPause()))


def core_in(phase: Phase) -> FeedCore:
    """Return a core in *phase*, at moment 0."""
    ways: dict[Phase, list[FeedEvent]] = {
        Phase.IDLE: [],
        Phase.GETTING_KEY: [StreamsWanted((A,))],
        Phase.CONNECTING: [StreamsWanted((A,)), KeyReceived()],
        Phase.LIVE: [StreamsWanted((A,)), KeyReceived(), Connected()],
        Phase.CLOSING: [StreamsWanted((A,)), KeyReceived(), Connected(), ReconnectAsked()],
        Phase.RETIRING: [StreamsWanted((A,)), KeyReceived(), StreamsWanted(()), Connected()],
        Phase.WAITING: [StreamsWanted((A,)), KeyReceived(), ConnectFailed("refused")],
        Phase.GIVEN_UP: [StreamsWanted((A,)), KeyRefused("EGW00103")],
    }
    made = core()
    for event in ways[phase]:
        made.on(event, 0.0)
    assert made.phase is phase
    return made


def live(now: float = 0.0) -> FeedCore:
    """Return a core whose one stream is confirmed, connected at *now*."""
    made = core()
    for event in (StreamsWanted((A,)), KeyReceived(), Connected()):
        made.on(event, now)
    made.on(answer("OPSP0000"), now)
    return made


def answer(code: str, stream: Stream | None = A) -> AnswerReceived:
    """Return KIS's answer *code*."""
    return AnswerReceived(Answer(stream, code, "TEXT", reaction_to(code)))


def connect_again(made: FeedCore, now: float) -> None:
    """Bring a waiting core back to a connection."""
    for event in (QUIET, KeyReceived(), Connected()):
        made.on(event, now)


def names(commands: Iterable[Command]) -> list[str]:
    """Return the names of what is announced."""
    return [command.name for command in commands if isinstance(command, Announce)]


def pause(commands: Iterable[Command]) -> float:
    """Return how long the core waits."""
    return next(command.seconds for command in commands if isinstance(command, WakeIn))


# -- the way up ---------------------------------------------------------------------------------------------------


def test_nothing_happens_while_nobody_watches() -> None:
    """KIS wants to see subscriptions behind a connection."""
    assert core().on(QUIET, 0.0) == []
    assert core().on(StreamsWanted(()), 0.0) == []


def test_the_way_from_a_watch_list_to_trades() -> None:
    """A key, a connection, one request after another, in the order that KIS asks for."""
    made = core()

    assert made.on(StreamsWanted((A, B)), 0.0) == [AskKey(fresh=False)]
    assert made.on(KeyReceived(), 0.1) == [Connect()]
    assert made.on(Connected(), 0.0) == [Send(Request(A, subscribe=True)), WakeIn(2.0)]
    assert made.on(answer("OPSP0000", A), 0.0)[0] == Announce("feed_connected", "info", {})
    assert made.on(QUIET, 1.25) == [Send(Request(B, subscribe=True)), WakeIn(2.0)]
    assert made.on(answer("OPSP0000", B), 1.5) == []
    assert made.trouble == ""


def test_a_changed_watch_list_is_followed_on_the_open_connection() -> None:
    """Reconnecting for it would cost trades and a connect."""
    made = live()

    assert Send(Request(B, subscribe=True)) in made.on(StreamsWanted((A, B)), 1.0)
    made.on(answer("OPSP0000", B), 1.1)
    assert Send(Request(A, subscribe=False)) in made.on(StreamsWanted((B,)), 2.0)


def test_when_nobody_watches_any_more_a_lost_connection_is_not_replaced() -> None:
    """There is nothing to connect for, until there is again."""
    made = live()
    made.on(StreamsWanted(()), 1.0)
    made.on(Disconnected("cut"), 2.0)

    made.on(QUIET, 2.0)

    assert made.phase is Phase.IDLE
    assert made.on(StreamsWanted((A,)), 3.0) == [AskKey(fresh=False)]


# -- losing and coming back ---------------------------------------------------------------------------------------


def test_after_a_loss_the_first_attempt_comes_at_once_and_the_next_after_doubling_pauses() -> None:
    """Most losses are over at once; a server that is down must not be hammered."""
    made = live()
    pauses = [pause(made.on(Disconnected("cut"), 10.0))]
    for now in range(1000, 7000, 1000):
        made.on(QUIET, float(now))
        made.on(KeyReceived(), float(now))
        pauses.append(pause(made.on(ConnectFailed("refused"), float(now))))

    assert pauses == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_a_pause_is_waited_out() -> None:
    """Waking for another reason is no reason to knock."""
    made = core_in(Phase.WAITING)

    assert made.on(QUIET, 0.75) == [WakeIn(0.25)]
    assert made.on(QUIET, 1.0) == [AskKey(fresh=False)]


def test_a_server_that_accepts_and_hangs_up_does_not_reset_the_pauses() -> None:
    """524 connects a second were measured with a client that counted a handshake as success."""
    made = live()
    pauses = []
    for now in range(100, 500, 100):
        pauses.append(pause(made.on(Disconnected("cut"), float(now))))
        connect_again(made, now + 50.0)
        made.on(answer("OPSP0000"), now + 50.0)

    assert pauses == [0.0, 1.0, 2.0, 4.0]


def test_the_pauses_begin_anew_once_trades_have_flowed_for_a_while() -> None:
    """Tomorrow's loss has nothing to do with today's."""
    made = live()
    made.on(Disconnected("cut"), 0.0)
    connect_again(made, 1.0)
    made.silence.on_frames(10.0, with_trades=True)
    made.silence.on_frames(70.0, with_trades=True)
    made.on(OPEN, 70.0)

    assert pause(made.on(Disconnected("cut"), 71.0)) == 0.0


def test_a_loss_is_told_once_and_so_is_the_recovery() -> None:
    """A line for every attempt of a bad night would hide what else happened."""
    made = live()
    told = names(made.on(Disconnected("closed by KIS with code 1001"), 10.0))
    for now in (20.0, 40.0):
        made.on(QUIET, now)
        made.on(KeyReceived(), now)
        told += names(made.on(ConnectFailed("refused"), now))
    assert made.trouble == "refused"
    connect_again(made, 60.0)
    commands = made.on(answer("OPSP0000"), 61.0)

    assert told == ["feed_lost"]
    assert Announce("feed_recovered", "info", {"after": "refused", "outage_s": "51.0"}) in commands
    assert made.trouble == ""


def test_a_link_that_cannot_even_begin_is_told_as_lost() -> None:
    """At the first start there is no connection yet, but the operator must read why nothing comes."""
    made = core_in(Phase.GETTING_KEY)

    commands = made.on(KeyFailed("KIS is down"), 0.0)

    assert names(commands) == ["feed_lost"]
    assert made.trouble == "KIS is down"


def test_kis_may_say_how_long_to_wait_for_a_key() -> None:
    """EGW00133: once a minute."""
    assert pause(core_in(Phase.GETTING_KEY).on(KeyFailed("EGW00133", 60.0), 0.0)) == 60.0


@pytest.mark.parametrize("phase", [Phase.GETTING_KEY, Phase.CONNECTING])
def test_a_spent_budget_is_waited_for_and_told(phase: Phase) -> None:
    """KIS blocks who connects in a loop: the budget is the last wall."""
    commands = core_in(phase).on(BudgetSpent("connect", 14.75), 5.0)

    assert commands == [Announce("budget_spent", "warning", {"budget": "connect", "wait_s": "15"}), WakeIn(14.75)]


def test_the_operator_may_cut_a_pause_short() -> None:
    """`sigmactl feed reconnect`, after the line is mended."""
    assert core_in(Phase.WAITING).on(ReconnectAsked(), 0.1) == [AskKey(fresh=False)]


def test_the_operator_may_ask_for_a_new_connection() -> None:
    """Closed properly, so that KIS frees the slot at once."""
    made = live()

    assert made.on(ReconnectAsked(), 1.0) == [Close(gracefully=True)]
    assert pause(made.on(Disconnected("closed by us"), 1.1)) == 0.0


# -- what KIS refuses ---------------------------------------------------------------------------------------------


def test_a_key_that_kis_does_not_know_is_replaced_once() -> None:
    """OPSP0011: a new key helps, unless it does not, and keys are budgeted."""
    made = core_in(Phase.LIVE)

    assert made.on(answer("OPSP0011", None), 0.0) == [Close(gracefully=True)]
    assert pause(made.on(Disconnected("closed by us"), 0.1)) == 0.0
    assert made.on(QUIET, 0.1) == [AskKey(fresh=True)]
    made.on(KeyReceived(), 0.2)
    made.on(Connected(), 0.3)
    made.on(answer("OPSP0011", None), 0.4)
    assert pause(made.on(Disconnected("closed by us"), 0.5)) == 1.0
    assert made.on(QUIET, 1.5) == [AskKey(fresh=True)]


def test_a_failed_request_for_a_new_key_is_repeated_as_such() -> None:
    """The kept key is still worthless."""
    made = core_in(Phase.LIVE)
    made.on(answer("OPSP0011", None), 0.0)
    made.on(Disconnected("closed by us"), 0.0)
    made.on(QUIET, 0.0)
    made.on(KeyFailed("KIS is down"), 0.0)

    assert made.on(QUIET, 100.0) == [AskKey(fresh=True)]


def test_a_confirmation_forgives_the_key() -> None:
    """Tomorrow's OPSP0011 deserves a new key at once, too."""
    made = core_in(Phase.LIVE)
    made.on(answer("OPSP0011", None), 0.0)
    made.on(Disconnected("closed by us"), 0.0)
    connect_again(made, 0.0)
    made.on(answer("OPSP0000"), 0.0)
    made.on(answer("OPSP0011", None), 1.0)

    assert pause(made.on(Disconnected("closed by us"), 1.0)) == 0.0


def test_a_taken_slot_is_waited_for_in_silence_that_doubles_up_to_two_minutes() -> None:
    """OPSP8996: each knock seems to keep the slot taken; a new key never helps."""
    made = core_in(Phase.LIVE)
    pauses, keys, told = [], [], []
    for _ in range(4):
        close, *others = made.on(answer("OPSP8996", None), 0.0)
        assert close == Close(gracefully=True)
        told.append(others)
        pauses.append(pause(made.on(Disconnected("closed by us"), 0.0)))
        keys += made.on(QUIET, 1000.0)
        made.on(KeyReceived(), 1000.0)
        made.on(Connected(), 1000.0)

    assert pauses == [25.0, 50.0, 100.0, 120.0]
    assert keys == [AskKey(fresh=False)] * 4
    # The first may be our own last session, which ended badly.
    assert told == [[], *[[TellSlotTaken()]] * 3]


def test_the_operator_reads_that_another_program_has_the_slot() -> None:
    """Only he can stop the other program."""
    made = core_in(Phase.LIVE)
    made.on(answer("OPSP8996", None), 0.0)

    made.on(Disconnected("closed by us"), 0.0)

    assert made.trouble.startswith("another program uses our KIS app key (OPSP8996)")


@pytest.mark.parametrize("code", [code for code, reaction in REACTIONS.items() if reaction is Reaction.STOP])
def test_a_wrong_app_key_is_the_operators_business(code: str) -> None:
    """No patience helps; trying on gets the address blocked."""
    made = core_in(Phase.LIVE)

    commands = made.on(answer(code, None), 0.0)

    reason = f"expected an app key that KIS takes, found {code} TEXT: run `sigmactl init`"
    assert commands == [Close(gracefully=True), Announce("app_key_refused", "error", {"reason": reason})]
    assert (made.phase, made.trouble) == (Phase.GIVEN_UP, reason)


def test_an_app_key_that_gets_no_approval_key_is_given_up_for_good() -> None:
    """EGW00103 comes before there is a connection; nothing but a restart tries that app key again."""
    made = core_in(Phase.GETTING_KEY)

    made.on(KeyRefused("EGW00103 wrong"), 0.0)

    assert made.phase is Phase.GIVEN_UP
    later: list[FeedEvent] = [StreamsWanted((A,)), Woken(trades_expected=True), ReconnectAsked(), Disconnected("cut")]
    assert [made.on(event, 999.0) for event in later] == [[], [], [], []]
    assert "EGW00103 wrong" in made.trouble


def test_a_refused_stream_is_told_and_the_others_go_on() -> None:
    """One wrong symbol must not cost anybody else's."""
    made = core_in(Phase.LIVE)
    made.on(StreamsWanted((A, B)), 0.0)

    commands = made.on(answer("OPSP8992", A), 0.1)

    details = {"tr_id": "H0STCNT0", "symbol": "005930", "code": "OPSP8992", "text": "TEXT"}
    assert commands[:2] == [
        Announce("subscription_refused", "warning", details),
        Send(Request(B, subscribe=True)),
    ]


@pytest.mark.parametrize("code", [code for code in REACTIONS if code.startswith("OPSP")])
def test_every_code_leaves_the_core_able_to_go_on(code: str) -> None:
    """Whatever KIS says, the feed ends up connected, closing to come back, or asking for the operator."""
    made = core_in(Phase.LIVE)

    made.on(answer(code, None), 0.1)

    assert made.phase in {Phase.LIVE, Phase.CLOSING, Phase.GIVEN_UP}


def test_a_link_with_nothing_left_to_carry_lets_its_streams_go_and_closes() -> None:
    """After the last session KIS wants to be unsubscribed and closed: a connection that nobody needs serves nobody."""
    made = live()

    assert made.on(StreamsWanted(()), 1.0)[:1] == [Send(Request(A, subscribe=False))]
    commands = made.on(answer("OPSP0001"), 1.1)

    assert commands[:2] == [Close(gracefully=True), Announce("feed_slept", "info", {})]
    assert (made.phase, made.trouble) == (Phase.RETIRING, "")
    made.on(Disconnected("closed by us"), 1.2)
    assert made.phase is Phase.IDLE


def test_what_is_wanted_while_a_link_closes_is_asked_for_on_the_next() -> None:
    """Somebody adds a symbol in that very second."""
    made = core_in(Phase.RETIRING)
    made.on(StreamsWanted((B,)), 0.0)

    assert made.on(Disconnected("closed by us"), 0.1) == [AskKey(fresh=False)]
    made.on(KeyReceived(), 0.2)
    assert made.on(Connected(), 0.3)[:1] == [Send(Request(B, subscribe=True))]


# -- silence ------------------------------------------------------------------------------------------------------


def test_a_silent_link_is_cut_without_a_word() -> None:
    """Nobody listens at the other end: a closing handshake would only cost time."""
    made = live()
    assert made.on(QUIET, 24.0) == []

    assert made.on(QUIET, 25.0) == [Close(gracefully=False)]
    assert pause(made.on(Disconnected("closed by us"), 25.1)) == 0.0
    assert made.trouble == "no frame for 25 s"


def test_a_stream_without_trades_is_cut_while_they_must_flow() -> None:
    """The silent stall, with PINGPONG answered."""
    made = live()
    made.on(OPEN, 0.0)
    made.silence.on_frames(60.0, with_trades=False)

    assert made.on(OPEN, 60.0) == [Close(gracefully=False)]


def test_without_a_confirmed_stream_no_trade_is_missed() -> None:
    """While KIS refuses everything, a new connection would not help."""
    made = core_in(Phase.LIVE)
    made.on(answer("OPSP8992"), 0.0)
    made.on(OPEN, 0.0)
    made.silence.on_frames(600.0, with_trades=False)

    assert made.on(OPEN, 600.0) == []


# -- the table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_answers_what_it_can_meet_and_refuses_the_rest_by_name(phase: Phase, event: FeedEvent) -> None:
    """A pair that was not thought of must be loud, not a feed that stands still."""
    made = core_in(phase)

    if type(event) in POSSIBLE[phase]:
        made.on(event, 0.0)
    else:
        with pytest.raises(UnexpectedEvent, match=f"no {type(event).__name__} while {phase.value}"):
            made.on(event, 0.0)
