"""What every channel owes the outbox, over real sockets and files: one suite for all of them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from msgspec import Struct

from actors.runtime.config import Secret
from actors.telegram.channels.channel import Address, Channel, Message
from actors.telegram.channels.console.client import ConsoleChannel
from actors.telegram.channels.exchange import Exchange
from actors.telegram.channels.ntfy.client import NtfyChannel
from actors.telegram.channels.outcomes import BadToken, Doubtful, NotSent, Outcome, Rejected, Sent, Wait
from actors.telegram.channels.telegram.channel import TelegramChannel
from actors.telegram.channels.telegram.client import BotClient
from actors.telegram.config import TelegramConfig
from tests.support.clock import FakeClock
from tests.support.raw_server import Behaviour, Server, cut_short, reply, reset

NOW = datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC)
SECRET = "SECRET-TOKEN-0123456789"
TEXT = "🚨 F&F <b>_*[\n70,600원 이하 · S-Oil"
PNG = b"\x89PNG\r\n"


class Serve(Protocol):
    """Starts a server that ends with the test."""

    def __call__(self, behave: Behaviour) -> Server:
        """Let it do this to each request."""


class Spoken(Struct, frozen=True, kw_only=True):
    """How one channel's other side speaks."""

    open: Callable[[str], Channel]
    """Makes the channel of a server's URL."""
    address: str
    taken: bytes
    """The answer to what is taken."""
    sent: Sent
    flooded: bytes
    refused: bytes
    """The answer to a message that is at fault."""


def open_telegram(url: str) -> Channel:
    """Return the Bot API as a channel with little patience."""
    config = TelegramConfig(api_url=url, connect_timeout_s=0.5, read_timeout_s=1.0)
    return TelegramChannel(BotClient(config, Secret(f"123456:{SECRET}"), FakeClock(NOW)))


def open_ntfy(url: str) -> Channel:
    """Return ntfy with little patience."""
    exchange = Exchange(FakeClock(NOW), url, connect_timeout_s=0.5, keep_alive_s=15.0)
    return NtfyChannel(Secret(SECRET), exchange, 1.0)


OVER_HTTP = {
    "telegram": Spoken(
        open=open_telegram,
        address="7",
        taken=b'{"ok":true,"result":{"message_id":42}}',
        sent=Sent(42),
        flooded=b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}',
        refused=b'{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}',
    ),
    "ntfy": Spoken(
        open=open_ntfy,
        address="sigmabell-SECRET-TOPIC",
        taken=b'{"id":"sPs71M8A2T","time":1764307935,"event":"message","topic":"sigmabell-SECRET-TOPIC"}',
        sent=Sent(receipt="sPs71M8A2T"),
        flooded=b'{"code":42901,"http":429,"error":"limit reached: too many requests"}',
        refused=b'{"code":40009,"http":400,"error":"invalid request: topic invalid"}',
    ),
}
each_over_http = pytest.mark.parametrize("spoken", OVER_HTTP.values(), ids=list(OVER_HTTP))


def brought(spoken: Spoken, url: str, *, silent: bool = False, png: bytes | None = None) -> Outcome:
    """Return what becomes of one message."""
    message = Message(address=Address(spoken.address), text=TEXT, silent=silent, png=png)
    return spoken.open(url).bring(message)


@each_over_http
def test_what_is_taken_has_the_name_that_the_other_side_gives_it(spoken: Spoken, serve: Serve) -> None:
    """By it the operator finds a message again."""
    assert brought(spoken, serve(reply(spoken.taken)).url) == spoken.sent


@each_over_http
@pytest.mark.parametrize(
    "behave",
    [
        reset,
        cut_short,
        lambda connection: connection.close(),
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n"),
        reply(b"x" * 5_000_000),
        reply(b"<html>Bad Gateway</html>", "502 Bad Gateway"),
        reply(b'{"ok":tr'),
    ],
    ids=["reset", "cut short", "closed", "no HTTP", "flood", "gateway", "half an answer"],
)
def test_whatever_happens_after_the_request_was_written_leaves_a_doubt(
    spoken: Spoken, behave: Behaviour, serve: Serve
) -> None:
    """It may have been taken; "not sent" would repeat it unmarked, "sent" would lose it."""
    assert isinstance(brought(spoken, serve(behave).url), Doubtful)


@each_over_http
def test_no_answer_within_the_time_out_is_a_doubt_that_may_still_be_taken(spoken: Spoken, serve: Serve) -> None:
    """What is taken late must not come, unmarked, behind its marked repeat: such a doubt waits longer."""
    outcome = brought(spoken, serve(lambda _: None).url)

    assert isinstance(outcome, Doubtful)
    assert outcome.is_at_work


@each_over_http
@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"], ids=["refused", "no DNS"])
def test_what_never_reached_the_server_is_known_not_to_be_sent(spoken: Spoken, url: str) -> None:
    """A mark for it would make people doubt without need."""
    assert isinstance(brought(spoken, url), NotSent)


