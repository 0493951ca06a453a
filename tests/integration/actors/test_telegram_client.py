"""What the HTTP client makes of a server's behaviour, over real sockets on loopback."""

import base64
import contextlib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import trustme

from actors.runtime.config import Secret
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels import exchange
from actors.telegram.channels.outcomes import Doubtful, NotSent, Outcome, Rejected, Sent
from actors.telegram.channels.telegram.client import BotClient
from actors.telegram.channels.telegram.wire import EVERY_GROUP
from actors.telegram.config import TelegramConfig
from tests.support.clock import FakeClock
from tests.support.raw_server import Behaviour, Server, cut_short, reply, reset

TOKEN = "123456:SECRET-TOKEN-OF-THE-BOT-0123456789"
NOW = datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC)
ACCEPTED = b'{"ok":true,"result":{"message_id":42}}'


def client(url: str, clock: FakeClock | None = None) -> BotClient:
    """Return a client with little patience."""
    config = TelegramConfig(api_url=url, connect_timeout_s=0.5, read_timeout_s=1.0)
    return BotClient(config, Secret(TOKEN), clock or FakeClock(NOW))


def sent(url: str) -> Outcome:
    """Return the outcome of one text."""
    return client(url).send_text(7, "F&F", plain=False, silent=False)


def test_a_text_that_is_taken_has_its_number(serve: Callable[[Behaviour], Server]) -> None:
    """The picture replies to that number."""
    server = serve(reply(ACCEPTED))

    assert sent(server.url) == Sent(42)
    assert server.requests[0].startswith(f"POST /bot{TOKEN}/sendMessage HTTP/1.1".encode())
    assert b'"text":"F&amp;F"' in server.requests[0]


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        (reply(ACCEPTED), Sent(42)),
        (
            reply(
                b'{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new"}',
                "400 Bad Request",
            ),
            Sent(42),
        ),
        (
            reply(
                b'{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}',
                "400 Bad Request",
            ),
            Rejected("Bad Request: message to edit not found"),
        ),
    ],
    ids=["taken", "as it was", "gone"],
)
def test_an_edit_succeeds_where_the_message_says_what_it_should(
    serve: Callable[[Behaviour], Server], behave: Behaviour, outcome: Outcome
) -> None:
    """Telegram refuses an edit that changes nothing, which is as good as one that it took."""
    server = serve(behave)

    assert client(server.url).edit_text(7, 42, "F&F", [[("끄기", "2.off")]], plain=False) == outcome
    assert server.requests[0].startswith(f"POST /bot{TOKEN}/editMessageText HTTP/1.1".encode())
    assert b'"message_id":42' in server.requests[0]


def test_a_message_for_nobody_asks_who_we_are_and_counts_only_when_that_is_answered(
    serve: Callable[[Behaviour], Server],
) -> None:
    """What goes nowhere must not count as sent while the token or the connection is no good."""
    well, ill = serve(reply(b'{"ok":true,"result":{"id":1}}')), serve(reply(b'{"ok":false}', "401 Unauthorized"))

    assert client(well.url).knock() == Sent(0)
    assert well.requests[0].startswith(f"POST /bot{TOKEN}/getMe HTTP/1.1".encode())
    assert isinstance(client(ill.url).knock(), NotSent)


@pytest.mark.parametrize(
    "behave",
    [
        reset,
        cut_short,
        lambda connection: connection.close(),
        lambda _: None,
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n"),
        reply(b"x" * 5_000_000),
        reply(b"moved", "302 Found"),
    ],
    ids=["reset", "cut short", "closed", "silent", "no HTTP", "flood", "redirect"],
)
def test_whatever_happens_after_the_request_was_written_leaves_a_doubt(
    serve: Callable[[Behaviour], Server], behave: Behaviour
) -> None:
    """It may have been taken; "not sent" would repeat it unmarked, "sent" would lose it."""
    assert isinstance(sent(serve(behave).url), Doubtful)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"], ids=["refused", "no DNS"])
def test_what_never_reached_the_server_is_known_not_to_be_sent(url: str) -> None:
    """A mark for it would make people doubt without need."""
    assert isinstance(sent(url), NotSent)


