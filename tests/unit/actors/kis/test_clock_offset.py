"""How far our clock is from KIS's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from actors.kis.clock_offset import read_offset_s
from actors.kis.config import KisConfig
from actors.runtime.errors import TemporaryFailure
from tests.support.clock import FakeClock

NOW = datetime(2025, 11, 28, 0, 0, 5, tzinfo=UTC)


@contextmanager
def kis_that_says(date_header: str | None) -> Iterator[KisConfig]:
    """Let a server on loopback answer with that Date, and give the configuration that leads there."""

    class Answerer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            if date_header is not None:
                self.send_header("Date", date_header)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answerer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield KisConfig(rest_url=f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("date_header", "offset_s"),
    [
        ("Fri, 28 Nov 2025 00:00:05 GMT", 0.0),
        ("Fri, 28 Nov 2025 00:00:00 GMT", 5.0),
        ("Fri, 28 Nov 2025 00:01:05 GMT", -60.0),
        ("yesterday", None),
        (None, None),
    ],
)
def test_the_offset_is_ours_less_theirs_and_nothing_where_they_do_not_tell(
    date_header: str | None, offset_s: float | None
) -> None:
    """Whatever the answer's status is: only its time counts."""
    with kis_that_says(date_header) as config:
        assert read_offset_s(config, FakeClock(NOW)) == offset_s


def test_a_kis_that_cannot_be_reached_is_weather() -> None:
    """It says nothing about our clock."""
    with kis_that_says(None) as config:
        pass

    with pytest.raises(TemporaryFailure, match="found NewConnectionError"):
        read_offset_s(config, FakeClock(NOW))
