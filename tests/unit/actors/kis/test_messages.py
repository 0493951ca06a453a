"""The JSON texts of the WebSocket, as documented and as recorded."""

import json

import pytest

from actors.kis.codes import Reaction
from actors.kis.errors import ShapeError
from actors.kis.fills import Cipher
from actors.kis.messages import Answer, PingPong, Stream, build_request, parse_message

SAMSUNG = Stream("H0STCNT0", "005930")


def answer(rt_cd: str, msg_cd: str, header: object = None) -> bytes:
    """Return the text of an answer."""
    body = {"rt_cd": rt_cd, "msg_cd": msg_cd, "msg1": "TEXT", "output": {"iv": "i", "key": "k"}}
    return json.dumps({"body": body} if header is None else {"header": header, "body": body}).encode()


@pytest.mark.parametrize(("subscribe", "tr_type"), [(True, "1"), (False, "2")])
def test_a_request_is_as_documented(subscribe: bool, tr_type: str) -> None:  # noqa: FBT001 - the two cases
    """Some of KIS's own samples say 0 for unsubscribe, which is wrong."""
    assert json.loads(build_request(SAMSUNG, "the-key", "P", subscribe=subscribe)) == {
        "header": {"approval_key": "the-key", "custtype": "P", "tr_type": tr_type, "content-type": "utf-8"},
        "body": {"input": {"tr_id": "H0STCNT0", "tr_key": "005930"}},
    }


def test_a_recorded_confirmation_is_understood() -> None:
    """With iv and key, which every success carries."""
    text = (
        b'{"header":{"tr_id":"H0STCNT0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"0","msg_cd":"OPSP0000",'
        b'"msg1":"SUBSCRIBE SUCCESS","output":{"iv":"96de248bda413d58","key":"npudbpdylbqfsndkjgvknsjgsveanbca"}}}'
    )

    assert parse_message(text) == Answer(SAMSUNG, "OPSP0000", "SUBSCRIBE SUCCESS", Reaction.CONFIRMED)


def test_pingpong_is_told_apart() -> None:
    """It is echoed, not answered."""
    assert parse_message(b'{"header":{"tr_id":"PINGPONG","datetime":"20261007101530"}}') == PingPong()


@pytest.mark.parametrize(
    "header",
    [None, {}, {"tr_id": "(null)", "tr_key": ""}, {"tr_id": "H0STCNT0", "tr_key": "(null)"}, {"tr_id": None}],
)
def test_an_error_may_not_say_which_stream_it_is_about(header: object) -> None:
    """Error answers lack the header, or carry the word `(null)` in it."""
    assert parse_message(answer("9", "OPSP8996", header)) == Answer(None, "OPSP8996", "TEXT", Reaction.WAIT_FOR_SLOT)


def test_a_success_with_an_unknown_code_is_a_success() -> None:
    """`rt_cd` decides; the code is for what went wrong."""
    message = parse_message(answer("0", "OPSP0042"))

    assert isinstance(message, Answer)
    assert message.reaction is Reaction.CONFIRMED


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"{}", b'{"body":{}}', b'{"header":{"tr_id":5}}', b'{"header":"\xff"}', b"{" * 100_000]
)
def test_what_is_no_message_is_refused(text: bytes) -> None:
    """Anybody on the way may have written it."""
    with pytest.raises(ShapeError):
        parse_message(text)


def test_the_key_of_an_encrypted_stream_is_kept_and_one_that_is_none_is_let_pass() -> None:
    """Without it no fill can be read; and a confirmation with a spoilt key is still a confirmation."""
    header = {"tr_id": "H0STCNI0", "tr_key": "anna"}
    spoilt = (
        b'{"header":{"tr_id":"H0STCNI0","tr_key":"anna"},"body":{"rt_cd":"0","msg_cd":"OPSP0000","output":{"iv":7}}}'
    )

    keyed, keyless = parse_message(answer("0", "OPSP0000", header)), parse_message(spoilt)

    assert isinstance(keyed, Answer)
    assert keyed.cipher == Cipher(iv="i", key="k")
    assert isinstance(keyless, Answer)
    assert (keyless.reaction, keyless.cipher) == (Reaction.CONFIRMED, None)
