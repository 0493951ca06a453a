"""Subscriptions as a dialogue: what is asked, what KIS answers, where each stream then stands."""

import pytest

from actors.feed.session.subscriptions import Refusal, Request, Standing, Subscriptions
from actors.kis.codes import REACTIONS, Reaction, reaction_to
from actors.kis.messages import Answer, Stream

A, B, C = (Stream("H0STCNT0", symbol) for symbol in ("000660", "005930", "122630"))
SUBSCRIBE_CODES = [code for code in REACTIONS if code.startswith("OPSP")]


def subscriptions(limit: int = 41) -> Subscriptions:
    """Return subscriptions that pause 0.05 s, wait 2 s for an answer and 60 s after a refusal."""
    return Subscriptions(limit, spacing_s=0.05, answer_timeout_s=2.0, retry_s=60.0)


def answer(code: str, stream: Stream | None) -> Answer:
    """Return KIS's answer *code*."""
    return Answer(stream, code, "TEXT", reaction_to(code))


def subscribed(*streams: Stream, limit: int = 41) -> Subscriptions:
    """Return subscriptions in which all *streams* are confirmed, at moment 0."""
    made = subscriptions(limit)
    made.want(streams)
    for number, stream in enumerate(streams):
        assert made.next_request(number - 10.0) == Request(stream, subscribe=True)
        made.on_answer(answer("OPSP0000", stream), number - 10.0)
    return made


def standings(made: Subscriptions) -> dict[Stream, str]:
    """Return where each stream stands."""
    return {stream: entry.standing.value for stream, entry in made.snapshot().items()}


def test_one_is_asked_for_at_a_time_and_a_pause_follows() -> None:
    """An error answer may not say which stream it is about; and KIS blocks who asks in a storm."""
    made = subscriptions()
    made.want([A, B])

    assert made.next_request(0.0) == Request(A, subscribe=True)
    assert made.next_request(1.0) is None
    made.on_answer(answer("OPSP0000", A), 0.01)
    assert made.due_at == 0.05
    assert made.next_request(0.04) is None
    assert made.next_request(0.05) == Request(B, subscribe=True)
    assert standings(made) == {A: "confirmed", B: "asked"}


def test_when_all_is_confirmed_there_is_nothing_to_wake_for() -> None:
    """The feed sleeps until KIS or the watch list speaks."""
    made = subscribed(A, B)

    assert made.next_request(100.0) is None
    assert made.due_at == float("inf")
    assert made.has_confirmed


def test_an_unanswered_request_is_repeated_once_and_then_again_after_a_while() -> None:
    """An answer can be lost; a stream that nobody confirms must neither block the others nor be forgotten."""
    made = subscriptions()
    made.want([A, B])
    made.next_request(0.0)

    assert made.next_request(2.0) == Request(A, subscribe=True)
    assert made.next_request(4.0) == Request(B, subscribe=True)
    assert made.snapshot()[A].reason == "asked 2 times, not answered"
    made.on_answer(answer("OPSP0000", B), 4.2)
    assert made.next_request(63.9) is None
    assert made.next_request(64.0) == Request(A, subscribe=True)


def test_a_late_answer_still_counts() -> None:
    """KIS has registered the stream, whatever our patience was."""
    made = subscriptions()
    made.want([A])
    for now in (0.0, 2.0, 4.0):
        made.next_request(now)

    made.on_answer(answer("OPSP0000", A), 5.0)

    assert standings(made) == {A: "confirmed"}


def test_an_answer_without_a_header_is_about_the_one_request_in_flight() -> None:
    """Error answers carry no header, or `(null)`."""
    made = subscriptions()
    made.want([A, B])
    made.next_request(0.0)

    assert made.on_answer(answer("OPSP8992", None), 0.1) == Refusal(A, "OPSP8992", "TEXT")
    assert standings(made) == {A: "refused", B: "wanted"}


def test_an_answer_without_a_header_and_without_a_request_changes_nothing() -> None:
    """It cannot be about anything of ours."""
    made = subscribed(A)

    assert made.on_answer(answer("OPSP9999", None), 0.0) is None
    assert made.on_answer(answer("OPSP8992", B), 0.0) is None
    assert standings(made) == {A: "confirmed"}


@pytest.mark.parametrize("code", ["OPSP0000", "OPSP0002"])
def test_already_subscribed_is_as_good_as_subscribed(code: str) -> None:
    """After a repeated request KIS answers OPSP0002, with rt_cd 1."""
    made = subscriptions()
    made.want([A])
    made.next_request(0.0)

    assert made.on_answer(answer(code, A), 0.1) is None
    assert standings(made) == {A: "confirmed"}