@each_over_http
def test_a_flood_is_waited_out_unmarked(spoken: Spoken, serve: Serve) -> None:
    """It certainly was not taken."""
    outcome = brought(spoken, serve(reply(spoken.flooded, "429 Too Many Requests")).url)

    assert isinstance(outcome, Wait)
    assert outcome.retry_after_s >= 5.0


@each_over_http
def test_who_is_not_let_in_keeps_everything(spoken: Spoken, serve: Serve) -> None:
    """A token is set anew in a minute; what was given up would be gone."""
    refusal = b'{"ok":false,"error_code":401,"description":"Unauthorized","code":40101,"error":"unauthorized"}'

    assert isinstance(brought(spoken, serve(reply(refusal, "401 Unauthorized")).url), BadToken)


@each_over_http
def test_a_message_that_is_at_fault_is_rejected(spoken: Spoken, serve: Serve) -> None:
    """One that is tried for ever would stand in the way of all behind it."""
    assert isinstance(brought(spoken, serve(reply(spoken.refused, "400 Bad Request")).url), Rejected)


@each_over_http
def test_neither_token_nor_address_is_in_what_is_logged(spoken: Spoken, serve: Serve) -> None:
    """Each exception of the library holds the URL, and who knows the topic reads along."""
    for url in ("http://127.0.0.1:1", serve(reset).url, serve(reply(b"no", "403 Forbidden")).url):
        for png in (None, PNG):
            assert "SECRET" not in str(brought(spoken, url, png=png))


@each_over_http
def test_a_loud_message_asks_for_something_else_than_a_silent_one(spoken: Spoken, serve: Serve) -> None:
    """2σ rings, 1σ does not."""
    server = serve(reply(spoken.taken))
    brought(spoken, server.url, silent=False)
    brought(spoken, server.url, silent=True)

    loud, silent = (json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests)
    assert loud != silent
    assert {key for key in silent if silent[key] != loud.get(key)} <= {"priority", "disable_notification"}


@each_over_http
def test_a_picture_is_uploaded(spoken: Spoken, serve: Serve) -> None:
    """As it was drawn."""
    server = serve(reply(spoken.taken))

    assert brought(spoken, server.url, png=PNG) == spoken.sent
    assert PNG in server.requests[0]
    assert b"chart.png" in server.requests[0]


@each_over_http
def test_a_knock_counts_only_when_it_is_answered(spoken: Spoken, serve: Serve) -> None:
    """What goes nowhere must not count as brought while the other side is away."""
    well = serve(reply(b'{"ok":true,"result":{"id":1},"healthy":true}'))
    ill = serve(reply(b'{"ok":false}', "503 Service Unavailable"))

    assert isinstance(spoken.open(well.url).knock(), Sent)
    assert isinstance(spoken.open(ill.url).knock(), NotSent)


def test_ntfy_reads_the_very_text_and_the_token_in_its_header(serve: Serve) -> None:
    """Nothing is markup there, so nothing is escaped."""
    server = serve(reply(OVER_HTTP["ntfy"].taken))
    brought(OVER_HTTP["ntfy"], server.url)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")

    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert f"Authorization: Bearer {SECRET}".encode() in head
    assert json.loads(body) == {
        "topic": "sigmabell-SECRET-TOPIC",
        "title": "Sigmabell",
        "message": TEXT,
        "priority": 4,
    }


def test_the_words_of_a_picture_stand_in_the_query_since_headers_carry_no_korean(serve: Serve) -> None:
    """Ntfy reads headers as Latin-1 or RFC 2047."""
    server = serve(reply(OVER_HTTP["ntfy"].taken))
    brought(OVER_HTTP["ntfy"], server.url, png=PNG)

    assert server.requests[0].startswith(b"PUT /sigmabell-SECRET-TOPIC?message=%F0%9F%9A%A8+F%26F+%3Cb%3E")
    assert b"&priority=2&filename=chart.png" in server.requests[0]


def test_the_console_has_the_text_as_it_is_and_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    """Each message with who gets it, when, and whether it would ring; the second behind the first."""
    path = tmp_path / "messages.txt"
    bring = partial(Message, address="Anna", text=TEXT)
    channel = ConsoleChannel(path, FakeClock(NOW))

    assert channel.bring(bring(silent=False)) == channel.bring(bring(silent=True)) == channel.knock() == Sent()
    assert path.read_text(encoding="utf-8") == "".join(
        f"── 2025-11-28T05:32:15Z {mark} Anna\n{TEXT}\n\n" for mark in ("🔔", "🔕")
    )
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["no such folder/messages.txt", "/dev/full"])
def test_what_the_console_cannot_write_goes_again(path: str, tmp_path: Path) -> None:
    """A full disk is weather: the outbox waits until there is room."""
    channel = ConsoleChannel(tmp_path / path, FakeClock(NOW))

    assert isinstance(channel.bring(Message(address="Anna", text=TEXT)), NotSent)
