"""Structured logs."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from actors.runtime.logs import Redactor, set_up_logs

TOKEN = "123456789:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDD"
ESCAPED = 'quo"ted\\key\n'


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Set up logging into a file, and put the libraries' defaults back afterwards."""
    path = tmp_path / "feed-1.log"
    set_up_logs(
        path,
        level="info",
        max_bytes=2_000,
        files=2,
        moment=lambda: "2025-11-28T00:00:00.000Z",
        redact=Redactor(["SECRETSECRET", TOKEN, ESCAPED]),
        actor="feed-1",
    )
    yield path
    structlog.reset_defaults()
    logging.shutdown()
    logging.captureWarnings(capture=False)
    logging.basicConfig(handlers=[], force=True)


def fail_with(message: str) -> None:
    """Fail as a library would."""
    raise ConnectionError(message)


def lines(path: Path) -> list[dict[str, object]]:
    """Return the objects in a log file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_one_json_object_with_time_level_actor_and_event(log_file: Path) -> None:
    """The operator greps; the tools parse."""
    structlog.get_logger().bind(actor="feed-1").info("feed_connected", symbols=4, name="KODEX 레버리지")

    assert lines(log_file) == [
        {
            "at": "2025-11-28T00:00:00.000Z",
            "actor": "feed-1",
            "symbols": 4,
            "name": "KODEX 레버리지",
            "event": "feed_connected",
            "level": "info",
        }
    ]


def test_what_is_less_important_than_the_level_is_not_written(log_file: Path) -> None:
    """A line a trade would be more than a core."""
    structlog.get_logger().debug("frame_parsed")

    assert not log_file.exists()


def test_other_libraries_log_into_the_same_file_in_the_same_form(log_file: Path) -> None:
    """A line that is not JSON breaks whoever follows the log."""
    logging.getLogger("urllib3").warning("connection to %s lost", "host")

    (line,) = lines(log_file)
    assert (line["event"], line["logger"], line["text"]) == ("library_logged", "urllib3", "connection to host lost")


def test_no_secret_reaches_the_file_whatever_way_it_takes(log_file: Path) -> None:
    """Every exception of requests quotes the URL, and the URL of the Bot API holds the token."""
    log = structlog.get_logger()
    try:
        fail_with(f"cannot reach http://127.0.0.1/bot{TOKEN}/sendMessage")
    except ConnectionError:
        log.exception("delivery_failed", header="Bearer abcdefghijklmnopqrstuvwxyz", key="SECRETSECRET")
    logging.getLogger("urllib3").error("GET /bot987654321:ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ/getMe")

    text = log_file.read_text(encoding="utf-8")
    assert "cannot reach http://127.0.0.1/bot***/sendMessage" in text
    assert not any(secret in text for secret in ("SECRETSECRET", "AAAAAAAAAA", "abcdefghijklmnop", "ZZZZZZZZZZ"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ESCAPED, "***"),
        (repr(ESCAPED), "'***'"),
        (f"Invalid header value {ESCAPED.encode()!r}", "Invalid header value b'***'"),
    ],
)
def test_a_secret_is_found_however_often_it_was_escaped(log_file: Path, text: str, expected: str) -> None:
    """A line of JSON escapes quotation marks and line ends, and an exception that quotes has done so before."""
    structlog.get_logger().info("refused", text=text)

    assert lines(log_file)[0]["text"] == expected


def test_a_key_that_was_issued_while_we_run_is_hidden_from_then_on() -> None:
    """KIS quotes the approval key that it does not know, and a refusal goes into the log."""
    redact = Redactor(["configured-secret"])
    redact.add("issued-key-1234")

    assert redact("invalid approval : issued-key-1234 configured-secret") == "invalid approval : *** ***"


def test_a_traceback_carries_no_local_variables(log_file: Path) -> None:
    """Keys and tokens live in locals."""
    hidden = "a-local-value"
    try:
        fail_with(str(len(hidden)))
    except ConnectionError:
        structlog.get_logger().exception("actor_crashed")

    text = log_file.read_text(encoding="utf-8")
    assert "ConnectionError: 13" in text
    assert "a-local-value" not in text


def test_a_file_that_is_full_is_rotated_and_only_so_many_are_kept(log_file: Path) -> None:
    """Months on a small disk."""
    for number in range(200):
        structlog.get_logger().info("counted", number=number)

    assert sorted(path.name for path in log_file.parent.iterdir()) == [
        "feed-1.log",
        "feed-1.log.1",
        "feed-1.log.2",
    ]
