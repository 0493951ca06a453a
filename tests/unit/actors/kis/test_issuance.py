"""Approval keys and access tokens, in the shapes that KIS documents."""

import json

import pytest

from actors.kis.errors import ShapeError
from actors.kis.issuance import build_approval_request, build_token_request, parse_approval, parse_token


def test_the_secret_has_another_name_where_an_approval_key_is_asked_for() -> None:
    """`secretkey` here, `appsecret` everywhere else; with the wrong one KIS answers no key."""
    assert json.loads(build_approval_request("key", "secret")) == {
        "grant_type": "client_credentials",
        "appkey": "key",
        "secretkey": "secret",
    }
    assert json.loads(build_token_request("key", "secret")) == {
        "grant_type": "client_credentials",
        "appkey": "key",
        "appsecret": "secret",
    }


def test_keys_are_read_and_hide_themselves() -> None:
    """Whatever prints one, by accident or in a traceback, prints stars."""
    key = parse_approval(b'{"approval_key": "a2585daf"}')
    token = parse_token(b'{"access_token": "ey", "token_type": "Bearer", "expires_in": 86400}')

    assert (key.approval_key, token.access_token, token.expires_in) == ("a2585daf", "ey", 86_400)
    assert repr([key, token]) == "[ApprovalKey(***), AccessToken(***)]"


@pytest.mark.parametrize("letters", ["", "ey en", "ey\\nen", "eyen\\n", "ey\\u200ben", "한"])
def test_a_token_that_no_header_takes_is_a_malformed_answer(letters: str) -> None:
    """It would be kept for a day, and every call with it would fail."""
    with pytest.raises(ShapeError, match=r"expected AccessToken in JSON, found \d+ bytes") as refusal:
        parse_token(f'{{"access_token": "{letters}", "expires_in": 86400}}'.encode())
    assert "ey" not in str(refusal.value)
