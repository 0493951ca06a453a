"""ntfy's requests and answers. Pure.

A text is published as JSON to the server's root; a picture is the body of a PUT to its topic, its words in the query,
since headers do not carry Korean. An answer is the message with its id; a refusal is
`{"code": 42901, "http": 429, "error": "…"}`. Nothing is de-duplicated, so a doubt is a doubt as with Telegram.

    ntfy's answer                                            outcome     next
    200 with an id                                           Sent        done
    429                                                      Wait        again after ten seconds, the operator is told
    403                                                      Wait        again after a minute, the operator is told
    401; 404 and whatever refuses but does not speak ntfy    BadToken    kept, the operator must act
    3xx, 408                                                 NotSent     again, for ever
    5xx, an answer that cannot be read                       Doubtful    again, marked as a possible repeat
    400, 413 of ntfy's own                                   Rejected    given up, our mistake

Source: docs.ntfy.sh/publish ("Publish as JSON", "Attachments", "Limitations"); server/errors.go.
"""

import re

import msgspec
from msgspec import Struct

from actors.telegram.channels.outcomes import BadToken, Doubtful, Knocked, NotSent, Outcome, Rejected, Sent, Wait

__all__ = ["ADDRESS", "LONGEST", "build_publication", "build_query", "health_of", "outcome_of"]

ADDRESS = re.compile("[-_A-Za-z0-9]{1,64}")
"""What a topic may be called."""
LONGEST = 4096
"""Bytes of a text; a longer one would become an attachment, which servers as shipped do not take."""
TITLE = "Sigmabell"
LOUD, SILENT = 4, 2
"""Of the priorities 1 to 5: high rings and vibrates, low does neither."""
OK = 200
REDIRECTION, REFUSED, FAILED = 300, 400, 500
UNAUTHORIZED, FORBIDDEN, REQUEST_TIMEOUT, TOO_MANY_REQUESTS = 401, 403, 408, 429
LIMITED_S = 10.0
"""ntfy does not say how long to wait."""
LIMITED = "ntfy takes no more messages for now: raise its visitor limits, or lower messages_per_s"
FORBIDDEN_S = 60.0
NOT_LET_IN = "ntfy forbids us to write to somebody's topic: allow it on the server (`ntfy access`)"


class Publication(Struct, frozen=True, kw_only=True):
    """One message as JSON."""

    topic: str
    title: str
    message: str
    priority: int


class Published(Struct, frozen=True, kw_only=True):
    """The answer to one that was taken."""

    id: str


class Health(Struct, frozen=True, kw_only=True):
    """The answer to who asks whether the server is well."""

    healthy: bool


class Refusal(Struct, frozen=True, kw_only=True):
    """The answer to one that was not."""

    code: int
    error: str = ""


_published = msgspec.json.Decoder(Published)
_health = msgspec.json.Decoder(Health)
_refusals = msgspec.json.Decoder(Refusal)


def build_publication(topic: str, text: str, *, silent: bool) -> bytes:
    """Return the body that publishes *text*."""
    priority = SILENT if silent else LOUD
    return msgspec.json.encode(Publication(topic=topic, title=TITLE, message=text, priority=priority))


def build_query(caption: str) -> dict[str, str]:
    """Return the query of a picture's upload; it makes no sound, as the text before it may have made one."""
    return {"message": caption, "title": TITLE, "priority": str(SILENT), "filename": "chart.png"}


def outcome_of(status: int, body: bytes) -> Outcome:
    """Return what the HTTP *status* and *body* of an answer mean; the module has the table."""
    if status >= FAILED:
        return Doubtful(f"HTTP {status}")
    if status >= REFUSED:
        return _refusal(status, body)
    if status >= REDIRECTION:
        return NotSent(f"HTTP {status}")
    try:
        return Sent(receipt=_published.decode(body).id)
    except (ValueError, RecursionError):
        return Doubtful(f"HTTP {status} with an answer that cannot be read")


def health_of(status: int, body: bytes) -> Knocked:
    """Return what the answer to `GET /v1/health` means; a token that the server does not know is refused even there."""
    if status in {UNAUTHORIZED, FORBIDDEN}:
        return BadToken(f"HTTP {status}")
    if status != OK:
        return NotSent(f"HTTP {status}")
    try:
        is_healthy = _health.decode(body).healthy
    except (ValueError, RecursionError):
        return NotSent("an answer that is not ntfy's")
    return Sent() if is_healthy else NotSent("ntfy says that it is not well")


def _refusal(status: int, body: bytes) -> Outcome:
    if status == TOO_MANY_REQUESTS:
        return Wait(LIMITED_S, LIMITED)
    if status == FORBIDDEN:
        return Wait(FORBIDDEN_S, NOT_LET_IN)
    if status == REQUEST_TIMEOUT:
        return NotSent(f"HTTP {status}")
    try:
        refusal = _refusals.decode(body)
    except (ValueError, RecursionError):
        # A proxy, or another server at this address: the message is not at fault.
        return BadToken(f"HTTP {status} that is not ntfy's")
    reason = f"{refusal.code} {refusal.error[:200]}"
    return Rejected(reason) if status in {400, 413} else BadToken(reason)
