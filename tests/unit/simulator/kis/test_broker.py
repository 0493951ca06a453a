"""What the simulated KIS answers to each request, code by code."""

import json
from typing import Any

import pytest

from simulator.kis.broker import Broker, Rules, Subscriber
from simulator.kis.keys import KeyDesk
from simulator.state import Keys

HOUR_NS = 3600 * 1_000_000_000


class Desk:
    """A broker, two appkeys' approval keys, and a word to ask it with."""

    def __init__(self, **rules: Any) -> None:  # noqa: ANN401 - as in Rules
        desk = KeyDesk(1, Keys(), token_once_a_minute=True)
        self.key = desk.issue_approval("ONE", 0)
        self.other_key = desk.issue_approval("OTHER", 0)
        self.broker = Broker(desk, Rules(max_registrations=2, **rules))
        self.sessions = [Subscriber(number, ("i" * 16, "k" * 32)) for number in (1, 2)]

    def ask(self, text: str, session: int = 0, world_ns: int = 0, monotonic_ns: int = 0) -> dict[str, Any]:
        """Return the answer to *text* of session number *session*."""
        outcome = self.broker.answer(self.sessions[session], text, world_ns, monotonic_ns)
        found: dict[str, Any] = json.loads(outcome.text)
        return found

    def code(self, key: str, code: str = "005930", *, tr_type: str = "1", session: int = 0, **moments: int) -> str:
        """Return the code of the answer to a request for *code*."""
        text = request(approval_key=key, tr_type=tr_type, tr_key=code)
        return str(self.ask(text, session, **moments)["body"]["msg_cd"])


def request(**changes: object) -> str:
    """Return a good request with *changes*; None takes a part away."""
    header: dict[str, object] = {"approval_key": "k", "custtype": "P", "tr_type": "1", "content-type": "utf-8"}
    given: dict[str, object] = {"tr_id": "H0STCNT0", "tr_key": "005930"}
    body: dict[str, object] = {"input": given}
    whole: dict[str, object] = {"header": header, "body": body}
    for part in (header, given, body, whole):
        for name, value in changes.items():
            if name in part:
                part[name] = value
                if value is None:
                    del part[name]
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "OPSP9999"),
        ("[" * 5_000, "OPSP9999"),
        ("\x00", "OPSP9999"),
        ("[]", "OPSP9998"),
        (request(header=None), "OPSP9998"),
        (request(header="x"), "OPSP9998"),
        (request(body=None), "OPSP9992"),
        (request(input=None), "OPSP9991"),
        (request(tr_key=None), "OPSP9990"),
        (request(custtype=None), "OPSP9997"),
        (request(custtype="X"), "OPSP8998"),
        (request(tr_type="0"), "OPSP8997"),
        (request(tr_type=1), "OPSP8997"),
        (request(tr_id="H0STCNT9"), "OPSP8991"),
        (request(tr_key=""), "OPSP8992"),
        (request(tr_key="삼성전자"), "OPSP8992"),
        (request(), "OPSP0011"),
    ],
)
def test_a_wrong_request_is_answered_with_its_code(text: str, code: str) -> None:
    """Each tells a client something else to do; most of them that the error is its own."""
    assert Desk().ask(text)["body"]["msg_cd"] == code


def test_errors_about_the_json_have_no_header_and_others_a_null_one() -> None:
    """So a pending request cannot always be found by its header."""
    desk = Desk()
    assert "header" not in desk.ask("{")
    assert desk.ask(request())["header"]["tr_id"] == "(null)"


def test_requests_go_their_usual_way() -> None:
    """Confirmed, already there, one too many, gone, not found."""
    desk = Desk()
    codes = [desk.code(desk.key), desk.code(desk.key), desk.code(desk.key, "000660"), desk.code(desk.key, "122630")]
    assert codes == ["OPSP0000", "OPSP0002", "OPSP0000", "OPSP0008"]
    assert [desk.code(desk.key, tr_type="2") for _ in range(2)] == ["OPSP0001", "OPSP0003"]
    assert list(desk.broker.subscribers) == [("H0STCNT0", "000660")]
    assert desk.code(desk.key, "122630") == "OPSP0000"


def test_a_key_lives_a_day() -> None:
    """After it a client must ask for a new one, and only when it subscribes."""
    desk = Desk()
    assert desk.code(desk.key, world_ns=24 * HOUR_NS - 1) == "OPSP0000"
    assert desk.code(desk.key, "000660", world_ns=24 * HOUR_NS) == "OPSP0011"


def test_another_appkey_has_a_slot_of_its_own() -> None:
    """Two appkeys are two sessions, that is 82 registrations."""
    desk = Desk()
    assert desk.code(desk.key) == "OPSP0000"
    assert desk.code(desk.key, session=1) == "OPSP8996"
    assert desk.code(desk.other_key, session=1) == "OPSP0000"


@pytest.mark.parametrize(
    ("clean", "at_s", "code"), [(True, 0, "OPSP0000"), (False, 29, "OPSP8996"), (False, 30, "OPSP0000")]
)
def test_a_slot_is_free_after_a_clean_end_and_busy_for_a_while_after_another(clean: bool, at_s: int, code: str) -> None:  # noqa: FBT001 - a table's column
    """Retries must wait this out; hammering on it has made it last for hours."""
    desk = Desk(slot_busy_s=30)
    desk.code(desk.key)
    desk.broker.end(desk.sessions[0], 0, clean=clean)
    assert desk.broker.subscribers == {}
    assert desk.code(desk.key, session=1, monotonic_ns=at_s * 1_000_000_000) == code


def test_a_takeover_empties_the_first_session() -> None:
    """Its registrations go with its slot."""
    desk = Desk(takeover=True)
    desk.code(desk.key)
    text = request(approval_key=desk.key, tr_key="000660")
    outcome = desk.broker.answer(desk.sessions[1], text, 0, 0)
    assert outcome.displaced is desk.sessions[0]
    assert list(desk.broker.subscribers) == [("H0STCNT0", "000660")]


def test_each_refused_try_can_keep_the_slot_taken() -> None:
    """Hammering on a zombie session has made it last for hours."""
    desk = Desk(slot_busy_s=30, is_slot_renewed=True)
    desk.code(desk.key)
    desk.broker.end(desk.sessions[0], 0, clean=False)
    at_20, at_40, at_71 = (seconds * 1_000_000_000 for seconds in (20, 40, 71))
    assert desk.code(desk.key, session=1, monotonic_ns=at_20) == "OPSP8996"
    assert desk.code(desk.key, session=1, monotonic_ns=at_40) == "OPSP8996"
    assert desk.code(desk.key, session=1, monotonic_ns=at_71) == "OPSP0000"


def test_too_many_refused_tries_make_the_key_unknown() -> None:
    """Eight tries in a burst with one key were seen to turn into "invalid approval"."""
    desk = Desk(tries_until_invalid=3)
    desk.code(desk.key)
    assert [desk.code(desk.key, session=1) for _ in range(4)] == ["OPSP8996"] * 3 + ["OPSP0011"]


def test_a_stolen_slot_is_taken_even_if_nobody_held_it() -> None:
    """The owner's other program may have come first."""
    desk = Desk()
    assert desk.broker.steal_slot(["ONE"], 0, seconds=5) == []
    assert desk.code(desk.key, monotonic_ns=4_000_000_000) == "OPSP8996"
    assert desk.code(desk.key, monotonic_ns=5_000_000_000) == "OPSP0000"