def test_a_connection_that_is_not_made_in_time_is_known_not_to_be_sent() -> None:
    """A backlog of one that is full takes no further connection and refuses none."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())

        assert sent(f"http://127.0.0.1:{listener.getsockname()[1]}") == NotSent("ConnectTimeoutError")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
def test_the_token_is_in_no_reason_and_in_no_exception(url: str) -> None:
    """Each exception of the library holds the URL, and the URL holds the token."""
    assert TOKEN not in str(sent(url))
    with pytest.raises(TemporaryFailure) as caught:
        client(url).get_updates(0)

    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_connection_is_kept_while_it_is_fresh_and_never_used_stale(serve: Callable[[Behaviour], Server]) -> None:
    """A new one costs two round trips; a stale one costs a doubt."""
    server, clock = serve(reply(ACCEPTED)), FakeClock(NOW)
    bot = client(server.url, clock)
    bot.send_text(7, "one", plain=False, silent=False)
    clock.step(14.0)
    bot.send_text(7, "two", plain=False, silent=False)
    assert server.connections == 1

    clock.step(15.1)
    bot.send_text(7, "three", plain=False, silent=False)
    assert server.connections == 2


def test_an_answer_that_took_long_leaves_a_fresh_connection(serve: Callable[[Behaviour], Server]) -> None:
    """A long poll waits longer than a connection may be idle, and was not idle."""
    clock = FakeClock(NOW)

    def behave(connection: socket.socket) -> None:
        clock.step(25.0)
        reply(b'{"ok":true,"result":[]}')(connection)

    server = serve(behave)
    bot = client(server.url, clock)
    for _ in range(3):
        bot.get_updates(0)

    assert server.connections == 1


def test_an_answer_without_an_end_leaves_a_doubt(serve: Callable[[Behaviour], Server]) -> None:
    """Each byte comes in time; the chat is not to wait for the last of them for ever."""
    clock = FakeClock(NOW)

    def behave(connection: socket.socket) -> None:
        reply(b"{", length=1_000)(connection)
        while True:
            clock.step(0.3)
            connection.sendall(b" ")

    assert client(serve(behave).url, clock).send_text(7, "F&F", plain=False, silent=False) == Doubtful(
        "ReadTimeoutError", is_at_work=True
    )


def test_a_picture_is_uploaded_as_a_reply(serve: Callable[[Behaviour], Server]) -> None:
    """It explains the text that it replies to."""
    server = serve(reply(ACCEPTED))

    assert client(server.url).send_photo(7, b"\x89PNG", "caption", 42, plain=False) == Sent(42)
    [uploaded] = server.requests
    assert b'filename="chart.png"' in uploaded
    assert b"\x89PNG" in uploaded
    assert b'{"message_id":42,' in uploaded


def test_updates_are_fetched_from_an_offset_on(serve: Callable[[Behaviour], Server]) -> None:
    """The offset confirms what came before it."""
    server = serve(reply(b'{"ok":true,"result":[{"update_id":9}]}'))

    assert [update.update_id for update in client(server.url).get_updates(9)] == [9]
    assert b'"offset":9' in server.requests[0]


@pytest.mark.parametrize(
    ("behave", "found", "retry_after_s"),
    [
        (reply(b'{"ok":false,"error_code":409,"description":"Conflict"}', "409 Conflict"), "409 Conflict", None),
        (reply(b'{"ok":false,"parameters":{"retry_after":7}}', "429 Too Many Requests"), "429", 7.0),
        (reply(b"<html>", "502 Bad Gateway"), "502 that cannot be read", None),
        (reply(b'{"ok":true,"result":{}}'), "something else", None),
        (reset, "ProtocolError", None),
    ],
)
def test_updates_that_cannot_be_had_are_a_passing_failure(
    serve: Callable[[Behaviour], Server], behave: Behaviour, found: str, retry_after_s: float | None
) -> None:
    """Commands can wait; the actor must not end for them."""
    with pytest.raises(TemporaryFailure, match=found) as caught:
        client(serve(behave).url).get_updates(0)

    assert caught.value.retry_after_s == retry_after_s


def test_the_menu_is_set(serve: Callable[[Behaviour], Server]) -> None:
    """People find the commands by tapping."""
    server = serve(reply(b'{"ok":true,"result":true}'))
    client(server.url).set_commands((("list", "목록"),), "ko", EVERY_GROUP)

    assert b"/setMyCommands" in server.requests[0]
    assert "목록".encode() in server.requests[0]
    assert b'"scope":{"type":"all_group_chats"}' in server.requests[0]


def test_the_proxy_is_the_configured_one_and_never_the_environments(
    serve: Callable[[Behaviour], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy for browsers, set on a NAS long ago, must not see our token."""
    server, proxy = serve(reply(ACCEPTED)), serve(reply(ACCEPTED))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert sent(server.url) == Sent(42)
    assert proxy.connections == 0

    config = TelegramConfig(api_url=server.url, proxy=proxy.url)
    assert BotClient(config, Secret(TOKEN), FakeClock(NOW)).send_text(7, "F&F", plain=False, silent=False) == Sent(42)
    assert proxy.connections == 1
    assert proxy.requests[0].startswith(f"POST {server.url}/bot{TOKEN}/sendMessage HTTP/1.1".encode())