@pytest.mark.parametrize("code", [code for code in SUBSCRIBE_CODES if REACTIONS[code] is Reaction.RETRY_LATER])
def test_kis_own_trouble_is_waited_out(code: str) -> None:
    """The stream comes back by itself."""
    made = subscriptions()
    made.want([A])
    made.next_request(0.0)

    assert made.on_answer(answer(code, A), 0.1) == Refusal(A, code, "TEXT")
    assert made.snapshot()[A].reason == f"{code} TEXT"
    assert made.due_at == 60.1
    assert made.next_request(60.1) == Request(A, subscribe=True)
    assert made.on_answer(answer(code, A), 60.2) is None
    assert standings(made) == {A: "refused"}


@pytest.mark.parametrize("code", [code for code in SUBSCRIBE_CODES if REACTIONS[code] is Reaction.STOP_STREAM])
def test_a_request_that_is_wrong_is_never_repeated(code: str) -> None:
    """An unknown symbol asked for every minute is what KIS calls endless subscribing."""
    made = subscriptions()
    made.want([A])
    made.next_request(0.0)
    made.on_answer(answer(code, A), 0.1)

    assert made.due_at == float("inf")
    assert made.next_request(1e6) is None


def test_a_new_session_asks_again_for_all() -> None:
    """KIS remembers nothing of a session that is over, and neither do refusals outlive it."""
    made = subscribed(A)
    made.want([A, B])
    made.next_request(0.0)
    made.on_answer(answer("OPSP8992", B), 0.1)

    made.forget_session()

    assert standings(made) == {A: "wanted", B: "wanted"}
    assert made.next_request(0.1) == Request(A, subscribe=True)


def test_what_is_wanted_no_more_is_let_go() -> None:
    """Each stream costs one of 41."""
    made = subscribed(A, B)
    made.want([B])

    assert made.next_request(0.0) == Request(A, subscribe=False)
    assert standings(made) == {A: "leaving", B: "confirmed"}
    made.on_answer(answer("OPSP0001", A), 0.1)
    assert standings(made) == {B: "confirmed"}


@pytest.mark.parametrize("code", ["OPSP0000", "OPSP0002", "OPSP0003", "OPSP0008", "OPSP9993", "OPSP8992"])
def test_however_kis_refuses_to_let_go_the_stream_is_forgotten(code: str) -> None:
    """Trades that still come do no harm; asking for ever would."""
    made = subscribed(A)
    made.want([])
    made.next_request(0.0)

    assert made.on_answer(answer(code, A), 0.1) is None
    assert standings(made) == {}


def test_an_unanswered_farewell_is_repeated_once_and_then_forgotten() -> None:
    """The same patience in both directions."""
    made = subscribed(A)
    made.want([])

    assert made.next_request(0.0) == Request(A, subscribe=False)
    assert made.next_request(2.0) == Request(A, subscribe=False)
    assert made.next_request(4.0) is None
    assert standings(made) == {}


def test_what_comes_back_while_it_leaves_is_asked_for_again() -> None:
    """Removed and added on the phone within a second: it must end up watched."""
    made = subscribed(A)
    made.want([])
    made.next_request(0.0)
    made.want([A])

    made.on_answer(answer("OPSP0001", A), 0.1)

    assert made.next_request(0.1) == Request(A, subscribe=True)


def test_what_is_removed_while_it_is_asked_for_is_let_go_once_confirmed() -> None:
    """KIS counts it from the moment that it confirms."""
    made = subscriptions()
    made.want([A])
    made.next_request(0.0)
    made.want([])
    made.on_answer(answer("OPSP0000", A), 0.1)

    assert made.next_request(0.1) == Request(A, subscribe=False)


def test_what_is_removed_while_it_is_asked_for_and_then_refused_is_forgotten() -> None:
    """There is nothing left to do about it."""
    made = subscriptions()
    made.want([A])
    made.next_request(0.0)
    made.want([])

    made.on_answer(answer("OPSP9993", A), 0.1)

    assert standings(made) == {}


def test_a_stream_that_waits_or_was_refused_is_simply_dropped() -> None:
    """KIS never had it."""
    made = subscriptions()
    made.want([A, B])
    made.next_request(0.0)
    made.on_answer(answer("OPSP8992", A), 0.1)

    made.want([])

    assert standings(made) == {}


