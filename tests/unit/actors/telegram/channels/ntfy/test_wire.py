"""What ntfy's answers mean for a message."""

import json
from urllib.parse import urlencode

import pytest

from actors.telegram.channels.ntfy.wire import build_publication, build_query, health_of, outcome_of
from actors.telegram.channels.outcomes import BadToken, Doubtful, Knocked, NotSent, Outcome, Rejected, Sent, Wait


def refusal(code: int) -> bytes:
    """Return a refusal as ntfy itself answers it."""
    return json.dumps({"code": code, "http": code // 100, "error": "why", "link": "https://ntfy.sh/docs"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"id":"sPs71M8A2T","event":"message"}', Sent(receipt="sPs71M8A2T")),
        (200, b"<html>a captive portal</html>", Doubtful("HTTP 200 with an answer that cannot be read")),
        (200, b"[" * 100_000, Doubtful("HTTP 200 with an answer that cannot be read")),
        (301, b"", NotSent("HTTP 301")),
        (308, b"", NotSent("HTTP 308")),
        (408, b"", NotSent("HTTP 408")),
        (400, refusal(40009), Rejected("40009 why")),
        (400, refusal(40014), Rejected("40014 why")),
        (413, refusal(41301), Rejected("41301 why")),
        (400, b"<html>plain HTTP to an HTTPS port</html>", BadToken("HTTP 400 that is not ntfy's")),
        (413, b"<html>nginx</html>", BadToken("HTTP 413 that is not ntfy's")),
        (401, refusal(40101), BadToken("40101 why")),
        (404, refusal(40401), BadToken("40401 why")),
        (405, b"", BadToken("HTTP 405 that is not ntfy's")),
        (500, refusal(50001), Doubtful("HTTP 500")),
        (502, b"<html>", Doubtful("HTTP 502")),
    ],
)
def test_every_answer_has_its_meaning(status: int, body: bytes, outcome: Outcome) -> None:
    """What is at fault decides: the message is given up, the network waited out, the operator told."""
    assert outcome_of(status, body) == outcome


@pytest.mark.parametrize(
    ("status", "body", "wait_s", "complaint"),
    [
        (429, refusal(42901), 10.0, "visitor limits"),
        (429, b"", 10.0, "visitor limits"),
        (403, refusal(40301), 60.0, "ntfy access"),
        (403, b"<html>", 60.0, "ntfy access"),
    ],
)
def test_one_topic_that_takes_nothing_waits_and_the_operator_is_told(
    status: int, body: bytes, wait_s: float, complaint: str
) -> None:
    """Whoever has another topic must not wait for it, and nothing is given up for a mistake in a list of rights."""
    outcome = outcome_of(status, body)

    assert isinstance(outcome, Wait)
    assert outcome.retry_after_s == wait_s
    assert complaint in outcome.complaint


@pytest.mark.parametrize(
    ("status", "body", "knocked"),
    [
        (200, b'{"healthy":true}', Sent()),
        (200, b'{"healthy":false}', NotSent("ntfy says that it is not well")),
        (200, b"<html>a captive portal</html>", NotSent("an answer that is not ntfy's")),
        (200, b"[" * 100_000, NotSent("an answer that is not ntfy's")),
        (301, b"", NotSent("HTTP 301")),
        (401, refusal(40101), BadToken("HTTP 401")),
        (403, refusal(40301), BadToken("HTTP 403")),
        (404, b"<html>", NotSent("HTTP 404")),
        (503, b"", NotSent("HTTP 503")),
    ],
)
def test_only_ntfy_itself_counts_as_well(status: int, body: bytes, knocked: Knocked) -> None:
    """Another server at that address answers, too."""
    assert health_of(status, body) == knocked


@pytest.mark.parametrize(("silent", "priority"), [(False, 4), (True, 2)])
def test_a_text_is_one_message_with_its_priority(priority: int, *, silent: bool) -> None:
    """High rings, low does not."""
    published = json.loads(build_publication("anna", "<b> _*[\n가", silent=silent))

    assert published == {"topic": "anna", "title": "Sigmabell", "message": "<b> _*[\n가", "priority": priority}


def test_a_picture_makes_no_sound() -> None:
    """The text before it may have made one."""
    assert "priority=2" in urlencode(build_query("차트"))