def test_a_proxy_is_told_who_we_are(serve: Callable[[Behaviour], Server]) -> None:
    """By the name and the password in its URL, whatever letters they have."""
    proxy = serve(reply(ACCEPTED))
    config = TelegramConfig(api_url="http://n.org", proxy=proxy.url.replace("//", "//anna:p%40ss@"))

    assert BotClient(config, Secret(TOKEN), FakeClock(NOW)).send_text(7, "F&F", plain=False, silent=False) == Sent(42)
    assert b"roxy-authorization: Basic " + base64.b64encode(b"anna:p@ss") in proxy.requests[0].replace(b"-A", b"-a")


def test_a_proxy_may_speak_socks(serve: Callable[[Behaviour], Server]) -> None:
    """It finds the server, too: where the network hides Telegram, it may hide its name first."""
    answers = iter((b"\x05\x00", b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"))

    def behave(connection: socket.socket) -> None:
        handshake = next(answers, None)
        connection.sendall(handshake) if handshake else reply(ACCEPTED)(connection)

    proxy = serve(behave)
    config = TelegramConfig(api_url="http://n.org", proxy=proxy.url.replace("http", "socks5h"))

    assert BotClient(config, Secret(TOKEN), FakeClock(NOW)).send_text(7, "F&F", plain=False, silent=False) == Sent(42)
    assert b"n.org" in proxy.requests[1]


@pytest.mark.parametrize("behave", [reset, lambda connection: connection.close()], ids=["reset", "closed"])
def test_behind_a_proxy_too_what_was_written_leaves_a_doubt(
    serve: Callable[[Behaviour], Server], behave: Behaviour
) -> None:
    """The library tells of it as of a proxy that cannot be reached."""
    proxy = serve(behave)
    outcome = by_proxy(proxy.url)

    assert len(proxy.requests) == 1
    assert isinstance(outcome, Doubtful)


@pytest.mark.parametrize(
    "url", ["http://api.telegram.example", "https://api.telegram.example"], ids=["in the clear", "by a tunnel"]
)
def test_a_proxy_that_is_not_there_takes_nothing(url: str) -> None:
    """Nothing was written, so nothing may be there twice."""
    assert isinstance(by_proxy("http://127.0.0.1:1", url), NotSent)


def test_a_proxy_that_makes_no_tunnel_takes_nothing(serve: Callable[[Behaviour], Server]) -> None:
    """It says so before there is anybody to whom a request could be written."""
    proxy = serve(reply(b"", "407 Proxy Authentication Required"))

    assert by_proxy(proxy.url, "https://api.telegram.example") == NotSent("ProxyError")
    assert proxy.requests[0].startswith(b"CONNECT api.telegram.example:443")


def test_a_tunnel_that_breaks_behind_a_request_leaves_a_doubt(
    serve: Callable[[Behaviour], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram may have taken it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    authority.issue_cert("api.telegram.example").configure_cert(context)
    asked: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as tunnel:
            asked.append(tunnel.recv(65536))

    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    monkeypatch.setattr(exchange, "trusted", lambda: trust)
    outcome = by_proxy(serve(behave).url, "https://api.telegram.example")

    assert asked[0].startswith(f"POST /bot{TOKEN}/sendMessage".encode())
    assert isinstance(outcome, Doubtful)


def by_proxy(proxy: str, url: str = "http://api.telegram.example") -> Outcome:
    """Return the outcome of one text to *url* by way of *proxy*."""
    config = TelegramConfig(api_url=url, proxy=proxy, connect_timeout_s=2.0, read_timeout_s=2.0)
    return BotClient(config, Secret(TOKEN), FakeClock(NOW)).send_text(7, "F&F", plain=False, silent=False)
