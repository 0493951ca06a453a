"""What KIS issues: approval keys for the WebSocket, access tokens for REST. Requests and answers; pure.

Source: KIS documents of oauth2/Approval and oauth2/tokenP.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from actors.kis.rest import decode_answer

__all__ = [
    "APPROVAL_PATH",
    "TOKEN_PATH",
    "AccessToken",
    "ApprovalKey",
    "build_approval_request",
    "build_token_request",
    "parse_approval",
    "parse_token",
]

APPROVAL_PATH = "/oauth2/Approval"
TOKEN_PATH = "/oauth2/tokenP"  # noqa: S105 - a path


class ApprovalKey(Struct, frozen=True):
    """The key of a WebSocket session; valid for 24 hours."""

    approval_key: str

    def __repr__(self) -> str:
        """Hide the key."""
        return "ApprovalKey(***)"


class AccessToken(Struct, frozen=True):
    """The token of REST calls; valid for *expires_in* seconds from its issue."""

    access_token: Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
    """It goes into a header, which takes no other letters."""
    expires_in: float = 86_400.0

    def __repr__(self) -> str:
        """Hide the token."""
        return "AccessToken(***)"


def build_approval_request(app_key: str, app_secret: str) -> bytes:
    """Return the body that asks for an approval key; here alone the secret's field is `secretkey`."""
    return msgspec.json.encode({"grant_type": "client_credentials", "appkey": app_key, "secretkey": app_secret})


def build_token_request(app_key: str, app_secret: str) -> bytes:
    """Return the body that asks for an access token."""
    return msgspec.json.encode({"grant_type": "client_credentials", "appkey": app_key, "appsecret": app_secret})


def parse_approval(body: bytes) -> ApprovalKey:
    """Return the approval key in *body*; raises as `parse_token`."""
    return decode_answer(body, ApprovalKey)


def parse_token(body: bytes) -> AccessToken:
    """Return the access token in *body*.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    return decode_answer(body, AccessToken)