def test_no_more_is_asked_for_than_a_session_carries() -> None:
    """The first on the list, that is what most people watch, come first; the rest wait for room."""
    made = subscribed(A, B, limit=2)
    made.want([A, B, C])

    assert made.next_request(0.0) is None
    assert standings(made)[C] == "wanted"
    made.want([A, C])
    assert made.next_request(1.0) == Request(B, subscribe=False)
    made.on_answer(answer("OPSP0001", B), 1.0)
    assert made.next_request(1.1) == Request(C, subscribe=True)


def test_a_lower_limit_is_learnt_from_the_refusal() -> None:
    """KIS has changed the number before: the 42nd is refused, the other 41 live on, and nobody asks in a loop."""
    made = subscribed(A, B)
    made.want([A, B, C])
    made.next_request(0.0)

    assert made.on_answer(answer("OPSP0008", C), 0.1) == Refusal(C, "OPSP0008", "TEXT")
    assert made.due_at == float("inf")
    made.want([A, C])
    made.next_request(0.2)
    made.on_answer(answer("OPSP0001", B), 0.3)
    assert made.next_request(60.1) == Request(C, subscribe=True)


def test_a_stream_that_kis_ends_by_itself_is_asked_for_again_after_a_while() -> None:
    """A second session with our app key is accepted and our streams are taken from us."""
    made = subscribed(A)

    assert made.on_answer(answer("OPSP0001", A), 0.0) == Refusal(A, "OPSP0001", "TEXT")
    assert made.next_request(59.9) is None
    assert made.next_request(60.0) == Request(A, subscribe=True)


@pytest.mark.parametrize("code", ["OPSP0001", "OPSP0003"])
def test_a_wish_that_is_answered_as_a_farewell_is_asked_for_again_after_a_while(code: str) -> None:
    """The answer to an earlier farewell may come late; a stream that waited for its own would stay unwatched."""
    made = subscriptions()
    made.want([A])
    made.next_request(0.0)

    assert made.on_answer(answer(code, A), 0.1) == Refusal(A, code, "TEXT")
    assert made.next_request(60.1) == Request(A, subscribe=True)


def test_no_room_to_let_something_go_says_nothing_of_the_limit() -> None:
    """A nonsensical answer to a farewell must not shrink what the session carries."""
    made = subscribed(A, B)
    made.want([B])
    made.next_request(0.0)
    made.on_answer(answer("OPSP0008", A), 0.1)
    made.want([A, B])

    assert made.next_request(1.0) == Request(A, subscribe=True)


def test_a_stream_that_is_to_be_renewed_is_let_go_and_asked_for_again_once() -> None:
    """It is confirmed and brings nothing: another registration may help, and KIS blocks who does that in a loop."""
    made = subscribed(A, B)
    made.renew(A)
    assert made.confirmed == {A, B}

    assert made.due_at <= 0.0
    assert made.next_request(0.0) == Request(A, subscribe=False)
    assert made.confirmed == {B}
    made.on_answer(answer("OPSP0001", A), 0.1)
    assert made.next_request(0.1) == Request(A, subscribe=True)
    made.on_answer(answer("OPSP0000", A), 0.2)

    assert made.next_request(100.0) is None
    assert standings(made) == {A: "confirmed", B: "confirmed"}


def test_a_stream_that_kis_has_not_confirmed_cannot_be_renewed() -> None:
    """It has just been lost, or is being asked for."""
    made = subscribed(A)
    made.forget_session()
    made.renew(A)
    made.renew(B)

    assert made.next_request(0.0) == Request(A, subscribe=True)
    made.on_answer(answer("OPSP0000", A), 0.1)
    assert made.next_request(1.0) is None


@pytest.mark.parametrize("code", SUBSCRIBE_CODES)
@pytest.mark.parametrize("standing", list(Standing))
def test_every_answer_finds_every_standing_prepared(standing: Standing, code: str) -> None:
    """Answers come late, twice and out of order; none of them may end the process."""
    made = subscribed(A)
    made.want([A] if standing is not Standing.LEAVING else [])
    match standing:
        case Standing.WANTED:
            made.forget_session()
        case Standing.ASKED:
            made.forget_session()
            made.next_request(0.0)
        case Standing.LEAVING:
            made.next_request(0.0)
        case Standing.REFUSED:
            made.on_answer(answer("OPSP0001", A), 0.0)
    assert standings(made) == {A: standing.value}

    made.on_answer(answer(code, A), 0.1)
    made.on_answer(answer(code, A), 0.2)
    made.next_request(100.0)

    assert set(standings(made)) <= {A}
