"""What all REST answers share, in the shapes that KIS documents."""

import pytest

from actors.kis.codes import Reaction
from actors.kis.daily_bars import parse_bars
from actors.kis.errors import RefusedByKis, ShapeError
from actors.kis.issuance import parse_token
from actors.kis.prices import parse_price


@pytest.mark.parametrize(
    ("body", "code", "reaction"),
    [
        (b'{"rt_cd":"1","msg_cd":"EGW00123","msg1":"expired"}', "EGW00123", Reaction.NEW_TOKEN),
        (b'{"rt_cd":"1","msg_cd":"EGW00201","msg1":"too many"}', "EGW00201", Reaction.RETRY_LATER),
        (b'{"error_code":"EGW00133","error_description":"(1)"}', "EGW00133", Reaction.WAIT_A_MINUTE),
        (b'{"error_code":"EGW00103","error_description":"key"}', "EGW00103", Reaction.STOP),
    ],
)
def test_a_refusal_says_what_to_do(body: bytes, code: str, reaction: Reaction) -> None:
    """The body decides, not the status: refusals come as 200, 403 and 500; tokens' have fields of their own."""
    for parse in (parse_token, parse_price, parse_bars):
        with pytest.raises(RefusedByKis, match=code) as caught:
            parse(body)
        assert caught.value.reaction is reaction


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"rt_cd":"0"}', b'{"rt_cd":"0","output":[]}', b"\xff"]
)
def test_what_is_no_answer_is_refused_without_being_quoted(body: bytes) -> None:
    """A body that is not understood may still hold a key."""
    with pytest.raises(ShapeError, match=f"found {len(body)} bytes"):
        parse_price(body)
