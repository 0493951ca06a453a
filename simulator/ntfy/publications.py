"""What may be published to ntfy. Pure.

As JSON to the root, or as the body of a PUT to a topic with everything else in the query. What a real server lets pass
and a reader would be surprised by (an empty text, which becomes "triggered") is refused here, too.
Source: docs.ntfy.sh/publish; server/errors.go.
"""

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

__all__ = ["NtfyRefusal", "Publication", "parse_json", "parse_upload"]

TOPIC = re.compile("[-_A-Za-z0-9]{1,64}")
RESERVED = frozenset({"docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1"})
MOST_BYTES = 4096
PNG = b"\x89PNG\r\n\x1a\n"


class NtfyRefusal(Exception):  # noqa: N818 - it is what ntfy answers
    """ntfy's own refusal; its first three digits are the HTTP status."""

    def __init__(self, code: int, error: str) -> None:
        super().__init__(error)
        self.code = code
        self.error = error

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.code // 100


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message."""

    topic: str
    message: str
    title: str = ""
    priority: Annotated[int, Meta(ge=1, le=5)] = 3


def parse_json(body: bytes) -> Publication:
    """Return the publication in *body*.

    Raises:
        NtfyRefusal: it is none.
    """
    try:
        published = msgspec.json.decode(body, type=Publication)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NtfyRefusal(40017, f"invalid request: request body must be message JSON: {error}") from error
    return _checked(published)


def parse_upload(topic: str, query: Mapping[str, str], body: bytes, *, takes_attachments: bool) -> Publication:
    """Return the publication that brings a picture.

    Raises:
        NtfyRefusal: it is none, or the server does not take attachments.
    """
    if not takes_attachments:
        raise NtfyRefusal(40014, "invalid request: attachments not allowed")
    if "filename" not in query or not body.startswith(PNG):
        raise NtfyRefusal(40000, "invalid request: expected a PNG with its filename")
    try:
        priority = int(query.get("priority", "3"))
        fields = {"topic": topic, "message": query.get("message", ""), "title": query.get("title", "")}
        return _checked(msgspec.convert({**fields, "priority": priority}, Publication))
    except (msgspec.ValidationError, ValueError) as error:
        raise NtfyRefusal(40007, "invalid priority parameter") from error


def _checked(published: Publication) -> Publication:
    if not TOPIC.fullmatch(published.topic):
        raise NtfyRefusal(40009, "invalid request: topic invalid")
    if published.topic in RESERVED:
        raise NtfyRefusal(40010, "invalid request: topic name is disallowed")
    if not published.message.strip():
        raise NtfyRefusal(40000, "invalid request: expected a text, found none")
    if len(published.message.encode()) > MOST_BYTES:
        raise NtfyRefusal(40014, "invalid request: attachments not allowed")
    return published
