"""What holds for all HTTP with KIS, on a real socket."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from actors.kis.config import KisConfig
from actors.kis.web import CHUNK, UNREACHABLE, Unsendable, Web

LOCATION = "http://hotspot/로그인".encode("cp949").decode("latin-1")


class Gateway(ThreadingHTTPServer):
    """Sends everybody to a page whose address is not UTF-8, as a hotspot does, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None, bytes]] = []
        """Who asked (a port a connection), what, with which header, and the body."""
        super().__init__(("127.0.0.1", 0), _Answerer)


class _Answerer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gateway

    def do_GET(self) -> None:
        self._send_away()

    def do_POST(self) -> None:
        self._send_away()

    def _send_away(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        asker = f"{self.client_address[1]}"
        self.server.asked.append((asker, self.path, self.headers.get("tr_id"), body))
        self.send_response_only(302)
        self.send_header("Location", LOCATION)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"page")


@contextmanager
def gateway() -> Iterator[tuple[Gateway, Web, str]]:
    """Let the gateway answer, and give it, our way to it, and its address."""
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        with Web(KisConfig()) as web:
            yield server, web, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(web: Web, *question: str, **more: object) -> tuple[int, bytes]:
    """Return status and body of the answer."""
    with web.ask(*question, **more) as answer:  # type: ignore[arg-type]  # as the test says
        return answer.status, b"".join(answer.stream(CHUNK))


def test_a_redirect_is_an_answer_wherever_it_leads() -> None:
    """A library that looks where it would lead raises over an address that is no text."""
    with gateway() as (server, web, url):
        assert ask(web, "GET", f"{url}/price") == (302, b"page")
        assert len(server.asked) == 1


def test_what_is_asked_arrives_and_the_connection_is_kept() -> None:
    """A handshake for each of twenty calls a second would be most of what they cost."""
    with gateway() as (server, web, url):
        ask(web, "GET", f"{url}/price", headers={"tr_id": "FHK"}, params={"CODE": "005930", "NAME": "삼성 &"})
        ask(web, "POST", f"{url}/token", body=b"{}")

    (first, second) = server.asked
    assert first[1:] == ("/price?CODE=005930&NAME=%EC%82%BC%EC%84%B1+%26", "FHK", b"")
    assert second[1:] == ("/token", None, b"{}")
    assert first[0] == second[0]


def test_the_environment_is_not_asked_for_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that somebody set for his browser must not read our token."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with gateway() as (_server, web, url):
        assert ask(web, "GET", url)[0] == 302


def test_nothing_is_sent_to_a_server_that_nobody_vouches_for() -> None:
    """The headers hold the token and the app key's secret."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with gateway() as (server, web, url):
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with pytest.raises(UNREACHABLE, match="certificate verify failed"):
            ask(web, "GET", url.replace("http:", "https:"))

    assert server.asked == []


@pytest.mark.parametrize(("letter", "kind"), [("\n", "ValueError"), ("\u200b", "UnicodeEncodeError")])
def test_what_no_header_takes_is_a_failure_that_does_not_quote_it(letter: str, kind: str) -> None:
    """The library's text is the header: an app secret, or a token."""
    with gateway() as (server, web, url):
        with pytest.raises(Unsendable) as failure:
            ask(web, "GET", f"{url}/price", headers={"appsecret": f"SECRET{letter}"})
        assert (str(failure.value), failure.value.__suppress_context__) == (kind, True)
        assert isinstance(failure.value, UNREACHABLE)
        assert ask(web, "GET", f"{url}/price") == (302, b"page")
        assert len(server.asked) == 1
